"""`clawband who-can` and `clawband may`: who can do what, and why."""

import csv
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import click

from clawband.edges.cli import show
from clawband.edges.cli.place import Place
from clawband.edges.cli.visible import visible

COLUMNS = ("kind", "who", "can", "what", "terms", "broad", "environment", "owner", "by", "last")
NO = 1
_STARTS = ("=", "+", "-", "@", "\t", "\r")


@click.command("who-can")
@click.option("--critical", is_flag=True, help="Only what is critical.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV for a spreadsheet.")
@show.json_option()
@click.pass_obj
def who_can(place: Place, critical: bool, as_csv: bool, as_json: bool) -> None:
    """Who can do what, the gravest first.

    People, service accounts, agents and gateways: what each can do at most, what must come with
    it, and when it was last done. Circumstances may still refuse it; `clawband may` asks.
    """
    powers = place.client.get("/access", critical=1 if critical else "")["powers"]
    if as_json:
        show.data(powers)
    elif as_csv:
        _csv(powers)
    else:
        rows = [
            (each["who"], _can(each), each["terms"] or "-", each["broad"] or "-",
             each["environment"] or "-", _last(each))
            for each in powers
        ]  # fmt: skip
        names = ("who", "can", "only with", "wide", "where", "last done")
        show.table(names, rows, "nobody can do anything critical")


@click.command()
@click.argument("who")
@click.argument("action")
@click.argument("resource", default="")
@click.option("--arguments", default="", metavar="JSON", help="Of the call that is asked about.")
@show.json_option()
@click.pass_context
def may(
    context: click.Context, who: str, action: str, resource: str, arguments: str, as_json: bool
) -> None:
    """May WHO do ACTION with RESOURCE, and why.

    WHO is an operator, `service:ACCOUNT`, or an agent as GATEWAY/AGENT. People have the acts of
    Clawband: `may ana publish`. Agents have tools: `may shop/support call refund`; `reply` and
    `receive` with a channel, `ask` with a model, `install` with a plugin. Exits with 1 for a no.
    """
    place: Place = context.obj
    asked = {"who": who, "action": action, "resource": resource, "arguments": arguments}
    told = place.client.get("/access/may", **asked)
    if as_json:
        show.data(told)
    else:
        _say(told)
    if told["verdict"] == "no":
        context.exit(NO)


def _can(power: Mapping[str, Any]) -> str:
    return f"{power['says']}: {power['what']}" if power["what"] else str(power["says"])


def _last(power: Mapping[str, Any]) -> str:
    if power["last"] or not power["recorded"]:
        return show.clock(power["last"]) if power["last"] else "not recorded"
    return "never"


def _say(told: Mapping[str, Any]) -> None:
    for number, each in enumerate(told["reasons"]):
        head = told["verdict"] if number == 0 else "and"
        show.line(f"{head:<5} {visible(each['because'])}  [{visible(each['policy'])}]")
    for each in told["terms"]:
        show.line(f"with  {visible(each)}")
    for each in told["assumed"]:
        show.line(f"if    {visible(each)}")
    if told["verdict"] != "yes" and told["remedy"]:
        show.line(f"else  {visible(told['remedy'])}")
    if told["limits"]:
        show.note(f"what may refuse it all the same ({len(told['limits'])} with --json)")


def _csv(powers: Sequence[Mapping[str, Any]]) -> None:
    """What a spreadsheet would take for a formula is quoted (CWE-1236)."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(COLUMNS)
    for each in powers:
        writer.writerow([_cell(str(each[name])) for name in COLUMNS])


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(_STARTS) else text
