"""Token of a product people keep their things in: Airtable, Asana, Mapbox, Dropbox, Typeform,
ClickUp, Meta, 1Password.

Source: the developer pages of these products.
"""

from clawband.labels.classifiers import Classifier
from clawband.labels.evidence import entropy

CLASSIFIER = Classifier(
    id="product-token",
    tag="secret",
    pattern=(
        r"(?:\A|[^\w+/-])(pat[A-Za-z0-9]{14}\.[0-9a-f]{64}|\d/\d{16}(?:/\d{16})?:[0-9a-f]{32}"
        r"|sk\.eyJ[\w-]{50,}\.[\w-]{22}|sl\.[\w-]{130,}|tfp_[\w-]{40,}|pk_\d{6,10}_[A-Z0-9]{32}"
        r"|EAA[A-Za-z0-9]{90,}|ops_eyJ[\w-]{100,}={0,2})"
    ),
    confidence=0.95,
    check=lambda value: entropy(value) > (4.5 if value.startswith("EAA") else 3),
)
EXAMPLES = (
    "AIRTABLE="
    + "pat"
    + "Zk4vQ8sXw2Rt7b.3fa94c07d1e85b26f0c9a7e41d83b562aa11bb22cc33dd44ee55ff6677889900",
    "patient.records, sl.pdf, pk_123456_SHORT and EAA" + "A" * 95,
)
