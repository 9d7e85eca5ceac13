"""`clawband secret`: what is kept and who has it. No command shows a value."""

from typing import Any

import click

from clawband.client.transport import part
from clawband.edges.cli import secret_flow, secret_import, secret_stale, secret_write, show
from clawband.edges.cli.place import Place
from clawband.edges.cli.visible import visible
from clawband.model.environments import ENVIRONMENTS

Told = dict[str, Any]


@click.group()
def secret() -> None:
    """Secrets: what is kept, who has it, and a new value."""


@secret.command("list")
@click.option("--environment", type=click.Choice(ENVIRONMENTS), help="Only of this one.")
@show.json_option()
@click.pass_obj
def list_(place: Place, environment: str | None, as_json: bool) -> None:
    """Every secret that you may know of, without its value."""
    found = [
        each for each in place.client.get("/secrets")["secrets"]
        if environment in (None, each["environment"])
    ]  # fmt: skip
    if as_json:
        show.data(found)
        return
    rows = [
        (each["name"], each["environment"], each["kind"], each["owner"], each["vault"],
         ", ".join(each["gateways"]) or "-", ", ".join(_hosts(each)) or "-", _set(each))
        for each in found
    ]  # fmt: skip
    columns = ("name", "environment", "kind", "owner", "vault", "gateways", "put on at", "set")
    show.table(columns, rows, "no secret is kept; see `clawband secret add --help`")


@secret.command("show")
@click.argument("name")
@show.json_option()
@click.pass_obj
def show_(place: Place, name: str, as_json: bool) -> None:
    """One secret in full, without its value."""
    told = place.client.get(f"/secrets/{part(name)}")["secret"]
    if as_json:
        show.data(told)
        return
    for key in ("name", "environment", "kind", "owner", "purpose", "vault"):
        show.line(f"{key:<12} {visible(told[key])}")
    show.line(f"{'gateways':<12} {visible(', '.join(told['gateways']) or 'none')}")
    for each in told["targets"]:
        show.line(f"{'put on':<12} {visible(_target(each))}")
    if told["plan"]:
        show.line(f"{'rotation':<12} {visible(_plan(told['plan']))}")
    rows = [(str(each["number"]), each["state"], each["print"], each["by"],
             show.clock(each["made"]), show.clock(each["ended"]))
            for each in told["versions"]]  # fmt: skip
    columns = ("version", "state", "print", "by", "made", "ended")
    show.table(columns, rows, f"it has no value: `clawband secret set {visible(name)}`")


@secret.command()
@click.argument("name")
@click.pass_obj
@show.answers
def remove(place: Place, name: str) -> None:
    """Remove it: nobody is given it any more, and its values in the own vault are destroyed.

    Whoever has a value still has it: rotate it first, if it opens something.
    """
    place.client.delete(f"/secrets/{part(name)}")
    show.line(f"removed {visible(name)}")


for _command in (
    secret_write.add, secret_write.set_, secret_write.refresh, secret_write.change,
    secret_import.import_,
):  # fmt: skip
    secret.add_command(_command)

secret.add_command(secret_flow.flow)
secret.add_command(secret_stale.stale)


def _hosts(told: Told) -> list[str]:
    return sorted({host for each in told["targets"] for host in each["hosts"]})


def _set(told: Told) -> str:
    """When its current value was set."""
    current = [each["made"] for each in told["versions"] if each["state"] == "current"]
    return show.clock(current[0]) if current else "never"


def _target(told: Told) -> str:
    methods = "/".join(told["methods"]) or "any method"
    paths = ", ".join(told["paths"]) or "any path"
    return f"{', '.join(told['hosts'])}, {methods}, {paths}: {told['header']}: {told['form']}"


def _plan(told: Told) -> str:
    often = f"every {told['every_days']} days" if told["every_days"] else "when somebody asks"
    return f"{told['driver']}, {often}, {told['overlap_minutes']} min overlap"
