"""`clawband`, the program: the command line, with this machine in its hands."""

import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from clawband.edges.cli.main import run

# Imported where they are used: `clawband --help` must not wait for them.
if TYPE_CHECKING:
    from clawband.audit.report import Report
    from clawband.edges.cli.contain_local import Kernel
    from clawband.edges.cli.local import Account, GatewayLink
    from clawband.service.service import Service
    from clawband.settings import Settings


PATCHED = 60.0
"""Seconds: a gateway tries a new configuration, and resolves its secrets, before it answers."""


class Machine:
    """Implements `edges.cli.local.Local`. The server's parts are imported only when it runs."""

    def serve(self, settings: "Settings", *, leashed: bool) -> None:
        import uvloop

        from clawband import bootstrap

        tell = _tell_starter if leashed else _tell_person
        uvloop.run(bootstrap.serve(settings, _ready(settings, tell), leashed=leashed))

    def recover(self, settings: "Settings", name: str) -> "Account":
        import asyncio

        from clawband import bootstrap
        from clawband.edges.cli.local import Account
        from clawband.service import first_run

        async def recovered() -> first_run.Fresh:
            async with bootstrap.opened(settings) as service:
                return await first_run.recover(service, name)

        fresh = asyncio.run(recovered())
        return Account(fresh.name, fresh.roles, fresh.password)

    def inspect(self, settings: "Settings", key: str | None, earlier: Sequence[str]) -> "Report":
        from clawband import bootstrap

        return bootstrap.inspect(settings, key, earlier)

    def link(self, url: str, token_file: Path) -> "GatewayLink":
        from clawband.adapters import private
        from clawband.adapters.gateways.openclaw import Link
        from clawband.model.errors import UnavailableError
        from clawband.model.secret import reference

        if secret := reference(str(token_file)):
            raise UnavailableError(
                f"the gateway's token is the secret `{secret}`, which only the server reads",
                remedy="change its configuration with `--config`",
            )
        return Link(url, private.line("token_file", token_file), seconds=PATCHED)

    def authority(self, settings: "Settings") -> str:
        from clawband.edges.interceptor.authority import Authority

        keys = settings.state / "keys"
        keys.mkdir(mode=0o700, parents=True, exist_ok=True)
        return Authority.open(keys).pem

    def kernel(self) -> "Kernel":
        from clawband.adapters.kernel.machine import ThisKernel

        return ThisKernel()


Tell = Callable[["Service", "Settings"], Awaitable[None]]


def _ready(settings: "Settings", tell: Tell) -> Callable[["Service"], Awaitable[None]]:
    def ready(service: "Service") -> Awaitable[None]:
        service.enforcement.standings.alarm = _alarm
        return tell(service, settings)

    return ready


def _alarm(sentence: str) -> None:
    sys.stderr.write(f"clawband: {sentence}; see `clawband enforcement`\n")
    sys.stderr.flush()


async def _tell_person(service: "Service", settings: "Settings") -> None:
    from clawband.service import first_run

    made = False
    for fresh in await first_run.first_operators(service):
        roles = ", ".join(fresh.roles)
        sys.stdout.write(f"new operator {fresh.name} ({roles}): {fresh.password}\n")
        made = True
    if made:
        sys.stdout.write(f"your own account: {await first_run.first_link(service)}\n")
    sys.stdout.write(f"Clawband is at {settings.url}; Ctrl-C stops it\n")
    sys.stdout.flush()


async def _tell_starter(service: "Service", settings: "Settings") -> None:
    import json

    from clawband.service import first_run

    made = await first_run.first_operators(service)
    name, token = await first_run.sign_in(service)
    told = {
        "url": settings.url,
        "socket": str(settings.socket),
        "operators": [
            {"name": each.name, "roles": each.roles, "password": each.password} for each in made
        ],
        "link": await first_run.first_link(service),
        "name": name,
        "token": token,
    }
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


def main() -> None:
    """The `clawband` script."""
    sys.exit(run(sys.argv[1:], Machine()))


if __name__ == "__main__":
    main()
