"""Token of a service people work in: Notion, Linear, Figma, Atlassian, HubSpot, Shopify, Postman.

Source: the token pages of these services.
"""

from clawband.labels.classifiers import Classifier
from clawband.labels.evidence import entropy

CLASSIFIER = Classifier(
    id="workspace-token",
    tag="secret",
    pattern=(
        r"\b(ntn_[A-Za-z0-9]{40,}|lin_api_[A-Za-z0-9]{40}|fig[du]_[\w-]{40,}"
        r"|ATATT3[\w=-]{100,}|shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}"
        r"|pat-(?:na|eu)\d-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
        r"|PMAK-[0-9a-f]{24}-[0-9a-f]{34})"
    ),
    confidence=0.95,
    check=lambda value: entropy(value) > 3,
)
EXAMPLES = (
    "X-Shopify-Access-Token: " + "shpat" + "_3fa94c07d1e85b26f0c9a7e41d83b562",
    "pat-eu1-region, and shpat_" + "a" * 32,
)
