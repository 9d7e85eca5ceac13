// Which fields of a hook leave the gateway, and how an answer is read.
// Everything is copied, bounded and plain JSON; nothing here decides.

import { homedir } from "node:os";

export const TEXT_LIMIT = 256 * 1024; // characters of one text; what is beyond it is not shown to anybody
const DEPTH_LIMIT = 32;

const CONTEXT = ["agentId", "sessionKey", "sessionId", "runId", "toolCallId", "channelId", "accountId", "conversationId",
  "messageId", "senderId", "chatId", "channel", "messageProvider", "trigger", "jobId", "modelProviderId", "modelId",
  "toolKind", "toolInputKind", "requester", "trace", "inputProvenance", "runtime", "workspaceDir"];
const EVENTS = {
  tool: ["toolName", "params", "runId", "toolCallId", "toolKind", "toolInputKind", "derivedPaths"],
  run: ["prompt", "channelId", "accountId", "senderId", "senderIsOwner"],
  reply: ["payload", "kind", "channel", "sessionKey", "runId"],
  message: ["to", "content", "replyToId", "threadId", "metadata"],
  install: ["targetType", "targetName", "sourcePath", "sourcePathKind", "origin", "request", "skill", "plugin"],
  message_received: ["from", "content", "timestamp", "threadId", "messageId", "senderId", "replyToId", "sessionKey", "runId",
    "media", "originalMedia", "metadata"],
  after_tool_call: ["toolName", "params", "runId", "toolCallId", "error", "durationMs"],
  message_sent: ["to", "content", "success", "messageId", "sessionKey", "runId", "error"],
  agent_end: ["runId", "success", "error", "durationMs"],
  gateway_start: ["port"],
  gateway_stop: ["reason"],
};

/** A plain JSON copy; throws on a cycle or on nesting deeper than 32, so that the caller blocks. */
export function plain(value, depth = 0) {
  if (depth > DEPTH_LIMIT) throw new Error("nesting is deeper than 32");
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (value === null || ["string", "boolean"].includes(typeof value)) return value;
  if (Array.isArray(value)) return value.map((item) => plain(item ?? null, depth + 1));
  if (typeof value !== "object") return undefined;
  if (typeof value.toJSON === "function") return plain(value.toJSON(), depth + 1);
  const copy = Object.entries(value).map(([key, item]) => [key, plain(item, depth + 1)]);
  return Object.fromEntries(copy.filter(([, item]) => item !== undefined));
}

function pick(source, names) {
  const present = names.filter((name) => source?.[name] !== undefined);
  return plain(Object.fromEntries(present.map((name) => [name, source[name]])));
}

export const eventOf = (hook, event) =>
  hook === "result" ? resultOf(event) : { ...pick(event, EVENTS[hook]), ...(hook === "run" && { ...besideOf(event), home: homedir() }) };
/** What somebody typed to the guard, and who. A client of the gateway may name a sender of its own: the host gives it scopes. */
export const commandOf = ({ channel, senderId, from, to, args, isAuthorizedSender: authorized, gatewayClientScopes }) =>
  plain({ channel, senderId, from, to, args, authorized, internal: gatewayClientScopes !== undefined });
export const contextOf = (ctx) => pick(ctx, CONTEXT);

/** What the host tells the model beside this prompt: what it forwards or replies to, what was said in a group. No history. */
function besideOf({ messages }) {
  const beside = Array.isArray(messages) && messages.findLast((each) => each?.customType === "openclaw.runtime-context");
  const fragments = beside ? (beside.details?.fragments ?? [{ kind: "conversation-data", text: beside.content }]) : [];
  const told = fragments.filter((each) => each?.kind === "conversation-data").map((each) => String(each.text ?? ""));
  return beside ? { context: told.join("\n\n").slice(0, TEXT_LIMIT) } : {};
}

/** The text of a tool result, capped, and the kinds of content beside it. `truncated` counts characters left out. */
export function resultOf(event) {
  const content = Array.isArray(event.result?.content) ? event.result.content : [];
  const whole = content.filter((part) => part?.type === "text").map((part) => String(part.text ?? "")).join("\n");
  const text = whole.slice(0, TEXT_LIMIT), truncated = whole.length - text.length || undefined;
  const other = content.filter((part) => part?.type !== "text").map((part) => String(part?.type));
  return plain({ ...pick(event, ["toolCallId", "toolName", "isError"]), text, truncated, other: other.length > 0 ? other : undefined });
}

const KNOWN = new Set(["v", "seq", "verdict", "decision", "reason", "params", "text", "approval", "wait_seconds"]);
const isWait = (value) => Number.isFinite(value) && value > 0;
const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
const isText = (value) => typeof value === "string";

/** Why an answer cannot be obeyed, or undefined. An answer that asks for something unknown is not obeyed in part. */
export function faultIn(answer, hook) {
  if (!isObject(answer)) return "the answer is not an object";
  if (!["permit", "deny", "hold"].includes(answer.verdict)) return "the verdict is unknown";
  const unknown = Object.keys(answer).find((key) => !KNOWN.has(key));
  if (unknown !== undefined) return `the answer has the unknown field \`${unknown}\``;
  if (answer.reason !== undefined && answer.reason !== null && !isText(answer.reason)) return "the reason is not text";
  if (answer.verdict === "hold" && !(isText(answer.approval) && isWait(answer.wait_seconds))) return "the hold has no approval or no limit";
  if (answer.params != null && !(hook === "tool" && isObject(answer.params))) return "the rewritten parameters do not fit";
  if (answer.text != null && !(["result", "reply", "message"].includes(hook) && isText(answer.text))) return "the replacement text does not fit";
  return undefined;
}
