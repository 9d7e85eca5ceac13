"""The whole decision about a URL without connecting: form, policy, addresses, then each redirect.

The egress boundary takes the same steps in the same order. Policy comes before the name is looked
up, because a lookup alone carries something out.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from clawband.network import addresses, urls
from clawband.network.addresses import Network
from clawband.network.refusal import Refusal
from clawband.network.urls import Url

MOST_REDIRECTS: Final = 5


@dataclass(frozen=True, slots=True)
class Allowance:
    """A permit of policy: why, and the networks in which an internal host may be found."""

    because: str
    networks: tuple[Network, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One check: `form`, `policy`, `address` or `redirect`. `open` could not be checked."""

    check: str
    url: str
    said: str
    refusal: Refusal | None = None
    open: bool = False


@dataclass(frozen=True, slots=True)
class Explanation:
    """Every step that was taken; a refusal is the last one."""

    steps: tuple[Step, ...]

    @property
    def refusal(self) -> Refusal | None:
        return self.steps[-1].refusal

    @property
    def allowed(self) -> bool:
        return self.refusal is None

    @property
    def open(self) -> tuple[Step, ...]:
        """What the decision still depends on."""
        return tuple(step for step in self.steps if step.open)


def explain(
    text: str,
    allow: Callable[[Url], Allowance | Refusal],
    answers: Mapping[str, Sequence[str]],
    redirects: Sequence[str] = (),
) -> Explanation:
    """The decision about a URL and the `Location` values that would follow each other.

    `allow` is what policy says; `answers` are addresses by the host's normal form.
    """
    read = urls.split(text)
    if isinstance(read, Refusal):
        return Explanation((_refused("form", text, read),))
    url, steps = read, list(_hop(read, allow, answers))
    for count, location in enumerate(redirects, 1):
        if steps[-1].refusal is not None:
            break
        to = urls.redirected(url, location)
        if count > MOST_REDIRECTS:
            to = Refusal("many-redirects", f"more than {MOST_REDIRECTS} redirects")
        if isinstance(to, Refusal):
            steps.append(_refused("redirect", location, to))
            break
        url = to
        steps.append(Step("redirect", str(url), "is checked like a first request"))
        steps += _hop(url, allow, answers)
    return Explanation(tuple(steps))


def _hop(
    url: Url, allow: Callable[[Url], Allowance | Refusal], answers: Mapping[str, Sequence[str]]
) -> list[Step]:
    where = str(url)
    keys = urls.credentials_in(url)
    told = f", with what looks like a credential in {', '.join(keys)}" if keys else ""
    steps = [Step("form", where, f"goes to {url.authority}{told}")]
    allowance = allow(url)
    if isinstance(allowance, Refusal):
        return [*steps, _refused("policy", where, allowance)]
    steps.append(Step("policy", where, allowance.because))
    literal = url.host.address
    given = (literal,) if literal else answers.get(url.host.name)
    if given is None:
        unsure = f"allowed if the addresses of {url.host} are"
        return [*steps, Step("address", where, unsure, open=True)]
    checked = addresses.checked(given, allowance.networks)
    if isinstance(checked, Refusal):
        return [*steps, _refused("address", where, checked)]
    listed = " or ".join(map(str, checked))
    return [*steps, Step("address", where, f"connects to {listed} and nowhere else")]


def _refused(check: str, url: str, refusal: Refusal) -> Step:
    return Step(check, url, refusal.reason, refusal)
