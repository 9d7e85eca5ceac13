"""`clawband approvals`, `approve`, `deny`: what waits for a person."""

import json
from collections.abc import Iterator
from typing import Any

import click

from clawband.client.transport import part
from clawband.edges.cli import explain, offers, show
from clawband.edges.cli.endorse import life_option, purpose_option
from clawband.edges.cli.place import Place
from clawband.edges.cli.visible import visible
from clawband.model.errors import InputError, NotFoundError


@click.command()
@click.option("--all", "everything", is_flag=True, help="Also those that are decided or over.")
@click.option("--watch", is_flag=True, help="Go on and print each new one until Ctrl-C.")
@click.option(
    "--groups", is_flag=True, help="What one decision could cover, and what else it allows."
)
@click.option("--stats", is_flag=True, help="How often people were asked in the last 24 hours.")
@show.json_option()
@click.pass_obj
def approvals(place: Place, /, everything: bool, watch: bool, as_json: bool, **only: bool) -> None:
    """What waits for a person, with the exact arguments."""
    if only["stats"]:
        offers.measured(place, as_json)
        return
    if only["groups"]:
        _offers(place, as_json)
        return
    if not watch:
        _list(place, everything, as_json)
        return
    # The stream is opened first: what is held in between is shown twice rather than not at all.
    with place.client.happening() as live:
        _list(place, everything, as_json)
        show.note("watching; Ctrl-C ends it")
        for event in live:
            _follow(place, event, as_json)


@click.command()
@click.argument("id", default="")
@click.option("--group", default="", metavar="GROUP",
              help="Several at once, and later calls like them for a time.")  # fmt: skip
@click.option("--change", multiple=True, metavar="NAME=TEXT",
              help="Write TEXT in place of this argument; that is what runs.")  # fmt: skip
@purpose_option(required=False)
@life_option()
@click.pass_obj
@show.answers
def approve(
    place: Place, id: str, group: str, change: tuple[str, ...], purpose: str, hours: float
) -> None:
    """Let one held action happen, once.

    ID as `clawband approvals` prints it. What you approve is exactly what is shown there; a call
    with other arguments is another question. GROUP as `clawband approvals --groups` prints it,
    with what else it would allow; it needs a purpose.
    """
    if bool(id) == bool(group):
        raise InputError("expected either an approval or `--group`", remedy="give one of them")
    if group:
        offers.cover(place, group, purpose, hours)
        return
    if change:
        draft = place.client.get(f"/approvals/{part(id)}/edits")["draft"]
        body = {"changes": _changes(change, draft)}
        granted = place.client.post(f"/approvals/{part(id)}/edit", body)
    else:
        granted = place.client.post(f"/approvals/{part(id)}/grant")
    if granted["state"] == "pending":
        show.line(f"your yes counts; still needed: {visible(' or '.join(granted['missing']))}")
        return
    when = "when the agent asks again" if granted.get("parked") else "now"
    show.line(f"{show.colour('granted')}: {_what(granted)} may run once, {when}")


@click.command()
@click.argument("id")
@click.option("--because", default="", help="The reason, which the agent is told.")
@click.pass_obj
@show.answers
def deny(place: Place, id: str, because: str) -> None:
    """Refuse one held action."""
    refused = place.client.post(f"/approvals/{part(id)}/refuse", {"note": because})
    show.line(f"{show.colour('refused')}: {_what(refused)} will not run")


def card(approval: dict[str, Any]) -> Iterator[str]:
    """One approval as lines: what, who asked, why it is held, who may decide, the arguments."""
    state = approval["state"]
    yield f"{visible(approval['id'])}  {show.colour(state)}{_time(approval)}"
    agent, asker = visible(approval["agent"]), visible(approval["asker"])
    yield f"  what       {_what(approval)} ({visible(approval['action'])})"
    yield f"  who        {agent}, asked by {asker}"
    for number, reason in enumerate(approval["reasons"]):
        head = "held" if number == 0 else "and"
        yield f"  {head:<10} {visible(reason['because'])}  [{visible(reason['policy'])}]"
    yield from _doubtful(approval["values"])
    yield f"  needs      {visible('; '.join(approval['needs']))}"
    for given in approval["grants"]:
        away = f" for {visible(given['instead_of'])}" if given["instead_of"] else ""
        away += f" in {visible(given['chat'])}" if given["chat"] else ""
        yield f"  yes        {visible(given['by'])}{away} at {show.clock(given['at'])}"
    if approval["closed_by"]:
        note = f": {visible(approval['note'])}" if approval["note"] else ""
        yield f"  closed     {visible(approval['closed_by'])}{note}"
    yield from _arguments(approval["arguments"])
    if state == "pending":
        yield f"  decide     clawband approve {visible(approval['id'])}"
        yield f'             clawband deny {visible(approval["id"])} --because "..."'


def _changes(given: tuple[str, ...], draft: dict[str, Any]) -> dict[str, str | int]:
    """`NAME=TEXT` as the server wants it: a whole number where there was one."""
    found: dict[str, str | int] = {}
    for each in given:
        name, equals, text = each.partition("=")
        if not equals:
            raise InputError(f"expected `NAME=TEXT`, got `{each[:60]}`")
        number = isinstance(draft.get(name), int) and text.removeprefix("-").isdecimal()
        found[name] = int(text) if number else text
    return found


def _doubtful(values: list[dict[str, Any]]) -> Iterator[str]:
    """The values that no authority explains, each with its sentence; the others are counted."""
    doubtful = [each for each in values if each["doubtful"]]
    for each in doubtful:
        value = f"{visible(each['meaning'])} {visible(each['value'])}"
        yield f"  {click.style('look at', fg='yellow')}    {value}: {visible(each['says'])}"
        if each["quote"]:
            yield f'             "{explain.marked(each)}"'
    if len(values) > len(doubtful):
        more = show.count(len(values) - len(doubtful), "more value")
        yield f"  explained  {more}: see `clawband explain`"


def _arguments(arguments: object) -> Iterator[str]:
    if arguments is None:
        yield "  arguments  not shown: your roles may not read them"
        return
    text = json.dumps(arguments, indent=2, ensure_ascii=False)
    first, *rest = visible(text, lines=True).split("\n")
    yield f"  arguments  {first}"
    yield from (f"             {line}" for line in rest)


def _what(approval: dict[str, Any]) -> str:
    return f"`{visible(approval['resource'])}`"


def _time(approval: dict[str, Any]) -> str:
    if approval["state"] not in ("pending", "granted"):
        return ""
    expires = f"expires in {show.left(approval['expires'])}"
    if approval["state"] == "granted":
        return f", not used yet, {expires}"
    if approval["parked"]:
        return f", parked: it runs when the agent asks again, {expires}"
    return f", the call waits {show.left(approval['wait_until'])} more, {expires}"


def _list(place: Place, everything: bool, as_json: bool) -> None:
    found = place.client.get("/approvals", state="all" if everything else "open")
    if as_json:
        show.data(found)
    elif found["approvals"]:
        for each in reversed(found["approvals"]):  # the newest last, next to the prompt
            show.line("\n".join(card(each)) + "\n")
        if len(found["approvals"]) > 1 and offers.found(place):
            show.line("some of these are alike: see `clawband approvals --groups`")
    else:
        show.line("nothing waits for a person")


def _offers(place: Place, as_json: bool) -> None:
    groups = offers.found(place)
    if as_json:
        show.data({"groups": groups})
        return
    for each in groups:
        show.line("\n".join(offers.lines(each)) + "\n")
    if not groups:
        show.line("nothing that waits is alike enough to be decided at once")


def _follow(place: Place, event: dict[str, Any], as_json: bool) -> None:
    """One event of the stream, if it is about an approval."""
    subject, _, verb = str(event["tag"]).partition(":")
    approval = str(event["detail"].get("approval", ""))
    if subject != "approval" or not approval:
        return
    if verb != "open":
        by = f" by {visible(event['who'])}" if verb in ("grant", "refuse") else ""
        show.line(f"{show.clock(event['at'])} {visible(approval)} {visible(verb)}{by}")
        return
    try:
        opened_now = place.client.get(f"/approvals/{part(approval)}")
    except NotFoundError:
        return
    if as_json:
        show.data(opened_now)
    else:
        show.line("\n".join(card(opened_now)) + "\n")
