"""Postal address: street with number, as written in English and German. One says little.

Source: UPU S42, the elements of an address.
"""

from clawband.labels.classifiers import Classifier

CLASSIFIER = Classifier(
    id="postal-address",
    tag="personal",
    pattern=(
        r"\b(\d{1,5}[A-Za-z]? (?:[A-Z][a-z]{1,20}\.? ){1,3}"
        r"(?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Court|Ct|Way|Place|Square)\b"
        r"(?:\.?,? (?:[A-Z][a-z]+,? ){1,3}(?:[A-Z]{2} \d{5}|[A-Z]{1,2}\d[A-Z0-9]? \d[A-Z]{2}))?)"
        r"|\b([A-ZÄÖÜ][a-zäöüß-]{2,30}(?:straße|strasse|str\.|weg|platz|allee|gasse|damm|ufer)"
        r" \d{1,4}[a-z]?(?:,? \d{5} [A-ZÄÖÜ][a-zäöüß]{2,30})?)"
    ),
    confidence=0.3,
)
EXAMPLES = (
    "Bergmannstraße 12, 10961 Berlin; 350 Fifth Avenue",
    "the Fifth Element, on our way, 12 Angry Men, Straße",
)
