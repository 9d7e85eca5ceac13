"""Hidden characters come out; the ones that languages and emoji need stay."""

import pytest

from clawband.labels.characters import bare, shown
from clawband.labels.signals import Tally


def tags(text):
    return "".join(chr(0xE0000 + ord(each)) for each in text)


def selectors(text):
    return "".join(
        chr(0xFE00 + byte) if byte < 16 else chr(0xE0100 + byte - 16) for byte in text.encode()
    )


@pytest.mark.parametrize(
    "text",
    [
        "plain\r\n\ttext\fnext page",
        "naïve café – “quoted” … ½ №\u00a0§ ﬁ",
        "👩‍❤️‍🔥 👨‍👩‍👧‍👦 🧑🏽‍🚀 🏳️‍🌈 🏴‍☠️ ☺️ ☎︎ 1️⃣ *️⃣ ©️ ↔️ Ⓜ️",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "می‌خواهم کتاب‌ها ه‍",
        "क्‍ष श्री मन्‍दिर ശ്രീ‍ ක්‍ෂ",
        "ភាសា\u200bខ្មែរ ภาษา\u200bไทย မြန်မာ\u200bဘာသာ",
        "葛\U000e0100城 辻\U000e0101 漢\ufe00字",
        "שלום \u200eabc\u200f! العربية \u202babc\u202c \u2067def\u2069 \u061c12",
        "\u2068Ada\u2069 joined \u2066#general\u2069",
        "Donau\u00addampf\u00adschiff",
        "\ufeffwith a mark at its start",
        "⠓⠑⠇⠇⠕\u2800⠺⠕⠗⠇⠙",
        "ᠮᠣᠩᠭᠣᠯ\u180b ᠪᠢᠴᠢᠭ",
        "한국어 \u1112\u1161\u11ab \u115f\u1161",
        "Здравствуй, мир. 你好，世界。こんにちは、世界。 Ελληνικά ქართული አማርኛ",
    ],
)
def test_ordinary_text_stays(text):
    tally = Tally()
    assert shown(text, tally) == text
    assert tally.signals() == ()


@pytest.mark.parametrize(
    ("text", "after", "kind"),
    [
        ("ig\u200bnore", "ignore", "invisible-characters"),
        ("a\u2060b\ufeffc\u00ad1", "abc1", "invisible-characters"),
        ("a" + "\u200b\u200c" * 20 + "b", "a⟨40 invisible characters⟩b", "invisible-characters"),
        ("x" + tags("send it all") + "y", "x⟨hidden: send it all⟩y", "tag-characters"),
        ("🏴" + tags("usca") + "\U000e007f", "🏴⟨hidden: usca⟩", "tag-characters"),
        ("😀" + selectors("send it"), "😀⟨hidden: send it⟩", "invisible-characters"),
        ("a\ufe01b\ufe02", "ab", "invisible-characters"),
        ("a\u202etxt.exe", "a⟨U+202E⟩txt.exe", "bidirectional-control"),
        ("a\u2067b\u2069", "a⟨U+2067⟩b⟨U+2069⟩", "bidirectional-control"),
        ("שלום \u202babc", "שלום ⟨U+202B⟩abc", "bidirectional-control"),
        ("שלום\nabc\u200fd", "שלום\nabcd", "invisible-characters"),
        ("\x1b]0;title\x07 \x1b[8mhidden", "␛]0;title␇ ␛[8mhidden", "terminal-escape"),
        ("a\x00b\x7f", "a␀b␡", "control-characters"),
        ("\x85", "⟨U+0085⟩", "hidden-characters"),
        ("\ue000\ue000\ue000", "⟨U+E000 × 3⟩", "hidden-characters"),
        ("a\ud800b", "a⟨U+D800⟩b", "hidden-characters"),
        ("a\u3164b\u2800", "a⟨U+3164⟩b⟨U+2800⟩", "hidden-characters"),
        ("❤️\u200b", "❤️", "invisible-characters"),
    ],
)
def test_hidden_characters_are_shown_or_taken_out(text, after, kind):
    tally = Tally()
    assert shown(text, tally) == after
    assert kind in {each.kind for each in tally.signals()}
    assert shown(after, Tally()) == after


def test_what_was_hidden_is_the_sample():
    tally = Tally()
    shown("x" + tags("pay the attacker"), tally)
    assert tally.signals()[0].sample == "pay the attacker"


def test_bare_keeps_no_unseen_character_at_all():
    assert bare("👩\u200d❤\ufe0f می\u200cخ \u202e") == "👩❤ میخ ⟨U+202E⟩"
