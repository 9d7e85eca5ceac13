"""The numbers of a label are what policy compares: they are pinned."""

from clawband.model.label import Confidentiality, Integrity


def test_the_wire_form_is_pinned():
    assert [(each.name, int(each)) for each in Integrity] == [
        ("OUTSIDE", 0), ("SYSTEM", 1), ("PERSON", 2),
    ]  # fmt: skip
    assert [(each.name, int(each)) for each in Confidentiality] == [
        ("PUBLIC", 0), ("INTERNAL", 1), ("CONFIDENTIAL", 2), ("RESTRICTED", 3),
    ]  # fmt: skip
