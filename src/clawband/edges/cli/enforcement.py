"""`clawband enforcement`: is every agent governed, and how is that known?"""

from collections.abc import Mapping
from typing import Any

import click

from clawband.edges.cli import show
from clawband.edges.cli.place import Place
from clawband.edges.cli.visible import visible

UNGOVERNED = 1
FINDINGS = 10


@click.command()
@click.option("--prove", is_flag=True, help="Fly canaries now; it may take half a minute.")
@click.option("--reconcile", is_flag=True, help="Compare the witnesses now.")
@show.json_option()
@click.pass_context
def enforcement(context: click.Context, prove: bool, reconcile: bool, as_json: bool) -> None:
    """Is every agent governed, and what holds each path.

    Per gateway: each agent with its last canary, each path with what holds it and when it was last
    used, and what only one witness saw. Exits with 1 while an agent is ungoverned.
    """
    place: Place = context.obj
    told = place.client.post("/enforcement/prove") if prove else None
    told = place.client.post("/enforcement/reconcile") if reconcile else told
    told = told or place.client.get("/enforcement")
    if as_json:
        show.data(told)
    else:
        _show(told)
    if told["ungoverned"]:
        context.exit(UNGOVERNED)


def _show(told: Mapping[str, Any]) -> None:
    show.line(visible(told["sentence"]))
    for gateway in told["gateways"]:
        show.line(f"\n{_gateway(gateway)}")
        rows = [
            (each["agent"], each["state"], show.clock(each["since"]),
             show.clock(each["proved"]), each["why"])
            for each in gateway["agents"]
        ]  # fmt: skip
        empty = "no agent of it is known yet"
        show.table(("agent", "state", "since", "last proved", "why"), rows, empty)
        show.line()
        ways = [
            (each["path"], each["held_by"], each["proof"] or "-", show.clock(each["asked"]),
             each["detail"])
            for each in gateway["paths"]
        ]  # fmt: skip
        show.table(("path", "held by", "proof", "last asked", "besides"), ways, "")
        show.line(f"ledger: {_ledger(gateway['ledger'])}")
    _findings(told["findings"])


def _gateway(each: Mapping[str, Any]) -> str:
    heard = "alive" if each["alive"] else f"silent, last heard {show.clock(each['seen'])}"
    versions = ", ".join(
        f"{visible(key)} {visible(text)}" for key, text in each["versions"].items()
    )
    control = "" if each["control"] else ", no control address"
    word = show.colour(each["state"])
    loss = "a loss cuts it off" if each["ungoverned"] == "cut" else "a loss only alerts"
    name = f"{visible(each['name'])} ({visible(each['environment'])})"
    return f"{name} {word}: {heard}{control}; {loss}; {versions or 'version unknown'}"


def _ledger(ledger: Mapping[str, Any] | None) -> str:
    if ledger is None:
        return "not read yet"
    if ledger["problem"]:
        return f"not read: {visible(ledger['problem'])}"
    differ = show.count(ledger["differences"], "difference")
    return f"{ledger['runs']} runs compared at {show.clock(ledger['at'])}, {differ}"


def _findings(found: list[dict[str, Any]]) -> None:
    if not found:
        show.line("\nnothing was found missing in the last 24 hours")
        return
    show.line("\nfound in the last 24 hours")
    rows = [
        (each["id"], show.clock(each["at"]), each["tag"], each["agent"] or each["gateway"],
         each["resource"], str(each["detail"].get("reason") or each["outcome"]))
        for each in found[:FINDINGS]
    ]  # fmt: skip
    show.table(("id", "at", "finding", "agent", "about", "what"), rows, "")
