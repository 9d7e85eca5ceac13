"""Social security number of France (NIR): sex, birth, place, order, and a key of two digits.

Source: INSEE, "Numéro d'inscription au répertoire"; the key is 97 minus the number modulo 97.
"""

from clawband.labels.classifiers import Classifier


def check(value: str) -> float:
    """Is the key right? Corsica counts as a number."""
    plain = value.replace(" ", "").replace("2A", "19").replace("2B", "18")
    return plain.isdecimal() and 97 - int(plain[:-2]) % 97 == int(plain[-2:])


CLASSIFIER = Classifier(
    id="fr-nir",
    tag="personal",
    pattern=r"\b([12] ?\d\d ?(?:0[1-9]|1[0-2]|[2-9]\d) ?(?:\d\d|2[AB]) ?\d{3} ?\d{3} ?\d\d)\b",
    confidence=0.92,
    near=r"sécurité.sociale|\bnir\b|\binsee\b|numéro.(?:de.)?sécu",
    alone=0.45,
    check=check,
)
EXAMPLES = ("NIR 2 55 08 14 168 025 38", "NIR 2 55 08 14 168 025 39")
