"""`clawband door`: the front doors through which people reach gateways."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from clawband.client.transport import part
from clawband.edges.cli import show
from clawband.edges.cli.attachment import LiveTarget, Target, agreed, reached
from clawband.edges.cli.place import Place, write_private
from clawband.edges.cli.visible import visible
from clawband.model.doors import DoorSettings
from clawband.model.errors import ConflictError, Error, NotFoundError, UnavailableError
from clawband.model.gateways import GatewaySettings
from clawband.openclaw import fronted
from clawband.openclaw.fronted import is_behind
from clawband.openclaw.placed import Config, at

APPLIED_SECONDS = 180
Done = Callable[[Config], bool]
YES = click.option("--yes", is_flag=True, help="Do not ask.")
DRY = click.option("--dry-run", is_flag=True, help="Show what would change, and stop.")


@dataclass(frozen=True, slots=True)
class Chosen:
    """A door, its gateway, and what is kept of how that was before."""

    door: DoorSettings
    gateway: GatewaySettings
    note: Path

    @property
    def operator(self) -> str:
        """The gateway's operator token, if it is in a file."""
        try:
            return Path(self.gateway.token_file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            return ""


@click.group()
def door() -> None:
    """The front doors through which people reach gateways."""


@door.command("list")
@show.json_option()
@click.pass_obj
def list_(place: Place, as_json: bool) -> None:
    """Every door, and who is through it now."""
    found = place.client.get("/doors")["doors"]
    if as_json:
        show.data(found)
        return
    rows = [(each["name"], each["gateway"], each["origin"], _people(each)) for each in found]
    show.table(("door", "gateway", "open at", "people"), rows, "clawband.toml names no [[door]]")


@door.command()
@click.argument("name")
@YES
@DRY
@click.pass_obj
@show.answers
def attach(place: Place, name: str, *, yes: bool, dry_run: bool) -> None:
    """Have the gateway behind NAME take people in through that door only.

    OpenClaw gets the mode `trusted-proxy`; its operator token becomes a password that opens from
    its own machine only, for Clawband's live control. `clawband door detach` undoes it.
    """
    chosen, target = _chosen(place, name)
    front = fronted.Front(
        header=_header(place, chosen), origin=chosen.door.origin, operator=chosen.operator,
        scopes=sorted({scope for each in chosen.door.roles.values() for scope in each}),
    )  # fmt: skip
    after, before = fronted.behind(target.before, front)
    if after == target.before:
        show.line(f"{visible(chosen.gateway.name)} is behind its door already; nothing changes")
        return
    if agreed(target, after, yes=yes, dry_run=dry_run, hidden=_hidden(chosen, front.header)):
        if not chosen.note.exists():
            chosen.note.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_private(chosen.note, json.dumps(before))
        # If we stop here detach takes out what may or may not be in yet.
        show.line(target.write(after))
        _await(place, chosen, target, lambda config: is_behind(config, front.header))
        show.line(f"people reach {visible(chosen.gateway.name)} at {visible(front.origin)}")


@door.command()
@click.argument("name")
@YES
@DRY
@click.pass_obj
@show.answers
def detach(place: Place, name: str, *, yes: bool, dry_run: bool) -> None:
    """Undo what attach wrote: the gateway takes its operator token again, from whoever has it."""
    chosen, target = _chosen(place, name)
    try:
        before = json.loads(chosen.note.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConflictError(
            f"the gateway behind `{name}` was not put there from here",
            remedy="set `gateway.auth` in its openclaw.json by hand",
        ) from error
    header = _header(place, chosen)
    after = fronted.open_(target.before, before, chosen.operator)
    if agreed(target, after, yes=yes, dry_run=dry_run, hidden=_hidden(chosen, header)):
        show.line(target.write(after))
        _await(place, chosen, target, lambda config: not is_behind(config, header))
        chosen.note.unlink()
        show.line(f"{visible(chosen.gateway.name)} is not behind a door any more")


def _chosen(place: Place, name: str) -> tuple[Chosen, Target]:
    found = next((each for each in place.settings.doors if each.name == name), None)
    if found is None:
        raise NotFoundError(
            f"clawband.toml names no door `{name[:40]}`", remedy="add a `[[door]]` of that name"
        )
    gateway = next(each for each in place.settings.gateways if each.name == found.gateway)
    note = place.settings.state / "attached" / f"{gateway.name}.door.json"
    return Chosen(found, gateway, note), reached(place, gateway)


def _header(place: Place, chosen: Chosen) -> str:
    told = place.client.get(f"/gateways/{part(chosen.gateway.name)}/boundaries")
    return str(told["door"])


def _await(place: Place, chosen: Chosen, target: Target, done: Done) -> None:
    """The proof that it is in force is the gateway's own word, once it has started anew."""
    end = time.monotonic() + APPLIED_SECONDS
    while not _taken(place, chosen, target, done):
        if time.monotonic() > end:
            raise UnavailableError(
                f"`{chosen.gateway.name}` did not take the change", remedy="look at its log"
            )
        time.sleep(1)


def _taken(place: Place, chosen: Chosen, target: Target, done: Done) -> bool:
    if not isinstance(target, LiveTarget):
        return True
    try:
        link = place.local.link(chosen.gateway.url, Path(chosen.gateway.token_file))
        new = LiveTarget(link)
        # A mode counts from the next start; what else changes counts at once.
        same = at(new.before, fronted.MODE) == at(target.before, fronted.MODE)
        return done(new.before) and (same or new.boot != target.boot)
    except Error:
        return False  # It starts, and is away for a moment.


def _hidden(chosen: Chosen, *more: str) -> list[str]:
    return [each for each in (chosen.operator, *more) if each]


def _people(each: dict[str, Any]) -> str:
    return ", ".join(sorted({guest["person"] for guest in each["people"]})) or "nobody"
