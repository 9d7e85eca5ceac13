"""`clawband tools`: what tools mean, and what the undeclared ones might."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from clawband.edges.cli import show
from clawband.edges.cli.place import Place
from clawband.edges.cli.visible import visible
from clawband.model.errors import InputError, NotFoundError
from clawband.openclaw.observed import Observed, Seen
from clawband.openclaw.proposal import propose, table

Told = dict[str, Any]
MEANINGS = ("hosts", "paths", "recipients", "ids", "accounts", "commands", "names", "dates")
UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1)}


@click.group()
def tools() -> None:
    """What each tool does, and what its arguments mean."""


@tools.command("list")
@click.option("--effect", default="", help="Only read, write, send, execute and so on.")
@show.json_option()
@click.pass_obj
def list_(place: Place, effect: str, as_json: bool) -> None:
    """Every tool that is known: OpenClaw's own, and those of workflows."""
    found = [each for each in _known(place) if effect in ("", each["effect"])]
    if as_json:
        show.data(found)
        return
    rows = [
        (
            each["name"],
            each["effect"],
            _author(each),
            _summary(each),
            each["workflow"] or "OpenClaw",
        )
        for each in found
    ]
    columns = ("tool", "effect", "result written by", "arguments that decide", "declared by")
    show.table(columns, rows, "no such tool is declared")


@tools.command("show")
@click.argument("name")
@show.json_option()
@click.pass_obj
def show_(place: Place, name: str, as_json: bool) -> None:
    """One tool in full, from everybody who declares it."""
    found = [each for each in _known(place) if each["name"] == name]
    if not found:
        raise NotFoundError(
            f"nobody declared a tool `{visible(name)}`",
            remedy="see `clawband tools list`, or let `clawband tools review` propose one",
        )
    if as_json:
        show.data(found)
        return
    for number, each in enumerate(found):
        if number:
            show.line()
        for key, said in _lines(each):
            show.line(f"{key:<16} {visible(said)}")


@tools.command()
@click.option("--agent", default="", help="Only what this gateway/agent called.")
@click.option("--since", default="", metavar="AGE", help="Only the last hours or days: 12h, 7d.")
@show.json_option()
@click.pass_obj
def review(place: Place, agent: str, since: str, as_json: bool) -> None:
    """Propose declarations for tools that were called and nobody declared.

    It prints TOML to paste into a workflow's manifest and to correct: every line says what it was
    guessed from. Below are arguments of declared tools that no call had.
    """
    asked = {"agent": agent, "since": instant(since)}
    found = place.client.get("/tools/observed", **asked)["observed"]
    if as_json:
        show.data(found)
        return
    for line in _review([_observed(each) for each in found]):
        # A comment is where a hidden character would matter least, and it may not end the line.
        show.line(visible(line))


def _review(found: list[Observed]) -> Iterator[str]:
    unknown = [each for each in found if each.unknown]
    if not unknown:
        yield "# every tool that was called is declared"
    for each in unknown:
        yield from ("", f"# {_told(each)}")
        if len(each.tool.split()) == 1:
            yield from table(propose(each))
        else:
            yield "# a manifest cannot name it: it has spaces"
    if unknown:
        yield from ("", "# A declaration grants nothing: name the tool under `reads` or `writes`.")
    for each in found:
        if each.unused and not each.unknown:
            names = ", ".join(each.unused)
            yield f"# [tools.{each.tool}]: no call of {each.calls} had {names}"


def _told(each: Observed) -> str:
    calls = "1 call" if each.calls == 1 else f"{each.calls} calls"
    return f"{each.tool}: {calls} by {', '.join(each.agents)}, all refused"


def _observed(said: Told) -> Observed:
    return Observed(
        tool=said["tool"],
        calls=said["calls"],
        agents=tuple(said["agents"]),
        arguments=tuple(Seen(**each) for each in said["arguments"]),
        unknown=said["unknown"],
        unused=tuple(said["unused"]),
    )


def _known(place: Place) -> list[Told]:
    found: list[Told] = place.client.get("/tools")["tools"]
    return sorted(found, key=lambda each: (each["name"], each["workflow"]))


def _author(tool: Told) -> str:
    return "anybody" if tool["outside"] else "the system"


def _summary(tool: Told) -> str:
    return ", ".join(key.removesuffix("?") for key in _decisive(tool))


def _decisive(tool: Told) -> Iterable[str]:
    every = [key for meaning in MEANINGS for key in tool[meaning]]
    return dict.fromkeys([*every, tool["amount"]] if tool["amount"] else every)


def _lines(tool: Told) -> Iterator[tuple[str, str]]:
    yield "tool", tool["name"]
    yield "declared by", f"the workflow `{tool['workflow']}`" if tool["workflow"] else "OpenClaw"
    yield "effect", tool["effect"]
    if tool["system"]:
        yield "system", tool["system"]
    yield "result", f"written by {_author(tool)}, {tool['confidentiality']}"
    yield "takes", f"up to {tool['clearance']} data"
    for meaning in (*MEANINGS, "contents", "attested"):
        if tool[meaning]:
            yield meaning, ", ".join(tool[meaning])
    if tool["amount"]:
        yield "amount", ", ".join(_amount(tool))


def _amount(tool: Told) -> Iterator[str]:
    yield tool["amount"]
    if tool["decimals"]:
        yield f"with {tool['decimals']} digits after the point"
    if tool["currency"]:
        yield f"in the currency of `{tool['currency']}`"


def instant(age: str) -> str:
    """When an age such as `12h` or `7d` began; empty for none."""
    if not age:
        return ""
    number, unit = age[:-1], UNITS.get(age[-1:])
    if unit is None or not (number.isascii() and number.isdecimal() and len(number) <= 5):
        raise InputError(
            f"expected hours or days such as `12h` or `7d`, got `{visible(age)}`",
            remedy="give a number and `h` or `d`",
        )
    return (datetime.now(UTC) - int(number) * unit).isoformat()
