"""What the second witness noticed, as events; and which leaves it learns from."""

from datetime import UTC, datetime

from clawband.enforcement.witness import Call, Doubt
from clawband.flows.witness import asked, noticed
from clawband.model.event import Event, Leaf, Tag

NOW = datetime(2026, 11, 22, tzinfo=UTC)
CALL = Call(
    gateway="shop", agent="shop/desk", session="s", run="r", trace="t", id="call_1", tool="pay",
    at=NOW, cause="dec_model",
)  # fmt: skip


def leaf(**changes):
    said = {
        "id": "dec_1", "at": NOW, "tag": Tag.DECISION_DENY, "gateway": "shop", "agent": "shop/desk",
        "action": "tool:pay", "resource": "Tool::pay", "session": "s", "run": "r", "trace": "t",
        "call": "tool_search_code:call_1:pay:1", "detail": {"parent_call": "call_1"}, **changes,
    }  # fmt: skip
    return Leaf(0, b"", Event(**said))


def test_a_decision_about_a_tool_is_learned_from():
    call, outer = asked(leaf())
    assert (call.tool, call.verdict, call.decision, outer) == ("pay", "deny", "dec_1", "call_1")
    _, same = asked(leaf(detail={}))
    assert same == call.id


def test_other_leaves_are_not():
    assert asked(leaf(tag=Tag.CALL_FINISH)) is None
    assert asked(leaf(action="result:read")) is None
    assert asked(leaf(call="")) is None


def test_an_act_is_missing_enforcement_and_a_doubt_is_a_difference():
    acted = noticed(CALL, Doubt.ACTED, now=NOW, entropy=b"0" * 10)
    assert acted.tag is Tag.ENFORCEMENT_MISSING
    assert (acted.agent, acted.run, acted.call, acted.cause) == (
        "shop/desk", "r", "call_1", "dec_model",
    )  # fmt: skip
    assert noticed(CALL, Doubt.UNASKED, now=NOW, entropy=b"0" * 10).tag is Tag.WITNESS_DIFFER
