"""Where Clawband reads the credentials that it uses itself: files of its own, or secrets."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from clawband.adapters import private
from clawband.flows.secrets import SECRET
from clawband.model.errors import Error, UnavailableError
from clawband.model.secret import reference
from clawband.ports.own import Own
from clawband.ports.store import Documents
from clawband.ports.vault import Vault
from clawband.service.masking import Masking


class Owned:
    """What settings such as `token_file` name: a file, or `secret:NAME`. What was read is masked
    from then on."""

    def __init__(self, documents: Documents, vaults: Mapping[str, Vault], masking: Masking) -> None:
        self._documents, self._vaults = documents, vaults
        self._masking = masking

    def named(self, setting: str, value: str, environment: str = "") -> Own:
        """`setting` is for the words of an error. A secret has to be of the `environment`, if one
        is said."""
        name = reference(value)
        if not name:
            # A file that is not there yet says so when it is needed.
            with suppress(UnavailableError):
                self._line(setting, Path(value))
            return lambda: self._line(setting, Path(value))
        return lambda: self._secret(setting, name, environment)

    def _line(self, setting: str, path: Path) -> str:
        found = private.line(setting, path)
        self._masking.learn(f"{setting} {path.name}", found.encode())
        return found

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
        self._masking.learn(name, value.encode())
        return private.single(setting, value)
