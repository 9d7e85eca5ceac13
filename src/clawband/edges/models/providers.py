"""The configured providers, each with its key from a file that only we can read."""

import stat
from collections.abc import Mapping, Sequence
from pathlib import Path

from clawband.edges.models.door import Door, Provider
from clawband.edges.models.upstream import Address, Upstream
from clawband.model.errors import InputError
from clawband.model.providers import ProviderSettings
from clawband.service.models import Models


def door_of(models: Models, given: Sequence[ProviderSettings]) -> Door:
    """The door to these providers. Raises `InputError` for a key file that others can read."""
    return Door(models, configured(given))


def configured(given: Sequence[ProviderSettings]) -> Mapping[str, Provider]:
    found = {}
    for each in given:
        key = _key(Path(each.key_file)) if each.key_file else ""
        upstream = Upstream(Address.parse(each.url), key)
        found[each.name] = Provider(each.name, each.region, upstream, key)
    return found


def _key(path: Path) -> str:
    try:
        mode, text = path.stat().st_mode, path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"the key file `{path}` cannot be read: {type(error).__name__}",
            remedy="write the provider's key into it, or correct `key_file`",
        ) from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise InputError(f"others can read the key file `{path}`", remedy=f"run `chmod 600 {path}`")
    if not text or not text.isprintable() or len(text.split()) != 1:
        raise InputError(f"the key file `{path}` holds no key", remedy="write the key, one line")
    return text
