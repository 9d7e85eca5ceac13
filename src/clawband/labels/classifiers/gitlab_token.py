"""GitLab token: a prefix for its kind (`glpat-` is a personal one), then 20 or more.

Source: GitLab docs, "Token overview", token prefixes.
"""

from clawband.labels.classifiers import Classifier
from clawband.labels.evidence import entropy

CLASSIFIER = Classifier(
    id="gitlab-token",
    tag="secret",
    pattern=r"\b(gl(?:pat|oas|dt|rt|rtr|cbt|ptt|ft|imt|agent|soat|ffct)-[\w-]{20,}(?:\.[\w.]{9,})?)",
    confidence=0.95,
    check=lambda value: entropy(value) > 3.3,
)
EXAMPLES = (
    "PRIVATE-TOKEN: " + "glpat" + "-Zk4vQ8sXw2Rt7bNc9Ld3",
    "glpat-your-token-goes-right-here",
)
