"""`clawband explain`: why, where each value comes from, and what would change the answer."""

from collections.abc import Iterator
from typing import Any

import click

from clawband.client.transport import part
from clawband.edges.cli import show, told
from clawband.edges.cli.place import Place
from clawband.edges.cli.visible import visible

Told = dict[str, Any]
READ_SHOWN = 12


@click.command()
@click.argument("decision")
@show.json_option()
@click.pass_obj
def explain(place: Place, decision: str, as_json: bool) -> None:
    """Why, where each value comes from, and what would help.

    DECISION as `clawband activity` prints it, or an approval. Values that no person's words, no
    list and no system of yours explain come first, with the sentence they stand in.
    """
    found = place.client.get(f"/decisions/{part(decision)}/explanation")
    if as_json:
        show.data(found)
        return
    for text in account(found):
        show.line(text)


def account(story: Told) -> Iterator[str]:
    """The story as lines."""
    yield f"{told.painted(visible(story['verdict']))}  {told.title(_event(story))}"
    asked = f", asked by {visible(story['who'])}" if story["who"] else ""
    yield f"  when      {show.clock(story['at'])}, {visible(story['agent'])}{asked}"
    for number, reason in enumerate(story["reasons"]):
        head = "why" if number == 0 else "and"
        yield f"  {head:<9} {visible(reason['because'])}  [{visible(reason['policy'])}]"
    yield from values(story["values"])
    yield from _read(story["read"])
    if story["remedies"]:
        yield "\nWhat would change the answer"
        yield from (f"  {visible(each)}" for each in story["remedies"])


def values(explained: list[Told]) -> Iterator[str]:
    """Each consequential value with where it comes from; the doubtful ones with their sentence."""
    if not explained:
        return
    yield "\nWhere the values come from"
    for each in explained:
        mark = click.style("!", fg="red") if each["doubtful"] else " "
        name = f"{visible(each['meaning'])} {visible(each['value'])}".rstrip()
        yield f"{mark} {name}: {visible(each['says'])}"
        if each["doubtful"] and each["quote"]:
            yield f'    "{marked(each)}"'
        if each["doubtful"] and each["reading"]:
            yield f"    read as {visible(each['reading'])}"


def marked(value: Told) -> str:
    """The sentence, with the value between `»` and `«`."""
    quote, span = value["quote"], value["span"]
    if not span:
        return visible(quote)
    start, end = span
    inside = click.style(f"»{visible(quote[start:end])}«", bold=True)
    return f"{visible(quote[:start])}{inside}{visible(quote[end:])}"


def _read(read: list[Told]) -> Iterator[str]:
    if not read:
        return
    yield "\nWhat the session had read before, newest first"
    for each in read[:READ_SHOWN]:
        said = f"{visible(each['says'])}: {visible(each['label'])}"
        yield f"  {show.clock(each['at'])}  {said}  {visible(each['id'])}"
    if len(read) > READ_SHOWN:
        yield f"  and {len(read) - READ_SHOWN} more: see them with --json"


def _event(story: Told) -> Told:
    return {**story, "tag": f"decision:{story['verdict']}", "run": "", "detail": {}}
