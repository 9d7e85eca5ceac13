"""A master key that never leaves OpenBao or HashiCorp Vault: its transit engine wraps for us."""

import base64

from clawband.adapters.vaults import bao, master
from clawband.adapters.vaults.bao import Bao
from clawband.model.errors import InputError, NotFoundError, UnavailableError


class TransitMaster:
    """Implements `ports.vault.MasterKey`. `vault` is the name that the settings give the server:
    with the key's it is the id, so neither may be changed in passing."""

    def __init__(self, server: Bao, vault: str, key: str) -> None:
        mount, _, name = key.rpartition("/")
        self._server, self._mount, self._key = server, mount or "transit", name
        self._id = f"transit:{vault}/{key}"

    @property
    def id(self) -> str:
        return self._id

    @property
    def known(self) -> frozenset[str]:
        return frozenset({self._id})

    def wrap(self, key: bytes) -> bytes:
        asked = {"plaintext": base64.b64encode(key).decode()}
        return self._asked("encrypt", asked, "ciphertext").encode()

    def unwrap(self, wrapped: bytes, id: str) -> bytes:
        if id != self._id:
            raise master.foreign(id, self._id)
        try:
            text = self._asked("decrypt", {"ciphertext": wrapped.decode("ascii")}, "plaintext")
            return base64.b64decode(text, validate=True)
        except (InputError, ValueError) as error:
            raise master.altered() from error

    def _asked(self, what: str, body: object, name: str) -> str:
        try:
            told = self._server.ask("POST", bao.path(self._mount, what, self._key), body)
            return str(told["data"][name])
        except (NotFoundError, KeyError, TypeError) as error:
            raise UnavailableError(
                f"the transit engine has no key `{self._key[:60]}`",
                remedy="make the key there, and a policy with `update` for it and nothing else",
            ) from error
