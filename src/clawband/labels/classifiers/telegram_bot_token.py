"""Telegram bot token: the bot's id, a colon, then 35 that begin with `AA`.

Source: Telegram Bot API, "Authorizing your bot".
"""

from clawband.labels.classifiers import Classifier
from clawband.labels.evidence import entropy

CLASSIFIER = Classifier(
    id="telegram-bot-token",
    tag="secret",
    pattern=r"(?:\b|bot)([1-9]\d{7,9}:AA[\w-]{33})(?:[^\w-]|\z)",
    confidence=0.95,
    check=lambda value: entropy(value) > 3.5,
)
EXAMPLES = (
    "botToken: " + "7284619305" + ":AAFk4vQ8sXw2Rt7bNc9Ld3PmHyVf6Gp0JuE",
    "botToken: 110201543:AAExampleExampleExampleExampleExampl",
)
