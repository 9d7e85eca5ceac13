"""What changes for one agent between two sets of powers, step by step and by direction."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from clawband.model.access import Action
from clawband.model.deployment import Destination, Standing, Tool
from clawband.policy import phrases
from clawband.policy.models import EVERY
from clawband.policy.phrases import Phrase
from clawband.policy.powers import EVERYWHERE, LISTS, Act, Powers, Reach, Terms


class Direction(StrEnum):
    MORE = "more"
    """Something is permitted that was not, or nobody can show that nothing is."""
    LESS = "less"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Step:
    """What changes for one agent."""

    direction: Direction
    phrase: Phrase


Place = tuple[Destination | Standing, int]


def between(was: Powers | None, now: Powers | None, *, loose: bool) -> Iterator[Step]:
    """From nothing, to nothing, or from one to the other. `loose` says that some rule may permit
    by the name of a workflow."""
    if was and now:
        yield from _acts(was, now)
        yield from _levels(was, now)
        yield from _besides(was, now)
        yield from _budgets(was, now)
        if was.workflow != now.workflow:
            says = f"may work under `{now.workflow}`, under `{was.workflow}` before"
            yield Step(Direction.MORE if loose else Direction.OTHER, Phrase(says))
        return
    for act, terms in now.acts.items() if now else ():
        yield Step(Direction.MORE, phrases.act(act, terms, new=True))
    for key, reach in now.more.items() if now else ():
        yield Step(Direction.MORE, replace(phrases.besides(key, reach), new=True))
    for act, terms in was.acts.items() if was else ():
        yield Step(Direction.LESS, phrases.act(act, terms, gone=True))
    for key, reach in was.more.items() if was else ():
        yield Step(Direction.LESS, phrases.besides(key, reach, gone=True))


def _acts(was: Powers, now: Powers) -> Iterator[Step]:
    for act in {**now.acts, **was.acts}:
        if act not in was.acts:
            every = Act(act.action, f"{act.resource.partition('/')[0]}{EVERY}")
            if act.action == Action.ASK_MODEL and every in was.acts:
                yield Step(Direction.LESS, phrases.act(act, now.acts[act]))
            else:
                yield Step(Direction.MORE, phrases.act(act, now.acts[act], new=True))
        elif act not in now.acts:
            yield Step(Direction.LESS, phrases.act(act, was.acts[act], gone=True))
        else:
            verb = phrases.verb(act)
            yield from _approval(verb, was.acts[act], now.acts[act])
            yield from _lists(verb, was.acts[act], now.acts[act])
            yield from _tool(was.acts[act].tool, now.acts[act].tool)


def _approval(verb: Phrase, was: Terms, now: Terms) -> Iterator[Step]:
    before, free = _free(was), _free(now)
    if free != before:
        direction = Direction.MORE if free > before else Direction.LESS
        yield Step(direction, phrases.approval(verb, was, now))
    elif was.approval and now.approval and was.approval != now.approval:
        held, needed = was.approval, now.approval
        harder = needed.role == held.role and needed.people >= held.people
        harder = harder and needed.assurance >= held.assurance
        says = phrases.required(verb, was, now)
        yield Step(Direction.LESS if harder else Direction.MORE, says)


def _free(terms: Terms) -> float:
    """Up to which amount nobody is asked."""
    if terms.approval is None:
        return float("inf")
    return -1 if terms.above is None else terms.above


def _lists(verb: Phrase, was: Terms, now: Terms) -> Iterator[Step]:
    for what in LISTS:
        old, new = was.lists.get(what), now.lists.get(what)
        if old == new:
            continue
        if old is None or new is None:
            direction = Direction.MORE if new is None else Direction.LESS
            yield Step(direction, phrases.listed(what, verb, new, only=True))
            continue
        if new - old:
            yield Step(Direction.MORE, phrases.listed(what, verb, new - old))
        if old - new:
            yield Step(Direction.LESS, phrases.listed(what, verb, old - new, gone=True))


def _tool(was: Tool | None, now: Tool | None) -> Iterator[Step]:
    """Another meaning of the same tool: which arguments are looked at, and what it returns."""
    if was is None or now is None or was == now:
        return
    changed = [name for name in Tool.__slots__ if getattr(was, name) != getattr(now, name)]
    stricter = {
        "outside": now.outside and not was.outside,
        "confidentiality": now.confidentiality > was.confidentiality,
        "clearance": now.clearance < was.clearance,
    }
    less = all(stricter.get(name, False) for name in changed)
    named = ", ".join(changed)
    says = Phrase("may use", f"`{now.name}`", f" as it is declared now, with another {named}")
    yield Step(Direction.LESS if less else Direction.MORE, says)


def _levels(was: Powers, now: Powers) -> Iterator[Step]:
    for name in {**now.levels, **was.levels}:
        old, new = was.levels.get(name), now.levels.get(name)
        fallback = "clearance"  # A destination without a level of its own has the usual one.
        old = old or was.levels.get(fallback)
        new = new or now.levels.get(fallback)
        if old and new and old.width != new.width:
            tail = (was.levels.get(name) or new).tail
            direction = Direction.MORE if new.width > old.width else Direction.LESS
            says = f"may {new.head} {new.value} {tail}".rstrip()
            yield Step(direction, Phrase(f"{says}, {old.value} before"))


def _besides(was: Powers, now: Powers) -> Iterator[Step]:
    for key, reach in now.more.items():
        if key not in was.more:
            less = _inside(reach, was.more.values())
            yield Step(Direction.LESS if less else Direction.MORE, phrases.besides(key, reach))
    for key, reach in was.more.items():
        if key not in now.more:
            yield Step(Direction.LESS, phrases.besides(key, reach, gone=True))
    for verb, what in sorted(now.within - was.within):
        less = (verb, EVERYWHERE) in was.within
        yield Step(Direction.LESS if less else Direction.MORE, Phrase(f"may {verb}", what))
    for verb, what in sorted(was.within - now.within):
        yield Step(Direction.LESS, Phrase(f"may no longer {verb}", what))
    for duty in sorted(now.duties - was.duties):
        yield Step(Direction.LESS, Phrase(f"may no longer {duty}"))
    for duty in sorted(was.duties - now.duties):
        yield Step(Direction.MORE, Phrase(f"may {duty}, which was refused before"))


def _budgets(was: Powers, now: Powers) -> Iterator[Step]:
    for name in {**now.budgets, **was.budgets}:
        old, new = was.budgets.get(name), now.budgets.get(name)
        if new is None and old:
            gone = f"may use more than {old.told}, which was refused before"
            yield Step(Direction.MORE, Phrase(gone))
        elif new and new != old:
            less = old is None or new.within(old)
            before = f", before {old.told}" if old else ""
            says = Phrase(f"may use at most {new.told}{before}")
            yield Step(Direction.LESS if less else Direction.MORE, says)


def _inside(new: Reach, old: Iterable[Reach]) -> bool:
    """Whether one of the old destinations was as wide as this new one."""
    return new is not None and any(each is not None and _covers(each, new) for each in old)


def _covers(wide: Place, narrow: Place) -> bool:
    (old, most), (new, level) = wide, narrow
    if level > most or not all(any(_below(each, host) for host in old.hosts) for each in new.hosts):
        return False
    if not set(new.ports) <= set(old.ports) or not set(new.addresses) <= set(old.addresses):
        return False
    if isinstance(new, Standing) and isinstance(old, Standing):
        return new.bytes_per_hour <= old.bytes_per_hour and new.connections <= old.connections
    return isinstance(new, Destination) and isinstance(old, Destination) and _line(old, new)


def _below(host: str, wide: str) -> bool:
    return host == wide or (wide.startswith("*.") and host.endswith(wide[1:]))


def _line(old: Destination, new: Destination) -> bool:
    return (
        set(new.tools) <= set(old.tools)
        and (new.inspect or not old.inspect)
        and set(new.mask) >= set(old.mask)
        and new.credential in ("", old.credential)
        and all(
            not held or (asked and set(asked) <= set(held))
            for held, asked in ((old.methods, new.methods), (old.paths, new.paths))
        )
    )
