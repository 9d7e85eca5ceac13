"""The kinds of error, sorted by who must act.

A message is one lower-case sentence without a full stop, user input in backticks, `expected X,
got Y`. The `remedy` is separate and imperative: it says what the reader can do now. Decisions are
never errors: a refusal is a `Deny` value.
"""


class Error(Exception):
    """Base of everything Clawband raises on purpose."""

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message}; {self.remedy}" if self.remedy else self.message


class InputError(Error):
    """What the caller sent is wrong; the caller must change it."""


class NotFoundError(Error):
    """The thing named does not exist (or the caller may not know that it does)."""


class ConflictError(Error):
    """Somebody was first; read again, then decide again."""


class AuthenticationError(Error):
    """Who is asking is not established, or is not allowed to ask."""


class StepUpNeededError(AuthenticationError):
    """They may, once they have shown their second factor again."""


class SecondFactorNeededError(AuthenticationError):
    """The password is right, and this account asks for more."""


class UnavailableError(Error):
    """The environment failed (store, gateway, key); nothing was changed, retry later."""


class InvariantError(Error):
    """A promise of our own is broken; this is a defect or tampering, and must be looked at."""
