"""`clawband secret add`, `set` and `change`. A value comes from standard input or from a file: what
stands on a command line is read by everybody on the machine."""

import base64
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from clawband.client.transport import part
from clawband.edges.cli import secret_file, show
from clawband.edges.cli.place import Place
from clawband.edges.cli.visible import visible
from clawband.model.environments import ENVIRONMENTS
from clawband.model.errors import InputError

MOST_READ = 1 << 17
"""More than any value may have: what is longer is refused, not cut."""
Told = dict[str, Any]


def _value_options(command: Callable[..., Any]) -> Callable[..., Any]:
    for each in reversed((
        click.option("--from-file", "value_file", type=click.Path(path_type=Path), metavar="FILE",
                     help="Take the value from FILE."),
        click.option("--exact", is_flag=True,
                     help="A line end at the end belongs to the value."),
    )):  # fmt: skip
        command = each(command)
    return command


def _use_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Who has it and where it goes: of `add` and `change`."""
    for each in reversed((
        click.option("--gateway", "gateways", multiple=True, metavar="NAME",
                     help="A gateway whose configuration is given the value."),
        click.option("--target", "hosts", multiple=True, metavar="HOST",
                     help="A host at whose requests the egress proxy puts it on."),
        click.option("--header", default="authorization", show_default=True,
                     help="In this field, or `:path`."),
        click.option("--form", default="{}", help="As this value of the field: `Bearer {}`."),
        click.option("--method", "methods", multiple=True, help="Only for this method."),
        click.option("--path", "paths", multiple=True,
                     help="Only for this path; with a final / all below."),
        click.option("--driver", default="", help="How it is rotated."),
        click.option("--every", "every_days", type=click.IntRange(0), default=0, metavar="DAYS",
                     help="How often; 0: when somebody asks."),
        click.option("--overlap", "overlap_minutes", type=click.IntRange(0), default=0,
                     metavar="MINUTES", help="How long the old value stays alive."),
        click.option("--option", "options", multiple=True, metavar="KEY=VALUE",
                     help="What the driver wants to know."),
    )):  # fmt: skip
        command = each(command)
    return command


@click.command()
@click.argument("name", required=False)
@click.option("--environment", type=click.Choice(ENVIRONMENTS), help="Which it is of.")
@click.option("--kind", default="", help="What it is: `api key`, `database password`.")
@click.option("--purpose", default="", help="What it is for.")
@click.option("--owner", default="", metavar="OPERATOR", help="Who answers for it; else you.")
@click.option("--vault", default="own", show_default=True, help="Where its value is.")
@click.option("--at", "where", default="", metavar="PLACE", help="Where in that vault.")
@_use_options
@_value_options
@click.option("--value-stdin", is_flag=True, help="Take the value from standard input.")
@click.option("--from", "from_file", type=click.Path(path_type=Path), metavar="FILE.toml",
              help="Add or change all that this file describes.")  # fmt: skip
@click.pass_obj
@show.answers
def add(place: Place, name: str | None, from_file: Path | None, **said: Any) -> None:
    """Add a secret NAME, such as `crm/api-key`.

    Without a value it is named only: `clawband secret set` gives it one. With --from: one or many,
    as `[[secret]]` tables with these options as keys; what is there already is changed to what
    they say.
    """
    if from_file:
        _apply(place, from_file)
        return
    if not name or not said["environment"]:
        raise InputError(
            "expected a name and an environment", remedy="see `clawband secret add --help`"
        )
    given = said["value_file"] or said["value_stdin"]
    value = read(said["value_file"], exact=said["exact"]) if given else None
    body = {
        **{key: said[key] for key in ("environment", "kind", "purpose", "owner", "vault")},
        "name": name, "place": said["where"], "gateways": said["gateways"], "plan": _planned(said),
        "targets": _targeted(said),
    }  # fmt: skip
    place.client.post("/secrets", body)
    show.line(f"added {visible(name)}")
    if value is not None:
        _put(place, name, value)


@click.command("set")
@click.argument("name")
@_value_options
@click.pass_obj
@show.answers
def set_(place: Place, name: str, value_file: Path | None, exact: bool) -> None:
    """Give it a new value, from standard input or a file.

    One line end at its end is not part of the value, unless you say --exact. The value that it
    has already changes nothing.
    """
    _put(place, name, read(value_file, exact=exact))


@click.command()
@click.argument("name")
@click.pass_obj
@show.answers
def refresh(place: Place, name: str) -> None:
    """Take the value that its vault has by now, whoever wrote it there."""
    told = place.client.post(f"/secret-refresh/{part(name)}", {})["secret"]
    _say(name, told)


@click.command()
@click.argument("name")
@click.option("--kind", help="What it is.")
@click.option("--purpose", help="What it is for.")
@click.option("--owner", metavar="OPERATOR", help="Who answers for it.")
@_use_options
@click.option("--without-gateway", "gone", multiple=True, metavar="NAME",
              help="A gateway that gets it no more.")  # fmt: skip
@click.option("--without-target", "gone_hosts", multiple=True, metavar="HOST",
              help="A host at which it is put on no more.")  # fmt: skip
@click.option("--without-plan", is_flag=True, help="It is not rotated any more.")
@click.pass_obj
@show.answers
def change(place: Place, name: str, **said: Any) -> None:
    """Change what is said; gateways and targets are added to those it has."""
    was = place.client.get(f"/secrets/{part(name)}")["secret"]
    body = {key: said[key] for key in ("kind", "purpose", "owner") if said[key] is not None}
    if said["gateways"] or said["gone"]:
        named = dict.fromkeys([*was["gateways"], *said["gateways"]])
        body["gateways"] = [each for each in named if each not in said["gone"]]
    if said["hosts"] or said["gone_hosts"]:
        body["targets"] = [*_left(was["targets"], said["gone_hosts"]), *_targeted(said)]
    if said["driver"] or said["without_plan"]:
        body["plan"] = None if said["without_plan"] else _planned(said)
    place.client.post(f"/secrets/{part(name)}", body)
    show.line(f"changed {visible(name)}")


def _apply(place: Place, path: Path) -> None:
    """Add what is not there, change what is, and set the values that it names files of."""
    wanted = secret_file.read(path)
    values = {each.name: read(each.value_file, exact=False) for each in wanted if each.value_file}
    known = {each["name"] for each in place.client.get("/secrets")["secrets"]}
    for each in wanted:
        if each.name in known:
            place.client.post(f"/secrets/{part(each.name)}", each.changing)
        else:
            place.client.post("/secrets", each.body)
        show.line(f"{'changed' if each.name in known else 'added'} {visible(each.name)}")
        if each.name in values:
            _put(place, each.name, values[each.name])


def read(path: Path | None, *, exact: bool) -> bytes:
    """A value as bytes. Raises `InputError`; an error never holds any of it."""
    if path:
        try:
            with path.open("rb") as file:
                data = file.read(MOST_READ)
        except OSError as error:
            raise InputError(
                f"`{path}` cannot be read: {error.strerror}", remedy="name a file you may read"
            ) from error
    elif sys.stdin.isatty():
        return show.password("value", piped=False).encode()
    else:
        data = _standard_input()
    if exact:
        return data
    return data.removesuffix(b"\n").removesuffix(b"\r") if data.endswith(b"\n") else data


def _standard_input() -> bytes:
    raw = getattr(sys.stdin, "buffer", None)
    return raw.read(MOST_READ) if raw else sys.stdin.read(MOST_READ).encode()


def _put(place: Place, name: str, value: bytes) -> None:
    body = {"base64": base64.b64encode(value).decode()}
    told = place.client.post(f"/secret-values/{part(name)}", body)["secret"]
    _say(name, told)


def _say(name: str, told: Told) -> None:
    number = next(each["number"] for each in told["versions"] if each["state"] == "current")
    show.line(f"{visible(name)} has version {number}")


def _targeted(said: Told) -> list[Told]:
    """The one target that the options describe, if they name a host."""
    keys = ("hosts", "header", "form", "methods", "paths")
    return [{key: said[key] for key in keys}] if said["hosts"] else []


def _planned(said: Told) -> Told | None:
    if not said["driver"]:
        return None
    pairs = [each.partition("=") for each in said["options"]]
    if not all(key and middle for key, middle, _ in pairs):
        raise InputError("expected `--option KEY=VALUE`", remedy="name what the driver asks for")
    keys = ("driver", "every_days", "overlap_minutes")
    return {**{key: said[key] for key in keys}, "options": {key: value for key, _, value in pairs}}


def _left(targets: list[Told], gone: tuple[str, ...]) -> list[Told]:
    fewer = [
        {**each, "hosts": [host for host in each["hosts"] if host not in gone]} for each in targets
    ]
    return [each for each in fewer if each["hosts"]]
