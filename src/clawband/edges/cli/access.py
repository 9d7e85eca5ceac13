"""`clawband access`: who has more than they need, and what would be enough."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from clawband.edges.cli import show
from clawband.edges.cli.place import Place
from clawband.edges.cli.visible import visible
from clawband.model.errors import ConflictError, UnavailableError


@click.group()
def access() -> None:
    """Who has more than they need."""


@access.command()
@click.option("--days", type=click.IntRange(1, 3650), default=30, show_default=True,
              help="Unused for so long.")  # fmt: skip
@click.option("--write", type=click.Path(file_okay=False, path_type=Path), metavar="FOLDER",
              help="Write the proposed manifests there.")  # fmt: skip
@show.json_option()
@click.pass_obj
def findings(place: Place, days: int, write: Path | None, as_json: bool) -> None:
    """What is granted and not used, and who has too much.

    Where a manifest could grant less, --write puts its narrower text into FOLDER, from where it
    goes the way of every policy: compare it, then publish it with the other files.
    """
    found = place.client.get("/access/findings", days=days)["findings"]
    if as_json:
        show.data(found)
    else:
        rows = [(each["kind"], each["says"], each["remedy"]) for each in found]
        show.table(("finding", "what", "remedy"), rows, "nobody has more than they need")
    if write:
        _write(write, found)


def _write(folder: Path, found: Sequence[Mapping[str, Any]]) -> None:
    """Only by their bare name, and never over a file that is there."""
    texts = {Path(each["file"]).name: each["proposal"] for each in found if each["proposal"]}
    for name in texts:
        if (folder / name).exists():
            raise ConflictError(
                f"`{visible(folder / name)}` is there already", remedy="name another folder"
            )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8")
            show.note(f"wrote {visible(folder / name)}")
    except OSError as error:
        raise UnavailableError(
            f"`{visible(folder)}` cannot be written: {error.strerror}", remedy="name another folder"
        ) from error
    if not texts:
        show.note("no manifest can be narrowed")
