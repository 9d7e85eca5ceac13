"""`clawband workload`: what programs were lent for the tokens of their platform."""

import click

from clawband.client.transport import part
from clawband.edges.cli import show
from clawband.edges.cli.place import Place
from clawband.edges.cli.visible import visible


@click.group()
def workload() -> None:
    """What programs were lent for their tokens."""


@workload.command("list")
@show.json_option()
@click.pass_obj
def list_(place: Place, as_json: bool) -> None:
    """The credentials that open something now, oldest first."""
    told = place.client.get("/workloads")
    if as_json:
        show.data(told)
        return
    rows = [
        (each["id"], each["workload"], each["subject"], ", ".join(each["acts"]),
         show.left(each["expires"]))
        for each in told["lent"]
    ]  # fmt: skip
    show.table(("id", "workload", "whose token", "may", "left"), rows, "nothing is lent")


@workload.command()
@click.argument("which")
@click.pass_obj
@show.answers
def revoke(place: Place, which: str) -> None:
    """End WHICH at once: a credential by its id, or all of a workload by name.

    The next token of its issuer is traded again. To end that, take the rule out of clawband.toml.
    """
    place.client.delete(f"/workloads/{part(which)}")
    show.line(f"revoked {visible(which)}: it opens nothing any more")
