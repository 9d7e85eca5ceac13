"""`clawband attach` and `clawband detach`: a gateway of yours under guard, and free again."""

import json
import os
import socket
import time
from dataclasses import dataclass, replace
from pathlib import Path

import click

from clawband.edges.cli import show
from clawband.edges.cli.attachment import (
    Record,
    Target,
    agreed,
    provided,
    reached,
    staged,
)
from clawband.edges.cli.place import Place, write_private
from clawband.edges.cli.visible import visible
from clawband.flows.enroll import NAME
from clawband.model.errors import ConflictError, Error, InputError
from clawband.model.gateways import GatewaySettings
from clawband.openclaw import config as openclaw
from clawband.openclaw.credentials import credentials

HEARTBEAT_SECONDS = 30
PORT = 18_789
"""OpenClaw's own, where its configuration names none."""
CONFIG = click.option(
    "--config", type=click.Path(dir_okay=False, path_type=Path),
    help="Its openclaw.json (default: clawband.toml, OPENCLAW_CONFIG_PATH, ~/.openclaw).",
)  # fmt: skip
WHICH = click.option("--name", default="", help="Which gateway, if there are several.")
YES = click.option("--yes", is_flag=True, help="Do not ask.")
DRY = click.option("--dry-run", is_flag=True, help="Show what would change, and stop.")


@dataclass(frozen=True, slots=True)
class Chosen:
    """A gateway, and the places of ours that belong to it."""

    gateway: GatewaySettings
    plugin: openclaw.Plugin
    record: Record


@click.command()
@CONFIG
@WHICH
@click.option("--environment", default="", help="dev, staging or production (default: dev).")
@click.option("--egress", is_flag=True, help="Also send everything through the egress proxy.")
@click.option("--secrets", is_flag=True, help="Also let its configuration refer to our secrets.")
@YES
@DRY
@click.pass_obj
def attach(
    place: Place, config: Path | None, name: str, environment: str, *,
    egress: bool, secrets: bool, yes: bool, dry_run: bool,
) -> None:  # fmt: skip
    """Put a gateway under guard: show, ask, write openclaw.json.

    The gateway gets a credential of its own and loads our plugin, which asks this server before
    every message, tool call and reply. Where clawband.toml names the gateway's url and token_file
    and it runs, the change goes through it; else the file is written. `clawband detach` undoes it.

    With --egress the gateway also gets the egress proxy. Publish its manifest first: what the
    gateway itself needs to reach is listed there (`clawband egress draft`).

    With --secrets it gets an exec provider `clawband`: a reference to that, in place of a
    credential, is the name of a secret (`clawband secret import`).
    """
    chosen = _chosen(place, name, config, environment)
    target = _target(place, chosen)
    undo = chosen.record.load()
    clean = openclaw.detach(target.before, undo) if undo else target.before
    # What it has already stays.
    if secrets or (undo and undo.has(*openclaw.PROVIDER)):
        chosen = replace(chosen, plugin=_providing(place, chosen.plugin))
    proxied = egress or bool(undo and undo.has("proxy"))
    plugin = _proxied(place, chosen) if proxied else chosen.plugin
    after, undo = openclaw.attach(clean, plugin)
    if after == target.before:
        show.line(f"{visible(chosen.gateway.name)} is attached already; nothing changes")
        _enroll(place, chosen)
        return
    if not agreed(target, after, yes=yes, dry_run=dry_run):
        return
    _enroll(place, chosen)
    if proxied:
        after, undo = openclaw.attach(clean, _proxied(place, chosen))
    chosen.record.keep(undo)
    # If we stop here detach takes out what may or may not be in yet.
    show.line(target.write(after))
    _await_plugin(place, chosen, target)


@click.command()
@CONFIG
@WHICH
@YES
@DRY
@click.pass_obj
def detach(place: Place, config: Path | None, name: str, yes: bool, dry_run: bool) -> None:
    """Undo what attach wrote.

    Every other edit made to openclaw.json meanwhile stays. The gateway runs unguarded afterwards.
    """
    chosen = _chosen(place, name, config, "")
    undo = chosen.record.load()
    if undo is None:
        raise ConflictError(
            f"`{chosen.gateway.name}` was not attached from here",
            remedy="name the one that was with `--name`",
        )
    target = _target(place, chosen)
    _refuse_referring(target.before)
    after = openclaw.detach(target.before, undo)
    if after != target.before:
        if not agreed(target, after, yes=yes, dry_run=dry_run):
            return
        show.line(target.write(after))
    chosen.record.drop()
    Path(chosen.plugin.credential_file).unlink(missing_ok=True)
    show.line(f"{visible(chosen.gateway.name)} is not under guard any more")
    show.note(f"it stays enrolled until `clawband gateway remove {visible(chosen.gateway.name)}`")


def _refuse_referring(config: openclaw.Config) -> None:
    """Without its provider the gateway would not start again."""
    told = [each.name for each in credentials(config) if each.provider == openclaw.PROVIDER[-1]]
    if told:
        raise ConflictError(
            f"{len(told)} of its credentials refer to our secrets, such as `{told[0]}`",
            remedy="put other references or values there first, then detach",
        )


def _chosen(place: Place, name: str, config: Path | None, environment: str) -> Chosen:
    known = {each.name: each for each in place.settings.gateways}
    if name and not NAME.fullmatch(name):
        raise InputError(
            f"expected a gateway name of lower-case letters, digits and `-`, got `{name[:40]}`",
            remedy="choose a name such as `shop`",
        )
    if not name and len(known) > 1:
        raise InputError(
            "clawband.toml names several gateways", remedy=f"add --name: {', '.join(known)}"
        )
    found = known.get(name) or GatewaySettings(name=name or next(iter(known), "gateway"))
    if not name and known:
        found = next(iter(known.values()))
    settings = GatewaySettings(
        name=found.name,
        environment=environment or found.environment,
        config=str(config or found.config or _usual()),
        # A file named by hand is meant: the gateway that runs may be another one.
        url="" if config else found.url,
        token_file="" if config else found.token_file,
    )
    state = place.settings.state
    plugin = openclaw.Plugin(
        folder=str(staged(state)),
        socket=str(place.settings.socket),
        credential_file=str(state / f"{found.name}.credential"),
    )
    return Chosen(settings, plugin, Record(state / "attached" / f"{found.name}.json"))


def _providing(place: Place, plugin: openclaw.Plugin) -> openclaw.Plugin:
    """With the program that tells it its secrets."""
    program = str(provided(place.settings.state))
    return replace(plugin, provider=(program, plugin.socket, plugin.credential_file))


def _proxied(place: Place, chosen: Chosen) -> openclaw.Plugin:
    """With the address of the egress proxy; without its password while nothing is enrolled."""
    name = chosen.gateway.name
    known = {each["name"] for each in place.client.get("/gateways")["gateways"]}
    if name in known:
        proxy = str(place.client.get(f"/gateways/{name}/boundaries")["proxy"])
    else:
        proxy = f"http://gateway.{name}:?@127.0.0.1:{place.settings.egress}"
    return replace(chosen.plugin, proxy=proxy)


def _usual() -> str:
    return os.environ.get("OPENCLAW_CONFIG_PATH") or str(Path.home() / ".openclaw/openclaw.json")


def _target(place: Place, chosen: Chosen) -> Target:
    try:
        return reached(place, chosen.gateway)
    except InputError:
        show.note("the fragment, to paste into openclaw.json:")
        show.line(json.dumps(chosen.plugin.fragment, indent=2))
        raise


def _enroll(place: Place, chosen: Chosen) -> None:
    """A credential for the plugin, unless it has one that the server knows."""
    path = Path(chosen.plugin.credential_file)
    known = {each["name"] for each in place.client.get("/gateways")["gateways"]}
    if chosen.gateway.name in known and path.exists():
        return
    body = {"name": chosen.gateway.name, "environment": chosen.gateway.environment}
    write_private(path, place.client.post("/gateways", body)["credential"] + "\n")
    show.line(f"enrolled {visible(chosen.gateway.name)}; its credential is in `{path}`")


def _await_plugin(place: Place, chosen: Chosen, target: Target) -> None:
    """The proof that it works is a heartbeat, not a file."""
    name = chosen.gateway.name
    if not _listens(target.before):
        show.line("attached; start the gateway, then look at `clawband status`")
        return
    show.note("waiting for the plugin's first sign of life")
    end = time.monotonic() + HEARTBEAT_SECONDS
    while time.monotonic() < end:
        gateways = place.client.get("/gateways")["gateways"]
        if any(each["name"] == name and each["alive"] for each in gateways):
            # OpenClaw 2026.9.6 calls half the hooks of a plugin that is loaded while it runs.
            show.line(f"{visible(name)} speaks to this server; restart it now to have it guarded")
            show.note("until then its agents' turns are not asked about (`clawband enforcement`)")
            return
        time.sleep(0.5)
    try:
        held = openclaw.is_attached(target.again(), chosen.plugin)
    except Error:
        held = False
    if not held:
        raise ConflictError(
            f"`{target.name}` was changed back: OpenClaw restored its own copy",
            remedy="stop the gateway and attach again, or name its `url` and `token_file`",
        )
    show.line("attached; restart the gateway, then look at `clawband status`")


def _listens(config: openclaw.Config) -> bool:
    """Whether something answers on the gateway's port."""
    gateway = config.get("gateway")
    port = gateway.get("port", PORT) if isinstance(gateway, dict) else PORT
    try:
        with socket.create_connection(("127.0.0.1", int(port)), timeout=1):
            return True
    except (OSError, ValueError, TypeError, OverflowError):
        return False
