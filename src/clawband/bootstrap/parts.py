"""The service from its ports: which adapter stands where."""

import os
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import clawband
from clawband.adapters.argon2 import Argon2
from clawband.adapters.files import FileShelf, FileWitness
from clawband.adapters.filesystem import own
from clawband.adapters.gateways.credentials import OpenClawCredentials
from clawband.adapters.gateways.openclaw import Link, OpenClawControl, token_in
from clawband.adapters.gateways.probe import OpenClawProbe
from clawband.adapters.gateways.workspace import OpenClawFiles
from clawband.adapters.keys import FileSigner, secret_file
from clawband.adapters.machine import MachineClock, MachineEntropy
from clawband.adapters.openid.fetch import Fetch
from clawband.adapters.openid.issuers import HttpIssuers
from clawband.adapters.smtp import Smtp
from clawband.adapters.stores.evidence import Evidence
from clawband.adapters.stores.sqlite import open_store
from clawband.audit import inspection
from clawband.audit.report import Report
from clawband.bootstrap import vaults
from clawband.bootstrap.certified import tls_of
from clawband.bootstrap.rotors import rotors_of
from clawband.bootstrap.uses import own_uses
from clawband.edges.interceptor.authority import bundled
from clawband.flows.hold import Holding
from clawband.flows.seal import key_of
from clawband.model.errors import UnavailableError
from clawband.model.gateways import GatewaySettings
from clawband.openclaw import tools
from clawband.service.launcher import READABLE, Launcher
from clawband.service.running import Running
from clawband.service.service import Service
from clawband.service.trusted import Trusted
from clawband.settings import Settings


def build(settings: Settings) -> tuple[Service, MachineClock]:
    """Open everything. Raises `UnavailableError` or `InvariantError` with what to do."""
    state = settings.state
    keys = state / "keys"
    for folder in (state, keys):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    clock = MachineClock()
    live = [each for each in settings.gateways if each.url and each.token_file]
    kept = vaults.opened(settings)
    running = Running(
        store=open_store(settings.store, vaults.kept_key("payload", settings, kept.own)),
        shelf=FileShelf(state / "policies"),
        signer=FileSigner(settings.origin, keys / "log.key"),
        witness=FileWitness(state / "witness"),
        clock=clock,
        randomness=MachineEntropy(),
        passwords=Argon2(),
        catalogue=tools.catalogue(),
        controls={each.name: OpenClawControl(each.url, Path(each.token_file)) for each in live},
        holding=Holding(wait=settings.hold, life=settings.approval),
        boundary=secret_file(keys / "egress.key"),
        vaults=kept.vaults,
        keeping=kept.keeping,
        rotors=rotors_of(settings),
        prints=vaults.kept_key("prints", settings, kept.own),
        credentials={each.name: credentials_of(each) for each in settings.gateways if each.config},
        own_uses=own_uses(settings),
        people=settings.people,
        doors=settings.doors,
        tls=tls_of(settings, kept.own),
        courier=Smtp(settings.mail, settings.authorities) if settings.mail else None,
        trusted=trusted_of(settings),
        egress_port=settings.egress,
        models_port=settings.models,
        launcher=launcher_of(settings),
        filesystem=own.of(settings),
        folders=own.folders(settings),
        canary=timedelta(seconds=settings.canary_seconds),
        probes={each.name: OpenClawProbe(each.url, Path(each.token_file)) for each in live},
        files={each.name: OpenClawFiles(each.url, Path(each.token_file)) for each in live},
    )
    return Service(running), clock


def credentials_of(gateway: GatewaySettings) -> OpenClawCredentials:
    """What stands in the files of a gateway whose configuration is named."""

    def live() -> Link:
        return Link(gateway.url, token_in(Path(gateway.token_file)))

    reachable = live if gateway.url and gateway.token_file else None
    return OpenClawCredentials(gateway.config, gateway.state, reachable)


def trusted_of(settings: Settings) -> Trusted:
    """Nobody is asked for keys where the settings name no issuer."""
    if settings.openid is None and not settings.workloads:
        return Trusted()
    issuers = HttpIssuers(Fetch(settings.authorities))
    return Trusted(openid=settings.openid, workloads=settings.workloads, issuers=issuers)


def launcher_of(settings: Settings) -> Launcher | None:
    """How commands start here; none where the launcher's code is not a file of this machine."""
    entry = Path(clawband.__file__).with_name("launcher") / "run.py"
    if not entry.is_file():
        return None
    given = settings.launcher
    return Launcher(
        program=(sys.executable, "-I", "-S", str(entry)),
        port=settings.egress,
        shell=given.shell,
        trust=bundled(settings.state / "keys", settings.state / "authorities.pem"),
        # The launcher follows no symbolic link: what it leads to could have been chosen since.
        read=tuple(dict.fromkeys(os.path.realpath(path) for path in given.read or READABLE)),
        write=given.write,
        symlinks=given.symlinks,
    )


def inspect(settings: Settings, key: str | None, earlier: Sequence[str]) -> Report:
    """Compare the store with itself and with the witness, in place and changing nothing.

    Without `key` the log's own key file says which key it is. Raises `UnavailableError` when
    the store cannot be read at all.
    """
    private = settings.state / "keys" / "log.key"
    if key is None and not private.exists():
        raise UnavailableError(
            "the state folder has no log key", remedy="give the key you trust with `--key`"
        )
    trusted = key or str(key_of(FileSigner(settings.origin, private)))
    notes = [*FileWitness(settings.state / "witness").notes(), *earlier]
    with Evidence(settings.store) as evidence:
        return inspection.inspect(evidence, notes, key=trusted, pinned=key is not None)
