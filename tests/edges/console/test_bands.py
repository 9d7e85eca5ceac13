"""The drawn flow of secrets: everything is in it, nothing overlaps, and long names are cut."""

import pytest

from clawband.edges.console import bands
from clawband.edges.console.bands import fit
from clawband.flows.secret_flow import Reach, Strand


def strand(reach, key, place="openclaw.json", to=("a.example",)):
    return Strand(
        gateway="shop", environment="dev", key=key, reach=reach, place=place, hand="x", to=to
    )


ALL = [strand(reach, f"key.of.{reach}", f"place {reach}") for reach in Reach]
MANY = [strand(Reach.OPEN, f"channels.c{n}.botToken", to=(f"{n}.example",)) for n in range(30)]
LONG = [strand(Reach.OPEN, "n" * 200, "p" * 200, ("h" * 200,)), strand(Reach.NEAR, "x", to=())]


def test_each_reach_is_a_band_and_the_nearest_is_first():
    found = bands.bands(list(reversed(ALL)))
    assert [each.reach for each in found] == list(Reach)
    assert set(bands.SAID) == set(Reach)


def test_what_lies_in_one_place_is_one_row_in_the_order_it_stands():
    (band,) = bands.bands([
        strand(Reach.OPEN, "b"), strand(Reach.OPEN, "a", ".env"), strand(Reach.OPEN, "c"),
        strand(Reach.OPEN, "b"),
    ])  # fmt: skip
    assert [(each.place, each.keys) for each in band.rows] == [
        ("openclaw.json", ("b", "c")), (".env", ("a",)),
    ]  # fmt: skip


@pytest.mark.parametrize("draw", [bands.lying, bands.standing])
@pytest.mark.parametrize("strands", [ALL, MANY, LONG, []], ids=["all", "many", "long", "none"])
def test_a_drawing_is_whole(draw, strands):
    drawing = draw(bands.bands(strands))
    boxes = drawing.boxes
    for each in boxes:
        assert each.x >= 0
        assert each.x + each.width <= drawing.width
        assert each.y >= 0
        assert each.y + each.height <= drawing.height
    for number, one in enumerate(boxes):
        for other in boxes[number + 1 :]:
            beside = one.x + one.width <= other.x or other.x + other.width <= one.x
            above = one.y + one.height <= other.y or other.y + other.height <= one.y
            assert beside or above
    for text in drawing.texts:
        assert 0 < text.y <= drawing.height
        assert len(text.words) <= 50
    assert len(drawing.arrows) == 2 * len(bands.bands(strands))


def test_many_are_counted():
    words = [each.words for each in bands.lying(bands.bands(MANY)).texts]
    assert "and 26 more" in words and "and 27 more" in words


def test_what_does_not_get_through_is_drawn_so():
    for reach in Reach:
        drawing = bands.lying(bands.bands([strand(reach, "k")]))
        assert any(each.broken for each in drawing.arrows) == (reach in bands.STOPPED)


@pytest.mark.parametrize(
    ("text", "most", "shown"),
    [
        ("gateway.auth.token", 24, "gateway.auth.token"),
        ("channels.telegram.botToken", 24, "…telegram.botToken"),
        ("n" * 30, 10, "…" + "n" * 9),
        ("a.name-of-a-very-long-host.example", 19, "…-long-host.example"),
    ],
)
def test_the_end_is_kept(text, most, shown):
    assert fit(text, most) == shown
