"""Which certificates are wanted, and where they come from."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from clawband.model.tls import CertificateSettings
from clawband.ports.certificates import Acme, Authority, Papers, Peers


@dataclass(frozen=True, kw_only=True)
class Tls:
    """The ports of certificates. Made by `bootstrap`, where the settings ask for any."""

    authority: Authority
    papers: Papers
    acme: Acme | None = None
    peers: Peers | None = None
    wanted: tuple[CertificateSettings, ...] = ()
    doors: Mapping[str, str] = field(default_factory=dict)
    """The certificate of each door, by name."""
    upstreams: tuple[tuple[str, int], ...] = ()
    """Servers whose certificates are looked at: host and port."""
