"""Name of a person where the text says that it is one: behind a title, a greeting or a label.

A name alone in a sentence looks like any other, and a list of given names would know some
languages only. One says little. Source: the forms of address in English, German, French, Spanish.
"""

from clawband.labels.classifiers import Classifier

_NAME = (
    r"[A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ'’-]+(?: (?:van|von|de|der|la|[A-Z]\.))*(?: [A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ'’-]+)"
)

CLASSIFIER = Classifier(
    id="person-name",
    tag="personal",
    pattern=(
        r"\b(?:(?:Mr|Mrs|Ms|Dr|Prof|Herr|Frau|Mme|Monsieur|Madame|Señora?)\.? |Dear |Liebe[r]? "
        r"|(?i:(?:full|first|last|sur|patient|customer|contact|employee|guest|vor|nach)[ _]?names?)"
        r"[\"']?[:=]\s{0,3}[\"']?)"
        rf"({_NAME}{{0,2}})"
    ),
    confidence=0.3,
)
EXAMPLES = (
    "Dear Ada Lovelace, and Herr Jürgen von Weber",
    "Dear customer, Mr is a title; file name: Report Final",
)
