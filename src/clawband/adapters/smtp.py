"""Mail over SMTP (RFC 5321), one letter per connection, with encryption that is checked.

Nothing of a letter is sent before the server showed its certificate and took our password. What
the server answers is bounded, and so is the time that it may take for all of it.
"""

import asyncio
import ssl
from contextlib import suppress
from email.message import EmailMessage
from email.policy import SMTP as LINES
from email.utils import format_datetime

from aiosmtplib import (
    SMTP,
    SMTPDataError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
)

from clawband.model.errors import UnavailableError
from clawband.model.mail import Mail
from clawband.model.notice import Message
from clawband.ports.notices import Fate, Tried
from clawband.ports.own import Own

STEP_SECONDS = 10.0
WHOLE_SECONDS = 25.0
PARTING_SECONDS = 2.0
CLOSING = 421
"""RFC 5321 §3.8: the server goes, whatever was asked."""
MAX_SAID = 160


class Smtp:
    """`authorities`: a PEM file with certificate authorities of your own, beside the usual."""

    def __init__(self, mail: Mail, authorities: str = "", password: Own | None = None) -> None:
        self._mail, self._password = mail, password
        self._domain = mail.sender.rpartition("@")[2]
        self._trust: ssl.SSLContext | None = None
        if mail.tls != "none":
            self._trust = ssl.create_default_context()
            if authorities:
                self._trust.load_verify_locations(authorities)

    async def send(self, message: Message) -> Tried:
        """As `ports.notices.Courier` has it."""
        mail = self._mail
        try:
            letter = written(message, mail.sender, self._domain)
        except ValueError as error:
            return Tried(Fate.NEVER, f"it cannot be written: {error}")
        client = SMTP(
            hostname=mail.host,
            port=mail.port,
            username=mail.user or None,
            password=await asyncio.to_thread(self._password) if self._password else None,
            local_hostname=self._domain,
            timeout=STEP_SECONDS,
            use_tls=mail.tls == "tls",
            start_tls=mail.tls == "starttls",
            tls_context=self._trust,
        )
        try:
            async with asyncio.timeout(WHOLE_SECONDS):
                await client.connect()
                return await self._handed_over(client, message.to, letter)
        except (SMTPException, OSError, TimeoutError) as error:
            raise UnavailableError(
                f"the mail server `{mail.host}:{mail.port}` cannot be used: {_said(error)}",
                remedy="correct `[mail]` in `clawband.toml`, or look at the server",
            ) from error
        finally:
            client.close()

    async def _handed_over(self, client: SMTP, to: str, letter: bytes) -> Tried:
        try:
            await client.sendmail(self._mail.sender, [to], letter)
        except SMTPRecipientsRefused as error:
            return _refused(error.recipients[0], to)
        except SMTPDataError as error:
            return _refused(error, to)
        # It is theirs now, whatever becomes of the farewell.
        with suppress(SMTPException, OSError, TimeoutError):
            await asyncio.wait_for(client.quit(), PARTING_SECONDS)
        return Tried(Fate.SENT)


def written(message: Message, sender: str, domain: str) -> bytes:
    """The lines of a letter (RFC 5322). Raises `ValueError` for a header that would be two."""
    for each in (sender, message.to, message.subject, message.id, domain):
        if "".join(each.splitlines()) != each:  # `EmailMessage` lets one at the end pass
            raise ValueError("a header has a line break")
    made = EmailMessage(policy=LINES)
    made["From"] = f"Clawband <{sender}>"
    made["To"] = message.to
    made["Subject"] = message.subject
    made["Date"] = format_datetime(message.at)
    made["Message-ID"] = f"<{message.id}@{domain}>"
    made["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's absence note comes back
    made.set_content(message.text, cte="quoted-printable")
    return made.as_bytes()


def _refused(error: SMTPResponseException, to: str) -> Tried:
    if error.code == CLOSING:
        raise error
    why = f"the mail server answered {_said(error)}".replace(to, "…")
    return Tried(Fate.LATER if 400 <= error.code < 500 else Fate.NEVER, why)


def _said(error: Exception) -> str:
    """What the other side said, on one line, or what kind of failure it was."""
    if isinstance(error, SMTPResponseException):
        text = " ".join(error.message.split())
        return f"{error.code} {text}"[:MAX_SAID]
    return f"{type(error).__name__}: {error}"[:MAX_SAID].removesuffix(": ")
