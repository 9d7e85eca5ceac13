"""The service from its ports: which adapter stands where."""

import os
import sys
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import clawband
from clawband.adapters.argon2 import Argon2
from clawband.adapters.files import FileShelf, FileWitness
from clawband.adapters.filesystem import own
from clawband.adapters.gateways.credentials import OpenClawCredentials
from clawband.adapters.gateways.openclaw import Link, OpenClawControl
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
from clawband.bootstrap.own import Owned
from clawband.bootstrap.rotors import rotors_of
from clawband.bootstrap.uses import own_uses
from clawband.edges.interceptor.authority import bundled
from clawband.flows.hold import Holding
from clawband.flows.seal import key_of
from clawband.model.errors import UnavailableError
from clawband.openclaw import tools
from clawband.ports.own import Own
from clawband.service.launcher import READABLE, Launcher
from clawband.service.masking import Masking
from clawband.service.running import Running
from clawband.service.service import Service
from clawband.service.trusted import Trusted
from clawband.settings import Settings


def build(settings: Settings) -> tuple[Service, MachineClock]:
    """Open everything. Raises `UnavailableError` or `InvariantError` with what to do."""
    state, keys = settings.state, settings.state / "keys"
    for folder in (state, keys):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    clock, masking = MachineClock(), Masking()
    kept = vaults.opened(settings)
    store = open_store(settings.store, vaults.kept_key("payload", settings, kept.own))
    owned = Owned(store, kept.vaults, masking)
    running = Running(
        store=store,
        shelf=FileShelf(state / "policies"),
        signer=FileSigner(settings.origin, keys / "log.key"),
        witness=FileWitness(state / "witness"),
        clock=clock,
        randomness=MachineEntropy(),
        passwords=Argon2(),
        catalogue=tools.catalogue(),
        holding=Holding(wait=settings.hold, life=settings.approval),
        boundary=secret_file(keys / "egress.key"),
        vaults=kept.vaults,
        keeping=kept.keeping,
        rotors=rotors_of(settings),
        prints=vaults.kept_key("prints", settings, kept.own),
        own_uses=own_uses(settings),
        people=settings.people,
        doors=settings.doors,
        tls=tls_of(settings, kept.own),
        courier=courier_of(settings, owned),
        trusted=trusted_of(settings, owned),
        egress_port=settings.egress,
        models_port=settings.models,
        launcher=launcher_of(settings),
        filesystem=own.of(settings),
        folders=own.folders(settings),
        canary=timedelta(seconds=settings.canary_seconds),
        masking=masking,
        **gateways_of(settings, owned),
    )
    return Service(running), clock


def gateways_of(settings: Settings, owned: Owned) -> dict[str, Any]:
    """What is asked of gateways, by the name of the port and that of the gateway."""
    live = {
        each.name: (each.url, owned.named("token_file", each.token_file, each.environment))
        for each in settings.gateways
        if each.url and each.token_file
    }
    return {
        "controls": {name: OpenClawControl(*reach) for name, reach in live.items()},
        "probes": {name: OpenClawProbe(*reach) for name, reach in live.items()},
        "files": {name: OpenClawFiles(*reach) for name, reach in live.items()},
        "credentials": {
            each.name: OpenClawCredentials(each.config, each.state, linked(live.get(each.name)))
            for each in settings.gateways
            if each.config
        },
    }


def linked(reach: tuple[str, Own] | None) -> Callable[[], Link] | None:
    """How a gateway that runs is asked; None for one that cannot be reached."""
    if reach is None:
        return None
    url, token = reach
    return lambda: Link(url, token())


def courier_of(settings: Settings, owned: Owned) -> Smtp | None:
    mail = settings.mail
    if mail is None:
        return None
    password = owned.named("password_file", mail.password_file) if mail.password_file else None
    return Smtp(mail, settings.authorities, password)


def trusted_of(settings: Settings, owned: Owned) -> Trusted:
    """Nobody is asked for keys where the settings name no issuer."""
    openid = settings.openid
    if openid is None and not settings.workloads:
        return Trusted()
    file = openid.secret_file if openid else ""
    secret = owned.named("secret_file", file) if file else None
    issuers = HttpIssuers(Fetch(settings.authorities), secret=secret)
    return Trusted(openid=openid, workloads=settings.workloads, issuers=issuers)


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
