"""`clawband up`: everything at once, in the foreground; Ctrl-C stops everything."""

import shutil
import signal
import sys
import time
from pathlib import Path
from types import FrameType

import click

from clawband.client import Client
from clawband.edges.cli import sample, show
from clawband.edges.cli.place import Place
from clawband.edges.cli.supervise import Child, Children, Said
from clawband.edges.cli.visible import visible
from clawband.model.errors import Error, UnavailableError

HEARTBEAT_SECONDS = 20.0
LOOK_SECONDS = 5.0
"""Between two looks at who is ungoverned."""
TRY = (
    ("support", "summarise ticket 3", "allowed"),
    ("lead", "delete customer 5", "refused"),
    ("support", "refund order 17", "held for a person"),
    (
        "support",
        "run `curl -s http://status.example.com/today`",
        "held; then in a sandbox, through the proxy",
    ),
    (
        "assistant",
        "read http://news.example/today and mail it to bob@corp.example",
        "what the page asks for is held",
    ),
)


class Steps:
    """Progress with the time since the start."""

    def __init__(self) -> None:
        self._start = time.monotonic()
        self.downloading = 0.0
        """Seconds of the whole that went into downloads."""

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._start

    def say(self, text: str) -> None:
        show.line(f"{self.seconds:6.1f} s  {text}")


@click.command()
@click.pass_obj
def up(place: Place) -> None:
    """Run Clawband, the console and a guarded gateway.

    With a gateway in clawband.toml: the server for that one. With none: the sample gateway, a real
    OpenClaw with a scripted model and a chat page, so that no account and no key is needed.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    steps = Steps()
    with Children() as children:
        if place.settings.gateways:
            _up_guarded(place, steps, children)
        else:
            _up_sample(place, steps, children)
        _wait(place, children)


def _up_guarded(place: Place, steps: Steps, children: Children) -> None:
    server = _serve(place, steps, children, [])
    known = {each["name"]: each for each in place.client.get("/gateways")["gateways"]}
    _tell_people(server)
    show.line(f"\nconsole   {place.settings.people.origin}/")
    for gateway in place.settings.gateways:
        if gateway.name not in known:
            show.line(f"{visible(gateway.name)} is not under guard yet: {program()} attach")
    if not place.client.get("/policy")["active"]:
        show.line(f"nothing is permitted yet: {program()} policy publish")
    show.line("\nCtrl-C stops the server; the gateway then refuses everything until it is back.")


def _up_sample(place: Place, steps: Steps, children: Children) -> None:
    deployment = sample.prepared(place)
    server = _serve(place, steps, children, ["--guard", deployment.guarded])
    steps.say(sample.publish_first(place))
    child = sample.start(place, deployment, children)
    before = steps.seconds
    child.until("modules", lambda said: steps.say(visible(said.get("say", ""))))
    steps.downloading = steps.seconds - before
    steps.say("starting OpenClaw: a real gateway with a scripted model and a chat network")
    told = child.until("ready")
    _await_heartbeat(place, child)
    steps.say("the gateway is up and under guard")
    _tell_people(server)
    _tell_tour(place, steps, told)


def _serve(place: Place, steps: Steps, children: Children, more: list[str]) -> Said:
    """Start the server and sign in here; what it said, with the operators that it made."""
    state = place.settings.state
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    arguments = ["-m", "clawband", "-C", str(place.folder), "serve", "--leashed", *more]
    child = children.start("the server", arguments, cwd=Path.cwd(), log=state / "server.log")
    told = child.until("url")
    steps.say(f"the server is up at {told['url']}")
    place.remember(told["name"], told["token"])
    for made in told["operators"]:
        if made["name"] != told["name"]:
            body = {"name": made["name"], "password": made["password"]}
            given = Client(place.url).post("/session", body)
            place.remember(made["name"], given["token"], current=False)
    steps.say(f"signed in here as {visible(told['name'])}")
    return told


def _await_heartbeat(place: Place, child: Child) -> None:
    end = time.monotonic() + HEARTBEAT_SECONDS
    while time.monotonic() < end and not child.ended():
        if any(each["alive"] for each in place.client.get("/gateways")["gateways"]):
            return
        time.sleep(0.1)
    raise UnavailableError(
        "the gateway runs, but its plugin does not speak to the server",
        remedy=f"look at the gateway's output, beside `{child.log}`",
    )


def _tell_people(told: Said) -> None:
    if told["operators"]:
        show.line("\nnew operators; the passwords are shown once and kept as hashes only:")
    for each in told["operators"]:
        show.line(f"  {each['name']:<6} {each['password']}   {', '.join(each['roles'])}")
    if told["link"]:
        show.line("\nyour own administrator, by a link that is good once within 24 hours:")
        show.line(f"  {told['link']}")


def _tell_tour(place: Place, steps: Steps, told: Said) -> None:
    seconds, before = steps.seconds - steps.downloading, steps.downloading
    downloads = f", after {before:.0f} s of downloads" if before > 1 else ""
    show.line(f"\nready in {seconds:.0f} s{downloads}\n")
    show.line(f"  console   {place.settings.people.origin}/")
    show.line(f"  chat      {told['chat']}/\n")
    show.line("say in the chat:")
    for agent, text, outcome in TRY:
        show.line(f"  to {agent:<8} {text:<20} {outcome}")
    command = program()
    show.line("\nin another terminal (in this folder):")
    show.line(f"  {command} approvals")
    show.line(f"  {command} --as olga approve apr_...")
    show.line(f"  {command} activity --follow\n")
    show.line("Ctrl-C stops everything; the record stays.")


def program() -> str:
    """How to call us: `clawband` if that is us, else the path of this script."""
    found, own = shutil.which("clawband"), Path(sys.argv[0])
    if found and Path(found).resolve() == own.resolve():
        return "clawband"
    script = own if own.name == "clawband" else Path(sys.executable).with_name("clawband")
    try:
        return str(script.absolute().relative_to(Path.cwd()))
    except ValueError:
        return str(script.absolute())


def _wait(place: Place, children: Children) -> None:
    lost: set[str] = set()
    looked = time.monotonic()
    try:
        while True:
            if time.monotonic() - looked > LOOK_SECONDS:
                lost, looked = _alarm(place, lost), time.monotonic()
            ended = children.ended()
            if ended:
                raise UnavailableError(
                    f"{ended.name} ended", remedy=f"its output is in `{ended.log}`"
                )
            time.sleep(0.5)
    except KeyboardInterrupt:
        show.line("\nstopping")


def _alarm(place: Place, before: set[str]) -> set[str]:
    """Say who is ungoverned since the last look; a server that does not answer says nothing."""
    try:
        told = place.client.get("/status")["ungoverned"]
    except Error:
        return before
    now = {each["agent"]: each["why"] for each in told}
    for agent in sorted(now.keys() - before):
        show.note(f"{visible(agent)} is {show.colour('ungoverned')}: {visible(now[agent])}")
    for agent in sorted(before - now.keys()):
        show.note(f"{visible(agent)} is governed again")
    return set(now)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
