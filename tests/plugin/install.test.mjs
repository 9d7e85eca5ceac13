import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";

import { digestOf, eventOf, wordsOf } from "../../plugin/install.js";
import { ScriptedServer } from "./scripted_server.mjs";

const SCRIPT = fileURLToPath(new URL("../../plugin/install.js", import.meta.url));

function skill(t) {
  const folder = mkdtempSync(join(tmpdir(), "cb-skill-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, "bin"));
  writeFileSync(join(folder, "SKILL.md"), "look out of the window");
  writeFileSync(join(folder, "bin", "run"), "echo", { mode: 0o600 });
  return folder;
}

test("the digest is of every byte, name and kind, and of nothing else", (t) => {
  const one = skill(t), two = skill(t);
  const was = digestOf(one);
  assert.equal(digestOf(two), was, "wherever it was staged");
  chmodSync(join(two, "bin", "run"), 0o700);
  const program = digestOf(two);
  renameSync(join(two, "bin", "run"), join(two, "bin", "walk"));
  const renamed = digestOf(two);
  writeFileSync(join(two, "bin", "walk"), "echo!");
  const changed = digestOf(two);
  symlinkSync("SKILL.md", join(two, "LINK.md"));
  assert.equal(new Set([was, program, renamed, changed, digestOf(two)]).size, 5);
  assert.notEqual(digestOf(join(one, "SKILL.md")), was);
});

test("what cannot be looked at is not asked about", (t) => {
  const folder = skill(t);
  symlinkSync("../elsewhere", join(folder, "out"));
  assert.throws(() => digestOf(folder), /leads out/);
  rmSync(join(folder, "out"));
  mkdirSync(join(folder, "deep", "dir"), { recursive: true });
  writeFileSync(join(folder, "..", "x"), "the outside");
  t.after(() => rmSync(join(folder, "..", "x"), { force: true }));
  symlinkSync("../..", join(folder, "deep", "dir", "up"));
  symlinkSync("up/../x", join(folder, "deep", "dir", "reads-like-inside"));
  assert.throws(() => digestOf(folder), /leads out/);
  assert.throws(() => digestOf(join(folder, "nothing")));
  assert.throws(() => eventOf({ targetType: "skill" }));
});

test("the folder it was staged in is no part of the question", (t) => {
  const asked = { protocolVersion: 1, targetType: "skill", targetName: "weather", sourcePath: skill(t), request: { mode: "install" } };
  const event = eventOf(asked);
  assert.deepEqual(Object.keys(event).sort(), ["digest", "request", "targetName", "targetType"]);
  assert.deepEqual(eventOf({ ...asked, sourcePath: skill(t) }), event);
});

test("only a permit lets it in", () => {
  assert.equal(wordsOf({ verdict: "permit" }).decision, "allow");
  for (const answer of [undefined, null, {}, { verdict: "yes" }, { verdict: "deny" }, { verdict: "hold", approval: "apr_1" }]) {
    const words = wordsOf(answer);
    assert.equal(words.decision, "block");
    assert.ok(words.reason.length > 0);
  }
  assert.match(wordsOf({ verdict: "hold", approval: "apr_1", reason: "two admins" }).reason, /two admins \(apr_1;/);
  assert.ok(wordsOf({ verdict: "deny", reason: "x".repeat(5000) }).reason.length <= 1000);
});

/** What OpenClaw hears from the program. */
async function heard(server, given) {
  const env = { CLAWBAND_SOCKET: server.socket, CLAWBAND_CREDENTIAL_FILE: server.credentialFile };
  const child = spawn(process.execPath, [SCRIPT], { env, stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.end(given);
  let out = "";
  for await (const part of child.stdout.setEncoding("utf8")) out += part;
  return JSON.parse(out);
}

test("it asks once, with its credential, and blocks on everything that is no answer", async (t) => {
  const server = await new ScriptedServer().start();
  t.after(() => server.end());
  const given = JSON.stringify({ targetType: "skill", targetName: "weather", sourcePath: skill(t) });
  server.answers.ask = [{ verdict: "permit", decision: "dec_1" }, { status: 401 }, { raw: "nonsense" }];
  assert.equal((await heard(server, given)).decision, "allow");
  const [body] = server.of("ask");
  assert.deepEqual([body.hook, body.event.targetName], ["install", "weather"]);
  for (const why of [/status 401/, /JSON/]) {
    const words = await heard(server, given);
    assert.equal(words.decision, "block");
    assert.match(words.reason, why);
  }
  assert.equal((await heard(server, "rubbish")).decision, "block");
  await server.stop();
  assert.match((await heard(server, given)).reason, /gave no answer/);
});
