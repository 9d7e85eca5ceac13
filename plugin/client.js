// Talks to the decision server: numbers what is sent, keeps the deadline, remembers what it had to block alone.

import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import http from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

import { Link } from "./link.js";
import { commandOf, contextOf, eventOf, faultIn } from "./shape.js";

const BODY_LIMIT = 1024 * 1024;
const BACKLOG_LIMIT = 1000;
const POLL_MS = 25_000; // the server answers within 20 s
const HEARTBEAT_MS = 5_000;
const DROPPED = ["ECONNRESET", "EPIPE"];
const POISON = ["status 400", "status 413", "status 422"];
const REMEDY = "Nothing was run or sent. Tell the person who asked that the guard gave no answer; " +
  "an operator can look with `clawband status`. Do not try another way.";

class NoAnswer extends Error {}

export class DecisionClient {
  constructor(config, { versions, logger }) {
    Object.assign(this, { boot: randomUUID(), seq: 0, refused: [], reports: [] });
    this.counts = { asked: 0, blocked: 0, unreachable: 0 };
    this.judged = new Map(); // what was permitted and has not started yet: call -> parameters
    this.deadlineMs = config?.deadlineMs ?? 1000;
    Object.assign(this, { config: config ?? {}, versions, logger });
    this.link = new Link();
  }

  /** Ask until there is a permit or a deny. Never throws; without a valid answer the answer is our own deny. */
  async ask(hook, event, ctx, waitLimitMs = Infinity) {
    this.counts.asked += 1;
    this.start();
    const answer = await this.#settle(hook, event, ctx, waitLimitMs);
    if (answer.verdict !== "permit") this.counts.blocked += 1;
    return answer;
  }

  async #settle(hook, event, ctx, waitLimitMs) {
    let seq = ++this.seq, end = Infinity;
    try {
      const question = { event: eventOf(hook, event), ctx: contextOf(ctx) };
      for (;; seq = ++this.seq) {
        const body = { v: 1, boot: this.boot, seq, at: Date.now(), hook, ...question };
        const answer = await this.#post("/gateway/v1/ask", body, this.deadlineMs);
        const fault = faultIn(answer, hook);
        if (fault !== undefined) throw new NoAnswer(`malformed: ${fault}`);
        if (answer.verdict !== "hold") return answer;
        end = Math.min(end, performance.now() + Math.min(answer.wait_seconds * 1000, waitLimitMs));
        const refusal = await this.#wait(answer, end, ctx?.abortSignal);
        if (refusal !== undefined) return { verdict: "deny", decision: answer.decision, reason: refusal };
      }
    } catch (error) {
      return this.#blockAlone(seq, hook, event, ctx, error);
    }
  }

  /** Wait for a person. Undefined when granted, otherwise why not. An outage meanwhile does not end the wait. */
  async #wait(held, end, signal) {
    while (performance.now() < end) {
      if (signal?.aborted) return "the call was cancelled while it waited for approval";
      const began = performance.now(), body = { v: 1, boot: this.boot, approval: held.approval };
      const poll = this.#post("/gateway/v1/await", body, Math.min(POLL_MS, end - began), signal);
      const { state, reason } = await poll.catch(() => ({}));
      if (state === "granted") return undefined;
      if (["refused", "expired", "parked"].includes(state)) return reason || `the approval was ${state}`;
      if (performance.now() - began < 250) await sleep(250); // one that is away or answers at once is not hammered
    }
    return `nobody approved in time (${held.approval}); ask the person to have it approved, then try again`;
  }

  #blockAlone(seq, hook, event, ctx, error) {
    const short = (value) => (typeof value === "string" ? value.slice(0, 200) : undefined);
    const why = short(error instanceof NoAnswer ? error.message : `plugin: ${error?.message ?? error}`);
    const tool = short(event?.toolName ?? event?.targetName);
    this.counts.unreachable += 1;
    this.refused.push({
      seq, at: Date.now(), hook, tool, agent: short(ctx?.agentId), why,
      session: short(ctx?.sessionKey ?? event?.sessionKey), run: short(ctx?.runId ?? event?.runId),
      call: short(ctx?.toolCallId ?? event?.toolCallId),
    });
    if (this.refused.length > BACKLOG_LIMIT) this.refused.shift();
    this.logger?.warn?.(`clawband: blocked ${tool ?? hook} without a decision: ${why}`);
    return { verdict: "deny", reason: `no valid decision (${why}). ${REMEDY}` };
  }

  /** What to answer somebody who typed `/clawband`. Never throws. */
  async command(ctx) {
    this.start();
    const body = { v: 1, boot: this.boot, event: commandOf(ctx), ctx: contextOf(ctx) };
    const { text } = await this.#post("/gateway/v1/command", body, 3 * this.deadlineMs).catch(() => ({}));
    return typeof text === "string" ? text : "Not done: this is for private chats, or the guard gave no answer.";
  }

  /** Tell the server what happened. Kept and sent again while it is away; the oldest goes first when full. */
  report(hook, event, ctx) {
    const item = { seq: ++this.seq, at: Date.now(), hook, event: {}, ctx: {} };
    try {
      Object.assign(item, { event: eventOf(hook, event), ctx: contextOf(ctx) });
    } catch (error) {
      item.event = { unreadable: String(error.message) };
    }
    this.reports.push(item);
    if (this.reports.length > BACKLOG_LIMIT) this.reports.shift();
    this.start();
    return this.flush();
  }

  flush() {
    return (this.flushing ??= this.#flush().catch(() => {}).finally(() => (this.flushing = undefined)));
  }

  async #flush() {
    const large = (events) => Buffer.byteLength(JSON.stringify(events)) > BODY_LIMIT - 4096;
    while (this.reports.length > 0) {
      const events = this.reports.slice(0, 50);
      while (events.length > 1 && large(events)) events.length >>= 1;
      if (large(events)) events[0].event = { unreadable: "too large" };
      await this.#post("/gateway/v1/report", { v: 1, boot: this.boot, events }, 3 * this.deadlineMs).catch((error) => {
        if (!POISON.includes(error.message)) throw error; // else it would keep back all that follow; the gap shows
      });
      this.reports = this.reports.filter((item) => !events.includes(item));
    }
  }

  async heartbeat() {
    const { boot, seq, versions, counts } = this, refused = this.refused.slice(0, 100);
    await this.#post("/gateway/v1/heartbeat", { v: 1, boot, seq, versions, counts, refused }, 3 * this.deadlineMs);
    this.refused = this.refused.filter((item) => !refused.includes(item));
    await this.flush();
  }

  start() {
    if (this.timer !== undefined) return;
    const beat = () => void this.heartbeat().catch(() => {});
    this.timer = setInterval(beat, HEARTBEAT_MS).unref();
    beat();
  }

  async stop() {
    this.ended = true;
    this.timer = clearInterval(this.timer);
    await this.heartbeat().catch(() => {});
    this.link.close();
  }

  async #post(path, value, budgetMs, signal) {
    const body = Buffer.from(JSON.stringify(value)), end = performance.now() + budgetMs;
    if (body.length > BODY_LIMIT) throw new NoAnswer("the request is larger than 1 MiB");
    try {
      return await this.#exchange(path, body, budgetMs, signal);
    } catch (error) {
      if (!error.stale) throw error; // else the connection died first; the server is idempotent per (boot, seq)
      return await this.#exchange(path, body, Math.max(1, end - performance.now()), signal);
    }
  }

  #exchange(path, body, budgetMs, signal) {
    const { promise, resolve, reject } = Promise.withResolvers();
    const fail = (why, extra) => reject(Object.assign(new NoAnswer(why), extra));
    // Behind a proxy the host replaces `http.request`, and with it the agent: no connection would be kept.
    const request = new http.ClientRequest(this.#options(path, body, signal), (response) => {
      const parts = [];
      let size = 0;
      response.on("data", (part) => {
        parts.push(part);
        size += part.length;
        if (size > BODY_LIMIT) request.destroy(new Error("the answer is larger than 1 MiB"));
      });
      response.on("error", (error) => fail(`unreachable: ${error.message}`));
      response.on("end", () => {
        if (response.statusCode === 401) this.credential = undefined;
        if (response.statusCode !== 200) return fail(`status ${response.statusCode}`);
        try {
          resolve(JSON.parse(Buffer.concat(parts).toString("utf8")));
        } catch {
          fail("malformed: the answer is not JSON");
        }
      });
    });
    const timer = setTimeout(() => (fail(`deadline of ${budgetMs} ms`), request.destroy()), budgetMs);
    request.on("error", (error) =>
      fail(`unreachable: ${error.code ?? error.message}`, { stale: !request.res && DROPPED.includes(error.code) }));
    request.end(body);
    return promise.finally(() => clearTimeout(timer));
  }

  #options(path, body, signal) {
    const where = this.#where();
    const headers = { authorization: `Bearer ${this.#credential()}`, "content-type": "application/json", "content-length": body.length };
    return { ...where, path, signal, headers, method: "POST" };
  }

  #where() {
    try {
      return this.link.options(this.config);
    } catch (error) {
      throw new NoAnswer(`configuration: ${error.message}`);
    }
  }

  #credential() {
    try {
      this.credential ||= readFileSync(this.config.credentialFile, "utf8").trim();
    } catch (error) {
      throw new NoAnswer(`configuration: the credential file cannot be read (${error.code ?? error.message})`);
    }
    if (!this.credential) throw new NoAnswer("configuration: the credential file is empty");
    return this.credential;
  }
}
