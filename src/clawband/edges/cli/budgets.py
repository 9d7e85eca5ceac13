"""`clawband budgets`: how much of each budget is used, and by whom."""

import click

from clawband.edges.cli import show
from clawband.edges.cli.place import Place


@click.command()
@show.json_option()
@click.pass_obj
def budgets(place: Place, as_json: bool) -> None:
    """What is used of each budget, and what is left.

    Of a budget that somebody has for themselves, whoever used most comes first.
    """
    found = place.client.get("/budgets")["budgets"]
    if as_json:
        show.data(found)
        return
    rows = [
        (
            each["workflow"], each["name"], each["key"] or each["per"], f"{each['share']}%",
            each["says"],
        )
        for each in found
    ]  # fmt: skip
    columns = ("workflow", "budget", "for", "used", "left")
    show.table(columns, rows, "no workflow in force has a budget; see `[[budgets]]`")
