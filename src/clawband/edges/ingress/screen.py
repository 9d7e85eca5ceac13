"""The screen of a door: rules such as the OWASP core rule set, run by libmodsecurity (3.x).

The library is one of the machine's, and is called through its C interface
(`modsecurity/modsecurity.h`). Its parsers read what strangers send, so this runs in the program of
the doors only, which has no keys of ours. `python -m clawband.edges.ingress.screen FILE` says
whether the rules can be used.
"""

import asyncio
import ctypes
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from ctypes import POINTER, Structure, c_char_p, c_int, c_size_t, c_void_p
from pathlib import Path
from typing import Final

from clawband.model.errors import Error, UnavailableError
from clawband.network.head import Request

LIBRARY: Final = "libmodsecurity.so.3"
PORT: Final = 443
MOST_WORDS: Final = 200
_RULE = re.compile(rb'\[id "(\d+)"\].*?\[msg "([^"]*)"\]')
_LOG = ctypes.CFUNCTYPE(None, c_void_p, c_char_p)


class _Intervention(Structure):
    """`ModSecurityIntervention` of `modsecurity/intervention.h`."""

    _fields_ = (
        ("status", c_int), ("pause", c_int), ("url", c_void_p), ("log", c_void_p),
        ("disruptive", c_int),
    )  # fmt: skip


_CALLS: Final = {
    "msc_init": (c_void_p, ()),
    "msc_set_log_cb": (None, (c_void_p, _LOG)),
    "msc_create_rules_set": (c_void_p, ()),
    "msc_rules_add_file": (c_int, (c_void_p, c_char_p, POINTER(c_char_p))),
    "msc_new_transaction": (c_void_p, (c_void_p, c_void_p, c_void_p)),
    "msc_process_connection": (c_int, (c_void_p, c_char_p, c_int, c_char_p, c_int)),
    "msc_process_uri": (c_int, (c_void_p, c_char_p, c_char_p, c_char_p)),
    "msc_add_n_request_header": (c_int, (c_void_p, c_char_p, c_size_t, c_char_p, c_size_t)),
    "msc_process_request_headers": (c_int, (c_void_p,)),
    "msc_append_request_body": (c_int, (c_void_p, c_char_p, c_size_t)),
    "msc_process_request_body": (c_int, (c_void_p,)),
    "msc_intervention": (c_int, (c_void_p, POINTER(_Intervention))),
    "msc_transaction_cleanup": (None, (c_void_p,)),
}


class Rules:
    """Implements `house.Screen` with a file of rules, in a thread of its own: a long body takes
    longer than others should wait."""

    def __init__(self, path: str, library: str = LIBRARY) -> None:
        """Raises `UnavailableError` without the library, and for rules that it does not take."""
        self._calls = _library(library)
        self._free = ctypes.CDLL(None).free
        self._free.restype, self._free.argtypes = None, (c_void_p,)
        self._alone = ThreadPoolExecutor(1)
        self._hits: list[str] = []
        # Kept: the library calls it, and knows nothing of our counting.
        self._log = _LOG(self._heard)
        self._engine = self._calls.msc_init()
        self._calls.msc_set_log_cb(self._engine, self._log)
        self._rules = self._calls.msc_create_rules_set()
        error = c_char_p()
        if not Path(path).is_file():
            error.value = b"there is no such file"
        elif self._calls.msc_rules_add_file(self._rules, path.encode(), ctypes.byref(error)) >= 0:
            return
        raise UnavailableError(
            f"the rules in `{path}` cannot be used: {(error.value or b'').decode('latin-1')[:300]}",
            remedy="correct the file that `waf` of the door names",
        )

    async def look(self, message: Request, address: str, body: bytes) -> str:
        """The first rules that refuse it; empty when none does."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._alone, self.looked, message, address, body)

    def looked(self, message: Request, address: str, body: bytes) -> str:
        """The same, at once. Never in two threads."""
        calls = self._calls
        self._hits.clear()
        one = calls.msc_new_transaction(self._engine, self._rules, None)
        try:
            calls.msc_process_connection(one, address.encode(), 0, b"127.0.0.1", PORT)
            target, version = message.target.encode("latin-1"), f"1.{message.minor}".encode()
            calls.msc_process_uri(one, target, message.method.encode(), version)
            for name, value in message.fields:
                calls.msc_add_n_request_header(one, name, len(name), value, len(value))
            calls.msc_process_request_headers(one)
            if not self._refused(one):
                calls.msc_append_request_body(one, body, len(body))
                calls.msc_process_request_body(one)
                if not self._refused(one):
                    return ""
            return f"refused by the rules: {'; '.join(self._hits)}"[:MOST_WORDS]
        finally:
            calls.msc_transaction_cleanup(one)

    def _refused(self, one: int) -> bool:
        said = _Intervention(status=200)
        self._calls.msc_intervention(one, ctypes.byref(said))
        for text in (said.url, said.log):
            self._free(text)
        return bool(said.disruptive)

    def _heard(self, _data: int, line: bytes) -> None:
        found = _RULE.search(line or b"")
        if found:
            self._hits.append(b" ".join(found.groups()).decode("latin-1"))


def _library(name: str) -> ctypes.CDLL:
    try:
        found = ctypes.CDLL(name)
        for each, (answer, takes) in _CALLS.items():
            call = getattr(found, each)
            call.restype, call.argtypes = answer, takes
    except (OSError, AttributeError) as error:
        raise UnavailableError(
            f"`waf` of a door needs {name}, which is not here: {str(error)[:100]}",
            remedy="install it (`libmodsecurity3` on Debian), or remove `waf`",
        ) from error
    return found


def main() -> None:
    """Say on standard error why these rules cannot be used, when they cannot."""
    try:
        Rules(sys.argv[1])
    except Error as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
