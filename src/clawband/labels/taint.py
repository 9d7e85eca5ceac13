"""Which label a message or a tool's result brings into the session that reads it."""

from clawband.labels.lattice import UNKNOWN, join
from clawband.model.access import Authority, Facts, Requester
from clawband.model.deployment import Tool
from clawband.model.label import Confidentiality, Integrity, Label


def of_message(requester: Requester, *, shown: bool = False) -> Label:
    """A message carries its sender's authority; a stranger's is only data.

    So is what a person shows in theirs: a quotation, a forwarded mail, a pasted block.
    """
    person = requester.authority in (Authority.OWNER, Authority.KNOWN)
    integrity = Integrity.PERSON if person and not shown else Integrity.OUTSIDE
    sources = {requester.id, f"shown by {requester.id}"} if shown else {requester.id}
    return Label(integrity, Confidentiality.PUBLIC, frozenset(sources))


def of_result(
    tool: Tool | None, facts: Facts, found: Confidentiality = Confidentiality.PUBLIC
) -> Label:
    """A result carries what its tool's declaration says of who can author it.

    `found` is the confidentiality of what was recognised in it, which only adds to what is
    declared. A tool nobody declared returns data of unknown origin.
    """
    if tool is None:
        return join(UNKNOWN, Label(UNKNOWN.integrity, found))
    integrity = Integrity.OUTSIDE if tool.outside else Integrity.SYSTEM
    sources = {f"{tool.name}:{where}" for where in facts.named} or {tool.name}
    level = max(_confidentiality(tool.confidentiality), found)
    return Label(integrity, level, frozenset(sources))


def _confidentiality(level: int) -> Confidentiality:
    return Confidentiality(min(max(level, 0), Confidentiality.RESTRICTED))
