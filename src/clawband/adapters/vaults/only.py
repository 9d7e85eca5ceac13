"""Vaults that are only read from: what stands there now is their one version."""

from clawband.model.errors import InputError, NotFoundError
from clawband.ports.vault import NEWEST

NUMBER = 1
VERSIONS = (NEWEST, NUMBER)


def missing(what: str, place: str) -> NotFoundError:
    return NotFoundError(
        f"there is no {what} `{place[:80]}`",
        remedy="put it there, or correct the place of the secret",
    )


def refused(where: str) -> InputError:
    return InputError(
        f"{where} is only read from", remedy="change the value where it is kept, then refresh it"
    )
