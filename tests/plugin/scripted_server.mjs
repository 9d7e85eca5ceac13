// A decision server for the plugin's own tests: answers each path as told, on a real unix socket.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const CREDENTIAL = "credential-of-the-tests";

/** `answers[path]` is a list of steps, the last one repeats: an object, `{status, raw, delay}` or a function(response). */
export class ScriptedServer {
  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), "cb-"));
    this.socket = join(this.folder, "s");
    this.credentialFile = join(this.folder, "credential");
    writeFileSync(this.credentialFile, `${CREDENTIAL}\n`);
    this.heard = [];
    this.answers = {};
  }

  get config() {
    return { socket: this.socket, credentialFile: this.credentialFile, deadlineMs: 300 };
  }

  of(path) {
    return this.heard.filter((item) => item.path.endsWith(path)).map((item) => item.body);
  }

  async start(listenOn = this.socket) {
    this.server = http.createServer((request, response) => {
      const parts = [];
      request.on("data", (part) => parts.push(part));
      request.on("end", () => this.#answer(request, Buffer.concat(parts), response));
    });
    await new Promise((resolve) => this.server.listen(listenOn, resolve));
    return this;
  }

  #answer(request, raw, response) {
    const name = request.url.split("/").at(-1);
    this.heard.push({ path: request.url, headers: request.headers, body: JSON.parse(raw) });
    const steps = this.answers[name] ?? [name === "ask" ? { verdict: "permit" } : { ok: true }];
    const step = steps.length > 1 ? steps.shift() : steps[0];
    if (typeof step === "function") return step(response, request);
    const { status = 200, raw: text = JSON.stringify(step), delay = 0 } = step;
    setTimeout(() => response.writeHead(status).end(text), delay);
  }

  async stop() {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  async end() {
    if (this.server?.listening) await this.stop();
    rmSync(this.folder, { recursive: true });
  }
}
