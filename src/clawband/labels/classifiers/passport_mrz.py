"""Machine-readable lines of a passport: two of 44 characters, with check digits.

Source: ICAO Doc 9303 part 4 §4.2, part 3 §4.9.
"""

from clawband.labels.classifiers import Classifier

_VALUES = {char: value for value, char in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")}


def _digit(field: str) -> str:
    weighed = (_VALUES.get(char, 0) * (7, 3, 1)[place % 3] for place, char in enumerate(field))
    return str(sum(weighed) % 10)


def check(value: str) -> float:
    """The check digits of number, birth and expiry."""
    line = value[-44:]
    fields = ((0, 9), (13, 19), (21, 27))
    return all(_digit(line[start:end]) == line[end] for start, end in fields)


CLASSIFIER = Classifier(
    id="passport-mrz",
    tag="personal",
    pattern=(
        r"(P[A-Z<][A-Z]{3}[A-Z<]{39}\s{1,3}"
        r"[A-Z0-9<]{9}\d[A-Z<]{3}\d{7}[MFX<]\d{7}[A-Z0-9<]{14}[0-9<]\d)"
    ),
    confidence=0.97,
    check=check,
)
EXAMPLES = (
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10",
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C37UTO7408122F1204159ZE184226B<<<<<10",
)
