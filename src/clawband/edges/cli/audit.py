"""`clawband audit`: export, verify and prove the record. Verifying needs no server."""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

import click

from clawband.audit import bundle
from clawband.audit.proof import verify_proof
from clawband.audit.reading import LINE_LIMIT
from clawband.audit.report import Problem, Report
from clawband.client.transport import part
from clawband.edges.cli import files, show
from clawband.edges.cli.place import Place
from clawband.edges.cli.visible import visible
from clawband.model.errors import InputError

FAILED = 70
PROGRESS_LINES = 20_000
FILE = click.Path(dir_okay=False, path_type=Path)
OUT = click.option("-o", "--out", type=FILE, help="Write to this file (default: print).")
KEY = click.option("--key", help="The verifier key you trust; `clawband audit key` prints it.")


@click.group()
def audit() -> None:
    """Export, verify and prove the record."""


@audit.command()
@OUT
@click.pass_obj
def export(place: Place, out: Path | None) -> None:
    """The whole record as one file that verifies anywhere."""
    with place.client.stream("/export") as lines:
        count = _write(out, lines)
    if out:
        show.note(f"{count - 2} lines of leaves and checkpoints in {out}")


@audit.command()
@click.argument("file", required=False, type=FILE)
@KEY
@click.option("--since", type=FILE, multiple=True,
              help="A checkpoint you kept, or a witness file; may be repeated.")  # fmt: skip
@click.option("--store", is_flag=True, help="Check the store in place instead of an export.")
@show.json_option()
@click.pass_context
def verify(
    context: click.Context,
    file: Path | None,
    key: str | None,
    since: tuple[Path, ...],
    store: bool,
    as_json: bool,
) -> None:
    """Is this record whole, in order and signed? Says where it is not.

    Needs no server. An export can only be shown to be older than, or another story than, what you
    have seen before if you kept a checkpoint: give it with --since.
    """
    earlier = files.checkpoints(since)
    if store == (file is not None):
        raise InputError("expected an export or `--store`", remedy="name one of the two")
    if file is None:
        place: Place = context.obj
        report = place.local.inspect(place.settings, key, earlier)
    else:
        with _open(file) as lines:
            read = iter(lambda: lines.readline(LINE_LIMIT + 1), b"")
            report = bundle.verify(read, key=key, earlier=earlier)
    _answer(context, report, as_json)


@audit.command()
@click.argument("id")
@OUT
@click.pass_obj
def prove(place: Place, id: str, out: Path | None) -> None:
    """A proof of one event or decision, to hand to somebody."""
    _write(out, [place.client.text(f"/events/{part(id)}/proof")])


@audit.command("show")
@click.argument("id")
@show.json_option()
@click.pass_obj
def show_(place: Place, id: str, as_json: bool) -> None:
    """One event or decision.

    With its exact arguments, for roles that may read them.
    """
    told = place.client.get(f"/events/{part(id)}")
    if as_json:
        show.data(told)
        return
    rows = [(name, value if isinstance(value, str) else json.dumps(value))
            for name, value in told.items() if value not in ("", None, {})]  # fmt: skip
    show.table(("what", "value"), rows, "nothing is known of it")


@audit.command("verify-proof")
@click.argument("file", type=FILE)
@KEY
@show.json_option()
@click.pass_context
def verify_proof_(context: click.Context, file: Path, key: str | None, as_json: bool) -> None:
    """Check a proof (no server needed)."""
    with _open(file) as proof:
        report = verify_proof(proof.read(2 * LINE_LIMIT), key=key)
    _answer(context, report, as_json)


@audit.command()
@click.pass_obj
def key(place: Place) -> None:
    """The verifier key of this record: give it to your auditor."""
    show.line(place.client.get("/key")["key"])


def _answer(context: click.Context, report: Report, as_json: bool) -> None:
    if as_json:
        show.data(_plain(report))
    else:
        for line in described(report):
            show.line(line)
    if not report.ok:
        context.exit(FAILED)


def described(report: Report) -> Iterable[str]:
    """The report for people: the verdict first, then every problem with what to do."""
    origin = visible(report.origin or "an unknown log")
    if report.ok:
        leaves = "1 leaf" if report.size == 1 else f"{report.size} leaves"
        signed = "" if report.proven == report.size else f", the first {report.proven} of them"
        yield f"{click.style('ok', fg='green')}: {leaves} of {origin}{signed} under a signature"
        yield f"root {report.root.hex()}"
    else:
        count = len(report.problems) + report.unlisted
        found = "a problem" if count == 1 else f"{count} problems"
        yield f"{click.style('NOT OK', fg='red')}: {found} in {report.size} leaves of {origin}"
        yield f"the first {report.proven} leaves are what was signed"
    for problem in (*report.problems, *report.warnings):
        yield f"{problem.kind}{_place(problem)}: {visible(problem.what)}"
        yield f"    {visible(problem.remedy)}"
    if report.unlisted:
        yield f"and {report.unlisted} more"
    if report.key and not report.pinned:
        yield f"checked with the record's own key: {visible(report.key)}"
        yield "    give `--key` with one you got elsewhere, or it vouches for itself"


def _place(problem: Problem) -> str:
    places = [
        f"{name} {number}"
        for name, number in (("line", problem.line), ("leaf", problem.leaf))
        if number is not None
    ]
    return f" at {', '.join(places)}" if places else ""


def _plain(report: Report) -> dict[str, object]:
    def plain(problem: Problem) -> dict[str, object]:
        return {
            "kind": str(problem.kind),
            "line": problem.line,
            "leaf": problem.leaf,
            "what": problem.what,
            "remedy": problem.remedy,
        }

    return {
        "ok": report.ok,
        "origin": report.origin,
        "key": report.key,
        "pinned": report.pinned,
        "size": report.size,
        "root": report.root.hex(),
        "proven": report.proven,
        "checkpoints": report.checkpoints,
        "problems": [plain(each) for each in report.problems],
        "unlisted": report.unlisted,
        "warnings": [plain(each) for each in report.warnings],
    }


def _open(file: Path) -> BinaryIO:
    try:
        return file.open("rb")
    except OSError as error:
        raise InputError(
            f"`{file}` cannot be read: {error.strerror}", remedy="name a file you may read"
        ) from error


def _write(out: Path | None, lines: Iterable[str]) -> int:
    """Exact bytes, to a file that is whole or not there; how many lines."""
    if out is None:
        return _copy(lines, sys.stdout.buffer)
    part = out.with_name(f".{out.name}.part")
    try:
        with part.open("wb") as file:
            count = _copy(lines, file)
        part.replace(out)
        return count
    finally:
        part.unlink(missing_ok=True)


def _copy(lines: Iterable[str], file: BinaryIO) -> int:
    count = 0
    for line in lines:
        file.write(line.encode())
        count += 1
        if count % PROGRESS_LINES == 0:
            show.note(f"{count} lines")
    file.flush()
    return count
