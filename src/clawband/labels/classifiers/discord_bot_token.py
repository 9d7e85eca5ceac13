"""Discord bot token: the bot's id in base 64, a time, and a signature, with dots between.

Source: Discord developer docs, "Authentication"; ids are snowflakes of 17 to 20 digits.
"""

import base64
import binascii

from clawband.labels.classifiers import Classifier


def check(value: str) -> float:
    """Is the first part a number?"""
    first = value.partition(".")[0]
    try:
        return base64.urlsafe_b64decode(first + "=" * (-len(first) % 4)).isdigit()
    except (ValueError, binascii.Error):
        return 0


CLASSIFIER = Classifier(
    id="discord-bot-token",
    tag="secret",
    pattern=r"\b([MNO][\w-]{22,}\.[\w-]{6}\.[\w-]{27,})(?:[^\w-]|\z)",
    confidence=0.95,
    check=check,
)
EXAMPLES = (
    "DISCORD=" + "MTA4NzI2MTkzMDU2MTc4Mjc1" + ".GkQ8sX.w2Rt7bNc9Ld3PmHyVf6Gp0JuEaToIrWqSz",
    "com.example.Module_name_of_some_length.public.a_method_name_that_is_too_long",
)
