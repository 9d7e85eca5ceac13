"""Printing: lines, tables and JSON on standard output, everything else on standard error."""

import json
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from clawband.edges.cli.visible import visible
from clawband.model.errors import Error

if TYPE_CHECKING:
    from clawband.edges.cli.place import Place

ANSWERS = "clawband.answers"
"""In click's context: standard output is for the answer of the server."""
Option = Callable[[Callable[..., Any]], Callable[..., Any]]
VERDICTS = {
    "permit": "green", "deny": "red", "hold": "yellow", "paused": "yellow", "granted": "green",
    "refused": "red", "expired": "red", "pending": "yellow",
    "governed": "green", "ungoverned": "red", "unknown": "yellow", "stopped": "yellow",
}  # fmt: skip


def json_option() -> Option:
    """`--json`, the same on every list."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")


def answers(command: Callable[..., None]) -> Callable[..., None]:
    """`--json` of a command that changes something: what the server answered is then its output,
    and its words are remarks. Stands below `click.pass_obj`."""

    @json_option()
    @wraps(command)
    def told(place: "Place", /, *arguments: Any, as_json: bool, **options: Any) -> None:
        click.get_current_context().meta[ANSWERS] = as_json
        command(place, *arguments, **options)
        if as_json:
            data(place.client.answer)

    return told


def line(text: str = "") -> None:
    """One line of ours. What others wrote goes through `visible` first."""
    context = click.get_current_context(silent=True)
    click.echo(text, err=bool(context and context.meta.get(ANSWERS)))


def note(text: str) -> None:
    """Progress and remarks: on standard error, so that output can be piped."""
    click.echo(text, err=True)


def password(prompt: str, *, piped: bool, twice: bool = False) -> str:
    """A password from the keyboard, unseen, or the first line of standard input."""
    if piped:
        return sys.stdin.readline().rstrip("\n")
    typed: str = click.prompt(
        prompt, type=str, hide_input=True, confirmation_prompt=twice, err=True
    )
    return typed


def colour(word: str) -> str:
    """An outcome in its colour, where the terminal has colours."""
    return click.style(word, fg=VERDICTS.get(word))


def data(value: object) -> None:
    """JSON, indented. ASCII only: hidden characters arrive escaped."""
    click.echo(json.dumps(value, indent=2))


def table(columns: Sequence[str], rows: Sequence[Sequence[object]], empty: str) -> None:
    """A table of visible cells, or one sentence when there is nothing."""
    if not rows:
        line(empty)
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for number, name in enumerate(columns):
        # Ids come first and are never cut: they are what the next command needs.
        drawn.add_column(name, no_wrap=number == 0, overflow="fold")
    for row in rows:
        cells = [visible(cell) for cell in row]
        drawn.add_row(*(Text(cell, style=VERDICTS.get(cell, "")) for cell in cells))
    # A pipe has no width: nothing is folded there, so that one row stays one line.
    width = None if sys.stdout.isatty() else 400
    Console(file=sys.stdout, highlight=False, soft_wrap=False, width=width).print(drawn)


def problem(error: Error) -> None:
    """What went wrong, and what to do about it."""
    note(click.style("error: ", fg="red") + visible(error.message, lines=True))
    if error.remedy:
        note(f"       {visible(error.remedy, lines=True)}")


def clock(stamp: object) -> str:
    """A stamp of the API as local time to the second, with the date when it is not today's."""
    if not isinstance(stamp, str) or not stamp:
        return "-"
    try:
        at = datetime.fromisoformat(stamp).astimezone()
    except ValueError:
        return visible(stamp)
    today = datetime.now(UTC).astimezone().date()
    return at.strftime("%H:%M:%S" if at.date() == today else "%Y-%m-%d %H:%M:%S")


def left(stamp: object) -> str:
    """How long until a stamp: `4 min`, `over` when it has passed."""
    if not isinstance(stamp, str) or not stamp:
        return "-"
    rest = datetime.fromisoformat(stamp) - datetime.now(UTC)
    return "over" if rest <= timedelta() else length(rest.total_seconds())


def count(number: int, noun: str) -> str:
    """`1 card`, `2 cards`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def length(seconds: float) -> str:
    """`45 s`, `4 min`, `7 h`, `3 d`."""
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{int(seconds // size)} {unit}"
    return f"{int(seconds)} s"
