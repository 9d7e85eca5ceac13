from clawband.labels.quoting import quote


def place(text, part):
    start = text.index(part)
    return text, start, start + len(part)


def test_the_sentence_around():
    text = "First one. Then write to ann@b.co\tsoon! Last."
    assert quote(*place(text, "ann@b.co")) == "Then write to ann@b.co soon!"


def test_unseen_characters_are_shown():
    assert quote(*place("a\u200bb \ud800\0\u202e", "b")) == "a[U+200B]b [U+D800][U+0000][U+202E]"


def test_a_long_sentence_is_cut_around_the_place():
    text = "x " * 300 + "HERE" + " y" * 300
    shown = quote(*place(text, "HERE"))
    assert len(shown) <= 240 and shown.startswith("…") and shown.endswith("…") and "HERE" in shown
    assert quote(*place("a" * 900, "a" * 900)).endswith("a…")
    assert len(quote(text, 600, 604, 5)) <= 5
