"""The one spelling a line of an export may have.

Sorted keys, no white space, UTF-8, no escape that is not needed, each key once, no fractions: the
form of RFC 8785 for values without floats, and exactly what `entry` writes. A line with a second
spelling could be changed without changing what it seems to say, so it is refused.
"""

import json

from clawband.model.errors import InputError

_REMEDY = "export again; a program that reads and rewrites JSON has touched this file"


def encode(value: object) -> bytes:
    """The canonical bytes of strings, integers, booleans, null, lists and objects."""
    text = json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return text.encode()


def decode(line: bytes) -> dict[str, object]:
    """The object a line holds; raises `InputError` unless it is spelled canonically."""
    try:
        value = json.loads(line.decode(), parse_float=_refuse, parse_constant=_refuse)
        again = encode(value)
    except UnicodeDecodeError as error:
        raise InputError(f"byte {error.start} is not UTF-8", remedy=_REMEDY) from None
    except RecursionError:
        raise InputError("the line is nested too deeply", remedy=_REMEDY) from None
    except ValueError:  # no JSON, a number of thousands of digits, a lone surrogate
        raise InputError("the line is not JSON without fractions", remedy=_REMEDY) from None
    if not isinstance(value, dict):
        raise InputError("the line is not a JSON object", remedy=_REMEDY)
    if again != line:
        raise InputError("the line is not canonical JSON", remedy=_REMEDY)
    return value


def _refuse(number: str) -> object:
    raise ValueError(number)
