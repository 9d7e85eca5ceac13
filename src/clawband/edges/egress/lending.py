"""Secrets that are put on a request here, so that the command that sends it never has them.

Two have to agree: policy names the secret for the destination (`credential`), and the secret names
the destination in its targets. What stands in for a value anywhere else stays here.
"""

from clawband.edges.egress.answers import Problem
from clawband.edges.egress.gate import Gate
from clawband.flows.lend import PLACEHOLDER
from clawband.model.access import Deny
from clawband.model.deployment import Gateway
from clawband.model.errors import Error
from clawband.network.head import Request
from clawband.service.lending import Lent
from clawband.service.passages import Passage

_BEGINS = PLACEHOLDER.encode()


async def lent(
    gate: Gate, gateway: Gateway, passage: Passage, message: Request, raw: bytes
) -> Lent | None:
    """What is put on this request; `raw` is what was read of its body. Raises `Problem`."""
    line, standing = passage.line, passage.standing
    name = line.credential if line else standing.credential if standing else ""
    found = await _asked(gate, gateway, passage, message, name) if name else None
    # What a gateway itself says is a prompt or a reply, in which an agent may name its placeholder.
    if _BEGINS in _rest(message, b"" if standing else raw, found):
        await gate.egress.lending.misplaced(passage.request, passage.id)
        raise Problem(
            403, "placeholder", "what stands in for a secret stands where that does not go",
            "name the secret for this destination in policy and in its targets",
            decision=passage.id,
        )  # fmt: skip
    return found


async def _asked(
    gate: Gate, gateway: Gateway, passage: Passage, message: Request, name: str
) -> Lent:
    if message.url is None or message.url.scheme != "https":
        raise Problem(403, "credential", f"`{name}` is not lent without TLS", "use https")
    try:
        answer = await gate.egress.lending.put_on(
            name, gateway, passage.request, passage.id,
            host=message.url.host.name, method=message.method, path=message.url.path,
        )  # fmt: skip
    except Error as error:
        raise Problem(503, "credential", error.message, error.remedy) from error
    if isinstance(answer, Deny):
        because = answer.reasons[0].because
        raise Problem(403, "credential", because, answer.remedy, decision=passage.id)
    return answer


def _rest(message: Request, raw: bytes, found: Lent | None) -> bytes:
    """All that can be seen of the request but the place where the value is put."""
    path = message.url.target if message.url else message.target
    if found and found.of_path:
        path = path.removeprefix(found.stands)
    header = found.header.encode() if found else b""
    fields = (value for name, value in message.fields if name.lower() != header)
    return b"\n".join((path.encode(), *fields, raw))
