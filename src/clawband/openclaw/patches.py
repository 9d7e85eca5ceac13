"""How one `openclaw.json` becomes another through the running gateway."""

from collections.abc import Mapping
from typing import Any

from clawband.openclaw.placed import Config


def merge_patch(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Config, list[str]]:
    """The JSON merge patch (RFC 7396) from one to the other, and the lists that it shortens.

    OpenClaw's `config.patch` refuses to shorten a list that is not named beside the patch.
    """
    shorter: list[str] = []
    return _patch(before, after, "", shorter), shorter


def _patch(before: Any, after: Mapping[str, Any], where: str, shorter: list[str]) -> Config:
    patch: Config = {key: None for key in before if key not in after}
    for key in patch:
        shorter += _lists(before[key], f"{where}.{key}" if where else key)
    for key, value in after.items():
        name = f"{where}.{key}" if where else key
        old = before.get(key)
        if old == value:
            continue
        if isinstance(old, dict) and isinstance(value, dict):
            patch[key] = _patch(old, value, name, shorter)
            continue
        if isinstance(old, list) and isinstance(value, list) and len(value) < len(old):
            shorter.append(name)
        patch[key] = value
    return patch


def _lists(value: Any, where: str) -> list[str]:
    """Where lists stand in what goes."""
    if isinstance(value, dict):
        return [name for key, each in value.items() for name in _lists(each, f"{where}.{key}")]
    return [where] if isinstance(value, list) and value else []
