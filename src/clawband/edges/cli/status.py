"""`clawband status`: the state of things on one screen."""

from typing import Any

import click

from clawband.edges.cli import show
from clawband.edges.cli.place import Place
from clawband.edges.cli.visible import short, visible


@click.command()
@show.json_option()
@click.pass_obj
def status(place: Place, as_json: bool) -> None:
    """Is enforcement alive, what waits, what is paused."""
    told = place.client.get("/status")
    if as_json:
        show.data(told)
        return
    for gateway in told["gateways"]:
        show.line(f"gateway   {_gateway(gateway)}")
    if not told["gateways"]:
        show.line("gateway   none is enrolled: put one under guard with `clawband attach`")
    active = told["policy"]["active"]
    problem = visible(told["policy"]["problem"] or "no policy set")
    show.line(f"policy    {short(active, 26) if active else f'nothing is permitted: {problem}'}")
    show.line(f"approvals {told['waiting']} waiting")
    for each in told["ungoverned"]:
        why = f"{visible(each['why'])}, since {show.clock(each['since'])}"
        show.line(f"{show.colour('ungoverned')} {visible(each['agent'])}: {why}")
    for control in told["paused"]:
        reason = f": {visible(control['reason'])}" if control["reason"] else ""
        by = f"by {visible(control['by'])} at {show.clock(control['at'])}"
        show.line(f"{show.colour('paused')}    {visible(control['id'])} {by}{reason}")
    show.line(f"log       {_log(told['log'])}")


def _gateway(gateway: dict[str, Any]) -> str:
    name = f"{visible(gateway['name'])} ({visible(gateway['environment'])})"
    if not gateway["alive"]:
        seen = f"last heard {show.clock(gateway['seen'])}" if gateway["seen"] else "never heard"
        return f"{name} {click.style('silent', fg='red')}, {seen}"
    counts = gateway["counts"]
    asked = f"{counts.get('asked', 0)} asked, {counts.get('blocked', 0)} blocked"
    lost = f", {gateway['lost']} reports lost" if gateway["lost"] else ""
    version = visible(gateway["versions"].get("openclaw", "unknown"))
    return f"{name} {click.style('alive', fg='green')}, {asked}{lost}, OpenClaw {version}"


def _log(log: dict[str, Any]) -> str:
    problem = f", {click.style('NOT SEALED', fg='red')}: {visible(log['problem'])}"
    return f"{log['size']} leaves, {log['sealed']} sealed{problem if log['problem'] else ''}"
