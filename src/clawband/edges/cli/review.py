"""`clawband review`: who still needs what."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from clawband.audit import entry
from clawband.audit.proof import verify_proof
from clawband.client.transport import part
from clawband.edges.cli import show
from clawband.edges.cli.place import Place
from clawband.edges.cli.visible import visible
from clawband.model.errors import InputError

FILE = click.Path(dir_okay=False, path_type=Path)
FAILED = 70
BECAUSE = click.option("--because", default="", help="Why, which is recorded.")


@click.group()
def review() -> None:
    """Access reviews: who still needs what."""


@review.command("list")
@show.json_option()
@click.pass_obj
def list_(place: Place, as_json: bool) -> None:
    """Every review, newest first. One opens by itself each month."""
    told = place.client.get("/reviews")
    if as_json:
        show.data(told)
        return
    rows = [
        (
            each["id"],
            _state(each),
            show.clock(each["due"]),
            each["items"],
            each["by"] or "by itself",
        )
        for each in told["reviews"]
    ]
    show.table(("id", "state", "due", "access", "opened"), rows, "there was none yet")


@review.command("open")
@click.option("--days", type=int, default=14, show_default=True, help="Until it is due.")
@click.pass_obj
@show.answers
def open_(place: Place, days: int) -> None:
    """Ask about all access there is: people, roles, service accounts and keys."""
    opened = place.client.post("/reviews", {"days": days})
    show.line(
        f"{visible(opened['id'])}: {opened['items']} to decide until {show.clock(opened['due'])}"
    )


@review.command("show")
@click.argument("id")
@click.option("--all", "everything", is_flag=True, help="Also what is decided.")
@show.json_option()
@click.pass_obj
def show_(place: Place, id: str, everything: bool, as_json: bool) -> None:
    """What is to be decided, unused access first."""
    told = place.client.get(f"/reviews/{part(id)}")
    if as_json:
        show.data(told)
        return
    open_ones = [each for each in told["access"] if everything or not each["verdict"]]
    rows = [
        (each["item"], each["of"], each["about"] or "-", _used(each), each["verdict"] or "-")
        for each in sorted(open_ones, key=lambda each: (not each["unused"], each["item"]))
    ]
    show.table(("access", "of", "about", "used", "decided"), rows, "all is decided")


@review.command()
@click.argument("id")
@click.argument("access", nargs=-1, required=True)
@BECAUSE
@click.pass_obj
@show.answers
def keep(place: Place, id: str, access: Sequence[str], because: str) -> None:
    """Say that ACCESS is still needed."""
    _decide(place, id, access, "keep", because)


@review.command()
@click.argument("id")
@click.argument("access", nargs=-1, required=True)
@BECAUSE
@click.pass_obj
@show.answers
def revoke(place: Place, id: str, access: Sequence[str], because: str) -> None:
    """Take ACCESS away, at once.

    Nobody decides about their own access, and the last administrator stays.
    """
    _decide(place, id, access, "revoke", because)


@review.command()
@click.argument("id")
@click.pass_obj
@show.answers
def close(place: Place, id: str) -> None:
    """Close it, when all is decided."""
    place.client.post(f"/reviews/{part(id)}/close")
    show.line(f"closed {visible(id)}; hand it over with `clawband review evidence {visible(id)}`")


@review.command()
@click.argument("id")
@click.option("-o", "--out", type=FILE, help="Write to this file (default: print).")
@click.pass_obj
def evidence(place: Place, id: str, out: Path | None) -> None:
    """The whole review with a proof from the log for each decision."""
    told = place.client.get(f"/reviews/{part(id)}/evidence")
    if out is None:
        show.data(told)
        return
    out.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    show.note(f"{show.count(len(told['proofs']), 'proof')} in {out}")


@review.command()
@click.argument("file", type=FILE)
@click.option("--key", required=True, help="The verifier key you trust: `clawband audit key`.")
@click.pass_context
def verify(context: click.Context, file: Path, key: str) -> None:
    """Is each decision of this evidence in the log? Needs no server."""
    told = _read(file)
    decided = [each for each in told["access"] if each["event"]]
    wrong = [each["item"] for each in decided if not _proved(each, told, key)]
    for item in wrong:
        show.line(f"not proved: {visible(item)}")
    show.line(f"{len(decided) - len(wrong)} of {show.count(len(decided), 'decision')} proved")
    if wrong:
        context.exit(FAILED)


def _decide(place: Place, id: str, access: Sequence[str], verdict: str, because: str) -> None:
    for each in access:
        body = {"item": each, "verdict": verdict, "note": because}
        place.client.post(f"/reviews/{part(id)}/decide", body)
        show.line(f"{'kept' if verdict == 'keep' else 'revoked'} {visible(each)}")


def _proved(each: Mapping[str, Any], told: Mapping[str, Any], key: str) -> bool:
    """Whether the log holds this very decision: that one access, that answer, that person."""
    proof = str(told["proofs"].get(each["event"], ""))
    if not verify_proof(proof.encode(), key=key).ok:
        return False
    event = entry.decode(json.loads(proof)["leaf"].encode())
    said = (event.id, event.outcome, event.who, event.detail.get("item"), event.resource)
    review = f"Review::{told['review']['id']}"
    return said == (each["event"], each["verdict"], each["by"], each["item"], review)


def _read(file: Path) -> Mapping[str, Any]:
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        for each in told["access"]:
            _ = each["event"], each["item"], each["verdict"], each["by"]
        _ = told["proofs"].get, told["review"]["id"]
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise InputError(
            f"`{file}` is no evidence of a review", remedy="ask for it again"
        ) from error
    return dict(told)


def _state(told: Mapping[str, Any]) -> str:
    if told["closed"]:
        return f"closed by {told['closed_by']}"
    return "overdue" if told["overdue"] else "open"


def _used(told: Mapping[str, Any]) -> str:
    if told["unused"]:
        return f"not in 90 days; last {show.clock(told['used'])}" if told["used"] else "never"
    return show.clock(told["used"])
