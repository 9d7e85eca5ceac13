"""Provenance: where the value of an argument comes from, out of everything a session has read."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from clawband.model.label import Label


class Meaning(StrEnum):
    """What an argument's value is; it decides in which form it is compared."""

    RECIPIENT = "recipient"
    URL = "url"
    PATH = "path"
    ID = "id"
    ACCOUNT = "account"
    AMOUNT = "amount"
    COMMAND = "command"
    NAME = "name"
    """What something is called: a title, a subject, a person, a hotel."""
    DATE = "date"
    LINK = "link"
    """A link inside a text that is sent; what it leads to may carry data out."""
    EMBED = "embed"
    """A picture or the like inside a text that is sent: fetched without anybody's click."""


class Origin(StrEnum):
    """What explains a value, the strongest first. Policy says which of them are enough."""

    WORDS = "words"
    """The person on whose behalf the agent acts said it."""
    LISTED = "listed"
    """The workflow manifest names it."""
    ENDORSED = "endorsed"
    """An operator vouched for it, for a purpose and a time."""
    ANCHORED = "anchored"
    """An attested value of the one record that the person's words single out."""
    ATTESTED = "attested"
    """A field that the system behind a tool writes, or a tool only the deployment can author."""
    REFERRED = "referred"
    """Content of a source that the person named: a file, a page, a mailbox."""
    DERIVED = "derived"
    """Nothing that was read holds it: the model made it."""
    OUTSIDE = "outside"
    """Only content from outside holds it."""


@dataclass(frozen=True, slots=True)
class Argument:
    """One consequential value of a call. `key` is where it was: `recipients[0]`."""

    meaning: Meaning
    key: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What explains an argument, and the sentence that shows it."""

    argument: Argument
    origin: Origin
    source: str = ""
    """Name of the reading it was found in, such as `web_fetch:example.com`; empty for none."""
    reading: str = ""
    """Id of the decision that let that reading in."""
    quote: str = ""
    """The sentence around the value, at most 240 characters."""

    @property
    def fact(self) -> str:
        """How policy is told of it: `recipient:outside`."""
        return f"{self.argument.meaning}:{self.origin}"


class ReadingKind(StrEnum):
    WORDS = "words"
    """A message of a person."""
    DATA = "data"
    """A tool's result, a file, a pasted text, a message of a stranger."""
    WROTE = "wrote"
    """What the agent itself put somewhere after it had read content from outside: when such a
    value comes back from a trusted tool it is no more trusted than before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Something a session's model has read, with where it came from."""

    id: str
    """The decision that let it in."""
    at: datetime
    kind: ReadingKind
    source: str
    label: Label
    speaker: str = ""
    """Requester id of who said it, for words."""
    referred: bool = False
    """The person named this source."""
    attested: tuple[str, ...] = ()
    """Names of the fields the system behind the tool writes."""
    tags: tuple[str, ...] = ()
    """Classes of data found in it: `secret`, `personal`, `business`."""
    text: str = field(default="", repr=False)
    payload: str = ""
    """Digest under which the text is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endorsement:
    """A named person vouches for a value or a source, for a purpose and a time.

    `meaning` is empty for a source. Empty `session` and `tool` mean every one of the agent.
    """

    id: str
    agent: str
    meaning: str
    value: str
    session: str = ""
    tool: str = ""
    purpose: str
    by: str
    opened: datetime
    expires: datetime
    revoked: datetime | None = None
    revoked_by: str = ""
    decisions: tuple[str, ...] = ()
    """The held decisions it was offered for."""

    def holds(self, now: datetime) -> bool:
        """In force at this instant."""
        return self.revoked is None and self.opened <= now < self.expires


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A file that an agent wrote, with the label of what is in it.

    `agent` is the principal id, `path` normalised as in `Facts.paths`.
    """

    agent: str
    path: str
    label: Label
    decision: str
    """The write that put it there; its exact content is kept under `payload`."""
    payload: str
    at: datetime
    quarantine: str = ""
    """Where it was meant to go, while it waits at `path` for a person."""
