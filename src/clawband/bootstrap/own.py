"""Where Clawband reads the credentials that it uses itself: files of its own, or secrets."""

from collections.abc import Mapping
from pathlib import Path

from clawband.adapters import private
from clawband.flows.secrets import SECRET
from clawband.model.errors import Error
from clawband.model.secret import reference
from clawband.ports.own import Own
from clawband.ports.store import Documents
from clawband.ports.vault import Vault


class Owned:
    """What settings such as `token_file` name: a file, or `secret:NAME`."""

    def __init__(self, documents: Documents, vaults: Mapping[str, Vault]) -> None:
        self._documents, self._vaults = documents, vaults

    def named(self, setting: str, value: str, environment: str = "") -> Own:
        """`setting` is for the words of an error. A secret has to be of the `environment`, if one
        is said."""
        name = reference(value)
        if not name:
            return lambda: private.line(setting, Path(value))
        return lambda: self._secret(setting, name, environment)

    def _secret(self, setting: str, name: str, environment: str) -> str:
        found = SECRET.find(name, self._documents)
        current = found.value.current if found else None
        if found is None or current is None:
            raise private.wrong(setting, f"the secret `{name}`, which has no value")
        secret = found.value
        if environment and secret.environment != environment:
            raise private.wrong(setting, f"the secret `{name}`, which is of {secret.environment}")
        try:
            value = self._vaults[secret.vault].read(secret.place, current.number).decode()
        except (Error, KeyError, UnicodeDecodeError) as error:
            why = error.message if isinstance(error, Error) else "it cannot be used as text"
            raise private.wrong(setting, f"the secret `{name}`: {why}") from error
        return private.single(setting, value)
