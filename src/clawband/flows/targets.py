"""Where a value may be put on: what a target of a secret may say."""

from typing import NoReturn

from clawband.model.errors import InputError
from clawband.model.secret import IN_PATH, Target

_TAKEN = frozenset(
    {
        "connection", "content-encoding", "content-length", "expect", "host", "keep-alive",
        "proxy-authorization", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
        "via",
    }
)  # fmt: skip
"""Fields that say where a message ends or goes."""
_NAME = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_")
_HOST = _NAME | frozenset(".:")
_METHOD = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ-")
_FORM = frozenset(map(chr, range(32, 127)))


def checked(target: Target) -> Target:
    """Raises `InputError` for one that no request could fit, or that would change where it goes."""
    for host in target.hosts or ("",):
        if not host or not _HOST.issuperset(host):
            _wrong("host", host, "name each host in small letters, without scheme and wildcard")
    if target.header != IN_PATH and (
        not target.header or not _NAME.issuperset(target.header) or target.header in _TAKEN
    ):
        _wrong("field", target.header, "name the one that is read, such as `authorization`")
    if target.form.count("{}") != 1 or not _FORM.issuperset(target.form):
        _wrong("form", target.form, 'write it with one `{}` in it, such as `--form "Bearer {}"`')
    if target.header == IN_PATH and not target.form.startswith("/"):
        _wrong("form", target.form, 'write how the path begins, such as `--form "/bot{}/"`')
    for method in target.methods:
        if not method or not _METHOD.issuperset(method):
            _wrong("method", method, "write it in capitals, such as `GET`")
    for path in target.paths:
        if not path.startswith("/"):
            _wrong("path", path, "begin it with `/`")
    return target


def _wrong(what: str, said: str, remedy: str) -> NoReturn:
    raise InputError(f"`{said[:80]}` cannot be a target's {what}", remedy=remedy)
