"""A set in plain words."""

from pathlib import Path

from clawband.openclaw import tools
from clawband.policy.sets import build
from clawband.policy.words import told
from tests.policy.asking import policy_set


def test_nothing_in_force_says_nothing():
    assert told(None) == ()


def test_a_workflow():
    (desk,) = told(policy_set())
    assert (desk.name, desk.owner, desk.agents) == ("desk", "care", ("sample/desk",))
    assert desk.may == (
        "may receive messages on `telegram`",
        "may reply on `telegram`",
        "may read with `look`",
        "may write with `note`",
        "may pay with `pay` with an approval by an approver",
    )
    assert "may only touch the system `crm`" in desk.bounds
    assert "may make at most 40 calls in one run" in desk.bounds
    assert not any("every region" in each for each in desk.bounds)


def test_the_sample_with_its_gateway_last():
    files = {path.name: path.read_text() for path in Path("examples/workflows").glob("*.toml")}
    found = told(build(files, tools.catalogue()))
    assert [each.name for each in found] == [
        "assistant", "document", "lead-capture", "support", "gateway-sample",
    ]  # fmt: skip
    assert (
        "may not reply to a new destination after it has read secret data without an approval by "
        "an approver"
    ) in found[3].bounds
