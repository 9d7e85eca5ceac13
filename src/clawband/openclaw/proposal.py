"""A `[tools.<name>]` table for a tool that agents called and nobody declared.

Every line says why it was guessed. Nothing here is enforced: a person pastes it and corrects it.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from clawband.openclaw.arguments import OPTIONAL
from clawband.openclaw.observed import ODD, Observed, Seen, last_word

WORST = "execute"
_VERBS: Mapping[str, str] = {
    "configure": "configure grant permit install enable disable",
    "pay": "pay transfer refund charge buy purchase withdraw donate invest reserve",
    "delete": "delete remove drop cancel close destroy purge clear revoke erase unsubscribe wipe",
    "execute": "run exec execute eval invoke spawn deploy trigger start",
    "send": "send reply forward notify publish invite upload submit tweet dm broadcast",
    "write": "create add update edit write save insert append rename move put patch set label "
    "change schedule assign escalate",
    "read": "get read list search find fetch query look lookup show view check describe count "
    "download summarize summarise summary status",
}
"""Words that say what a tool does, wherever they stand in its name; the worst counts."""
_FIRST: Mapping[str, str] = {
    "send": "post mail email message share comment call text",
    "pay": "book order bill",
    "configure": "set share allow",
}
"""Words that say so only at the beginning: elsewhere they are things."""
_KEYS: Mapping[str, str] = {
    "recipients": "to cc bcc recipient recipients target targets chat channel user users "
    "participant participants email emails mailbox phone team member members invitee person",
    "hosts": "url uri link host site website webhook endpoint domain",
    "paths": "path file filename filepath folder directory dir",
    "accounts": "iban account accountnumber",
    "commands": "command cmd script code sql expression",
    "dates": "date time day start end starttime endtime deadline when until since",
    "names": "name title subject",
    "contents": "body text content contents message description comment note notes html summary "
    "reason value query",
}
_AMOUNTS = ("amount", "total", "price", "sum", "budget")
_TARGETS: Mapping[str, tuple[str, str]] = {
    "recipient": ("recipients", "looks like an address of somebody"),
    "url": ("hosts", "looks like an address on the web"),
    "path": ("paths", "looks like a path"),
    "account": ("accounts", "looks like an IBAN"),
}
_EITHER = {"hosts": "url", "paths": "path"}
_PLACES = ("hosts", "paths", "recipients")


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What a declaration could be. `lists` holds argument names by kind, `why` a line for each."""

    tool: str
    effect: str
    because: str
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    why: Mapping[str, str] = field(default_factory=dict)
    amount: str = ""


def propose(observed: Observed) -> Proposal:
    """The declaration that names and shapes suggest, the worst where they suggest nothing."""
    effect, because = guessed(observed.tool)
    lists: dict[str, list[str]] = {}
    why: dict[str, str] = {}
    amount = ""
    for seen in observed.arguments:
        if seen.name == ODD:
            continue
        kind, reason = _meaning(seen)
        if kind == "amount" and not amount:
            amount = seen.name
        elif kind:
            kind = "ids" if kind == "amount" else kind
            rare = kind in _PLACES and seen.calls < observed.calls
            either = kind in _EITHER and set(_EITHER.values()) <= set(seen.looks)
            for each in _EITHER if either else (kind,):
                lists.setdefault(each, []).append(seen.name + (OPTIONAL if rare else ""))
        why[seen.name] = f"{reason} ({seen.calls} of {observed.calls} calls)"
    return Proposal(
        tool=observed.tool,
        effect=effect,
        because=because,
        lists={kind: tuple(names) for kind, names in lists.items()},
        why=why,
        amount=amount,
    )


def guessed(tool: str) -> tuple[str, str]:
    """The effect a tool's name suggests, and why."""
    words = list(_words(tool))
    for effect, verbs in _VERBS.items():
        first = set(_FIRST.get(effect, "").split()) & set(words[:1])
        if found := first or set(verbs.split()) & set(words):
            return effect, f"`{min(found)}` in the name"
    return WORST, "no word of the name says what it does, so the worst"


def table(proposal: Proposal) -> Iterator[str]:
    """The lines of the table, as TOML."""
    plain = proposal.tool.replace("_", "").replace("-", "")
    bare = proposal.tool.isascii() and plain.isalnum()
    yield f"[tools.{proposal.tool if bare else json.dumps(proposal.tool, ensure_ascii=False)}]"
    yield f'effect = "{proposal.effect}"  # {proposal.because}'
    yield "outside = true  # false only if no stranger can write any of what it returns"
    if proposal.amount:
        yield f"amount = {json.dumps(proposal.amount)}  # {proposal.why[proposal.amount]}"
    for kind, names in proposal.lists.items():
        reasons = (f"{name}: {proposal.why[name.removesuffix(OPTIONAL)]}" for name in names)
        yield f"{kind} = {json.dumps(list(names))}  # {'; '.join(reasons)}"


def _meaning(seen: Seen) -> tuple[str, str]:
    """The kind an argument is declared as, empty for none, and why."""
    key, most = last_word(seen.name), seen.most
    named = next((kind for kind, keys in _KEYS.items() if key in keys.split()), "")
    targets = [look for look in seen.looks if look in _TARGETS]
    if targets and named != "contents":
        look = max(targets, key=lambda each: (seen.looks[each], each))
        return _TARGETS[look]
    if most == "flag":
        return "", "a flag"
    if key in _AMOUNTS:
        return "amount", "by its name"
    if named:
        return named, "by its name"
    if most == "text":
        return "contents", "a long text"
    return "ids", "by its name" if key.endswith("id") else "unsure, so a record"


def _words(name: str) -> Iterator[str]:
    """`send`, `invoice` for `mcp__shop__sendInvoice`: what stands before `__` is who offers it."""
    word = ""
    for character in name.rpartition("__")[2]:
        if not character.isalnum() or (character.isupper() and word and not word[-1].isupper()):
            if word:
                yield word.lower()
            word = ""
        word += character if character.isalnum() else ""
    if word:
        yield word.lower()
