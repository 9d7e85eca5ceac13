// OpenClaw's install policy: asks the Clawband server before a skill or plugin is installed, also by `openclaw skills install`,
// where no hook runs. OpenClaw starts it with CLAWBAND_SOCKET and CLAWBAND_CREDENTIAL_FILE; it decides nothing, and blocks on any failure.

import { createHash, randomUUID } from "node:crypto";
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync, realpathSync } from "node:fs";
import http from "node:http";
import { join } from "node:path";

const FILES_LIMIT = 20_000;
const BYTES_LIMIT = 512 * 1024 * 1024;
const DEADLINE_MS = 5_000;
const KEPT = ["targetType", "targetName", "sourcePathKind", "source", "origin", "request", "skill", "plugin"];

/** The SHA-256 of what would be installed: every path with its kind and its bytes, in order. Throws past the limits. */
export function digestOf(path) {
  const hash = createHash("sha256");
  const left = { files: FILES_LIMIT, bytes: BYTES_LIMIT };
  const add = (kind, name, body) => {
    if (--left.files < 0 || (left.bytes -= body.length) < 0) throw new Error("it is too large to be looked at");
    hash.update(`${JSON.stringify([kind, name, body.length])}\n`).update(body);
  };
  const walk = (at, name) => {
    const stat = lstatSync(at);
    if (stat.isSymbolicLink()) add("link", name, Buffer.from(inside(at)));
    else if (stat.isFile() && stat.size > left.bytes) throw new Error("it is too large to be looked at");
    else if (stat.isFile()) add(stat.mode & 0o111 ? "program" : "file", name, readFileSync(at));
    else if (stat.isDirectory()) for (const each of readdirSync(at).sort()) walk(join(at, each), `${name}/${each}`);
    else throw new Error("it holds something that is no file");
  };
  const inside = (at) => {
    // By where it really leads: a link on its way may turn what reads like the inside into the outside.
    if (!existsSync(at) || !realpathSync.native(at).startsWith(`${realpathSync.native(path)}/`)) throw new Error("a link in it leads out of it");
    return readlinkSync(at);
  };
  walk(path, "");
  return `sha256:${hash.digest("hex")}`;
}

/** What is asked: without the folder it was staged in, which is another one each time. */
export function eventOf(asked) {
  const event = Object.fromEntries(KEPT.filter((key) => asked[key] !== undefined).map((key) => [key, asked[key]]));
  return { ...event, digest: digestOf(asked.sourcePath) };
}

/** OpenClaw's words for an answer of ours. A hold does not wait: the same install runs once it is granted. */
export function wordsOf(answer) {
  if (answer?.verdict === "permit") return { protocolVersion: 1, decision: "allow" };
  const why = typeof answer?.reason === "string" && answer.reason ? answer.reason : "no reason was given";
  const ticket = answer?.verdict === "hold" ? ` (${answer.approval}; install it again when it is approved)` : "";
  return { protocolVersion: 1, decision: "block", reason: `Blocked by Clawband: ${why}${ticket}`.slice(0, 1000) };
}

async function ask(event, socketPath, credentialFile) {
  const body = JSON.stringify({ v: 1, boot: randomUUID(), seq: 1, at: Date.now(), hook: "install", event, ctx: {} });
  const headers = {
    authorization: `Bearer ${readFileSync(credentialFile, "utf8").trim()}`,
    "content-type": "application/json",
  };
  return new Promise((settle, reject) => {
    const sent = http.request({ socketPath, path: "/gateway/v1/ask", method: "POST", headers }, async (response) => {
      try {
        let text = "";
        for await (const part of response.setEncoding("utf8")) text += part;
        if (response.statusCode !== 200) throw new Error(`status ${response.statusCode}`);
        settle(JSON.parse(text));
      } catch (error) {
        reject(error);
      }
    });
    sent.on("error", reject);
    setTimeout(() => sent.destroy(new Error("no answer in time")), DEADLINE_MS).unref();
    sent.end(body);
  });
}

async function main({ CLAWBAND_SOCKET: socketPath, CLAWBAND_CREDENTIAL_FILE: credentialFile }) {
  let given = "", words;
  for await (const part of process.stdin.setEncoding("utf8")) given += part;
  try {
    words = wordsOf(await ask(eventOf(JSON.parse(given)), socketPath, credentialFile));
  } catch (error) {
    words = wordsOf({ verdict: "deny", reason: `the guard gave no answer (${error?.message ?? error})` });
  }
  process.stdout.write(`${JSON.stringify(words)}\n`);
}

if (import.meta.filename === process.argv[1]) await main(process.env);
