"""What an agent wrote somewhere, found again in what comes from there.

A system that only the deployment writes is trusted, and the agent is a part of the deployment. What
it wrote there after it had read content from outside is still that content when it comes back. It
is known by a run of its letters, whatever stands between them.
"""

import json
import re
import unicodedata
from collections.abc import Iterable

from clawband.labels.held import STRING, unescaped

RUN = 24
"""Letters and digits that show that a piece was copied."""
LEAST = 8
"""A line with fewer is in any text by chance."""
_NO_LETTER = re.compile(r"[\W_]+")


class Written:
    """Texts that were written, ready to be found again. Grows only; read while it grows."""

    __slots__ = ("_runs",)

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self._runs: dict[str, tuple[str, ...]] = {}
        for text in texts:
            self.add(text)

    def add(self, text: str) -> None:
        """One more text: each run of it, and each line that is shorter than two."""
        whole = _letters(text)
        runs = [whole[at : at + RUN] for at in range(0, len(whole) - RUN + 1, RUN)]
        lines = (_letters(line) for line in text.splitlines())
        for run in (*runs, *(line for line in lines if LEAST <= len(line) < 2 * RUN)):
            known = self._runs.get(run[:LEAST], ())
            if run not in known:
                self._runs[run[:LEAST]] = (*known, run)

    def apart(self, text: str) -> tuple[str, str]:
        """The text without what was written, and that. Of a JSON document whole strings are left
        out, of any other text whole lines; all of it when what was written is in several."""
        if not self._runs or not self._holds(unescaped(text)):
            return text, ""
        back: list[str] = []

        def left(part: str, said: str, instead: str) -> str:
            if not self._holds(said):
                return part
            back.append(said)
            return instead

        if _is_json(text):
            own = STRING.sub(lambda found: left(found[0], str(json.loads(found[0])), '""'), text)
        else:
            own = "".join(left(line, line, "\n") for line in text.splitlines(keepends=True))
        return ("", text) if self._holds(unescaped(own)) else (own, "\n".join(back))

    def _holds(self, text: str) -> bool:
        plain = _letters(text)
        starts = {plain[at : at + LEAST] for at in range(len(plain) - LEAST + 1)}
        return any(
            run in plain for start in starts & self._runs.keys() for run in self._runs[start]
        )


def _letters(text: str) -> str:
    return _NO_LETTER.sub("", unicodedata.normalize("NFKC", text).casefold())


def _is_json(text: str) -> bool:
    if text.lstrip()[:1] not in tuple("{["):
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
