"""Templates, with everything a page may call."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined

from clawband.approvals import lifecycle
from clawband.edges.console import seen, when, words
from clawband.flows import explain
from clawband.flows.authority import may, places
from clawband.identity.roles import Act

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file under `static/`, read once."""

    body: bytes
    type: str
    version: str


def assets() -> Mapping[str, Asset]:
    """Every static file by name."""
    folder = resources.files("clawband.edges.console") / "static"
    found = {}
    for file in folder.iterdir():
        kind = _TYPES.get(file.name[file.name.rfind(".") :])
        if kind:
            body = file.read_bytes()
            found[file.name] = Asset(body, kind, hashlib.sha256(body).hexdigest()[:12])
    return found


def environment(files: Mapping[str, Asset]) -> Environment:
    """Escapes always; a name that a template misspells is an error, not an empty place."""
    made = Environment(
        loader=PackageLoader("clawband.edges.console"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        seen=seen.seen,
        name=seen.name,
        code=seen.code,
        plain=seen.plain,
        quoted=seen.quoted,
        sentence=seen.sentence,
        short=seen.short,
        requirement=lifecycle.describe,
    )
    made.globals.update(
        Act=Act,
        may=may,
        places=places,
        ago=when.ago,
        time=when.tag,
        clock=when.clock,
        infinitives=words.INFINITIVES,
        verbs=words.VERBS,
        explained=explain.explained,
        describe=explain.describe,
        thing=words.thing,
        asset={name: f"/static/{name}?v={asset.version}" for name, asset in files.items()},
    )
    return made
