"""GitHub fine-grained personal access token: `github_pat_`, 22 and 59 of base 62.

Source: GitHub docs, "Managing your personal access tokens".
"""

from clawband.labels.classifiers import Classifier
from clawband.labels.evidence import entropy

CLASSIFIER = Classifier(
    id="github-fine-grained-token",
    tag="secret",
    pattern=r"\b(github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59})\b",
    confidence=0.97,
    check=lambda value: entropy(value) > 3.5,
)
EXAMPLES = (
    "token: "
    + "github"
    + "_pat_11ABQ7ZLY0kD3vRmXw9tPc_"
    + "q8ZfKd2LsPzR7tXvB3nM5yWcH9jG4eUaI" * 1
    + "oT6rN1bVxS0mQwE2kFhCuYpLdJ",
    "github_pat_ followed by letters and digits",
)
