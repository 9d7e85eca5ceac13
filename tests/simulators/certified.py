"""Certificates of a small house: our own authority in its vault, and what a test adds."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from clawband.adapters.certificates import pem
from clawband.adapters.certificates.authority import VaultAuthority
from clawband.adapters.vaults.master import LocalMaster
from clawband.adapters.vaults.own import OwnVault
from clawband.model.tls import CertificateSettings
from clawband.ports.doors import Shown
from clawband.service.tls import Tls

SHOP = CertificateSettings(name="shop", names=("shop.example.com", "localhost", "127.0.0.1"))


def of(*wanted: CertificateSettings, **more: Any) -> Callable[[Path], Tls]:
    """For `small(folder, certified=…)`; without `wanted` one that is called `shop`."""

    def made(folder: Path) -> Tls:
        certificates = wanted or (SHOP,)
        names = [name for each in certificates for name in each.names]
        authority = VaultAuthority(OwnVault(folder / "vault", LocalMaster(b"m" * 32)), names)
        return Tls(authority=authority, papers=pem.PemPapers(), wanted=certificates, **more)

    return made


class Elsewhere:
    """An authority elsewhere, without a network. `problem` is raised as long as there is one."""

    def __init__(self, sign: Callable[[Sequence[str]], Shown]) -> None:
        self._sign = sign
        self.problem: Exception | None = None
        self.asked = 0

    async def server(self, names: Sequence[str]) -> Shown:
        self.asked += 1
        if self.problem:
            raise self.problem
        return self._sign(names)
