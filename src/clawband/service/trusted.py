"""Whose word about people and programs counts here, beside our own."""

from dataclasses import dataclass

from clawband.model.openid import OpenId
from clawband.model.workload import Workload
from clawband.ports.openid import Issuers


@dataclass(frozen=True, slots=True, kw_only=True)
class Trusted:
    """From the settings. Without `issuers` there is nobody."""

    openid: OpenId | None = None
    workloads: tuple[Workload, ...] = ()
    issuers: Issuers | None = None
