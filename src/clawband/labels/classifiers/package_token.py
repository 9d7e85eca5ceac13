"""Token that publishes packages, other than npm's and PyPI's: RubyGems, crates.io, NuGet.

Source: the API token pages of the three registries.
"""

from clawband.labels.classifiers import Classifier
from clawband.labels.evidence import entropy

CLASSIFIER = Classifier(
    id="package-token",
    tag="secret",
    pattern=(r"\b(rubygems_[0-9a-f]{48}|cio[A-Za-z0-9]{32}|oy2[a-z0-9]{43})\b"),
    confidence=0.95,
    check=lambda value: entropy(value) > 3,
)
EXAMPLES = (
    "GEM_HOST_API_KEY=" + "ruby" + "gems_3fa94c07d1e85b26f0c9a7e41d83b562aa11bb22cc33dd44",
    "rubygems_org, cioXY and rubygems_" + "a" * 48,
)
