"""`clawband contain`: a gateway whose only way out is the proxy, and the proof that it is."""

import json
import os
from pathlib import Path
from typing import Any

import click

from clawband.containment import checks, forms
from clawband.containment.checks import Promise, Result
from clawband.containment.definition import Link
from clawband.edges.cli import contain_plan, show
from clawband.edges.cli.contain_plan import Wanted
from clawband.edges.cli.place import Place
from clawband.edges.cli.visible import visible
from clawband.model.errors import InputError, NotFoundError

FORM = click.Choice(forms.FORMS)
GATEWAY = ("/usr/bin/openclaw", "gateway", "run")


@click.group()
def contain() -> None:
    """Full containment: generate, run and check it."""


@contain.command()
@click.option("--as", "form", type=FORM, default="netns", help="Only netns runs from here.")
@click.option("--env", "extra", multiple=True, metavar="NAME",
              help="A variable that it gets too, repeatable.")  # fmt: skip
@contain_plan.options
@click.argument("command", nargs=-1, required=True)
@click.pass_obj
def run(
    place: Place, /, form: str, extra: tuple[str, ...], command: tuple[str, ...], **said: Any
) -> int:
    """Run COMMAND, a gateway, contained (as root).

    Its only way out is the egress proxy; what it names in openclaw.json is all it sees; its
    commands run as another user who sees the workspaces alone. What tries to leave is dropped,
    said here and recorded as `egress:bypass`.

        sudo clawband contain run -- openclaw gateway run
    """
    if form != "netns":
        raise InputError(
            f"`{form}` is run by its own programs",
            remedy=f"write its files: `clawband contain generate --as {form} --output DIR`",
        )
    definition = contain_plan.planned(place, Wanted(**said))
    credential = next(iter(definition.private), "")
    return place.local.kernel().run(
        definition,
        contain_plan.runnable(definition, command),
        contain_plan.environment(definition, extra),
        folder=_folder(definition.write, definition.shared),
        record=contain_plan.record_of(place, definition.name),
        server=(str(place.settings.socket), credential),
    )


@contain.command()
@click.option("--as", "form", type=FORM, required=True, help="For what.")
@click.option("-o", "--output", type=click.Path(file_okay=False, path_type=Path),
              help="Where the files go (default: print them).")  # fmt: skip
@contain_plan.options
@show.json_option()
@click.argument("command", nargs=-1)
@click.pass_obj
def generate(
    place: Place,
    /,
    form: str,
    output: Path | None,
    as_json: bool,
    command: tuple[str, ...],
    **said: Any,
) -> None:
    """Write the definition for systemd or a container, or the namespace's.

    COMMAND starts the gateway (default: openclaw gateway run). Read the files before you use them;
    `clawband contain check` says later whether they are kept.
    """
    definition = contain_plan.planned(place, Wanted(**said))
    around = contain_plan.surroundings(place)
    files = forms.rendered(form, definition, command or GATEWAY, around)
    if as_json:
        show.data(files)
    elif output is None:
        for name, written in files.items():
            show.line(f"# --- {name}\n{written}")
    else:
        for name, written in files.items():
            path = output / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(written, encoding="utf-8")
            show.line(str(path))


@contain.command()
@click.option("--as", "form", type=FORM, default="netns", show_default=True,
              help="In which form it runs.")  # fmt: skip
@click.option("--pid", type=click.IntRange(1), help="The gateway's process, if not ours.")
@click.option("--commands-pid", type=click.IntRange(1), help="What runs its commands.")
@contain_plan.options
@show.json_option()
@click.pass_obj
def check(
    place: Place,
    /,
    form: str,
    pid: int | None,
    commands_pid: int | None,
    as_json: bool,
    **said: Any,
) -> int:
    """Compare what runs with what was promised; exit 1 when something is not kept.

    Without --pid it is the gateway that `clawband contain run` started here.
    """
    wanted = Wanted(**said)
    record = _record(place, wanted, pid, commands_pid)
    promise = _promise(place, wanted, record, form)
    facts = place.local.kernel().facts(record, promise.hidden)
    found = checks.results(promise, facts)
    if as_json:
        told = [
            {"id": each.check.id, "what": each.check.what, "why": each.check.why,
             "outcome": each.outcome, "found": each.found, "remedy": each.check.remedy}
            for each in found
        ]  # fmt: skip
        show.data({"checks": told, "dropped": dict(facts.dropped)})
    else:
        _print(found)
        if facts.dropped:
            kinds = ", ".join(f"{n} {kind}" for kind, n in sorted(facts.dropped.items()))
            show.line(f"\nstopped so far: {kinds}")
    return int(any(each.outcome == "fail" for each in found))


@contain.command()
@click.option("--credential", type=click.Path(exists=True, resolve_path=True), required=True,
              help="The file with the gateway's credential.")  # fmt: skip
@contain_plan.users
@click.pass_obj
def watch(place: Place, /, credential: str, user: str, command_user: str) -> None:
    """Tell what the firewall here drops, for a gateway that systemd runs.

    Runs in the gateway's network namespace with CAP_NET_ADMIN; the generated unit sees to both.
    `clawband contain run` needs no other watch than itself.
    """
    who = (contain_plan.account(user, "openclaw"), contain_plan.account(command_user, "commands"))
    server = (str(place.settings.socket), credential)
    place.local.kernel().watch((who[0].uid, who[1].uid), server)


@contain.command()
@click.argument("pairs", nargs=-1, required=True, metavar="FROM=TO...")
@click.pass_obj
def relay(place: Place, pairs: tuple[str, ...]) -> None:
    """Carry connections: `127.0.0.1:8621=unix:/link/8621.sock`.

    What the generated containers use to give a gateway without a network the few ways it may have.
    """
    place.local.kernel().relay(tuple(_pair(each) for each in pairs))


def _pair(said: str) -> tuple[str, str]:
    begin, equals, end = said.partition("=")
    if not equals or not all(map(_is_end, (begin, end))):
        raise InputError(
            f"expected `ADDRESS:PORT` or `unix:/PATH`, twice, with `=` between, got `{said[:80]}`"
        )
    return begin, end


def _is_end(said: str) -> bool:
    return said.startswith("unix:/") or said.rpartition(":")[2].isdecimal()


def _print(found: list[Result]) -> None:
    rows = [(each.check.id, each.outcome, each.check.what, each.found) for each in found]
    show.table(("check", "outcome", "what", "found"), rows, "nothing was checked")
    for each in found:
        if each.outcome == "fail":
            show.note(f"{each.check.id}: {each.check.why}; {each.check.remedy}")


def _record(
    place: Place, wanted: Wanted, pid: int | None, commands_pid: int | None
) -> dict[str, Any]:
    if pid is not None:
        return {"gateway": pid, **({"commands": commands_pid} if commands_pid else {})}
    name = contain_plan.gateway_of(place, wanted.name).name
    try:
        found: dict[str, Any] = json.loads(contain_plan.record_of(place, name).read_text())
    except (OSError, ValueError) as error:
        raise NotFoundError(
            f"`{visible(name)}` was not started by `clawband contain run`, or has ended",
            remedy="start it, or name its process with `--pid`",
        ) from error
    return found


def _promise(place: Place, wanted: Wanted, record: dict[str, Any], form: str) -> Promise:
    """From the record of the run; without one, from the options and the configuration."""
    given = record.get("definition")
    if given is not None:
        return Promise(
            user=given["gateway"]["uid"],
            command_user=given["commands"]["uid"],
            writable=(*given["write"], *given["shared"]),
            hidden=(given["config"], *given["write"], *given["private"], *given["sockets"]),
            link=Link(int(record["link"])),
            firewall=str(record["firewall"]),
            proxy=contain_plan.proxy_url(Path(given["config"])),
        )
    definition = contain_plan.planned(place, wanted)
    # A container has users of its own, which its runtime may show under other numbers.
    shown = form != "container"
    return Promise(
        user=definition.gateway.uid if shown else None,
        command_user=definition.commands.uid if shown else None,
        hidden=(definition.config, *definition.write, *definition.private),
        link=Link(0) if form == "systemd" else None,
        proxy=contain_plan.proxy_url(Path(definition.config)),
    )


def _folder(write: tuple[str, ...], shared: tuple[str, ...]) -> str:
    """Here, if here is there too; else its own folder."""
    here = os.getcwd()
    return here if any(contain_plan.within(here, each) for each in (*write, *shared)) else write[0]
