"""Scorecards in words: figures in their units, standings, the first broken link."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest

from metrics.cost import Cost
from metrics.measures import MEASURES
from metrics.models import Metric
from metrics.pace import Actual, Aim, judge
from metrics.periods import Span
from metrics.scorecard import Frame, Link, Scorecard
from metrics.words import in_units, miss, plain, shown, standing_words
from people.models import User

MONDAY, WEDNESDAY, SUNDAY = date(2026, 11, 16), date(2026, 11, 18), date(2026, 11, 22)
WEEK = Span(MONDAY, SUNDAY)
CALENDAR: Any = SimpleNamespace(
    zone=ZoneInfo("UTC"), week_start=0, year_start=1, currency="EUR", holidays=frozenset()
)
ROSA = User(pk=1, name="Rosa Rep")
PROSPECTS = Metric(pk=1, label="Targeted prospects", measure="prospects_targeted", place=1)
MONEY = Metric(
    pk=9, label="Money won", measure="money_won", role=Metric.ULTIMATE, period="quarter", place=99
)


def frame(*metrics: Metric, day: date = WEDNESDAY) -> Frame:
    return Frame(metrics or (PROSPECTS, MONEY), CALENDAR, day, WEDNESDAY)


def link(
    metric: Metric, total: int, aim: tuple[int, int] | None, of: int | None = None, **more: Any
) -> Link:
    """`aim` is that of the whole and what is due; two of five days are gone."""
    measure = metric.of_measure
    actual = Actual(Decimal(total), None if of is None else Decimal(of), measure.scale)
    goal = Aim(Fraction(aim[0]), Fraction(aim[1]), 2, 5) if aim else Aim(None, None, 2, 5)
    standing = judge(actual, goal, lower_is_better=measure.lower_is_better)
    weeks = (Fraction(1), *[None] * 10, Fraction(total))
    return Link(metric, more.get("span", WEEK), actual, goal, standing, weeks)


@pytest.mark.parametrize(
    ("value", "name", "wanted"),
    [
        (None, "interviews", "–"),
        (Fraction(0), "interviews", "0"),
        (Fraction(4999, 1000), "interviews", "5"),
        (Fraction(9, 2), "average_score", "4.5"),
        (Fraction(1, 3), "people_per_call", "0.3"),
        (Fraction(1, 20), "people_per_call", "0.1"),
        (Fraction(12_345), "calls_held", "12,345"),
        (Fraction(123_456, 10), "time_per_customer", "12,345.6"),
        (Fraction(200, 3), "calls_planned", "66.7 %"),
        (Fraction(100), "calls_planned", "100 %"),
        (Fraction(480_005, 10), "money_won", "€48,001"),
        (Fraction(1_240_000), "money_won", "€1.24 M"),
    ],
)
def test_figures_bear_their_units(value: Fraction | None, name: str, wanted: str) -> None:
    assert in_units(value, MEASURES[name], "EUR") == wanted


def test_numbers_without_end_have_one_decimal() -> None:
    assert plain(Decimal("-1.25")) == "-1.3"
    assert plain(Decimal("1E+3")) == "1,000"


@pytest.mark.parametrize(
    ("made", "kind", "words"),
    [
        (link(PROSPECTS, 2, (10, 5)), "risk", "3 short"),
        (link(PROSPECTS, 4, (10, 5)), "ok", "On target"),
        (link(PROSPECTS, 7, (10, 5)), "ok", "On target"),
        (link(PROSPECTS, 2, None), "idle", "No target"),
        (link(MONEY, 30_000, (100_000, 50_000)), "risk", "€20,000 short"),
    ],
)
def test_standings_have_a_shape_and_words(made: Link, kind: str, words: str) -> None:
    if made.standing.state == "behind":
        kind = "warn"
        words = standing_words(made, "EUR")
    told = shown(made, frame())
    assert (told.kind, told.words) == (kind, words)
    assert told.is_due is (kind != "idle")
    assert told.link.standing.is_missed is (kind == "risk")


def test_too_many_are_over_where_fewer_are_better() -> None:
    metric = Metric(label="Proposals per close", measure="proposals_per_close")
    made = link(metric, 40, (5, 5), of=5)
    assert (made.standing.state, standing_words(made, "EUR")) == ("missed", "3 over")


def test_the_sparkline_tells_of_weeks_and_has_a_weeks_target_only() -> None:
    told = shown(link(PROSPECTS, 2, (10, 5)), frame())
    assert told.sentence == "Targeted prospects: 2 this week, 1 eleven weeks before, target 10."
    assert (told.band, told.period) == (10, "Week 47, 2026")
    quarter = Span(date(2026, 10, 1), date(2026, 12, 31))
    told = shown(link(MONEY, 30_000, (100_000, 50_000), span=quarter), frame())
    assert told.sentence == "Money won: €30,000 this week, €1 eleven weeks before."
    assert (told.band, told.period, told.target) == (None, "Q4 2026", "€100,000")
    before = shown(link(PROSPECTS, 2, (10, 5)), frame(day=date(2026, 11, 15)))
    assert "2 in the week looked at" in before.sentence


def test_per_cent_of_goal_is_read_beside_the_goal() -> None:
    metric = replace_measure("percent_of_goal")
    told = shown(link(metric, 31_000, (50_000, 25_000)), frame(metric))
    assert (told.value, told.target) == ("62 %", "€50,000")


def replace_measure(name: str) -> Metric:
    return Metric(pk=3, label="Per cent of goal", measure=name, period="week")


def a_miss(price: Cost | None, weeks: int | None = None, whose: Any = ROSA) -> Any:
    links = (link(PROSPECTS, 2, (10, 5)), link(MONEY, 0, None))
    return miss(Scorecard(cast("Any", whose), links, price), frame(), weeks)


@pytest.mark.parametrize(
    ("price", "weeks", "cost", "when"),
    [
        (None, None, "", ""),
        (None, 0, "", ""),
        (Cost(Fraction(0), "own"), 1, "", "Money won will feel it in about 1 week."),
        (
            Cost(Fraction(38_000), "own"),
            6,
            "At Rosa's own conversion that is about €38,000 of money won.",
            "Money won will feel it in about 6 weeks.",
        ),
        (
            Cost(Fraction(38_000), "team"),
            None,
            "At the team's conversion (Rosa has done too few to tell) that is about €38,000 of "
            "money won.",
            "",
        ),
    ],
)
def test_the_first_broken_link_is_told_in_sentences(
    price: Cost | None, weeks: int | None, cost: str, when: str
) -> None:
    told = a_miss(price, weeks)
    assert told.what == "Targeted prospects: 2 of 10, 3 short by 17 Nov."
    assert (told.cost, told.when) == (cost, when)


def test_nothing_is_told_while_nothing_is_missed_and_the_ultimate_metric_does_not_feel_itself() -> (
    None
):
    fine = Scorecard(ROSA, (link(PROSPECTS, 10, (10, 5)),))
    assert miss(fine, frame(), 6) is None
    ultimate = Scorecard(ROSA, (link(MONEY, 1, (100_000, 50_000)),))
    told = miss(ultimate, frame(), 6)
    assert told is not None
    assert (told.cost, told.when) == ("", "")
    alone = miss(Scorecard(ROSA, (link(PROSPECTS, 2, (10, 5)),)), frame(PROSPECTS), 6)
    assert alone is not None
    assert (alone.cost, alone.when) == ("", "")


def test_teams_have_their_own_conversion() -> None:
    told = a_miss(Cost(Fraction(9000), "own"), whose="North")
    assert told.cost == "At its own conversion that is about €9,000 of money won."
