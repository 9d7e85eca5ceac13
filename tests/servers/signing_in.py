"""Settings of a vault at a real OpenBao, with a token or an AppRole of its own."""

from pathlib import Path
from typing import Any

from clawband.model.vaults import VaultSettings
from tests.servers.openbao import OpenBao


def by_token(server: OpenBao, folder: Path, *paths: str, **given: Any) -> VaultSettings:
    """`paths`: below which the token may do everything."""
    file = kept(folder / "token", server.token(*paths, namespace=given.get("namespace", "")))
    return settings(server, token_file=file, **given)


def by_role(server: OpenBao, folder: Path, *paths: str, **given: Any) -> VaultSettings:
    """AppRole: tokens of a minute."""
    login = server.approle(*paths)
    return settings(
        server,
        login=login.mount,
        role_id=login.role,
        secret_id_file=kept(folder / "secret-id", login.secret),
        **given,
    )


def settings(server: OpenBao, **given: Any) -> VaultSettings:
    said: dict[str, Any] = {
        "name": "bao", "kind": "openbao", "environment": "production", "url": server.url,
        "authorities": str(server.authority), **given,
    }  # fmt: skip
    return VaultSettings(**said)


def kept(path: Path, text: str) -> str:
    """A file as a secret is kept: for its owner only."""
    path.touch(0o600)
    path.write_text(f"{text}\n")
    return str(path)
