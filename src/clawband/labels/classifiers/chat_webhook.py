"""Incoming webhook of a chat: whoever knows the URL may post (Slack, Discord, Microsoft Teams).

Source: the webhook pages of the three developer documentations.
"""

from clawband.labels.classifiers import Classifier

CLASSIFIER = Classifier(
    id="chat-webhook",
    tag="secret",
    pattern=(
        r"(hooks\.slack\.com/(?:services|workflows|triggers)/T[A-Z0-9]{8,12}/[\w/]{20,}"
        r"|discord(?:app)?\.com/api/webhooks/\d{17,}/[\w-]{60,}"
        r"|[\w-]+\.webhook\.office\.com/webhookb2/[\w@-]{36,}/[\w/-]{32,})"
    ),
    confidence=0.9,
)
EXAMPLES = (
    "post to https://"
    + "hooks.slack"
    + ".com/services/T03QZ8K2L/B05RM7T4P/Zk4vQ8sXw2Rt7bNc9Ld3PmHy",
    "https://hooks.slack.com/services/TXXXXXXXX/BXXXXXXXX/xxxxxxxxxxxxxxxxxxxxxxxx",
)
