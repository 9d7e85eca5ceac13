"""`clawband egress`: what may leave, and why."""

import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from clawband.edges.cli import boundary, files, show
from clawband.edges.cli.place import Place
from clawband.edges.cli.visible import visible
from clawband.model.errors import InputError
from clawband.network import explain as network
from clawband.network.addresses import networks
from clawband.network.explain import Allowance, Explanation
from clawband.network.refusal import Refusal
from clawband.network.urls import Url

Allow = Callable[[Url], Allowance | Refusal]
KEYS = frozenset({"url", "dns", "redirects", "networks", "expect"})


@click.group()
def egress() -> None:
    """Explain what may leave, and why."""


egress.add_command(boundary.address)
egress.add_command(boundary.authority)
egress.add_command(boundary.draft)


@egress.command()
@click.argument("url", required=False)
@click.option("--agent", default="", metavar="GATEWAY/AGENT",
              help="Ask policy too, for this agent, or for a GATEWAY itself.")  # fmt: skip
@click.option("--tool", default="", help="The tool of the agent that would connect.")
@click.option("--dns", multiple=True, metavar="NAME=ADDRESS,...",
              help="What the name would resolve to.")  # fmt: skip
@click.option("--redirect", multiple=True, metavar="URL", help="Where the answer would lead.")
@click.option("--file", type=click.Path(dir_okay=False, path_type=Path),
              help="A TOML file of `vectors` instead, without policy.")  # fmt: skip
@show.json_option()
@click.pass_obj
def explain(
    place: Place, url: str | None, *, agent: str, tool: str, dns: tuple[str, ...],
    redirect: tuple[str, ...], file: Path | None, as_json: bool,
) -> int:  # fmt: skip
    """Say whether URL may be connected to, without connecting.

    Looked at are the form of the URL, the policy files that clawband.toml names, the addresses of
    the host, then each redirect. Exits with 1 if it is refused.
    """
    if (url is None) == (file is None):
        raise InputError("expected a URL or --file", remedy="name one of them")
    if file is not None:
        return _table(_vectors(file), as_json=as_json)
    allow = _policy(place, agent, tool) if agent else _unasked
    if tool and not agent:
        raise InputError("expected --agent beside --tool", remedy="add --agent GATEWAY/AGENT")
    told = network.explain(url or "", allow, _answers(dns), redirect)
    if as_json:
        show.data(_plain(url or "", told))
    else:
        rows = [
            (step.check, _verdict(step.refusal, step.open), step.url, step.said)
            for step in told.steps
        ]
        show.table(("check", "verdict", "url", "because"), rows, "nothing was checked")
        show.line(_conclusion(told))
    return int(not told.allowed)


@dataclass(frozen=True, slots=True)
class Vector:
    """One line of a file: a URL, what surrounds it, and the outcome it should have."""

    url: str
    answers: Mapping[str, Sequence[str]]
    redirects: tuple[str, ...]
    allowance: Allowance
    expect: str

    def told(self) -> Explanation:
        return network.explain(self.url, lambda _: self.allowance, self.answers, self.redirects)


def _unasked(_: Url) -> Allowance:
    return Allowance("not asked: name --agent")


def _policy(place: Place, agent: str, tool: str) -> Allow:
    # Imported here: Cedar is not needed to look at an address.
    from clawband.edges.cli.policy import built
    from clawband.edges.cli.reach import reach

    return reach(built(place.settings.policies), agent, tool)


def _answers(given: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for each in given:
        name, sign, listed = each.partition("=")
        if not name or not sign:
            raise InputError(
                f"expected NAME=ADDRESS,..., got `{visible(each)}`",
                remedy="write `--dns api.example.com=203.0.113.7`",
            )
        found.setdefault(name.lower().removesuffix("."), []).extend(filter(None, listed.split(",")))
    return found


def _vectors(file: Path) -> list[Vector]:
    try:
        listed = tomllib.loads(files.text(file))["vectors"]
        return [_vector(each) for each in listed]
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(
            f"`{visible(file)}` is no file of vectors: {visible(error)}",
            remedy="see the head of `tests/network/vectors.toml`",
        ) from error


def _vector(row: Mapping[str, Any]) -> Vector:
    if unknown := set(row) - KEYS:
        raise ValueError(f"unknown key {', '.join(sorted(unknown))}")
    return Vector(
        url=row["url"],
        answers=_answers(filter(None, row.get("dns", "").split(";"))),
        redirects=tuple(row.get("redirects", ())),
        allowance=Allowance("not asked", networks(row.get("networks", "").split())),
        expect=row.get("expect", ""),
    )


def _table(vectors: list[Vector], *, as_json: bool) -> int:
    """Exits with 1 if an outcome is not the expected one; without one, if a URL is refused."""
    results = [(vector, vector.told()) for vector in vectors]
    wrong = [each for each in results if _outcome(each[1]) != (each[0].expect or "allowed")]
    if as_json:
        show.data([{**_plain(each.url, told), "expect": each.expect} for each, told in results])
        return int(bool(wrong))
    rows = [
        (number, _verdict(told.refusal, bool(told.open)), _outcome(told), _written(vector),
         told.steps[-1].said)
        for number, (vector, told) in enumerate(results, 1)
    ]  # fmt: skip
    show.table(("no", "verdict", "outcome", "url", "because"), rows, "no vectors")
    for vector, told in wrong:
        show.note(f"expected {vector.expect or 'allowed'}, got {_outcome(told)}: "
                  f"{visible(vector.url)}")  # fmt: skip
    refused = sum(not told.allowed for _, told in results)
    show.line(f"{show.count(len(results), 'vector')}, {refused} refused, {len(wrong)} unexpected")
    return int(bool(wrong))


def _written(vector: Vector) -> str:
    return " -> ".join((vector.url, *vector.redirects))


def _outcome(told: Explanation) -> str:
    if told.refusal:
        return told.refusal.category
    return "open" if told.open else "allowed"


def _verdict(refusal: Refusal | None, unsure: bool) -> str:
    return "deny" if refusal else "open" if unsure else "permit"


def _conclusion(told: Explanation) -> str:
    if told.refusal:
        return visible(f"refused: {told.refusal.category}")
    if told.open:
        return visible(f"{told.open[0].said}: see --dns")
    return "allowed"


def _plain(url: str, told: Explanation) -> dict[str, Any]:
    return {
        "url": url,
        "allowed": told.allowed,
        "outcome": _outcome(told),
        "steps": [
            {
                "check": step.check, "url": step.url, "verdict": _verdict(step.refusal, step.open),
                "category": step.refusal.category if step.refusal else "", "because": step.said,
            }
            for step in told.steps
        ],
    }  # fmt: skip
