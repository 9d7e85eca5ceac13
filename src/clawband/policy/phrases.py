"""Plain words for what agents may do: phrases, and the sentences that they become."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from clawband.model.access import Action
from clawband.policy.explain import VERBS
from clawband.policy.powers import LISTS, UNNAMED, Act, Level, Reach, Terms
from clawband.policy.rule import by_whom

MOST = 4
"""Names in one sentence; the rest is counted."""
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_REACH = {"hosts": "reach", "paths": "touch", "recipients": "write to"}


@dataclass(frozen=True, slots=True)
class Phrase:
    """`<verb> <what><tail>`, as in "may send with" "`mail`" " with an approval by an approver"."""

    verb: str
    what: str = ""
    tail: str = ""
    new: bool = False
    """It begins for agents that could not do it: they are counted."""

    @property
    def bare(self) -> "Phrase":
        """Without what it is about: phrases that are equal so far become one sentence."""
        return replace(self, what="")


def verb(act: Act) -> Phrase:
    """The act itself: "send with" "`mail`"."""
    if act.action == UNNAMED:
        return Phrase("do what the manifest does not name")
    head, _, tail = VERBS[Action(act.action)].partition("{}")
    return Phrase(head.strip(), f"`{act.resource}`", tail)


def act(act: Act, terms: Terms, *, new: bool = False, gone: bool = False) -> Phrase:
    """That it is permitted on these terms, or no longer at all."""
    said = verb(act)
    if gone:
        return replace(said, verb=f"may no longer {said.verb}")
    return replace(said, verb=f"may {said.verb}", tail=said.tail + on(terms), new=new)


def besides(key: tuple[str, str], reach: Reach, *, gone: bool = False) -> Phrase:
    """What is no act. Destinations are long, and are told one by one."""
    may = "may no longer" if gone else "may"
    verb, what = key
    return Phrase(f"{may} {verb}", tail=f" {what}") if reach else Phrase(f"{may} {verb}", what)


def on(terms: Terms) -> str:
    """The terms, after a verb: " up to 50.00, above with an approval by an approver"."""
    parts = []
    for what in LISTS:
        if what in terms.lists:
            named = terms.lists[what]
            parts.append(f" ({what}: {names(sorted(named))})" if named else f" (no {what})")
    if terms.approval:
        by = by_whom(terms.approval)
        upto = f" up to {money(terms.above)}, above that" if terms.above is not None else ""
        parts.append(f"{upto} with {by}")
    return "".join(parts)


def approval(verb: Phrase, was: Terms, now: Terms) -> Phrase:
    """From which amount on somebody is asked, now and before."""
    if now.approval is None:
        above = f" above {money(was.above)}" if was.above is not None else ""
        before = by_whom(was.approval) if was.approval else ""
        tail = f"{above} without an approval, before only with {before}"
        return Phrase(f"may {verb.verb}", verb.what, verb.tail + tail)
    if now.above is None or was.approval is None:
        above = f" above {money(now.above)}" if now.above is not None else ""
        ask = f"must have {by_whom(now.approval)} to {verb.verb}"
        return Phrase(ask, verb.what, verb.tail + above)
    before = f"only up to {money(was.above)}" if was.above is not None else "never"
    if was.above is not None and now.above < was.above:
        before = f"up to {money(was.above)}"
    tail = f" up to {money(now.above)} without an approval, before {before}"
    return Phrase(f"may {verb.verb}", verb.what, verb.tail + tail)


def required(verb: Phrase, was: Terms, now: Terms) -> Phrase:
    """Who is asked, now and before."""
    old, new = (by_whom(each.approval) if each.approval else "" for each in (was, now))
    ask = f"must have {new} to {verb.verb}"
    return Phrase(ask, verb.what, f"{verb.tail}, before {old}")


def listed(
    what: str, verb: Phrase, values: Collection[str] | None, *, only: bool = False,
    gone: bool = False,
) -> Phrase:  # fmt: skip
    """What of a list of the manifest is new, gone, or all that is left; None for anything."""
    may = "may no longer" if gone else "may only" if only and values is not None else "may"
    if values is None:
        named = f"any {what.removesuffix('s')}"
    else:
        named = names(sorted(values)) or f"no {what}"
    return Phrase(f"{may} {_REACH[what]} {named} to {verb.verb}", verb.what, verb.tail)


def level(found: Level) -> str:
    """A level as it is: "may make 40 calls in one run"."""
    return f"may {found.head} {found.value} {found.tail}".rstrip()


def said(agents: Iterable[str], phrase: Phrase, whats: Iterable[str] = ()) -> str:
    """The sentence: who, may what, with what, on which terms."""
    who = list(agents)
    what = together(dict.fromkeys(filter(None, whats or (phrase.what,))))
    does = f"{phrase.verb} {what}".rstrip() + phrase.tail
    if phrase.new and who:
        count = _NUMBERS[len(who)] if len(who) < len(_NUMBERS) else str(len(who))
        return f"{count} more agent{'' if len(who) == 1 else 's'} {does}: {names(who)}"
    return f"{names(who)} {does}" if who else does


def names(each: Iterable[str]) -> str:
    """ "`a`, `b` and `c`"; of many the first, and how many more."""
    return together([f"`{name}`" for name in each])


def together(each: Iterable[str]) -> str:
    found = list(each)
    if len(found) > MOST + 1:
        found = [*found[:MOST], f"{len(found) - MOST} more"]
    return " and ".join((", ".join(found[:-1]), found[-1])) if len(found) > 1 else "".join(found)


def money(minor: int | None) -> str:
    """Minor units as people write them; a manifest names no currency."""
    whole = minor or 0
    return f"{whole // 100:,}.{whole % 100:02}"
