"""Identity number of Spain (DNI, NIE): digits and a letter that the digits determine.

Source: Ministerio del Interior, "Cálculo del dígito de control del NIF/NIE".
"""

from clawband.labels.classifiers import Classifier


def check(value: str) -> float:
    """Is the letter right? X, Y and Z stand for 0, 1 and 2."""
    number = int(value[:8].translate(str.maketrans("XYZ", "012")))
    return "TRWAGMYFPDXBNJZSQVHLCKE"[number % 23] == value[-1]


CLASSIFIER = Classifier(
    id="es-dni",
    tag="personal",
    pattern=r"\b([0-9XYZ]\d{7}[ -]?[A-HJ-NP-TV-Z])\b",
    confidence=0.9,
    near=r"\bdni\b|\bnie\b|\bnif\b|identidad",
    alone=0.4,
    check=check,
)
EXAMPLES = ("DNI: 12345678Z", "DNI: 12345678A")
