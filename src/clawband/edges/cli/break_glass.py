"""`clawband break-glass`: the role admin in an emergency."""

import click

from clawband.client.transport import part
from clawband.edges.cli import show
from clawband.edges.cli.elevate import rows
from clawband.edges.cli.place import Place
from clawband.edges.cli.visible import visible
from clawband.identity.glass import CODES

STDIN = click.option(
    "--code-stdin", "piped", is_flag=True, help="Read the code from standard input."
)


@click.group("break-glass")
def break_glass() -> None:
    """Emergency: two people, two sealed codes, an hour.

    Everybody sees it on every page, what is done meanwhile is listed, and a third person must
    review it within three days.
    """


@break_glass.command("list")
@show.json_option()
@click.pass_obj
def list_(place: Place, as_json: bool) -> None:
    """What is broken, what waits for a review, and whether codes are sealed."""
    told = place.client.get("/glass")
    if as_json:
        show.data(told)
        return
    found = [
        (each["id"], each["person"], each["second"] or "-", each["stage"],
         show.clock(each["until"]), "overdue" if each["overdue"] else show.clock(each["due"]),
         each["purpose"])
        for each in told["glass"]
    ]  # fmt: skip
    columns = ("id", "person", "second", "state", "until", "review by", "purpose")
    show.table(columns, found, "no glass is broken")
    sealed = told["sealed"]
    show.note(f"codes sealed {show.clock(sealed)}" if sealed else "no codes are sealed")


@break_glass.command()
@click.option("--codes", default=CODES[0], show_default=True,
              type=click.IntRange(CODES[0], CODES[-1]), help="How many envelopes.")  # fmt: skip
@click.pass_obj
@show.answers
def seal(place: Place, codes: int) -> None:
    """Make new codes, one for each envelope; earlier ones are worth nothing.

    They are shown once. Two people need one each, and one seal is good for one emergency.
    """
    for code in place.client.post("/glass/seal", {"codes": codes})["codes"]:
        show.line(visible(code))
    show.note("shown once; put each in an envelope of its own, with somebody else")


@break_glass.command()
@click.option("--purpose", required=True, help="What the emergency is, for who reviews it.")
@STDIN
@click.pass_obj
@show.answers
def first(place: Place, purpose: str, piped: bool) -> None:
    """Begin: you will be the administrator."""
    code = show.password("the code in your envelope", piped=piped)
    begun = place.client.post("/glass", {"code": code, "purpose": purpose})
    show.line(f"half broken: {begun['id']}")
    show.note(f"within 15 minutes, somebody else: clawband break-glass second {begun['id']}")


@break_glass.command()
@click.argument("id")
@STDIN
@click.pass_obj
@show.answers
def second(place: Place, id: str, piped: bool) -> None:
    """Stand beside who began, with the code of another envelope."""
    code = show.password("the code in your envelope", piped=piped)
    broken = place.client.post(f"/glass/{part(id)}/second", {"code": code})
    until = show.clock(broken["until"])
    show.line(f"broken: {visible(broken['person'])} is administrator until {until}")


@break_glass.command()
@click.argument("id")
@click.pass_obj
@show.answers
def end(place: Place, id: str) -> None:
    """The emergency is over: nothing is lent any more."""
    ended = place.client.post(f"/glass/{part(id)}/end")
    show.line(f"over; its review is due {show.clock(ended['due'])}")


@break_glass.command()
@click.argument("id")
@click.option("--findings", required=True, help="Was it needed, and what follows.")
@click.pass_obj
@show.answers
def review(place: Place, id: str, findings: str) -> None:
    """Close it, as a third person; look at `show` first."""
    place.client.post(f"/glass/{part(id)}/review", {"findings": findings})
    show.line(f"reviewed {visible(id)}")


@break_glass.command("show")
@click.argument("id")
@show.json_option()
@click.pass_obj
def show_(place: Place, id: str, as_json: bool) -> None:
    """What became of it, and what was done under it."""
    told = place.client.get(f"/glass/{part(id)}")
    if as_json:
        show.data(told)
        return
    rows(told["events"], "")
    show.line()
    rows(told["acts"], "nothing was done under it")
