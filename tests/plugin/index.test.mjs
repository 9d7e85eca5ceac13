// The hooks as the host calls them. The host here is only a register of handlers; tests/e2e has the real one.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import plugin from "../../plugin/index.js";
import { ScriptedServer } from "./scripted_server.mjs";

const CALL = { toolName: "refund", params: { order: "17" }, runId: "r", toolCallId: "c" };
const CTX = { agentId: "support", sessionKey: "s" };
const HELD = Symbol.for("clawband.client");

async function scene(t, answers = {}, hooks = {}) {
  const server = await new ScriptedServer().start();
  Object.assign(server.answers, answers);
  const host = { on: {}, options: {} };
  const api = {
    pluginConfig: server.config,
    config: { plugins: { entries: { clawband: { hooks } } } },
    runtime: { version: "2026.9.6" },
    on: (name, act, options) => {
      const before = host.on[name];
      host.on[name] = before ? (...given) => (before(...given), act(...given)) : act;
      host.options[name] = options;
    },
    registerCommand: (command) => { host.command = command; },
    registerTrustedToolPolicy: (policy) => { host.policy = policy; },
    registerAgentToolResultMiddleware: (act, options) => Object.assign(host, { middleware: act, runtimes: options.runtimes }),
  };
  plugin.register(api);
  t.after(async () => {
    await globalThis[HELD].client.stop();
    await server.end();
  });
  return { server, host, api, tool: () => host.policy.evaluate(CALL, CTX) };
}

test("the manifest declares what is registered", async (t) => {
  const { host } = await scene(t);
  const manifest = JSON.parse(readFileSync(new URL("../../plugin/openclaw.plugin.json", import.meta.url)));
  assert.equal(manifest.id, plugin.id);
  assert.deepEqual(manifest.contracts.trustedToolPolicies, [host.policy.id]);
  assert.deepEqual(manifest.contracts.agentToolResultMiddleware, host.runtimes);
  assert.ok(!JSON.stringify(manifest.configSchema).includes("policy"));
});

test("registering again keeps the boot and its numbers; another configuration gets its own", async (t) => {
  const { api } = await scene(t);
  const first = globalThis[HELD].client;
  plugin.register(api);
  assert.equal(globalThis[HELD].client, first);
  plugin.register({ ...api, pluginConfig: { ...api.pluginConfig, deadlineMs: 200 } });
  assert.notEqual(globalThis[HELD].client.boot, first.boot);
});

test("a permitted call runs with what was judged, whatever another plugin made of it", async (t) => {
  const { host, tool } = await scene(t, { ask: [{ verdict: "permit" }, { verdict: "permit", params: { order: "18" } }] });
  assert.equal(await tool(), undefined);
  const rewritten = { ...CALL, params: { order: "99" } };
  assert.deepEqual(host.on.before_tool_call(rewritten, CTX), { params: { order: "17" } });
  assert.deepEqual(await tool(), { params: { order: "18" } });
  assert.deepEqual(host.on.before_tool_call(rewritten, CTX), { params: { order: "18" } });
  assert.equal(host.on.before_tool_call(CALL, CTX).block, true); // spent
});

test("two calls under one id are not mixed up", async (t) => {
  const { host, tool } = await scene(t);
  await tool();
  assert.match((await host.policy.evaluate({ ...CALL, params: { order: "18" } }, CTX)).blockReason, /same id/);
  assert.deepEqual(host.on.before_tool_call(CALL, CTX), { params: { order: "17" } });
});

test("a call that was not asked about, or was denied, is blocked in the second tier too", async (t) => {
  const { host, tool } = await scene(t, { ask: [{ verdict: "deny", reason: "no", decision: "dec_1" }] });
  assert.equal(host.on.before_tool_call(CALL, CTX).block, true);
  assert.deepEqual(await tool(), { block: true, blockReason: "Blocked by Clawband (dec_1): no" });
  assert.equal(host.on.before_tool_call(CALL, CTX).block, true);
});

test("a result is passed, replaced, withheld or cut to what was judged", async (t) => {
  const { host } = await scene(t, { ask: [{ verdict: "permit" }, { verdict: "permit", text: "***" }, { verdict: "deny", reason: "secret" }, { verdict: "permit" }] });
  const event = { ...CALL, result: { content: [{ type: "text", text: "key" }], details: { key: "key" } } };
  const text = async (of) => (await host.middleware(of, CTX))?.result.content.map((part) => part.text).join();
  assert.equal(await text(event), undefined);
  const replaced = await host.middleware(event, CTX);
  assert.equal(replaced.result.content[0].text, "***");
  assert.ok(!JSON.stringify(replaced).includes("key"));
  assert.match(await text(event), /secret.*the call itself did run/);
  const long = { ...CALL, result: { content: [{ type: "text", text: "x".repeat(300_000) }] } };
  assert.match(await text(long), /x\n\[37856 characters left out/);
});

test("incoming and outgoing messages: permit, replace, deny", async (t) => {
  const { server, host } = await scene(t);
  const reply = { payload: { text: "a", mediaUrl: "m", replyToId: "9" } };
  const message = { to: "x", content: "a" };
  assert.deepEqual(await host.on.before_agent_run({ prompt: "p" }, CTX), { outcome: "pass" });
  assert.equal(await host.on.reply_payload_sending(reply, CTX), undefined);
  assert.deepEqual(await host.on.message_sending(message, CTX), { content: "a" });
  assert.equal(await host.on.before_install({ targetName: "s" }, CTX), undefined);
  server.answers.ask = [{ verdict: "permit", text: "b" }];
  assert.deepEqual(await host.on.reply_payload_sending(reply, CTX), { payload: { text: "b", replyToId: "9" } });
  assert.deepEqual(await host.on.message_sending(message, CTX), { content: "b" });
  server.answers.ask = [{ verdict: "deny", reason: "no", decision: "dec_1" }];
  const reason = "Blocked by Clawband (dec_1): no";
  assert.deepEqual(await host.on.before_agent_run({ prompt: "p" }, CTX), { outcome: "block", reason, message: "no (dec_1)" });
  assert.deepEqual(await host.on.reply_payload_sending(reply, CTX), { cancel: true, reason });
  assert.deepEqual(await host.on.message_sending(message, CTX), { cancel: true, cancelReason: reason });
  assert.deepEqual(await host.on.before_install({}, CTX), { block: true, blockReason: reason });
});

test("outgoing text stays when anything at all goes wrong", async (t) => {
  const { server, host } = await scene(t);
  const throws = { get payload() { throw new Error("odd"); }, get content() { throw new Error("odd"); } };
  assert.equal((await host.on.reply_payload_sending(throws, CTX)).cancel, true);
  assert.equal((await host.on.message_sending(throws, CTX)).cancel, true);
  await server.stop();
  assert.equal((await host.on.reply_payload_sending({ payload: { text: "a" } }, CTX)).cancel, true);
  assert.equal((await host.on.message_sending({ content: "a" }, undefined)).cancel, true);
  assert.equal((await host.on.before_agent_run({ prompt: "p" }, CTX)).outcome, "block");
});

test("the outgoing hooks come last, with the host's longest limit, and block when it was shortened", async (t) => {
  const { host } = await scene(t, {}, { timeouts: { message_sending: 1000 } });
  for (const name of ["before_agent_run", "reply_payload_sending", "message_sending", "before_install"])
    assert.deepEqual(host.options[name], { timeoutMs: 600_000, priority: -Number.MAX_SAFE_INTEGER });
  assert.match((await host.on.message_sending({ content: "a" }, CTX)).cancelReason, /too short/);
  assert.equal(await host.on.reply_payload_sending({ payload: {} }, CTX), undefined);
});

test("a command goes to the server with what the host says of its sender, and nothing else of it", async (t) => {
  const { server, host } = await scene(t, { command: [{ text: "Nothing waits for you here." }, { status: 500 }, { text: 7 }] });
  const { name, acceptsArgs, requireAuth, handler } = host.command;
  assert.deepEqual([name, acceptsArgs, requireAuth], ["clawband", true, undefined]); // the host asks for an authorised sender
  const typed = { channel: "telegram", senderId: "7001", from: "telegram:7001", to: "telegram:7001", args: "list", isAuthorizedSender: true };
  const ctx = { ...typed, ...CTX, config: { secret: "s3cret" }, commandBody: "/clawband list", getCurrentConversationBinding() {} };
  assert.deepEqual(await handler(ctx), { text: "Nothing waits for you here." });
  const { event, ctx: around } = server.of("command")[0];
  const { isAuthorizedSender: authorized, ...rest } = typed;
  assert.deepEqual(event, { ...rest, authorized, internal: false });
  assert.deepEqual(around, { ...CTX, senderId: "7001", channel: "telegram" });
  for (const scopes of [[], ["operator.admin"]]) {
    assert.match((await handler({ ...ctx, gatewayClientScopes: scopes })).text, /^Not done/);
    assert.equal(server.of("command").at(-1).event.internal, true);
  }
  await server.stop();
  assert.match((await handler(ctx)).text, /^Not done/);
});

test("what happened is reported, and the stop of the gateway ends the heartbeat", async (t) => {
  const { server, host } = await scene(t);
  for (const name of ["gateway_start", "message_received", "after_tool_call", "message_sent", "agent_end"]) host.on[name]({}, CTX);
  await host.on.gateway_stop({ reason: "restart" }, {});
  const told = server.of("report").flatMap((body) => body.events).map((item) => item.hook);
  assert.deepEqual(told, ["gateway_start", "message_received", "after_tool_call", "message_sent", "agent_end", "gateway_stop"]);
  assert.equal(globalThis[HELD].client.timer, undefined);
});

test("a host that ends itself on a signal waits until that is reported, once, and only where it runs a gateway", async (t) => {
  const barriers = (globalThis[Symbol.for("openclaw.signalExitBarriers")] = new Set());
  t.after(() => delete globalThis[Symbol.for("openclaw.signalExitBarriers")]);
  const { server, host } = await scene(t);
  assert.equal(barriers.size, 0); // a command of the host's registers plugins too
  host.on.gateway_start({}, {});
  await Promise.all([...barriers].map((barrier) => barrier()).concat(host.on.gateway_stop({ reason: "stop" }, {})));
  const told = server.of("report").flatMap((body) => body.events).map((item) => [item.hook, item.event.reason]);
  assert.deepEqual(told, [["gateway_start", undefined], ["gateway_stop", "signal"]]);
  assert.equal(globalThis[HELD].client.timer, undefined);
});
