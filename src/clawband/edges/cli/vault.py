"""`clawband vault`: where values are, whether all of them are there, and what wraps our own."""

import click

from clawband.edges.cli import show
from clawband.edges.cli.place import Place
from clawband.edges.cli.visible import visible

PROBLEM = 1


@click.group()
def vault() -> None:
    """Where values are, and what wraps our own vault."""


@vault.command()
@show.json_option()
@click.pass_obj
def status(place: Place, as_json: bool) -> None:
    """Each vault, whether it can be asked, and the master key. Exit code 1 if one cannot."""
    told = place.client.get("/vaults")
    if as_json:
        show.data(told)
    else:
        rows = [
            (each["name"], each["kind"], each["environment"] or "all", each["place"] or "-",
             "yes" if each["writable"] else "no", str(each["secrets"]),
             each["problem"] or "in order")
            for each in told["vaults"]
        ]  # fmt: skip
        columns = ("vault", "kind", "environment", "at", "written", "secrets", "state")
        show.table(columns, rows, "there is no vault")
        _master(told["master"])
    if any(each["problem"] for each in told["vaults"]):
        raise click.exceptions.Exit(PROBLEM)


@vault.command()
@show.json_option()
@click.pass_obj
def check(place: Place, as_json: bool) -> None:
    """Read every value that may still open something, and say which are damaged or missing.

    Exit code 1 if one is.
    """
    versions = place.client.post("/vaults/check", {})["versions"]
    wrong = [each for each in versions if each["problem"]]
    if as_json:
        show.data(versions)
    else:
        rows = [
            (each["secret"], each["environment"], each["vault"], str(each["version"]),
             each["problem"], each["remedy"])
            for each in wrong
        ]  # fmt: skip
        columns = ("secret", "environment", "vault", "version", "problem", "remedy")
        show.table(columns, rows, f"every value is as it was set ({len(versions)} of them)")
    if wrong:
        raise click.exceptions.Exit(PROBLEM)


@vault.command()
@click.option("--again", is_flag=True, help="Also what the master key wraps already.")
@click.pass_obj
@show.answers
def rewrap(place: Place, again: bool) -> None:
    """Let the master key of now wrap our own vault.

    Name the key before it as `previous` under `[secrets]` of clawband.toml meanwhile. What was
    broken off goes on when you say it again. --again: after a transit key got a newer version.
    """
    told = place.client.post("/vaults/rewrap", {"again": again})
    show.line(f"wrapped {told['changed']} with the master key of now")
    if told["damaged"]:
        show.note(f"{told['damaged']} could not be opened: `clawband vault check` says which")
        raise click.exceptions.Exit(PROBLEM)


def _master(told: dict[str, object]) -> None:
    show.line(f"master key   {visible(str(told['source']))}, {visible(str(told['id']))}")
    if told["behind"]:
        show.note(f"{told['behind']} versions are wrapped by another key: `clawband vault rewrap`")
    elif told["previous"]:
        show.note("nothing is wrapped by the key before: take `previous` out of clawband.toml")
    if told["beside"]:
        show.note(
            "the master key is a file in the state folder: it protects a copy of the vault alone, "
            "not one of the folder; name another `master` under `[secrets]` for production"
        )
