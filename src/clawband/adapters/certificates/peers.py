"""What servers elsewhere show: looked at once in a while, so that its end surprises nobody."""

import asyncio
import ssl
from contextlib import suppress

from cryptography import x509

from clawband.adapters.certificates.pem import facts
from clawband.model.certificate import Facts
from clawband.model.errors import UnavailableError

SECONDS = 10.0


class TlsPeers:
    """Implements `ports.certificates.Peers`. `authorities`: a PEM file besides the machine's."""

    def __init__(self, authorities: str = "") -> None:
        self._authorities = authorities

    async def shown(self, host: str, port: int) -> Facts:
        try:
            trust = ssl.create_default_context()
            trust.minimum_version = ssl.TLSVersion.TLSv1_2
            if self._authorities:
                trust.load_verify_locations(cafile=self._authorities)
            async with asyncio.timeout(SECONDS):
                _, writer = await asyncio.open_connection(host, port, ssl=trust)
        except (OSError, TimeoutError) as error:
            why = getattr(error, "verify_message", "") or getattr(error, "strerror", "")
            raise UnavailableError(
                f"there is no TLS with `{host}:{port}` that can be trusted: "
                f"{why or type(error).__name__}",
                remedy="look at its certificate, and at `authorities` in `clawband.toml`",
            ) from error
        der = writer.get_extra_info("ssl_object").getpeercert(True)
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
        return facts(x509.load_der_x509_certificate(der))
