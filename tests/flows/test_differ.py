"""What a set would change, and what each activation changed."""

import pytest

from clawband.flows import differ
from clawband.model.errors import InvariantError
from clawband.openclaw import tools
from clawband.policy.compare import compare
from clawband.policy.sets import PolicyError, build
from clawband.ports.unit import ActivatePolicy
from tests.policy.asking import MANIFEST, policy_set
from tests.simulators.clocks import START
from tests.simulators.keepers import MemoryShelf

WIDER = MANIFEST.replace('channels = ["telegram"]', 'channels = ["telegram", "webchat"]')


def between(shelf):
    def compared(before, after):
        sets = [differ.kept(each, shelf, tools.catalogue()) if each else None
                for each in (before, after)]  # fmt: skip
        return compare(*sets)

    return compared


def kept(shelf, text):
    files = {"desk.toml": text}
    built = build(files, tools.catalogue())
    shelf.keep(built.digest, files)
    return ActivatePolicy(built.digest, "ana", START)


def test_a_set_against_the_one_in_force():
    found = differ.differ({"desk.toml": WIDER}, policy_set(), tools.catalogue())
    assert [each.says for each in found.changes] == [
        "one more agent may receive messages on `webchat`: `sample/desk`",
        "one more agent may reply on `webchat`: `sample/desk`",
    ]
    assert found.digest == policy_set(WIDER).digest


def test_a_broken_set_is_refused_with_its_problems():
    with pytest.raises(PolicyError) as refused:
        differ.differ({"desk.toml": "name ="}, None, tools.catalogue())
    assert refused.value.problems


def test_each_activation_says_what_it_changed():
    shelf = MemoryShelf()
    first, second = kept(shelf, MANIFEST), kept(shelf, WIDER)
    past = list(differ.history([first, second, first], between(shelf)))
    assert [len(each.changes) for each in past] == [2, 2, 5]
    assert {str(each.direction) for each in past[0].changes} == {"less"}
    assert not any(each.problem for each in past)


def test_what_was_altered_is_not_told():
    shelf = MemoryShelf()
    first, second = kept(shelf, MANIFEST), kept(shelf, WIDER)
    shelf.kept[first.digest] = {"desk.toml": WIDER}
    with pytest.raises(InvariantError):
        differ.kept(first.digest, shelf, tools.catalogue())
    past = list(differ.history([second, first], between(shelf)))
    assert all("altered" in each.problem and not each.changes for each in past)
