"""`clawband secret stale`: what is unused, old, shared or nobody's, and what mends it."""

import click

from clawband.edges.cli import show
from clawband.edges.cli.place import Place


@click.command()
@click.option("--days", type=int, default=90, show_default=True, help="Unused for so long.")
@show.json_option()
@click.pass_obj
def stale(place: Place, days: int, as_json: bool) -> int:
    """What is unused, old, shared or nobody's, and the command that mends it.

    Exits with 1 if there is any.
    """
    found = place.client.get("/secret-findings", days=days)["findings"]
    if as_json:
        show.data(found)
        return int(bool(found))
    rows = [
        (each["secret"], each["environment"], each["why"], each["says"],
         show.clock(each["last"]) if each["last"] else "never", each["remedy"])
        for each in found
    ]  # fmt: skip
    columns = ("secret", "environment", "why", "what", "last used", "what to do")
    show.table(columns, rows, "every secret is in use, and in its place")
    return int(bool(found))
