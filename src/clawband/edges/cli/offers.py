"""Several waiting calls as one offer, and how often people are asked."""

from collections.abc import Iterator
from typing import Any

from clawband.client.transport import part
from clawband.edges.cli import explain, show
from clawband.edges.cli.place import Place
from clawband.edges.cli.visible import visible
from clawband.model.errors import AuthenticationError, InputError


def found(place: Place) -> list[dict[str, Any]]:
    """The offers among what waits; none for who may not read the values."""
    try:
        offers: list[dict[str, Any]] = place.client.get("/groups")["groups"]
    except AuthenticationError:
        return []
    return offers


def lines(offer: dict[str, Any]) -> Iterator[str]:
    """One offer: what it covers, the values and their sentences, what else it would allow."""
    yield f"{visible(offer['id'])}  {visible(offer['title'])}"
    for value in offer["values"]:
        yield f"  value      {visible(value['meaning'])} {visible(value['value'])}"
        yield f"             {visible(value['says'])}"
        if value["quote"]:
            yield f'             "{explain.marked(value)}"'
    for number, text in enumerate(offer["allows"]):
        yield f"  {'allows' if number == 0 else '':<10} {visible(text)}"
    for number, text in enumerate(offer["still"]):
        yield f"  {'still' if number == 0 else '':<10} {visible(text)}"
    yield f"  covers     {' '.join(map(visible, offer['approvals']))}"
    yield f'  decide     clawband approve --group {visible(offer["id"])} --purpose "..."'


def cover(place: Place, group: str, purpose: str, hours: float) -> None:
    """Take an offer, exactly as it was shown."""
    if not purpose:
        raise InputError(
            "expected `--purpose` with `--group`, got none",
            remedy="say what for: it covers later calls too, and somebody will review it",
        )
    body = {"purpose": purpose, "hours": hours}
    told = place.client.post(f"/groups/{part(group)}/grant", body)
    calls = show.count(len(told["granted"]), "call")
    until = show.clock(told["endorsements"][0]["expires"])
    show.line(f"{show.colour('granted')}: {calls} may run, now")
    for each in told["endorsements"]:
        show.line(
            f"until {until}: {visible(each['meaning'])} {visible(each['value'])}  {each['id']}"
        )
    show.note("end it with `clawband endorse revoke ID`")


def measured(place: Place, as_json: bool) -> None:
    """Cards for each turn of an agent in the last 24 hours."""
    told = place.client.get("/cards")
    if as_json:
        show.data(told)
        return
    cards, turns = show.count(told["cards"], "card"), show.count(told["turns"], "turn")
    show.line(f"{cards} in {turns} in the last 24 hours: {told['mean']:.2f} for each turn")
    if told["asked"]:
        asked = show.count(told["asked"], "turn")
        show.line(f"{asked} had any: the median is {told['median']:g}, the most {told['most']}")
