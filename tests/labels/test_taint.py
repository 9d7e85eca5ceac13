"""What a message or a result brings: never more trust than was declared."""

from dataclasses import replace

import pytest

from clawband.labels.lattice import UNKNOWN
from clawband.labels.taint import of_message, of_result
from clawband.model.access import NOBODY, Authority, Facts, Requester
from clawband.model.deployment import Tool
from clawband.model.label import Confidentiality, Integrity

TOOL = Tool(name="crm", effect="tool:read", outside=False, confidentiality=1)


@pytest.mark.parametrize(
    ("authority", "integrity"),
    [
        (Authority.OWNER, Integrity.PERSON),
        (Authority.KNOWN, Integrity.PERSON),
        (Authority.UNKNOWN, Integrity.OUTSIDE),
    ],
)
def test_a_message_carries_its_senders_authority(authority, integrity):
    label = of_message(Requester("telegram:1", "telegram", authority))
    assert (label.integrity, label.sources) == (integrity, {"telegram:1"})


def test_nobody_is_a_stranger():
    assert of_message(NOBODY).integrity is Integrity.OUTSIDE


def test_a_result_is_what_its_tool_was_declared_to_return():
    label = of_result(TOOL, Facts())
    assert label.integrity is Integrity.SYSTEM
    assert label.confidentiality is Confidentiality.INTERNAL
    assert of_result(replace(TOOL, outside=True), Facts()).integrity is Integrity.OUTSIDE


def test_a_result_of_an_undeclared_tool_has_no_known_origin():
    assert of_result(None, Facts()) == UNKNOWN


def test_sources_name_where_it_was_read():
    facts = Facts(named=frozenset({"a.example", "notes/x"}))
    assert of_result(TOOL, facts).sources == {"crm:a.example", "crm:notes/x"}


@pytest.mark.parametrize(("level", "means"), [(-5, 0), (2, 2), (99, 3)])
def test_confidentiality_stays_on_its_scale(level, means):
    assert of_result(replace(TOOL, confidentiality=level), Facts()).confidentiality == means


def test_what_a_person_shows_is_data_too():
    label = of_message(Requester("telegram:4242", "telegram", Authority.KNOWN), shown=True)
    assert label.integrity is Integrity.OUTSIDE
    assert label.sources == {"telegram:4242", "shown by telegram:4242"}
