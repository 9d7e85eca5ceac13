"""Keys of a service with an API for keys: made by one request, tried by a second, ended by a
third."""

from clawband.adapters.rotors import options, requests
from clawband.adapters.rotors.requests import Requests
from clawband.model.errors import AuthenticationError, UnavailableError
from clawband.model.rotation import Shape
from clawband.ports.rotor import Job, Made, Seen

REFUSED = (401, 403)
GONE = (404, 410)
KNOWN = (
    "create", "create-body", "create-header", "check", "check-body", "check-header", "revoke",
    "revoke-body", "revoke-header", "header", "value", "id", "first-id", "dead",
)  # fmt: skip


class HttpRotor:
    """Implements `ports.rotor.Rotor`."""

    def __init__(self, requests: Requests) -> None:
        self._requests = requests

    def shape(self, job: Job) -> Shape:
        options.only(job, *KNOWN)
        self._requests.refuse_wrong(job, "create", "check", "revoke")
        options.needed(job, "value")
        return Shape.TWO

    def create(self, job: Job) -> Made:
        told = self._requests.send(job, "create")
        if not told.fine:
            raise wrong(job, told)
        value = requests.pointed(job, told, "value").encode()
        issued = requests.pointed(job, told, "id") if options.said(job, "id") else ""
        return Made(value=value, issued=issued)

    def place(self, job: Job, made: Made) -> None:
        """Made is accepted."""

    def check(self, job: Job, made: Made) -> Seen:
        return requests.seen(job, self._requests.send(job, "check", made))

    def revoke(self, job: Job, made: Made) -> None:
        told = self._requests.send(job, "revoke", made)
        if not told.fine and told.status not in GONE:
            raise wrong(job, told)


def wrong(job: Job, told: requests.Told) -> AuthenticationError | UnavailableError:
    """What an answer other than yes is worth."""
    if told.status in REFUSED:
        return AuthenticationError(
            str(told), remedy=f"see whether the key that the plan of `{job.secret}` uses may do it"
        )
    return UnavailableError(str(told), remedy="look at the service, and at the plan's request")
