"""A denial says which policy decided and what would change the answer."""

from clawband.model.access import Action, Deny, Reason
from clawband.policy.evaluate import evaluate
from clawband.policy.explain import wish
from tests.policy.asking import around, call, policy_set, replaced, request

ACTIVE = policy_set()


def denied(asked, circumstances=None, active=ACTIVE):
    answer = evaluate(asked, circumstances or around(), active)
    assert isinstance(answer, Deny)
    return answer


def test_the_deciding_forbids_are_all_named():
    answer = denied(call(ACTIVE, "look"), around(paused=frozenset({"x"}), run_calls=99))
    assert [reason.policy for reason in answer.reasons] == ["baseline/paused", "desk/limit-run"]
    assert answer.remedy == "resume it with `clawband resume`; ask for less at once, or later"


def test_the_nearest_permit_says_what_is_missing():
    answer = denied(call(ACTIVE, "pay", {"amount": 1}))
    assert answer.reasons == (
        Reason("clawband/default-deny", "no policy permits `desk` to pay with `pay`"),
        Reason("desk/approve-pay", "`desk` may call `pay` with an approval by an approver"),
    )
    assert answer.remedy == "get an approval by an approver"


def test_what_the_manifest_does_not_name_is_to_be_named():
    answer = denied(call(ACTIVE, "drop"))
    assert [reason.policy for reason in answer.reasons] == ["clawband/default-deny"]
    assert answer.remedy == "name `drop` under `writes` in the manifest of `desk`"
    assert "under `reads`" in denied(call(ACTIVE, "web_search")).remedy


def test_a_place_outside_the_lists_is_explained():
    lists = '[hosts]\nweb_fetch = ["a.example"]\n[[appr'
    active = policy_set(replaced(('["look"]', '["look", "web_fetch"]'), ("[[appr", lists)))
    answer = denied(call(active, "web_fetch", {"url": "https://b.example"}), active=active)
    assert answer.reasons[1].because == "`desk` may call `web_fetch` within its `[hosts]`"
    assert answer.remedy == "name what it needs under `[hosts]` in the manifest"


def test_every_action_has_its_words():
    for action in Action:
        scope = ACTIVE.scope_of(request(action, "it"))
        assert wish(scope).startswith("`desk` to ")
        assert "`it`" in wish(scope)
