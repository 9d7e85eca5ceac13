"""Every classifier by its own examples: one text with it, and one that only looks like it."""

import pkgutil
from importlib import import_module

import pytest

from clawband.labels import classifiers
from clawband.labels.classifiers import TAGS, Classifier, distinct, shipped
from clawband.labels.classify import classify
from clawband.model.errors import InvariantError

FILES = sorted(found.name for found in pkgutil.iter_modules(classifiers.__path__))


@pytest.mark.parametrize("name", FILES)
def test_hit_and_miss(name):
    module = import_module(f"clawband.labels.classifiers.{name}")
    kind: Classifier = module.CLASSIFIER
    hit, miss = module.EXAMPLES
    found = [each for each in classify(hit) if each.kind == kind.id]
    assert found
    assert {each.tag for each in found} == {kind.tag}
    assert max(each.confidence for each in found) == pytest.approx(kind.confidence, abs=0.011)
    assert [each for each in classify(miss) if each.kind == kind.id] == []


@pytest.mark.parametrize("kind", shipped(), ids=lambda kind: kind.id)
def test_it_is_well_formed(kind):
    assert kind.id.replace("-", "_") in FILES
    assert kind.tag in TAGS
    assert 0 <= kind.alone < kind.confidence <= 1
    assert kind.near or not kind.alone
    # A pattern that matched single bytes could end inside a character.
    assert r"\C" not in kind.pattern


def test_every_file_is_one_kind():
    assert len(shipped()) == len(FILES)


def test_two_with_one_id_refuse_to_start():
    one = Classifier(id="one", tag="secret", pattern="1", confidence=1)
    with pytest.raises(InvariantError, match="id of its own, got `one`"):
        distinct([one, one])


def test_an_unknown_tag_refuses_to_start():
    with pytest.raises(InvariantError, match="got `mine`"):
        distinct([Classifier(id="one", tag="mine", pattern="1", confidence=1)])
