// Clawband's enforcement point in an OpenClaw gateway: it asks before, obeys, and reports after. It decides nothing.
// What each hook of the host does on an error, and why each is used as it is: docs/openclaw.md.

import { DecisionClient } from "./client.js";
import { resultOf } from "./shape.js";

const VERSION = "0.1.0";
const HOST_LIMIT_MS = 600_000; // the host's longest budget for a hook; an outbound hook past it FAILS OPEN
const LAST = -Number.MAX_SAFE_INTEGER;
const JUDGED_LIMIT = 10_000;
const REPORTS = ["message_received", "after_tool_call", "message_sent", "agent_end", "gateway_start"];
const HELD = Symbol.for("clawband.client");
const named = ({ decision, reason }) => (decision && !reason?.includes(decision) ? ` (${decision})` : "");
const why = ({ reason }) => reason || "no reason was given";
const said = (answer) => `Blocked by Clawband${named(answer)}: ${why(answer)}`;

export default {
  id: "clawband",
  name: "Clawband",
  description: "Asks the Clawband server before every message, tool call and reply, and obeys.",
  register(api) {
    const client = clientOf(api);
    gateTools(api, client);
    gateMessages(api, client);
    // The host handles it before any model sees it, and says who typed it.
    const handler = async (ctx) => ({ text: await client.command(ctx) });
    api.registerCommand({ name: "clawband", description: "Decide what waits for you", acceptsArgs: true, handler });
    reportAfter(api, client);
  },
};

/** One client per process: the host registers a plugin several times, and numbers must not run twice. */
function clientOf(api) {
  const key = JSON.stringify([VERSION, api.pluginConfig]);
  const held = globalThis[HELD];
  if (held?.key === key && !held.client.ended) return held.client;
  void held?.client.stop();
  const versions = { openclaw: String(api.runtime?.version ?? "unknown"), plugin: VERSION };
  const client = new DecisionClient(api.pluginConfig, { versions, logger: api.logger });
  globalThis[HELD] = { key, client };
  return client;
}

/** Tool calls and their results. The trusted tier has no host timeout: the deadline in the client is the only one. */
function gateTools(api, client, { judged } = client) {
  const callOf = (event, ctx) => JSON.stringify([ctx?.sessionKey, event.runId, event.toolCallId, event.toolName]);
  api.registerTrustedToolPolicy({
    id: "clawband",
    description: "every tool call is decided by the Clawband server",
    async evaluate(event, ctx) {
      const params = structuredClone(event.params); // another plugin holds the original while we wait
      const answer = await client.ask("tool", { ...event, params }, ctx);
      if (answer.verdict !== "permit") return { block: true, blockReason: said(answer) };
      const call = callOf(event, ctx); // some ids are only a time in milliseconds
      if (judged.has(call)) return { block: true, blockReason: said({ reason: "another call has the same id; try again" }) };
      if (judged.set(call, answer.params ?? params).size > JUDGED_LIMIT) judged.delete(judged.keys().next().value);
      return answer.params ? { params: answer.params } : undefined;
    },
  });
  // Other plugins may rewrite the call between the two tiers; as the last of this tier, put back what was judged.
  api.on("before_tool_call", (event, ctx) => {
    const call = callOf(event, ctx), params = judged.get(call);
    if (!judged.delete(call)) return { block: true, blockReason: said({ reason: "the call was not asked about" }) };
    return { params };
  }, { priority: LAST });
  api.registerAgentToolResultMiddleware(async (event, ctx) => {
    const answer = await client.ask("result", event, ctx);
    if (answer.verdict !== "permit") return replaced(event, `${said(answer)} The result is withheld; the call itself did run.`);
    const { text, truncated } = resultOf(event);
    const note = truncated ? `\n[${truncated} characters left out: too long to be judged]` : "";
    return answer.text != null || note ? replaced(event, (answer.text ?? text) + note, true) : undefined;
  }, { runtimes: ["openclaw"] });
}

const replaced = ({ result }, text, keepsPictures = false) => ({
  result: { ...result, details: { replacedBy: "clawband" },
    content: [{ type: "text", text }, ...(result?.content ?? []).filter((part) => keepsPictures && part?.type !== "text")] },
});

/** What comes in, what goes out, what is installed. Inbound and install fail closed in the host, outbound fails open. */
function gateMessages(api, client) {
  const gate = (name, hook, permit, block) => {
    const waitLimitMs = hostLimit(api, name) - 3 * client.deadlineMs - 2000; // our end always comes before the host's
    api.on(name, async (event, ctx) => {
      try {
        if (waitLimitMs <= 0) throw new Error(`the configured timeout of ${name} is too short`);
        const asked = { ...event }, answer = await client.ask(hook, asked, ctx, waitLimitMs);
        return answer.verdict === "permit" ? permit(answer, asked) : block(said(answer), answer);
      } catch (error) {
        return block(said({ reason: `the plugin failed (${error?.message ?? error})` }), {});
      }
    }, { timeoutMs: HOST_LIMIT_MS, priority: LAST }); // nothing rewrites what was judged
  };
  gate("before_agent_run", "run", () => ({ outcome: "pass" }),
    (reason, answer) => ({ outcome: "block", reason, message: why(answer) + named(answer) })); // the host adds who
  gate("reply_payload_sending", "reply",
    (answer, event) => (answer.text == null ? undefined : { payload: { text: answer.text, replyToId: event.payload?.replyToId } }),
    (reason) => ({ cancel: true, reason }));
  gate("message_sending", "message",
    (answer, event) => ({ content: answer.text ?? event.content }),
    (cancelReason) => ({ cancel: true, cancelReason }));
  gate("before_install", "install", () => undefined, (blockReason) => ({ block: true, blockReason }));
}

/** The host's budget for one of our hooks: what the operator configured, else what we ask for. */
function hostLimit(api, name) {
  const hooks = api.config?.plugins?.entries?.clawband?.hooks ?? {};
  return Math.min(HOST_LIMIT_MS, hooks.timeouts?.[name] ?? hooks.timeoutMs ?? HOST_LIMIT_MS);
}

function reportAfter(api, client) {
  for (const name of REPORTS) api.on(name, (event, ctx) => void client.report(name, event, ctx));
  const stop = (event, ctx) => (client.stopped ??= client.ended || client.report("gateway_stop", event, ctx).then(() => client.stop()));
  api.on("gateway_stop", stop);
  // Behind a proxy the host ends itself on a signal before that hook, but waits for what is in this set of its own.
  api.on("gateway_start", () => void globalThis[Symbol.for("openclaw.signalExitBarriers")]?.add(() => stop({ reason: "signal" }, {})));
}
