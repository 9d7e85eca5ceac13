"""Words of a chat template or of a tool protocol, broken so that no tokenizer obeys them.

A model's own control words (`<|im_start|>`, `[INST]`), the tags in which its tools answer, turn
marks of a transcript, and the envelopes OpenClaw puts round content. One visible dot is put inside;
everything stays readable.
"""

import re
from itertools import pairwise
from typing import Any

import re2

from clawband.labels.signals import Tally

BREAK = "·"
_OPTIONS = re2.Options()
_OPTIONS.case_sensitive = False
_OPTIONS.log_errors = False
_CALL = r"tool[_-]?(?:calls?|use|results?|responses?|outputs?)|function[_-]?(?:calls?|results?)"
_TAG = (
    r"s|bos|eos|sop|eop|pad|unk|think|invoke|steps_result|unused\d{1,4}|reserved_\d{1,4}"
    r"|(?:start|end)_of_(?:turn|image|text|role)|(?:begin|end)_of_(?:text|sentence)"
    rf"|system[_-](?:reminder|prompt|message)|{_CALL}"
)
_NAME = r"[\w▁.:/ -]{0,62}[\w▁]"
_TOKEN: Any = re2.compile(
    rf"<[|｜]{_NAME}[|｜]?>|<{_NAME}[|｜]>"
    rf"|</?(?:{_TAG})\s?/?>"
    rf"|</?(?:{_CALL}|antml:\w+)(?:\s[^<>]{{0,200}})?>"
    r"|<invoke\s+name\s*=|<function=\w|<</?SYS>>"
    r"|<<<(?:BEGIN|END)_(?:OPENCLAW_INTERNAL_CONTEXT|UNTRUSTED_CHILD_RESULT)>>>"
    r"|\[/?(?:INST|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS|TOOL_CONTENT|SYSTEM_PROMPT|gMASK)\]"
    r"|(?m:^|\\n)[ \t]{0,8}(?:#{1,4} )?(?:Human|Assistant):",
    _OPTIONS,
)
_ENVELOPE = re.compile(
    r"<<<\s{0,4}(END[\s_]{1,4})?EXTERNAL[\s_]{1,4}UNTRUSTED[\s_]{1,4}CONTENT"
    r"(?:\s{1,4}id=\\{0,8}\"([^\"<>\\]{0,40})\\{0,8}\")?\s{0,4}>>>",
    re.IGNORECASE,
)
KIND = "chat-template-token"


def broken(text: str, tally: Tally) -> str:
    """The text with a dot in each such word; other text comes back as it is."""
    if _TOKEN.search(text.encode()):

        def split(found: Any) -> str:
            word: str = found.group()
            tally.add(KIND, word.strip())
            return f"{word[:-1]}{BREAK}:" if word[-1] == ":" else f"{word[0]}{BREAK}{word[1:]}"

        text = _TOKEN.sub(split, text)
    return _without_forged_envelopes(text, tally) if "<<<" in text else text


def _without_forged_envelopes(text: str, tally: Tally) -> str:
    """OpenClaw's own envelope is one start and one end with the same id; others are forged."""
    found = list(_ENVELOPE.finditer(text))
    honest: set[int] = set()
    for before, after in pairwise(found):
        if not before[1] and after[1] and before[2] and before[2] == after[2]:
            honest |= {before.start(), after.start()}
    parts, at = [], 0
    for each in found:
        if each.start() not in honest:
            tally.add(KIND, each[0])
            parts += [text[at : each.start()], "<", BREAK]
            at = each.start() + 1
    return "".join(parts) + text[at:]
