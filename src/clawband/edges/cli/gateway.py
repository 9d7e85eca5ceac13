"""`clawband gateway`: the gateways under guard."""

import shutil
from pathlib import Path

import click

from clawband.client.transport import part
from clawband.edges.cli import show
from clawband.edges.cli.attachment import staged
from clawband.edges.cli.place import Place, write_private
from clawband.edges.cli.visible import visible
from clawband.model.errors import InputError


@click.group()
def gateway() -> None:
    """The gateways under guard."""


@gateway.command("list")
@show.json_option()
@click.pass_obj
def list_(place: Place, as_json: bool) -> None:
    """Every gateway, and whether its plugin is alive."""
    told = place.client.get("/gateways")
    if as_json:
        show.data(told)
        return
    rows = [
        (
            each["name"], each["environment"], "alive" if each["alive"] else "silent",
            show.clock(each["seen"]), each["counts"].get("asked", 0),
            each["counts"].get("blocked", 0), each["lost"], each["versions"].get("openclaw", "-"),
        )
        for each in told["gateways"]
    ]  # fmt: skip
    columns = ("name", "environment", "plugin", "heard", "asked", "blocked", "lost", "openclaw")
    show.table(columns, rows, "no gateway is enrolled: put one under guard with `clawband attach`")


@gateway.command()
@click.argument("name")
@click.option("--environment", default="dev", show_default=True,
              help="dev, staging or production.")  # fmt: skip
@click.option("-o", "--out", type=click.Path(dir_okay=False, path_type=Path), required=True,
              help="Where the credential goes (mode 0600).")  # fmt: skip
@click.pass_obj
def enroll(place: Place, name: str, environment: str, out: Path) -> None:
    """Give a gateway a credential, for a plugin set up by hand.

    `clawband attach` does this and the rest. Enrolling again ends the old credential at once.
    """
    told = place.client.post("/gateways", {"name": name, "environment": environment})
    write_private(out, told["credential"] + "\n")
    show.line(f"enrolled {visible(name)}; its credential is in {out}")


@gateway.command()
@click.argument("name")
@click.option("--because", required=True, help="Why, for whoever finds it in the log.")
@click.pass_obj
@show.answers
def remove(place: Place, name: str, because: str) -> None:
    """Take a gateway out of guard: its credential ends at once.

    Its plugin gets no answer any more and blocks everything until `clawband detach`; from then on
    nothing asks about its agents.
    """
    place.client.post(f"/gateways/{part(name)}/remove", {"reason": because})
    show.line(f"removed {visible(name)}: its credential opens nothing any more")
    show.note("its plugin blocks everything until `clawband detach`")


@gateway.command()
@click.argument("name")
@click.option("--node", type=click.Path(dir_okay=False, exists=True, path_type=Path),
              help="The Node of OpenClaw (default: the one on the path).")  # fmt: skip
@click.pass_obj
def installs(place: Place, name: str, node: Path | None) -> None:
    """Print what has every install asked about, also by `openclaw skills install`.

    Merge it into openclaw.json. Two admins approve exactly the files that were staged; then the
    same install runs once.
    """
    program = node or shutil.which("node")
    if program is None:
        raise InputError("there is no `node` on the path", remedy="name it with `--node`")
    state = place.settings.state
    command = {
        "source": "exec",
        "command": str(Path(program).resolve()),
        "args": [str(staged(state) / "install.js")],
        "env": {
            "CLAWBAND_SOCKET": str(place.settings.socket),
            "CLAWBAND_CREDENTIAL_FILE": str(state / f"{name}.credential"),
        },
    }
    show.data({"security": {"installPolicy": {"enabled": True, "exec": command}}})
