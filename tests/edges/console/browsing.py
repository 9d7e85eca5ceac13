"""What a browser would make of a page: its elements, and every address to look at."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from tests.edges.console.shop import Shop


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]


@dataclass
class Page(HTMLParser):
    """The elements of a page, and the text a reader sees."""

    html: str
    elements: list[Element] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.html)

    def handle_starttag(self, tag, attrs):
        self.elements.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())

    def all(self, tag: str) -> list[Element]:
        return [each for each in self.elements if each.tag == tag]


def addresses(shop: Shop) -> list[str]:
    """One real address for every page, and more for those with several faces."""
    ids = shop.ids
    events = [ids["permit"], ids["deny"], ids["hold"], ids["mailed"]]
    approvals = [ids["waiting"], ids["parked"], ids["refused"], ids["used"], ids["mail"]]
    return [
        "/", "/activity", "/activity?show=refused", "/activity?q=nothing-has-this", "/approvals",
        "/endorsements", "/people", "/people/findings", "/people?can=publish",
        "/people?who=sample/support&action=call&resource=refund", "/people/elevations",
        "/people/changes", "/people/glass",
        "/people/delegations",
        "/workflows", "/workflows/support", "/workflows/lead-capture", "/policy",
        "/controls", "/enforcement", "/keys", "/me", "/me/codes", "/prove?next=/policy",
        "/me/terminal",
        "/people/operators", "/people/accounts", "/people/reviews", "/secrets",
        "/secrets/flow", "/secrets/rotations", "/secrets/honeytokens", "/secrets/certificates",
        "/secrets/leaks", "/secrets/vaults", "/doors",
        *(f"/events/{each}" for each in events),
        *(f"/approvals/{each}" for each in approvals),
    ]  # fmt: skip
