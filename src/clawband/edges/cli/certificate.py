"""`clawband certificate`: what doors and gateways show, until when, and who signed it."""

import ssl
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import httpx

from clawband.client.transport import part
from clawband.edges.cli import keyed, show
from clawband.edges.cli.place import Place
from clawband.edges.cli.visible import visible
from clawband.model.errors import AuthenticationError, InputError, UnavailableError


@click.group()
def certificate() -> None:
    """Certificates: what is shown, until when, and to whom."""


@certificate.command("list")
@show.json_option()
@click.pass_obj
def list_(place: Place, as_json: bool) -> None:
    """Every certificate, the one that ends first at the top."""
    found = place.client.get("/certificates")["certificates"]
    if as_json:
        show.data({"certificates": found})
        return
    columns = ("use", "name", "issuer", "ends", "renewed", "serial", "look at")
    show.table(columns, [_row(each) for each in found], "there is none")


@certificate.command()
@show.json_option()
@click.pass_obj
def trust(place: Place, as_json: bool) -> None:
    """Print the root of our own authority, for clients to trust."""
    told = place.client.get("/certificates/trust")
    if as_json:
        show.data(told)
    else:
        show.line(told["trust"].rstrip())


@certificate.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@show.json_option()
@click.pass_obj
def request(_place: Place, folder: Path, as_json: bool) -> None:
    """Make a key in FOLDER, and a request for a certificate of it.

    For a gateway on another host, there. The key stays; the request goes to an administrator.
    """
    keyed.made(folder)
    if as_json:
        show.data({"request": str(folder / keyed.REQUEST)})
    else:
        show.line(f"wrote {visible(str(folder / keyed.REQUEST))}; the key beside it stays there")


@certificate.command()
@click.argument("gateway")
@click.option("--request", "asked", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              required=True, help="What `certificate request` wrote on its host.")  # fmt: skip
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True,
              help="Folder for the certificate and the root to trust.")  # fmt: skip
@click.option("--days", type=int, default=90, show_default=True, help="How long it counts.")
@click.pass_obj
@show.answers
def issue(place: Place, gateway: str, asked: Path, out: Path, days: int) -> None:
    """Issue a certificate for GATEWAY, which is on another host."""
    body = {"gateway": gateway, "request": keyed.text(asked), "days": days}
    told = place.client.post("/certificates", body)
    keyed.put(out, told)
    show.line(f"wrote {visible(str(out / keyed.CHAIN))} and {keyed.TRUST}; put both beside its key")


@certificate.command()
@click.argument("name")
@click.pass_obj
@show.answers
def renew(place: Place, name: str) -> None:
    """Renew what the door with the certificate NAME shows, now."""
    told = place.client.post(f"/certificates/{part(name)}/renew")["certificate"]
    show.line(f"renewed {visible(name)}: it is good until {show.clock(told['until'])}")


@certificate.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--link", required=True, metavar="URL", help="Of `[link]`, as the plugin has it.")
@click.option("--credential", required=True, metavar="FILE", help="The gateway's credential.",
              type=click.Path(exists=True, dir_okay=False, path_type=Path))  # fmt: skip
@click.option("--now", "at_once", is_flag=True, help="Whatever its time.")
@show.json_option()
@click.pass_obj
def extend(
    _place: Place, folder: Path, link: str, credential: Path, *, at_once: bool, as_json: bool
) -> None:
    """Take the next certificate for the gateway of FOLDER.

    Over the link, for a timer on the gateway's host, once a day: it does something when two thirds
    of the life are over, with the certificate that is there. The plugin needs no restart.
    """
    extended = at_once or keyed.due(folder, datetime.now(UTC))
    if extended:
        keyed.put(folder, _asked(folder, link, credential))
    if as_json:
        show.data({"extended": extended})
    else:
        show.line("took the next certificate" if extended else "it is good for long enough")


@certificate.command()
@click.argument("serial")
@click.option("--because", required=True, help="Why.")
@click.pass_obj
@show.answers
def revoke(place: Place, serial: str, because: str) -> None:
    """Revoke the certificate SERIAL of a gateway: it opens nothing from now on."""
    place.client.post(f"/certificates/{part(serial)}/revoke", {"because": because})
    show.line(f"revoked {visible(serial)}")


def _asked(folder: Path, link: str, credential: Path) -> dict[str, str]:
    """Raises `InputError`, `UnavailableError` and `AuthenticationError`."""
    if not link.startswith("https://"):
        raise InputError(
            f"the link `{link[:80]}` would be told the credential in the open",
            remedy="give its address with `https://`",
        )
    headers = {"authorization": f"Bearer {keyed.text(credential).strip()}"}
    body = {"request": keyed.again(folder)}
    try:
        trust = ssl.create_default_context(cafile=str(folder / keyed.TRUST))
        trust.load_cert_chain(folder / keyed.CHAIN, folder / keyed.KEY)
        answer = httpx.post(
            f"{link.rstrip('/')}/gateway/v1/certificate",
            json=body, headers=headers, verify=trust, trust_env=False, timeout=30,
        )  # fmt: skip
        told: dict[str, str] = answer.json()
    except (httpx.HTTPError, OSError, ValueError) as error:
        raise UnavailableError(
            f"the link gives no answer: {type(error).__name__}",
            remedy="look at `--link`, and whether this certificate is still good",
        ) from error
    if answer.status_code != httpx.codes.OK:
        raise AuthenticationError(told.get("detail", "refused"), remedy=told.get("remedy", ""))
    return told


def _row(told: dict[str, Any]) -> Sequence[object]:
    doubts = told["problem"] or (f"revoked: {told['why']}" if told.get("revoked") else "")
    return (
        told["use"], told["name"], told["issuer"] or "-", show.left(told["until"]),
        show.left(told["renewal"]) if "renewal" in told else "-", told["serial"], doubts or "-",
    )  # fmt: skip
