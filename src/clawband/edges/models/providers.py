"""The configured providers, each with its key, which only we read."""

from collections.abc import Callable, Mapping, Sequence

from clawband.edges.models.door import Door, Provider
from clawband.edges.models.upstream import Address, Upstream
from clawband.model.providers import ProviderSettings
from clawband.model.secret import reference
from clawband.ports.own import Own
from clawband.service.models import Models

Named = Callable[[str, str], Own]
"""Of a setting and what it names."""


def door_of(models: Models, given: Sequence[ProviderSettings], named: Named) -> Door:
    """The door to these providers. Raises `InputError` and `UnavailableError`."""
    return Door(models, configured(given, named))


def configured(given: Sequence[ProviderSettings], named: Named) -> Mapping[str, Provider]:
    """A file that is wrong is told now; a secret may be set later."""
    found = {}
    for each in given:
        key = named("key_file", each.key_file) if each.key_file else None
        if key and not reference(each.key_file):
            key()
        found[each.name] = Provider(each.name, each.region, Upstream(Address.parse(each.url), key))
    return found
