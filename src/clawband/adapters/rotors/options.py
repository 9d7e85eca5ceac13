"""What a plan says to its driver: words by name, and names of secrets."""

from clawband.model.errors import InputError
from clawband.ports.rotor import Job

REFERENCE = "secret:"


def said(job: Job, key: str, absent: str = "") -> str:
    return job.options.get(key, absent).strip()


def needed(job: Job, key: str) -> str:
    """Raises `InputError` when it is not said."""
    found = said(job, key)
    if not found:
        raise InputError(
            f"the plan of `{job.secret}` says no `{key}`",
            remedy=f"say it with `--option {key}=…` of `clawband secret change`; "
            "see docs/rotation.md",
        )
    return found


def lent(job: Job, key: str) -> bytes:
    """The value of the secret that an option is a reference to, as in `secret:db/admin`."""
    asked = needed(job, key)
    name = asked.removeprefix(REFERENCE)
    if name == asked or name not in job.lent:
        raise InputError(
            f"expected `{key}` of the plan of `{job.secret}` to be a reference, got `{asked[:60]}`",
            remedy="name a secret, as in `secret:db/admin`; a value never stands in a plan",
        )
    return job.lent[name]


def only(job: Job, *known: str) -> None:
    """Raises `InputError` for an option that the driver does not know: it would mean nothing."""
    for key in job.options:
        if key not in known:
            raise InputError(
                f"the plan of `{job.secret}` has the unknown option `{key[:40]}`, expected one of "
                f"{', '.join(known)}",
                remedy="remove or correct it; see docs/rotation.md",
            )
