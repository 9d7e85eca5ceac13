"""Master keys that are handed in: by the environment, or by a program that asks a keyring."""

import base64
import binascii
import subprocess
from collections.abc import Mapping, Sequence

from clawband.model.errors import UnavailableError

KEY_BYTES = 32
SECONDS = 30


def variable(name: str, environment: Mapping[str, str]) -> bytes:
    """The 32 bytes, in base 64. Raises `UnavailableError`."""
    return _key(environment.get(name, ""), f"the variable `{name[:60]}`")


def command(words: Sequence[str]) -> bytes:
    """What the program writes: 32 bytes in base 64. It may ask a keyring of the system, a TPM or
    a key service; it is ours as much as the settings that name it. Raises `UnavailableError`."""
    try:
        done = subprocess.run(  # noqa: S603 - the settings name it
            list(words), stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise UnavailableError(
            f"the program `{words[0][:80]}` gave no master key: {type(error).__name__}",
            remedy="run it by hand as this user, and look at what it says",
        ) from error
    return _key(done.stdout.decode("ascii", "replace"), f"the program `{words[0][:80]}`")


def _key(text: str, where: str) -> bytes:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise UnavailableError(
            f"{where} holds no master key",
            remedy="give it 32 random bytes in base 64, from `openssl rand -base64 32`",
        )
    return key
