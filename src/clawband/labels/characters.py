"""Characters that a reader does not see: legitimate uses stay, the rest is removed or spelled out.

Zero-width and format characters, tags, variation selectors, directions, controls, private use
(Unicode UTS #51 for emoji, UAX #9 for directions, UTR #36 and #39 for their abuse). A character is
judged by its neighbours, a direction by its line.
"""

import re
from typing import Any

import re2

from clawband.labels.signals import Signal, Tally

_KEPT_ASCII = bytes(range(0x20, 0x7F)) + b"\t\n\r\f"
_MARK = "\u061c\u200e\u200f"
_OPENS = "\u202a\u202b\u202d\u202e\u2066\u2067\u2068"
_DIRECTION = f"{_OPENS}\u202c\u2069"
_ZERO = "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2060-\u2065\u206a-\u206f"
_SELECTORS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
_ODD = (
    f"\x00-\x08\x0b\x0e-\x1f\x7f-\x9f{_MARK}{_DIRECTION}{_ZERO}{_SELECTORS}"
    "\u2800\u3164\ud800-\uf8ff\ufdd0-\ufdef\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U0010ffff"
)
UNSEEN = f"{_MARK}{_DIRECTION}{_ZERO}{_SELECTORS}\u3164\ufeff\uffa0\U000e0000-\U000e0fff"
"""For a character class: what is drawn as nothing."""
_EMOJI = (
    "#*0-9©®‼⁉™ℹ\u2190-\u23ff\u2460-\u24ff\u25a0-\u27bf\u2900-\u297f\u2b00-\u2bff"
    "〰〽㊗㊙\U0001f000-\U0001faff"
)
# Scripts whose letters join or break at a joiner: Arabic and its neighbours, the Indic family.
_JOINING = (
    "\u0600-\u1cff\ua800-\uabff\ufb50-\ufdff\ufe70-\ufefc"
    "\U00010a00-\U00010fff\U00011000-\U00011fff\U0001e900-\U0001e95f"
)
_UNSPACED = "\u0e00-\u109f\u1780-\u17ff\u1950-\u19ff\u1a20-\u1aaf\u3040-\u30ff\u4e00-\u9fff"
_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_FLAGS = "|".join(
    "".join(chr(0xE0000 + ord(letter)) for letter in name) for name in ("gbeng", "gbsct", "gbwls")
)
# RE2 cannot hold surrogates, and a text with one is not encoded without an error.
_SUSPECT: Any = re2.compile(f"[{_ODD}]".replace("\ud800", "\ue000"))
_RUN = re.compile(f"[{_ODD}]+")
_ALONE = f"(?![{_ODD}])"
_LEGITIMATE = re.compile(
    "|".join((
        f"(?<=[{_EMOJI}])[\ufe0e\ufe0f]",
        f"(?<=[{_EMOJI}\ufe0f])\u200d(?=[{_EMOJI}])",
        f"(?<=\U0001f3f4)(?:{_FLAGS})\U000e007f",
        f"(?<=[{_JOINING}])[\u200c\u200d]{_ALONE}",
        f"(?<![{_ODD}])[\u200c\u200d](?=[{_JOINING}])",
        f"(?<=[{_UNSPACED}])\u200b{_ALONE}",
        f"(?<![{_ODD}])\u200b(?=[{_UNSPACED}])",
        r"(?<=[^\W\d_])" "\u00ad" r"(?=[^\W\d_])",
        f"(?<=[\u0370-\uffff])\u034f{_ALONE}",
        r"(?<=[\w)])[" "\u2061-\u2064" r"](?=[\w(])",
        "(?<=[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])"
        "[\ufe00-\ufe02\U000e0100-\U000e011f]",
        "(?<=[0\u1000-\u109f\u2205-\u2aff\u3001\u3002\ua840-\ua87f\uff01-\uff1f])[\ufe00\ufe01]",
        "(?<=[\u1800-\u18af])[\u180b-\u180f]",
        "(?<=[\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff])[\u115f\u1160]",
        "[\u115f\u1160](?=[\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff])",
    ))
)  # fmt: skip
_PIECE = re.compile(
    "(?P<tags>[\U000e0000-\U000e007f]+)"
    f"|(?P<selectors>[{_SELECTORS}]+)"
    f"|(?P<zero>[{_ZERO}{_MARK}\ufeff]+)"
    "|(?P<control>[\x00-\x1f\x7f])"
    r"|(?P<other>.)(?P=other)*",
    re.DOTALL,
)
_KINDS = {
    "tags": "tag-characters",
    "selectors": "invisible-characters",
    "zero": "invisible-characters",
    "control": "control-characters",
}


def shown(text: str, tally: Tally) -> str:
    """The text without hidden characters; ordinary text comes back as it is."""
    if not _suspect(text):
        return text
    kept = _kept_directions(text) if re.search(f"[{_MARK}{_DIRECTION}]", text) else frozenset()
    braille = re.search("[\u2801-\u28ff]", text) is not None

    def replaced(run: re.Match[str]) -> str:
        at, end = run.span()
        while at < end:
            legitimate = _LEGITIMATE.match(text, at)
            if legitimate:
                at = legitimate.end()
            elif at in kept or (braille and text[at] == "\u2800") or (at == 0 and text[at] == BOM):
                at += 1
            else:
                break
        # What follows an odd one in the same run is judged with it, unless it is a kept direction.
        bad, rest = text[at:end], ""
        if kept:
            bad = "".join(text[i] for i in range(at, end) if i not in kept)
            rest = "".join(text[i] for i in range(at, end) if i in kept)
        return text[run.start() : at] + spelled(bad, run) + rest

    def spelled(bad: str, run: re.Match[str]) -> str:
        if bad and bad not in known:
            own, around = Tally(), text[max(run.start() - 20, 0) : run.end() + 20]
            known[bad] = _PIECE.sub(lambda each: _spelled(each, around, own), bad), own.signals()
        shown, signals = known[bad]
        for signal in signals:
            tally.add(signal.kind, signal.sample, signal.count)
        return shown

    known: dict[str, tuple[str, tuple[Signal, ...]]] = {"": ("", ())}
    return _RUN.sub(replaced, text)


def _suspect(text: str) -> bool:
    """Ordinary text is told in a microsecond per kilobyte."""
    try:
        raw = text.encode()
    except UnicodeEncodeError:
        return True
    left = raw.translate(None, _KEPT_ASCII)
    return bool(left) and (text.isascii() or _SUSPECT.search(raw) is not None)


def bare(text: str) -> str:
    """The same without a single character left that a reader does not see."""
    return _RUN.sub("", shown(text, Tally()))


BOM = "\ufeff"


def _spelled(piece: re.Match[str], around: str, tally: Tally) -> str:
    kind = piece.lastgroup or "other"
    run = piece[0]
    if kind == "other":
        direction = run[0] in _DIRECTION
        tally.add("bidirectional-control" if direction else "hidden-characters", around, len(run))
        times = f" × {len(run)}" if len(run) > 1 else ""
        return f"⟨U+{ord(run[0]):04X}{times}⟩"
    tally.add(
        "terminal-escape" if run == "\x1b" else _KINDS[kind],
        _decoded(run) if kind in ("tags", "selectors") else around,
        len(run),
    )
    if kind == "control":
        # Unicode's own pictures of the controls: U+2400 and on, U+2421 for DEL.
        return "␡" if run == "\x7f" else chr(0x2400 + ord(run))
    if kind == "zero":
        return f"⟨{len(run)} invisible characters⟩" if len(run) > MOST_REMOVED else ""
    text = _decoded(run)
    if kind == "selectors" and (len(run) <= MOST_REMOVED or not text.isprintable()):
        return f"⟨{len(run)} invisible characters⟩" if len(run) > MOST_REMOVED else ""
    return f"⟨hidden: {text}⟩" if text else ""


MOST_REMOVED = 2
"""Up to this many zero-width characters in a row are dirt; more may be a message."""


def _decoded(run: str) -> str:
    """What tags or variation selectors spell: a tag is its ASCII letter, a selector one byte."""
    if run[0] >= "\U000e0100" or run[0] <= "\ufe0f":
        data = bytes(
            point - 0xFE00 if point < 0xE0100 else point - 0xE0100 + 16 for point in map(ord, run)
        )
        return data.decode("utf-8", "replace")
    letters = (chr(ord(each) - 0xE0000) for each in run)
    return "".join(letter for letter in letters if letter.isprintable())


def _kept_directions(text: str) -> frozenset[int]:
    """Where a direction character stands for a reason: closed in its line, and needed there.

    Overrides never are. An isolate that is left to right changes nothing in a line that is, and
    message formatters write many of them.
    """
    kept: set[int] = set()
    start = 0
    for line in text.split("\n"):
        right_to_left = _RIGHT_TO_LEFT.search(line) is not None
        opened: list[tuple[int, bool]] = []
        for found in re.finditer(f"[{_MARK}{_DIRECTION}]", line):
            mark, at = found[0], start + found.start()
            if mark in _MARK:
                kept |= {at} if right_to_left else set()
            elif mark in _OPENS:
                plain = mark in "\u2066\u2068"
                good = plain or (right_to_left and mark not in "\u202d\u202e")
                opened.append((at, good))
            elif opened and (text[opened[-1][0]] >= "\u2066") == (mark == "\u2069"):
                other, good = opened.pop()
                kept |= {other, at} if good else set()
        start += len(line) + 1
    return frozenset(kept)
