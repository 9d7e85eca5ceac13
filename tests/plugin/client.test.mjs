import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import test from "node:test";

import { DecisionClient } from "../../plugin/client.js";
import { CREDENTIAL, ScriptedServer } from "./scripted_server.mjs";

const CALL = { toolName: "refund", params: { order: "17" }, runId: "r", toolCallId: "c" };
const CTX = { agentId: "support", sessionKey: "s" };

async function scene(t, answers = {}, config = {}) {
  const server = await new ScriptedServer().start();
  Object.assign(server.answers, answers);
  const client = new DecisionClient({ ...server.config, ...config }, { versions: { plugin: "t" } });
  t.after(async () => {
    clearInterval(client.timer);
    client.link.close();
    await server.end();
  });
  return { server, client, ask: (ctx = CTX, limit) => client.ask("tool", CALL, ctx, limit) };
}

test("asks with the credential, the boot and a number, and returns the answer", async (t) => {
  const { server, client, ask } = await scene(t, { ask: [{ verdict: "deny", reason: "no", decision: "dec_1" }] });
  assert.deepEqual(await ask(), { verdict: "deny", reason: "no", decision: "dec_1" });
  const { path, headers, body } = server.heard.find((item) => item.path.endsWith("ask"));
  assert.equal(path, "/gateway/v1/ask");
  assert.equal(headers.authorization, `Bearer ${CREDENTIAL}`);
  assert.deepEqual([body.v, body.boot, body.seq, body.hook], [1, client.boot, 1, "tool"]);
  assert.deepEqual(body.event, CALL);
  assert.equal(client.counts.blocked, 1);
});

test("works over loopback, and over nothing else", async (t) => {
  const { server, client } = await scene(t);
  const tcp = await new ScriptedServer().start(0);
  t.after(() => tcp.end());
  const url = `http://127.0.0.1:${tcp.server.address().port}`;
  client.config = { url, credentialFile: server.credentialFile };
  assert.equal((await client.ask("tool", CALL, CTX)).verdict, "permit");
  for (const bad of ["http://example.test", "https://127.0.0.1", "http://127.0.0.1.example.test", "nonsense"]) {
    client.config = { url: bad, credentialFile: server.credentialFile };
    assert.equal((await client.ask("tool", CALL, CTX)).verdict, "deny", bad);
  }
  client.config = { ...server.config, url };
  assert.match((await client.ask("tool", CALL, CTX)).reason, /exactly one of/);
});

test("blocks when there is no valid answer, and says so to the agent and to the log", async (t) => {
  const hang = () => {};
  const cut = (response) => response.socket.destroy();
  const half = (response) => { response.writeHead(200, { "content-length": 100 }).write("{"); setTimeout(() => response.destroy(), 20); };
  const huge = (response) => response.writeHead(200).end(" ".repeat(2 * 1024 * 1024));
  for (const [step, why] of [
    [hang, /deadline of 300 ms/], [cut, /unreachable/], [half, /unreachable/], [huge, /larger than 1 MiB/],
    [{ raw: "permit" }, /not JSON/], [{ status: 500 }, /status 500/], [{ status: 401 }, /status 401/],
    [{ verdict: "yes" }, /verdict is unknown/], [{ verdict: "permit", delay: 400 }, /deadline|unknown field/],
  ]) {
    const { client, ask } = await scene(t, { ask: [step] });
    const answer = await ask();
    assert.equal(answer.verdict, "deny");
    assert.match(answer.reason, why);
    assert.match(answer.reason, /Nothing was run or sent/);
    assert.equal(client.counts.unreachable, 1);
  }
});

test("the deadline holds for slow answers as a whole", async (t) => {
  const drip = (response) => {
    response.writeHead(200);
    const timer = setInterval(() => response.write(" "), 50);
    response.on("close", () => clearInterval(timer));
  };
  const { ask } = await scene(t, { ask: [drip] });
  const began = performance.now();
  assert.equal((await ask()).verdict, "deny");
  assert.ok(performance.now() - began < 600);
});

test("an unreadable or empty credential blocks, a rotated one is read again", async (t) => {
  const { server, ask } = await scene(t, { ask: [{ verdict: "permit" }, { status: 401 }, { verdict: "permit" }] });
  await ask();
  writeFileSync(server.credentialFile, "second");
  await ask();
  await ask();
  const asks = server.heard.filter((item) => item.path.endsWith("ask"));
  assert.deepEqual(asks.map((item) => item.headers.authorization).slice(1), [`Bearer ${CREDENTIAL}`, "Bearer second"]);
  for (const spoil of [() => writeFileSync(server.credentialFile, " \n"), () => rmSync(server.credentialFile)]) {
    spoil();
    const fresh = new DecisionClient(server.config, { versions: {} });
    assert.match((await fresh.ask("tool", CALL, CTX)).reason, /credential file/);
    clearInterval(fresh.timer);
  }
});

test("a connection that died without an answer is tried once more with the same number, kept or not", async (t) => {
  const cut = (response) => response.socket.destroy();
  const { server, client, ask } = await scene(t, { ask: [{ verdict: "permit" }, cut, { verdict: "permit" }] });
  client.start = () => {}; // no heartbeat on a connection of its own
  await ask();
  assert.equal((await ask()).verdict, "permit");
  assert.deepEqual(server.of("ask").map((body) => body.seq), [1, 2, 2]);
  const fresh = await scene(t, { ask: [cut, { verdict: "permit" }] });
  assert.equal((await fresh.ask()).verdict, "permit");
});

test("connections are kept although the host replaces its way to send requests", async (t) => {
  const { server, client, ask } = await scene(t);
  client.start = () => {};
  const { request } = http;
  t.after(() => (http.request = request));
  http.request = (options, ...rest) => request({ ...options, agent: new http.Agent() }, ...rest); // as behind a proxy
  let connections = 0;
  server.server.on("connection", () => (connections += 1));
  for (let i = 0; i < 3; i += 1) assert.equal((await ask()).verdict, "permit");
  assert.equal(connections, 1);
});

test("a hold waits, asks again after the grant, and obeys only that answer", async (t) => {
  const held = { verdict: "hold", decision: "d", approval: "apr_1", wait_seconds: 5 };
  const answers = { ask: [held, { verdict: "deny", reason: "spent" }], await: [{ state: "pending" }, { state: "granted" }] };
  const { server, ask } = await scene(t, answers);
  assert.equal((await ask()).reason, "spent");
  const [first, second] = server.of("ask");
  assert.ok(second.seq > first.seq);
  assert.deepEqual(second.event, first.event);
  assert.equal(server.of("await")[0].approval, "apr_1");
});

test("a hold ends by refusal, by its own limit, by the host's limit and by cancellation", async (t) => {
  const held = (seconds) => ({ verdict: "hold", approval: "apr_1", wait_seconds: seconds });
  const refused = await scene(t, { ask: [held(5)], await: [{ state: "parked", reason: "ticket T-1" }] });
  assert.deepEqual(await refused.ask(), { verdict: "deny", decision: undefined, reason: "ticket T-1" });
  for (const [seconds, limit] of [[0.3, Infinity], [60, 300]]) {
    const { ask } = await scene(t, { ask: [held(seconds)], await: [{ state: "pending" }] });
    const began = performance.now();
    assert.match((await ask(CTX, limit)).reason, /nobody approved in time/);
    assert.ok(performance.now() - began < 1500);
  }
  const hang = () => {};
  const cancelled = await scene(t, { ask: [held(60)], await: [hang] });
  const abort = new AbortController();
  setTimeout(() => abort.abort(), 100);
  assert.match((await cancelled.ask({ ...CTX, abortSignal: abort.signal })).reason, /cancelled/);
});

test("a repeated hold does not extend the wait", async (t) => {
  const { ask } = await scene(t, {
    ask: [{ verdict: "hold", approval: "a", wait_seconds: 0.5 }, { verdict: "hold", approval: "b", wait_seconds: 60 }],
    await: [{ state: "granted" }, { state: "pending" }],
  });
  const began = performance.now();
  assert.match((await ask()).reason, /nobody approved in time/);
  assert.ok(performance.now() - began < 1500);
});

test("what was blocked alone is told by the heartbeat, once, with its number", async (t) => {
  const { server, client, ask } = await scene(t, { ask: [{ status: 503 }], heartbeat: [{ status: 503 }] });
  await ask();
  await client.heartbeat().catch(() => {});
  assert.equal(client.refused.length, 1);
  server.answers.heartbeat = [{ ok: true }];
  await client.heartbeat();
  const told = server.of("heartbeat").at(-1);
  assert.deepEqual(told.refused[0], {
    seq: 1, at: told.refused[0].at, hook: "tool", tool: "refund", agent: "support", session: "s",
    run: "r", call: "c", why: "status 503",
  });
  assert.deepEqual(told.counts, { asked: 1, blocked: 1, unreachable: 1 });
  await client.heartbeat();
  assert.deepEqual(server.of("heartbeat").at(-1).refused, []);
});

test("reports are kept in order while the server is away, and bounded", async (t) => {
  const { server, client } = await scene(t, { report: [{ status: 503 }] });
  client.start = () => {};
  for (let i = 0; i < 3; i += 1) await client.report("agent_end", { runId: `r${i}` }, CTX);
  server.answers.report = [{ ok: true }];
  server.heard.length = 0;
  await client.flush();
  assert.deepEqual(server.of("report").flatMap((body) => body.events).map((item) => item.seq), [1, 2, 3]);
  server.answers.report = [{ status: 503 }];
  for (let i = 0; i < 1100; i += 1) void client.report("agent_end", {}, CTX);
  await client.flush();
  assert.equal(client.reports.length, 1000);
  assert.equal(client.reports.at(-1).seq, 1103);
});

test("a report that the server cannot read does not keep back the next", async (t) => {
  const { server, client } = await scene(t, { report: [{ status: 400 }, { ok: true }] });
  client.start = () => {};
  await client.report("agent_end", {}, CTX);
  await client.report("agent_end", {}, CTX);
  assert.deepEqual(server.of("report").map((body) => body.events[0].seq), [1, 2]);
  assert.deepEqual(client.reports, []);
});

test("large reports are split, one that is too large says so", async (t) => {
  const { server, client } = await scene(t);
  client.start = () => {};
  const events = [400, 400, 400, 2000].map((kilobytes) => ({ content: "x".repeat(kilobytes * 1024) }));
  await Promise.all(events.map((event) => client.report("message_sent", event, CTX)));
  await client.flush();
  const told = server.of("report").flatMap((body) => body.events);
  assert.deepEqual(told.map((item) => item.seq), [1, 2, 3, 4]);
  assert.deepEqual(told.at(-1).event, { unreadable: "too large" });
});

test("a request that is too large or too deep is blocked, not cut", async (t) => {
  const { server, client } = await scene(t);
  const big = { ...CALL, params: { text: "x".repeat(2 * 1024 * 1024) } };
  assert.match((await client.ask("tool", big, CTX)).reason, /larger than 1 MiB/);
  const cycle = {};
  cycle.self = cycle;
  assert.match((await client.ask("tool", { ...CALL, params: cycle }, CTX)).reason, /nesting/);
  assert.deepEqual(server.of("ask"), []);
});

test("numbers are shared by asks and reports and never used twice", async (t) => {
  const { server, client, ask } = await scene(t);
  await Promise.all([ask(), client.report("agent_end", {}, CTX), ask(), client.report("agent_end", {}, CTX)]);
  await client.flush();
  const numbers = [...server.of("ask"), ...server.of("report").flatMap((body) => body.events)].map((item) => item.seq);
  assert.deepEqual(numbers.sort(), [1, 2, 3, 4]);
});
