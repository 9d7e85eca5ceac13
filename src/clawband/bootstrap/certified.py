"""Which certificates the settings ask for, and who signs and watches them."""

from urllib.parse import SplitResult, urlsplit

from clawband.adapters.certificates.acme import AcmeAuthority
from clawband.adapters.certificates.authority import VaultAuthority
from clawband.adapters.certificates.peers import TlsPeers
from clawband.adapters.certificates.pem import PemPapers
from clawband.model.tls import LINK, CertificateSettings
from clawband.ports.vault import Vault
from clawband.service.tls import Tls
from clawband.settings import Settings

HTTPS = 443


def tls_of(settings: Settings, vault: Vault) -> Tls:
    """Our own authority makes its keys when the first certificate is wanted of it."""
    asked = settings.tls
    linked = (CertificateSettings(name=LINK, names=asked.link.names),) if asked.link else ()
    wanted = (*asked.certificates, *linked)
    urls = {urlsplit(each.url) for each in settings.providers}
    return Tls(
        authority=VaultAuthority(vault, [name for each in wanted for name in each.names]),
        papers=PemPapers(),
        acme=AcmeAuthority(asked.acme, vault, settings.authorities) if asked.acme else None,
        peers=TlsPeers(settings.authorities),
        wanted=wanted,
        doors={each.name: each.certificate for each in settings.doors},
        upstreams=tuple(
            sorted((each.hostname or "", each.port or HTTPS) for each in urls if _secure(each))
        ),
    )


def _secure(url: SplitResult) -> bool:
    return url.scheme == "https"
