"""Slack token: `xoxb-` (bot), `xoxp-` (user), `xapp-` (app) and their kin.

Source: Slack API docs, "Token types".
"""

from clawband.labels.classifiers import Classifier
from clawband.labels.evidence import entropy

CLASSIFIER = Classifier(
    id="slack-token",
    tag="secret",
    pattern=r"\b(xox[abceoprs](?:\.xox[bp])?-[A-Za-z0-9-]{20,}|xapp-\d-[A-Za-z0-9-]{40,})\b",
    confidence=0.95,
    check=lambda value: entropy(value) > 3,
)
EXAMPLES = (
    "SLACK_BOT_TOKEN=" + "xoxb" + "-2847193056-2847193056178-Zk4vQ8sXw2Rt7bNc9Ld3PmHy",
    "xoxb-your-token, or xoxb-xxxxxxxxxxxx-xxxxxxxxxxxx",
)
