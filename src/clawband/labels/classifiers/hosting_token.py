"""Token of a platform that runs other people's programs: Pulumi, Netlify, PlanetScale, Heroku,
Render, Terraform Cloud, Fly.

Source: the token pages of these platforms.
"""

from clawband.labels.classifiers import Classifier
from clawband.labels.evidence import entropy

CLASSIFIER = Classifier(
    id="hosting-token",
    tag="secret",
    pattern=(
        r"\b(pul-[0-9a-f]{40}|nfp_[A-Za-z0-9]{36,}|pscale_(?:tkn|pw|oauth)_[\w.=-]{32,64}"
        r"|HRKU-[\w-]{36,}|rnd_[A-Za-z0-9]{24,32}|[A-Za-z0-9]{14}\.atlasv1\.[\w=-]{60,70}"
        r"|fm[12][ar]?_[A-Za-z0-9+/=]{60,}|fo1_[\w-]{43})"
    ),
    confidence=0.95,
    check=lambda value: entropy(value) > 3,
)
EXAMPLES = (
    "PULUMI_ACCESS_TOKEN=" + "pul" + "-3fa94c07d1e85b26f0c9a7e41d83b562aa11bb22",
    "pul-request, nfp_example and rnd_seed",
)
