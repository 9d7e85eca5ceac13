"""Each form has files, and the same rules in them."""

import json

import pytest

from clawband.containment.definition import Link
from clawband.containment.firewall import ruleset
from clawband.containment.forms import FORMS, rendered
from tests.containment.test_definition import DEFINITION
from tests.containment.test_systemd import AROUND


@pytest.mark.parametrize("form", FORMS)
def test_a_form_is_files_with_text(form):
    files = rendered(form, DEFINITION, ("/usr/bin/openclaw",), AROUND)
    assert files and all(text.endswith("\n") for text in files.values())
    assert not [name for name in files if name.startswith("/") or ".." in name]


def test_a_namespace_is_its_definition_and_its_rules():
    files = rendered("netns", DEFINITION, (), AROUND)
    assert json.loads(files["definition.json"])["gateway"]["uid"] == DEFINITION.gateway.uid
    assert files["ruleset.nft"] == ruleset(DEFINITION, Link(0))
