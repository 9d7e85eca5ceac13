"""`clawband scan`: leaked secrets in files, in what is staged, in a whole history; no server."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import click

from clawband.edges.cli import baseline, git, sarif, scanned, show, texts
from clawband.edges.cli.ours import told_apart
from clawband.edges.cli.place import Place
from clawband.edges.cli.scanned import Finding, Met
from clawband.edges.cli.visible import visible
from clawband.labels.classify import LIKELY
from clawband.model.errors import InputError

SHOWN = 200
"""Rows of the table; JSON and SARIF have all."""
MANY = 200
"""Files from which progress is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The options of `scan secrets`."""

    paths: tuple[Path, ...]
    staged: bool
    history: bool
    at_least: float
    known: Path | None
    write: Path | None
    ours: bool
    as_sarif: bool
    as_json: bool


@click.group()
def scan() -> None:
    """Find what should not be there."""


@scan.command()
@click.argument(
    "paths", nargs=-1, metavar="[PATH]...", type=click.Path(exists=True, path_type=Path)
)
@click.option("--staged", is_flag=True, help="Only the lines that the next commit of git adds.")
@click.option(
    "--history", is_flag=True, help="Every version of every file and every message in git."
)
@click.option("--at-least", type=click.FloatRange(0, 1), default=LIKELY, show_default=True,
              help="Leave out what is less sure than this.")  # fmt: skip
@click.option("--baseline", "known", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="Leave out what this file knows.")  # fmt: skip
@click.option("--write-baseline", "write", type=click.Path(dir_okay=False, path_type=Path),
              help="Write what is found into a baseline, after you have looked at it.")  # fmt: skip
@click.option("--ours", is_flag=True,
              help="Ask the server which it keeps, and which are its honeytokens.")  # fmt: skip
@click.option("--sarif", "as_sarif", is_flag=True, help="Print SARIF 2.1.0, for code hosts.")
@show.json_option()
@click.pass_obj
def secrets(place: Place, /, **options: Any) -> int:
    """Find secrets in files and folders (default: here), or in a repository of git.

    No secret is printed. A line with `clawband:allow` on it is left out and counted. Exits with 1
    if a secret was found or a file could not be read. With --ours the values that were found are
    sent to the server, which opens a leak of each that it keeps.
    """
    asked = Asked(**options)
    if asked.staged and asked.history:
        raise InputError("expected one of --staged and --history", remedy="run it twice")
    began = perf_counter()
    met = _met(asked.paths or (Path(),), staged=asked.staged, history=asked.history)
    found = [each for each in met.found if each.confidence >= asked.at_least]
    below = len(met.found) - len(found)
    if asked.known:
        accepted = baseline.read(asked.known)
        found = [each for each in found if not accepted.knows(each)]
    if asked.ours and found:
        found = told_apart(place, found)
    if asked.write:
        count = show.count(baseline.write(asked.write, found), "secret")
        show.note(f"`{asked.write}` knows {count}")
    _print(found, history=asked.history, as_sarif=asked.as_sarif, as_json=asked.as_json)
    for remark in met.unread:
        show.note(visible(remark))
    show.note(_sum(met, len(found), perf_counter() - began))
    if below:
        show.note(f"{below} less sure than {asked.at_least:g}: see --at-least")
    return int(bool(met.unread) or (bool(found) and not asked.write))


def _met(paths: Sequence[Path], *, staged: bool, history: bool) -> Met:
    if not (staged or history):
        failed: list[str] = []
        chosen = texts.files(
            map(str, paths), lambda error: failed.append(f"`{error.filename}`: {error.strerror}")
        )
        with _progress(len(chosen), "files") as done:
            met = scanned.in_files(chosen, done)
        met.unread += failed
        return met
    if len(paths) > 1:
        raise InputError(f"expected one repository, got {len(paths)}", remedy="name one folder")
    folder = git.top(paths[0])
    if staged:
        return scanned.in_staged(folder)
    if git.shallow(folder):
        show.note("the history is cut off here: `git fetch --unshallow` brings the rest")
    names, large = git.objects(folder, scanned.LARGEST)
    with _progress(len(names), "objects") as done:
        met = scanned.in_history(folder, done, names)
    if large:
        met.unread.append(f"{show.count(large, 'version')} larger than {scanned.LARGEST >> 20} MiB")
    return met


@contextmanager
def _progress(total: int, noun: str) -> Iterator[Callable[[int], None]]:
    quiet = total < MANY or not sys.stderr.isatty()
    with click.progressbar(length=total, label=noun, file=sys.stderr, hidden=quiet) as bar:
        yield bar.update


def _sum(met: Met, found: int, seconds: float) -> str:
    allowed = f"; {show.count(met.allowed, 'line')} marked `clawband:allow`" if met.allowed else ""
    return (
        f"{show.count(found, 'secret')} in {met.files} texts, {met.bytes / 1e6:.1f} MB, "
        f"{seconds:.1f} s{allowed}"
    )


def _print(found: Sequence[Finding], *, history: bool, as_sarif: bool, as_json: bool) -> None:
    if as_sarif:
        show.data(sarif.log(found))
        return
    if as_json:
        show.data([_plain(each) for each in found])
        return
    columns = ("where", "kind", "sure", "after", *(("since", "still there") if history else ()))
    rows = [
        (f"{each.path}:{each.line}", each.kind, f"{each.confidence:.2f}", each.excerpt,
         *(_since(each) if history else ()))
        for each in found[:SHOWN]
    ]  # fmt: skip
    show.table(columns, rows, "no secret found")
    if len(found) > SHOWN:
        show.note(f"and {len(found) - SHOWN} more: see --json")


def _since(finding: Finding) -> tuple[str, str]:
    commit = finding.commit
    since = f"{commit.at[:10]} {commit.id[:12]} {commit.author}" if commit else "-"
    return since, finding.live or "no"


def _plain(finding: Finding) -> dict[str, Any]:
    row: dict[str, Any] = {
        "file": finding.path, "line": finding.line, "kind": finding.kind,
        "confidence": finding.confidence, "excerpt": finding.excerpt, "encoded": finding.encoded,
    }  # fmt: skip
    if finding.blob:
        commit = finding.commit
        row |= {"blob": finding.blob, "live": finding.live}
        row |= {"commit": commit.id, "author": commit.author, "at": commit.at} if commit else {}
    return row
