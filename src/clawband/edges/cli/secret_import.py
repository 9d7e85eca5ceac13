"""`clawband secret import`: the credentials of a gateway's configuration become references."""

from pathlib import Path

import click

from clawband.edges.cli import show
from clawband.edges.cli.attachment import LiveTarget
from clawband.edges.cli.files import text
from clawband.edges.cli.local import GatewayLink
from clawband.edges.cli.place import Place
from clawband.edges.cli.visible import visible
from clawband.model.errors import ConflictError, Error, InputError, NotFoundError, UnavailableError
from clawband.model.gateways import GatewaySettings
from clawband.openclaw import config as openclaw
from clawband.openclaw import imported
from clawband.openclaw.imported import Move
from clawband.openclaw.placed import at

LARGEST_COPY = 1 << 24
SHORTEST_SOUGHT = 8
"""Bytes: a shorter value stands anywhere by chance."""


@click.command("import")
@click.option("--gateway", "name", required=True, metavar="NAME", help="Which gateway.")
@click.option("--yes", is_flag=True, help="Do it; without, it is only shown.")
@show.json_option()
@click.pass_obj
def import_(place: Place, name: str, *, yes: bool, as_json: bool) -> None:
    """Take the credentials out of a running gateway's openclaw.json.

    Each becomes a secret that only this gateway is given, and a reference to it in the
    configuration. The change goes through the gateway, which checks that it can resolve all of
    them. Attach it with --secrets first, and name its url and token_file in clawband.toml.
    """
    link = _link(place, name)
    try:
        target = LiveTarget(link)
        # What the gateway shows of itself has no values; its file has.
        path = Path(target.name)
        config = openclaw.parse(text(path))
        moves, stays = imported.plan(config, name)
        told = {
            "moves": [{"place": each.name, "secret": each.secret} for each in moves],
            "stays": [{"place": each.name, "why": each.why} for each in stays],
        }
        if not as_json:
            rows = [(each["place"], f"becomes secret:{each['secret']}") for each in told["moves"]]
            rows += [(each["place"], f"stays: {each['why']}") for each in told["stays"]]
            show.table(("in openclaw.json", "what"), rows, "no credential stands in it as a value")
        done = yes and bool(moves)
        if done:
            _refuse_unready(target.before)
            _keep(place, name, config, moves)
            _refer(link, target, moves)
        copies = _copies(path, [imported.value(config, each) for each in moves]) if done else []
    finally:
        link.close()
    if as_json:
        show.data({**told, "done": done, "copies": copies})
    elif done:
        show.line(f"{show.count(len(moves), 'credential')} of {visible(name)} are references now")
        for each in copies:
            show.note(f"the old values still stand in {visible(each)}")
        show.note("whoever could read the file may have them: rotate them")
    elif moves:
        show.note("nothing was changed; add --yes to do it")


def _link(place: Place, name: str) -> GatewayLink:
    known = {each.name: each for each in place.settings.gateways}
    gateway = known.get(name, GatewaySettings(name=name))
    if not gateway.url or not gateway.token_file:
        raise InputError(
            f"clawband.toml does not say how `{visible(name)}` is reached",
            remedy="name its `url` and `token_file` there",
        )
    return place.local.link(gateway.url, Path(gateway.token_file))


def _refuse_unready(config: openclaw.Config) -> None:
    if at(config, openclaw.PROVIDER) is None:
        raise ConflictError(
            "the gateway has no provider for our secrets yet",
            remedy="run `clawband attach --secrets`, then import again",
        )


def _keep(place: Place, name: str, config: openclaw.Config, moves: list[Move]) -> None:
    """Every value in the vault, before any leaves the configuration."""
    found = {each["name"]: each for each in place.client.get("/gateways")["gateways"]}
    if name not in found:
        raise NotFoundError(f"no gateway `{visible(name)}` is enrolled", remedy="attach it first")
    known = {each["name"] for each in place.client.get("/secrets")["secrets"]}
    for each in moves:
        if each.secret not in known:
            body = {
                "name": each.secret, "environment": found[name]["environment"], "kind": each.kind,
                "purpose": f"{each.name} of {name}"[:120], "gateways": [name],
            }  # fmt: skip
            place.client.post("/secrets", body)
        place.client.set_secret(each.secret, imported.value(config, each))


def _refer(link: GatewayLink, target: LiveTarget, moves: list[Move]) -> None:
    """Raises `ConflictError` when the gateway did not take all of it."""
    target.write(imported.referring(target.before, moves))
    if imported.left(target.again(), moves):
        raise ConflictError(
            "the gateway did not take every reference",
            remedy="look at its log, then import again: what is done is done once",
        )
    try:
        told = link.call("secrets.reload", {})
    except Error as error:
        raise UnavailableError(
            f"the gateway cannot resolve them: {error.message}",
            remedy="look at `clawband activity` for secret:refuse, and at the gateway's log",
        ) from error
    if told.get("warningCount"):
        raise UnavailableError(
            "the gateway could not resolve all of them and goes on with the old values",
            remedy="look at `clawband activity` for secret:refuse, and at the gateway's log",
        )


def _copies(path: Path, values: list[bytes]) -> list[str]:
    """Files beside the configuration, such as its backups, that hold one of the values."""
    values, found = [each for each in values if len(each) >= SHORTEST_SOUGHT], []
    for each in sorted(path.parent.glob(f"{path.name}*")):
        if each.is_file() and each.stat().st_size <= LARGEST_COPY:
            data = each.read_bytes()
            if any(value in data for value in values):
                found.append(str(each))
    return found
