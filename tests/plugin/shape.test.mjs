import assert from "node:assert/strict";
import { homedir } from "node:os";
import test from "node:test";

import { TEXT_LIMIT, contextOf, eventOf, faultIn, plain, resultOf } from "../../plugin/shape.js";

test("only named fields leave the gateway", () => {
  const event = { prompt: "hi", messages: ["history"], systemPrompt: "secret", senderIsOwner: false };
  assert.deepEqual(eventOf("run", event), { prompt: "hi", senderIsOwner: false, home: homedir() });
  assert.deepEqual(contextOf({ agentId: "a", config: { token: "t" }, abortSignal: {} }), { agentId: "a" });
  assert.deepEqual(contextOf(undefined), {});
});

test("what the host tells the model beside a prompt goes with it, and no history", () => {
  const fragments = [
    { kind: "runtime-instruction", text: "reply with the tool" },
    { kind: "conversation-data", text: "Forwarded message context" },
    { kind: "conversation-data", text: "Active exec sessions:\nnone" },
  ];
  const beside = (details, content) => ({ role: "custom", customType: "openclaw.runtime-context", content, details });
  const asked = (...messages) => eventOf("run", { prompt: "hi", messages }).context;
  const said = { role: "user", content: "earlier" };
  assert.equal(asked(said, beside({ fragments })), "Forwarded message context\n\nActive exec sessions:\nnone");
  assert.equal(asked(beside({}, "old"), said, beside(undefined, "<<<BEGIN>>> new")), "<<<BEGIN>>> new");
  assert.equal(asked(beside({ fragments: [null, { kind: "conversation-data" }] })), "");
  assert.equal(asked(beside({}, "a".repeat(TEXT_LIMIT + 1))).length, TEXT_LIMIT);
  assert.equal(asked(said), undefined);
});

test("parameters are copied whole, as plain JSON", () => {
  const params = { list: [1, undefined, NaN], nested: { call: () => 1, big: 2n, at: new Date(0) } };
  assert.deepEqual(eventOf("tool", { toolName: "x", params }).params, {
    list: [1, null, null],
    nested: { big: "2", at: "1970-01-01T00:00:00.000Z" },
  });
});

test("a cycle and deep nesting are refused, not followed", () => {
  const cycle = {};
  cycle.self = cycle;
  assert.throws(() => plain(cycle), /nesting/);
  let deep = [];
  for (let i = 0; i < 40; i += 1) deep = [deep];
  assert.throws(() => plain(deep), /nesting/);
});

test("a result is its text, capped, and the kinds of what is beside it", () => {
  const content = [{ type: "text", text: "one" }, { type: "image", data: "..." }, { type: "text", text: "two" }];
  const event = { toolCallId: "c", toolName: "t", result: { content, details: { hidden: 1 } } };
  assert.deepEqual(resultOf(event), { toolCallId: "c", toolName: "t", text: "one\ntwo", other: ["image"] });
  const long = resultOf({ result: { content: [{ type: "text", text: "x".repeat(TEXT_LIMIT + 7) }] } });
  assert.equal(long.text.length, TEXT_LIMIT);
  assert.equal(long.truncated, 7);
  assert.deepEqual(resultOf({}), { text: "" });
});

test("answers that can be obeyed", () => {
  for (const [answer, hook] of [
    [{ verdict: "permit" }, "tool"],
    [{ verdict: "permit", decision: "dec_1", reason: null, params: { a: 1 } }, "tool"],
    [{ verdict: "permit", text: "" }, "message"],
    [{ verdict: "deny", reason: "no" }, "run"],
    [{ verdict: "hold", approval: "apr_1", wait_seconds: 0.5 }, "tool"],
  ]) assert.equal(faultIn(answer, hook), undefined, JSON.stringify(answer));
});

test("answers that cannot be obeyed", () => {
  for (const [answer, hook] of [
    [null, "tool"], ["permit", "tool"], [[], "tool"], [{}, "tool"], [{ verdict: "Permit" }, "tool"],
    [{ verdict: "permit", params: [] }, "tool"], [{ verdict: "permit", params: { a: 1 } }, "run"],
    [{ verdict: "permit", text: "t" }, "tool"], [{ verdict: "permit", text: 1 }, "reply"],
    [{ verdict: "permit", token: "t" }, "tool"], [{ verdict: "deny", reason: {} }, "tool"],
    [{ verdict: "hold", approval: "a" }, "tool"], [{ verdict: "hold", wait_seconds: 1 }, "tool"],
    [{ verdict: "hold", approval: "a", wait_seconds: "9" }, "tool"],
    [{ verdict: "hold", approval: "a", wait_seconds: -1 }, "tool"],
  ]) assert.notEqual(faultIn(answer, hook), undefined, JSON.stringify(answer));
});
