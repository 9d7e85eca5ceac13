"""Our own authority: a root in the vault, and two that it signed.

One signs what our doors show, one what gateways on other hosts show, so that neither can stand in
for the other. Both are bound by name constraints (RFC 5280 §4.2.1.10): the first to the names of
the settings, the second to gateways. Only making one of the two needs the root.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from threading import Lock
from typing import Final
from urllib.parse import quote

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from clawband.adapters.certificates.pem import (
    CLIENT,
    SERVER,
    Extensions,
    called,
    facts,
    fresh,
    general,
    private,
    public,
    signed,
    usage,
)
from clawband.model.certificate import Facts
from clawband.model.errors import InputError, NotFoundError, UnavailableError
from clawband.ports.doors import Shown
from clawband.ports.vault import NEWEST, Vault

ROOT: Final = "root"
SERVERS: Final = "servers"
GATEWAYS: Final = "gateways"
PLACE: Final = "Authority::"
"""No secret can have such a name, so none shares its place in the vault."""
HOST: Final = "gateway"
YEAR = timedelta(days=365)
NOBODY: Final = x509.Name([])
"""The subject of what is signed: a common name would be read as a host by some."""
LIVES: Final = {ROOT: 10 * YEAR, SERVERS: 2 * YEAR, GATEWAYS: 2 * YEAR}


def identity(gateway: str) -> str:
    """How a gateway's certificate names it."""
    return f"clawband://{HOST}/{quote(gateway, safe='')}"


@dataclass(frozen=True, slots=True)
class _Signer:
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate
    root: x509.Certificate
    """It signed this one; the root signed itself."""

    @property
    def by(self) -> tuple[ec.EllipticCurvePrivateKey, x509.Name]:
        return self.key, self.certificate.subject


class VaultAuthority:
    """Implements `ports.certificates.Authority` with keys in a vault. Safe in threads."""

    def __init__(self, vault: Vault, names: Sequence[str]) -> None:
        """`names`: every host and address that it may ever sign for."""
        self._vault, self._names = vault, tuple(names)
        self._known: dict[str, _Signer] = {}
        self._lock = Lock()

    def root(self, now: datetime) -> str:
        """From a certificate that the root signed, so it is known where the root's key is not."""
        with self._lock:
            return public(self._signer(SERVERS, now, now).root).decode()

    def issuers(self) -> Mapping[str, Facts]:
        with self._lock:
            made = {name: self._opened(name) for name in (SERVERS, GATEWAYS)}
        found = {name: facts(each.certificate) for name, each in made.items() if each}
        first = made[SERVERS]
        return {ROOT: facts(first.root), **found} if first else found

    def server(self, names: Sequence[str], until: datetime, now: datetime) -> Shown:
        with self._lock:
            signer = self._signer(SERVERS, now, until)
        key = fresh()
        made = signed(
            NOBODY, key.public_key(), signer.by, now=now, until=until,
            extensions=_leaf([general(each) for each in names], SERVER),
        )  # fmt: skip
        return Shown(public(made) + public(signer.certificate), private(key))

    def gateway(self, name: str, request: str, until: datetime, now: datetime) -> str:
        key = _requested(request)
        with self._lock:
            signer = self._signer(GATEWAYS, now, until)
        made = signed(
            NOBODY, key, signer.by, now=now, until=until,
            extensions=_leaf([x509.UniformResourceIdentifier(identity(name))], CLIENT),
        )  # fmt: skip
        return (public(made) + public(signer.certificate)).decode()

    def _signer(self, name: str, now: datetime, until: datetime) -> _Signer:
        """The one of this name that is good until then and for the names of the settings."""
        found = self._opened(name)
        if found and found.certificate.not_valid_after_utc > until and self._fits(name, found):
            return found
        root = self._root(now)
        made = self._made(name, root, now)
        # The other one too, so that the root can be taken away after its first use.
        other = GATEWAYS if name == SERVERS else SERVERS
        if not self._opened(other):
            self._made(other, root, now)
        return made

    def _made(self, name: str, root: _Signer, now: datetime) -> _Signer:
        key = fresh()
        certificate = signed(
            called(f"Clawband {name} {_mark(key)}"), key.public_key(), root.by, now=now,
            until=min(now + LIVES[name], root.certificate.not_valid_after_utc),
            extensions=self._bounds(name),
        )  # fmt: skip
        self._known[name] = _Signer(key, certificate, root.certificate)
        self._keep(name, self._known[name])
        return self._known[name]

    def _root(self, now: datetime) -> _Signer:
        """Never remembered: it is used once in two years, and may be taken away."""
        found = self._read(ROOT)
        if found and found.certificate.not_valid_after_utc > now:
            return found
        if not found and self._opened(SERVERS):
            raise UnavailableError(
                "the root of our own authority is needed, and it is not in the vault",
                remedy="put its folder back into the vault, as docs/tls.md has it",
            )
        key = fresh()
        name = called(f"Clawband root {_mark(key)}")
        bounds = (x509.BasicConstraints(ca=True, path_length=1), True), (usage(signs=True), True)
        made = signed(
            name, key.public_key(), (key, name), now=now, until=now + LIVES[ROOT], extensions=bounds
        )
        root = _Signer(key, made, made)
        self._keep(ROOT, root)
        return root

    def _bounds(self, name: str) -> Extensions:
        purpose = SERVER if name == SERVERS else CLIENT
        return (
            (x509.BasicConstraints(ca=True, path_length=0), True),
            (usage(signs=True), True),
            (x509.ExtendedKeyUsage([purpose]), False),
            (_constraints(self._names) if name == SERVERS else _only_gateways(), True),
        )

    def _fits(self, name: str, found: _Signer) -> bool:
        if name != SERVERS:
            return True
        bound = found.certificate.extensions.get_extension_for_class(x509.NameConstraints).value
        return bound == _constraints(self._names)

    def _opened(self, name: str) -> _Signer | None:
        if name not in self._known:
            found = self._read(name)
            if found is None:
                return None
            self._known[name] = found
        return self._known[name]

    def _read(self, name: str) -> _Signer | None:
        try:
            pem = self._vault.read(PLACE + name, NEWEST)
        except NotFoundError:
            return None
        key = serialization.load_pem_private_key(pem, None)
        certificate, root = x509.load_pem_x509_certificates(pem)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        return _Signer(key, certificate, root)

    def _keep(self, name: str, signer: _Signer) -> None:
        pem = private(signer.key) + public(signer.certificate) + public(signer.root)
        self._vault.write(PLACE + name, pem)


def _leaf(names: Sequence[x509.GeneralName], purpose: x509.ObjectIdentifier) -> Extensions:
    return (
        (x509.SubjectAlternativeName(names), True),
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (x509.ExtendedKeyUsage([purpose]), False),
        (usage(signs=False), True),
    )


def _constraints(names: Sequence[str]) -> x509.NameConstraints:
    """These hosts and what is below them, and these addresses. Of a kind that is not there,
    nothing."""
    permitted: list[x509.GeneralName] = []
    excluded: list[x509.GeneralName] = []
    for name in sorted(set(names)):
        try:
            permitted.append(x509.IPAddress(ip_network(ip_address(name))))
        except ValueError:
            permitted.append(x509.DNSName(name))
    if not any(isinstance(each, x509.DNSName) for each in permitted):
        excluded.append(x509.DNSName(""))
    if not any(isinstance(each, x509.IPAddress) for each in permitted):
        excluded += _ADDRESSES
    return x509.NameConstraints(permitted or None, excluded or None)


_ADDRESSES: Final = (
    x509.IPAddress(ip_network("0.0.0.0/0")), x509.IPAddress(ip_network("::/0")),
)  # fmt: skip


def _only_gateways() -> x509.NameConstraints:
    permitted = [x509.UniformResourceIdentifier(HOST)]
    return x509.NameConstraints(permitted, [x509.DNSName(""), *_ADDRESSES])


def _requested(request: str) -> ec.EllipticCurvePublicKey:
    try:
        asked = x509.load_pem_x509_csr(request.encode())
        key = asked.public_key()
        good = asked.is_signature_valid
    except (ValueError, TypeError) as error:
        raise _wrong_request() from error
    if not good or not isinstance(key, ec.EllipticCurvePublicKey):
        raise _wrong_request()
    if not isinstance(key.curve, ec.SECP256R1):
        raise _wrong_request()
    return key


def _wrong_request() -> InputError:
    return InputError(
        "expected a certificate request for a P-256 key that signed it",
        remedy="make one with `clawband certificate request`",
    )


def _mark(key: ec.EllipticCurvePrivateKey) -> str:
    """Two of the same name are told apart by their keys."""
    return x509.SubjectKeyIdentifier.from_public_key(key.public_key()).digest.hex()[:8]
