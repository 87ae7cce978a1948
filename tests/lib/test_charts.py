"""Small charts: what is drawn, what is a gap, and what somebody hears who cannot see it."""

from collections.abc import Sequence
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from lib.charts import Series, bars, lines, spark


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


OWN = Series("Rosa", numbers(1, None, 3), "own")
GOAL = Series("Target", numbers(2, 2, 2), "goal")


def a_chart(*series: Series, labels: Sequence[str] = ("Sep", "Oct", "Nov"), key: str = "c") -> str:
    texts = [
        ["–" if v is None else str(v) for v in row]
        for row in zip(*(s.values for s in series), strict=True)
    ]
    return lines(key, "Calls", "3 in Nov, 1 in Sep.", labels, series, texts)


def test_lines_are_one_picture_with_a_title_a_description_and_a_table() -> None:
    drawn = parsed(a_chart(OWN, GOAL))
    svg = drawn.find("svg")
    assert svg.get("role") == "img"
    assert svg.get("aria-labelledby").split() == [
        svg.find("title").get("id"),
        svg.find("desc").get("id"),
    ]
    assert (svg.find("title").text, svg.find("desc").text) == ("Calls", "3 in Nov, 1 in Sep.")
    assert [path.get("class") for path in svg.findall("path")[1:]] == [
        "lines-line own",
        "lines-line goal",
    ]
    rows = [[cell.text for cell in row] for row in drawn.iter("tr")]
    assert rows == [
        [None, "Rosa", "Target"],
        ["Sep", "1", "2"],
        ["Oct", "–", "2"],
        ["Nov", "3", "2"],
    ]


def test_a_gap_in_a_line_stays_one_and_only_ones_own_ends_in_a_dot() -> None:
    svg = parsed(a_chart(GOAL, OWN)).find("svg")
    strokes = svg.findall("path")[2].get("d").split("M")[1:]
    assert [stroke.count("L") for stroke in strokes] == [0, 0]
    assert [dot.get("cx") for dot in svg.findall("circle")] == ["632.0"]


@pytest.mark.parametrize(
    ("labels", "wanted"),
    [
        (["a"], [("a", "start")]),
        (["a", "b"], [("b", "end"), ("a", "start")]),
        (list("abcde"), [("c", "middle"), ("e", "end"), ("a", "start")]),
    ],
)
def test_ticks_stand_inside_the_picture(labels: list[str], wanted: list[tuple[str, str]]) -> None:
    one = Series("Rosa", [Decimal(-1)] * len(labels), "own")
    ticks = list(parsed(a_chart(one, labels=labels)).iter("text"))
    assert [(tick.text, tick.get("text-anchor")) for tick in ticks] == wanted


def test_lines_without_a_value_are_not_drawn_and_what_people_write_is_escaped() -> None:
    assert a_chart(Series("Rosa", [None] * 3, "own")) == ""
    assert "<b>" not in a_chart(Series("<b>", numbers(0, 0, 0), "own"), labels=["<b>"] * 3, key="k")
