"""`clawband models`: what gateways ask models, and what it costs."""

from datetime import UTC, datetime, timedelta

import click

from clawband.edges.cli import show
from clawband.edges.cli.place import Place


@click.command()
@click.option("--days", type=click.IntRange(1, 366), default=1, show_default=True,
              help="Today, or so many days back.")  # fmt: skip
@show.json_option()
@click.pass_obj
def models(place: Place, days: int, as_json: bool) -> None:
    """What agents ask models, and what it costs.

    Cost is in the currency of the prices in the gateway's manifest, by default of today (UTC).
    """
    day = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    told = place.client.get("/models", since=(day - timedelta(days=days - 1)).isoformat())
    if as_json:
        show.data(told)
        return
    rows = [
        (
            each["agent"], each["model"], each["calls"], each["refused"], each["input"],
            each["cached"], each["output"], _money(each["cost"]),
        )
        for each in told["spent"]
    ]  # fmt: skip
    columns = ("agent", "model", "calls", "refused", "input", "cached", "output", "cost")
    show.table(columns, rows, "no model was asked through Clawband")


def _money(millionths: int | None) -> str:
    """Millionths of a minor unit as a number with two more places than the currency has."""
    return "-" if millionths is None else f"{millionths / 100_000_000:.4f}"
