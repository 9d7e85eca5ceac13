"""`clawband workflow`: manifests, checked and compiled without a server, shown as in force."""

from pathlib import Path
from typing import Any

import click

from clawband.edges.cli import files, show
from clawband.edges.cli.place import Place
from clawband.edges.cli.visible import visible
from clawband.model.errors import InputError, NotFoundError
from clawband.openclaw import tools
from clawband.policy.sets import PolicyError, PolicySet, build

FILE = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
QUESTIONS = {
    "owner": "owner",
    "purpose": "for",
    "environment": "runs in",
    "agents": "agents",
    "channels": "channels",
    "reads": "reads",
    "writes": "writes",
    "systems": "touches",
    "unsure": "if unsure",
}


@click.group()
def workflow() -> None:
    """Check, show and compile workflow manifests."""


@workflow.command()
@FILE
def check(file: Path) -> None:
    """Validate one manifest, of a workflow or a gateway (no server needed)."""
    built = _built(file)
    ((name, text),) = built.compiled.items()
    count = text.count("@id(")
    show.line(f"ok: {visible(name)} compiles to {count} policies")


@workflow.command()
@FILE
def compile(file: Path) -> None:  # noqa: A001 - the name of the command
    """Print the Cedar a manifest becomes (no server needed)."""
    built = _built(file)
    for text in built.compiled.values():
        show.line(visible(text.rstrip("\n"), lines=True))


@workflow.command("show")
@click.argument("name", required=False)
@click.option("--cedar", is_flag=True, help="The compiled policies instead.")
@show.json_option()
@click.pass_obj
def show_(place: Place, name: str | None, cedar: bool, as_json: bool) -> None:
    """NAME as it is in force; without NAME, all of them."""
    found: list[dict[str, Any]] = place.client.get("/workflows")["workflows"]
    chosen = [each for each in found if name in (None, each["name"])]
    if name and not chosen:
        known = ", ".join(each["name"] for each in found) or "none"
        raise NotFoundError(
            f"no workflow `{visible(name)}` is in force", remedy=f"name one of these: {known}"
        )
    if as_json:
        show.data(chosen)
    elif cedar:
        for each in chosen:
            show.line(visible(each["cedar"], lines=True))
    elif name:
        for key, question in QUESTIONS.items():
            show.line(f"{question:<10} {_said(chosen[0][key])}")
    else:
        rows = [
            (each["name"], each["owner"], ", ".join(each["agents"]), each["purpose"])
            for each in chosen
        ]
        show.table(("name", "owner", "agents", "purpose"), rows, "no workflow is in force")


def _said(value: object) -> str:
    said = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return visible(said or "nothing")


def _built(file: Path) -> PolicySet:
    if file.suffix != ".toml":
        raise InputError(
            f"expected a manifest named `*.toml`, got `{visible(file.name)}`",
            remedy="check Cedar files with `clawband policy check`",
        )
    try:
        return build({file.name: files.text(file)}, tools.catalogue())
    except PolicyError as error:
        found = files.problems(error)
        for problem in found:
            show.note(visible(problem))
        raise InputError(
            f"`{file.name}` has {len(found)} problem{'s' if len(found) > 1 else ''}",
            remedy="correct the lines above",
        ) from error
