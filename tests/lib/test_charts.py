"""Small charts: what is drawn, what is a gap, and what somebody hears who cannot see it."""

from decimal import Decimal
from xml.etree import ElementTree

import pytest
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from lib.charts import bars, spark


def parsed(markup: str) -> ElementTree.Element:
    return ElementTree.fromstring(str(markup))


def numbers(*values: float | None) -> list[Decimal | None]:
    return [None if value is None else Decimal(str(value)) for value in values]


def test_a_line_goes_from_edge_to_edge_and_ends_in_a_dot() -> None:
    drawn = parsed(spark(numbers(0, 5, 10), "10, was 0"))
    assert drawn.get("role") == "img"
    assert drawn.get("aria-label") == "10, was 0"
    assert drawn.get("viewBox") == "0 0 90 22"
    assert drawn.find("path").get("d") == "M3.0 19.0h0L45.0 11.0L87.0 3.0"
    dot = drawn.find("circle")
    assert (dot.get("cx"), dot.get("cy")) == ("87.0", "3.0")


def test_a_missing_value_is_a_gap_and_not_zero() -> None:
    drawn = parsed(spark(numbers(5, None, 5, 5, None), "5"))
    strokes = drawn.find("path").get("d").split("M")[1:]
    assert [stroke.count("L") for stroke in strokes] == [0, 1]
    assert drawn.find("circle").get("cx") == "66.0"  # the last that is known


def test_the_target_is_a_band_from_there_up_even_above_all_values() -> None:
    drawn = parsed(spark(numbers(5, 5), "5, target 10", Decimal(10)))
    assert drawn.find("rect").get("height") == "3.0"
    assert drawn.find("path").get("d") == "M3.0 11.0h0L87.0 11.0"
    assert parsed(spark(numbers(5, 5), "5")).find("rect") is None
    half = parsed(spark(numbers(50, 50), "50%", top=Decimal(100)))
    assert half.find("path").get("d") == "M3.0 11.0h0L87.0 11.0"


@pytest.mark.parametrize("points", [[], [None, None]])
def test_without_a_value_nothing_is_drawn(points: list[None]) -> None:
    assert spark(points, "Nothing") == ""
    assert bars([("Rosa", None, "–", "rep")], "Nothing") == ""


def test_what_people_write_is_escaped() -> None:
    assert "<b>" not in spark(numbers(1), "<b>")
    assert "<b>" not in bars([("<b>", Decimal(1), "<b>", "rep")], "<b>")


def test_the_longest_bar_fills_the_width_and_one_without_a_value_has_none() -> None:
    rows = [
        ("Rosa", Decimal(30), "€30", "rep"),
        ("Goal", Decimal(40), "€40", "goal"),
        ("Team", None, "n < 3", "team"),
        ("Loss", Decimal(-5), "-€5", "team"),
    ]
    drawn = parsed(bars(rows, "30 of 40"))
    assert [rect.get("width") for rect in drawn.iter("rect")] == ["75.0%", "100.0%", "0%", "0%"]
    assert drawn.get("aria-label") == "30 of 40"


@given(
    st.lists(st.none() | st.decimals(-1_000_000, 1_000_000, places=2), max_size=40), st.booleans()
)
def test_nothing_is_drawn_outside_the_picture(points: list[Decimal | None], large: bool) -> None:
    markup = spark(points, "x", large=large)
    if not markup:
        return
    drawn = parsed(markup)
    _, _, width, height = map(int, drawn.get("viewBox").split())
    places = drawn.find("path").get("d").replace("h0", "").replace("L", " M").split("M")[1:]
    assert len(places) == sum(point is not None for point in points)
    for place in places:
        x, y = map(float, place.split())
        assert 0 <= x <= width
        assert 0 <= y <= height


def test_both_are_tags_of_templates() -> None:
    text = "{% load charts %}{% spark points 'Up' large=True %}{% bars rows 'Won' %}"
    context = {"points": numbers(1, 2), "rows": [("Rosa", Decimal(1), "1", "rep")]}
    shown = Template(text).render(Context(context))
    assert 'class="spark large" viewBox="0 0 240 40"' in shown
    assert 'class="bars"' in shown
