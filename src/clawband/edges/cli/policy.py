"""`clawband policy`: what may happen, as files that are checked, published and rolled back."""

from pathlib import Path

import click

from clawband.edges.cli import files, policy_work, show
from clawband.edges.cli.place import Place
from clawband.edges.cli.visible import visible
from clawband.model.errors import InputError
from clawband.openclaw import tools
from clawband.policy.sets import PolicyError, PolicySet, build


@click.group()
def policy() -> None:
    """Check, publish and roll back policy."""


@policy.command()
@policy_work.FOLDER
@click.pass_obj
def check(place: Place, folder: Path | None) -> None:
    """Validate FOLDER as it would be published (no server needed).

    FOLDER holds `*.cedar` and workflow `*.toml` files; without it, the one in clawband.toml.
    """
    found = built(_folder(place, folder))
    flows = ", ".join(sorted(found.manifests)) or "none"
    gateways = f"; gateways: {', '.join(sorted(found.gateways))}" if found.gateways else ""
    show.line(f"ok: {len(found.policies)} policies, workflows: {visible(flows + gateways)}")
    show.line(found.digest)


@policy.command()
@policy_work.FOLDER
@click.option("--note", default="", help="What changed and why, for the record.")
@click.pass_obj
@show.answers
def publish(place: Place, folder: Path | None, note: str) -> None:
    """Validate FOLDER and put it in force, whole or not at all."""
    found = _folder(place, folder)
    built(found)
    told = place.client.post("/policy", {"files": dict(files.policies(found)), "note": note})
    show.line(f"in force: {told['policies']} policies, {told['digest']}")


@policy.command()
@click.pass_obj
@show.answers
def rollback(place: Place) -> None:
    """Put the set before this one back in force."""
    told = place.client.post("/policy/rollback")
    show.line(f"in force again: {told['policies']} policies, {told['digest']}")


@policy.command("show")
@click.option("--words", is_flag=True, help="What each workflow may do, in plain words.")
@show.json_option()
@click.pass_obj
def show_(place: Place, words: bool, as_json: bool) -> None:
    """Every policy in force, with its because."""
    if words:
        policy_work.words(place, as_json)
        return
    told = place.client.get("/policy")
    if as_json:
        show.data(told)
        return
    if not told["active"]:
        show.line(f"nothing is permitted: {visible(told['problem'] or 'no policy set')}")
        return
    show.line(told["active"])
    rows = [(each["id"], each["effect"], each["because"]) for each in told["policies"]]
    show.table(("policy", "effect", "because"), rows, "no policies")


policy.add_command(policy_work.diff)
policy.add_command(policy_work.draft)
policy.add_command(policy_work.history)
policy.add_command(policy_work.replay)


def _folder(place: Place, given: Path | None) -> Path:
    return given or place.settings.policies


def built(folder: Path) -> PolicySet:
    """The set that a folder holds. Raises `InputError` after a line for each problem."""
    try:
        return build(files.policies(folder), tools.catalogue())
    except PolicyError as error:
        found = files.problems(error)
        for problem in found:
            show.note(visible(problem))
        raise InputError(
            f"the policy set has {len(found)} problem{'s' if len(found) > 1 else ''}",
            remedy="correct the lines above; what is in force stays in force",
        ) from error
