"""Each form of containment as files: name to text."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from clawband.containment import container, systemd
from clawband.containment.definition import Definition, Link
from clawband.containment.firewall import ruleset

FORMS = ("systemd", "container", "netns")


def rendered(
    form: str, definition: Definition, command: Sequence[str], around: Mapping[str, str]
) -> dict[str, str]:
    """For one of `FORMS`; `around` as in `systemd.files`."""
    link = Link(0)
    if form == "systemd":
        return systemd.files(definition, link, command, around)
    if form == "container":
        return container.files(definition)
    return {
        "definition.json": json.dumps(asdict(definition), indent=2) + "\n",
        "ruleset.nft": ruleset(definition, link),
    }
