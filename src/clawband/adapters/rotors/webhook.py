"""Secrets that sign webhooks: made by us, told to the receiver, who accepts two for a while.

A value is tried with a signed message, as the sender signs it: HMAC-SHA256 of the body, in hex.
"""

import hmac
from secrets import token_urlsafe

from clawband.adapters.rotors import options, requests
from clawband.adapters.rotors.http import GONE, wrong
from clawband.adapters.rotors.requests import Requests
from clawband.model.errors import InputError
from clawband.model.rotation import Shape
from clawband.ports.rotor import Job, Made, Seen

VALUE_BYTES = 32
SIGNED = "x-signature: sha256={hmac}"
KNOWN = (
    "place", "place-body", "place-header", "check", "check-body", "check-header", "revoke",
    "revoke-body", "revoke-header", "header", "sign", "dead", "first-id",
)  # fmt: skip


class WebhookRotor:
    """Implements `ports.rotor.Rotor`."""

    def __init__(self, requests: Requests) -> None:
        self._requests = requests

    def shape(self, job: Job) -> Shape:
        options.only(job, *KNOWN)
        self._requests.refuse_wrong(job, "place", "check", "revoke")
        if not options.said(job, "check-body") or "{hmac}" not in options.said(job, "sign", SIGNED):
            raise InputError(
                f"the plan of `{job.secret}` says no body to sign, or no place for the signature",
                remedy='say `--option check-body=…`, and `--option "sign=name: {hmac}"`',
            )
        return Shape.TWO

    def create(self, job: Job) -> Made:
        """Named by the rotation: that is how the receiver is told which one to forget."""
        return Made(value=token_urlsafe(VALUE_BYTES).encode(), issued=job.rotation)

    def place(self, job: Job, made: Made) -> None:
        told = self._requests.send(job, "place", made)
        if not told.fine:
            raise wrong(job, told)

    def check(self, job: Job, made: Made) -> Seen:
        text = requests.body(job, "check", made)
        signature = hmac.digest(made.value, text.encode(), "sha256").hex()
        signed = options.said(job, "sign", SIGNED).replace("{hmac}", signature)
        return requests.seen(job, self._requests.send(job, "check", made, extra=signed))

    def revoke(self, job: Job, made: Made) -> None:
        told = self._requests.send(job, "revoke", made)
        if not told.fine and told.status not in GONE:
            raise wrong(job, told)
