"""`clawband secret flow`: where every credential lies, and which of them agents can get at."""

from typing import Any

import click

from clawband.edges.cli import show
from clawband.edges.cli.place import Place
from clawband.edges.cli.visible import visible

Told = dict[str, Any]
WORDS = {
    "open": "agents can read it",
    "guarded": "only the guard keeps agents from it",
    "near": "in clear beside the configuration",
    "elsewhere": "told by a program that is not ours",
    "broken": "not given, though it is referred to",
    "given": "given to the gateway, in no file",
    "lent": "put on at the boundary",
    "kept": "never leaves Clawband",
}


@click.command("flow")
@show.json_option()
@click.pass_obj
def flow(place: Place, as_json: bool) -> int:
    """Where each credential lies, who has it, and what it opens.

    Read off the files of your gateways and the secrets kept here. Exit code 1 when one lies where
    agents can get at it.
    """
    told = place.client.get("/secret-flow")
    strands = [each for course in told["gateways"] for each in course["credentials"]]
    if as_json:
        show.data(told)
    else:
        _shown(told, [*strands, *told["own"]])
    return int(any(each["unsafe"] for each in strands))


def _shown(told: Told, strands: list[Told]) -> None:
    rows = [
        (each["gateway"] or "clawband", each["key"], WORDS[each["reach"]], each["place"],
         each["hand"], ", ".join(each["to"]))
        for each in strands
    ]  # fmt: skip
    columns = ("gateway", "credential", "reach", "lies in", "used by", "opens")
    show.table(columns, rows, "no credential is known of")
    for course in told["gateways"]:
        for problem in course["problems"]:
            show.note(visible(f"{course['gateway']}: {problem}"))
    odd = dict.fromkeys(
        f"{each['gateway']}: {each['key']}: {each['because']}" for each in strands
        if each["because"]
    )  # fmt: skip
    for words in odd:
        show.note(visible(words))
    for command in dict.fromkeys(each["mend"] for each in strands if each["mend"]):
        show.line(f"to mend: {visible(command)}")
