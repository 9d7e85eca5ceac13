import pytest

from clawband.labels.edges import apart, chunk, follow, glued, lead, opens_sentence, quoted


def place(text):
    """The text without its brackets, and where they were."""
    start, end = text.index("["), text.index("]") - 1
    return text.replace("[", "").replace("]", ""), start, end


@pytest.mark.parametrize(
    ("marked", "alone"),
    [
        ("a [b] c", True),
        ("'[b]'", True),
        ("**[b]**", True),
        ("_[b]_", True),
        ("_[b]", False),
        ("[b]_c", False),
        ("x[b]", False),
        ("[b]7", False),
        ("[b]'s", True),
        ("[b]'x", False),
        ("给[b]谢", True),
        ("a.[b]", False),
        (" .[b]", True),
        ("[b].", True),
        ("[b].c", False),
        ("[b]\u0301", False),
    ],
)
def test_apart(marked, alone):
    assert apart(*place(marked), ".", ".") is alone


def test_glued():
    assert glued("a", "1") and not glued("a", "-") and not glued("", "a") and not glued("田", "a")


def test_chunk_and_quoted():
    text, start, end = place('see "x=[b]/c" now')
    assert text[slice(*chunk(text, start, end))] == "x=b/c"
    assert quoted(*place("say '[b]'"))
    assert not quoted(*place("say '[b] c'"))
    assert not quoted(*place("Ann'[b]'"))


def test_lead_and_follow():
    text, start, end = place("No. Tell Ann, and: '[bob]' now")
    assert lead(text, start) == ("and", ",", "ann", "tell")
    assert follow(text, end) == "now"
    assert follow("bob. Now", 3) == ""


def test_opens_sentence():
    assert opens_sentence("Will you", 0)
    assert opens_sentence("No. Will you", 4)
    assert not opens_sentence("ask Will", 4)
