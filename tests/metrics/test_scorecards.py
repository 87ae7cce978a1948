"""A person's and a team's chain on a day: figures, targets, standing, and the last twelve weeks.

It is Wednesday, 18 November 2026; ten prospects and five talks are wanted in a week.
"""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from metrics import rollups
from metrics.models import DailyTally, Metric
from metrics.periods import Span
from metrics.scorecard import Frame, Link, Scorecard, TeamScorecards, of_person, of_team
from people.calendar import Calendar
from people.models import Holiday, Organisation, Team, User
from pipeline.models import Call, Opportunity
from tests.factories import NOW, TODAY, a_stage, an_account
from tests.support.posted_world import (
    a_chain,
    aim,
    count,
    count_each,
    many_reps,
    metric,
    statements,
)

pytestmark = pytest.mark.django_db
DAY, WEEK = timedelta(days=1), timedelta(days=7)
MONDAY, SUNDAY = TODAY - 2 * DAY, TODAY + 4 * DAY


@pytest.fixture
def week(rosa: User, pia: User, ada: User) -> None:
    a_chain("prospects", "talks", ultimate="money")
    for name, amount in (("prospects", 10), ("talks", 5)):
        aim(name, amount, by=ada)


def frame(day: date | None = None, today: date = TODAY, grain: str = "") -> Frame:
    rollups.catch_up()
    return Frame.read(day, today, Calendar.current(), grain)


def card(person: User, *args: Any, **kwargs: Any) -> Scorecard:
    return of_person(person, frame(*args, **kwargs))


def link(card: Scorecard, name: str) -> Link:
    return next(link for link in card.links if link.metric == metric(name))


def cards(team: Team | None, *args: Any, **kwargs: Any) -> TeamScorecards:
    assert team
    return of_team(team, frame(*args, **kwargs))


def of(shown: TeamScorecards, whose: User | Team, name: str) -> Link:
    every = [shown.own, *shown.teams, *shown.people]
    return link(next(card for card in every if card.whose == whose), name)


# A day.


def test_the_past_is_read_from_what_is_kept_and_today_from_what_happened(
    week: None, rosa: User
) -> None:
    count_each(rosa, "prospects", [(MONDAY, 3), (MONDAY + DAY, 1)])
    now = frame()
    count(rosa, "prospects", 2, TODAY)
    found = link(of_person(rosa, now), "prospects")
    assert (found.value, found.weeks[-1], found.span) == (6, 6, Span(MONDAY, SUNDAY))
    assert of(of_team(rosa.team, now), rosa, "prospects").value == 6  # type: ignore[arg-type]
    assert of(of_team(rosa.team, now), rosa.team, "prospects").value == 6  # type: ignore[arg-type]
    DailyTally.objects.filter(day=TODAY).update(number=99)
    assert link(of_person(rosa, now), "prospects").value == 6
    DailyTally.objects.filter(day=MONDAY).update(number=4)
    assert link(of_person(rosa, now), "prospects").value == 7


@pytest.mark.parametrize(
    ("days", "due", "state"),
    [
        (0, 0, "too_early"),  # Monday: nothing is over
        (1, 2, "too_early"),
        (2, 4, "missed"),  # two of five days, 40 %, are gone
        (4, 8, "missed"),
        (5, 10, "missed"),  # Saturday
        (6, 10, "missed"),
    ],
)
def test_a_day_that_has_just_begun_is_nobodys_debt(
    week: None, rosa: User, days: int, due: int, state: str
) -> None:
    today = MONDAY + days * DAY
    found = link(card(rosa, None, today), "prospects")
    assert (found.aim.whole, found.aim.due, found.standing.state) == (10, due, state)
    team = link(cards(rosa.team, None, today).own, "prospects")
    assert (team.aim.whole, team.aim.due, team.standing.state) == (20, 2 * due, state)


def test_what_was_done_today_counts_for_what_was_due_by_yesterday(week: None, rosa: User) -> None:
    count(rosa, "prospects", 4, TODAY)
    found = link(card(rosa), "prospects")
    assert (found.value, found.aim.due, found.standing.state) == (4, 4, "on_target")


def test_a_holiday_of_the_week_makes_less_due(week: None, rosa: User) -> None:
    Holiday.add(MONDAY, "Off")
    found = link(card(rosa), "prospects")
    assert (found.aim.whole, found.aim.due, found.aim.days) == (8, 2, 4)


# Another day, another grain.


def test_a_past_week_is_shown_whole_whatever_day_of_it_is_given(week: None, rosa: User) -> None:
    last = MONDAY - WEEK
    count_each(rosa, "prospects", [(last - DAY, 50), (last, 1), (MONDAY - DAY, 8), (TODAY, 50)])
    for day in (last, last + 2 * DAY, MONDAY - DAY):
        found = link(card(rosa, day), "prospects")
        assert (found.span, found.value) == (Span(last, MONDAY - DAY), 9)
        assert (found.aim.due, found.aim.whole, found.standing.state) == (10, 10, "behind")
        assert link(cards(rosa.team, day).own, "prospects").value == 9
    assert link(card(rosa, last), "prospects").weeks[-2:] == (50, 9)


def test_a_day_to_come_is_today(week: None, rosa: User) -> None:
    assert frame(TODAY + WEEK).day == TODAY
    assert link(card(rosa, TODAY + WEEK), "prospects").span == Span(MONDAY, SUNDAY)


@pytest.mark.parametrize(
    ("grain", "span", "whole", "due", "value"),
    [
        ("week", Span(MONDAY, SUNDAY), 10, 4, 1),
        # November has 21 weekdays of two each, 12 of them over; a quarter of 2026 from 66.
        ("month", Span(date(2026, 11, 1), date(2026, 11, 30)), 42, 24, 11),
        ("quarter", Span(date(2026, 10, 1), date(2026, 12, 31)), 132, 68, 111),
        ("fiscal_year", Span(date(2026, 1, 1), date(2026, 12, 31)), 522, 458, 1111),
    ],
)
def test_every_metric_may_be_read_by_one_kind_of_period(
    week: None, rosa: User, grain: str, span: Span, whole: int, due: int, value: int
) -> None:
    days = [date(2026, 1, 1), date(2026, 10, 1), date(2026, 11, 2), TODAY]
    count_each(rosa, "prospects", zip(days, (1000, 100, 10, 1), strict=True))
    found = link(card(rosa, grain=grain), "prospects")
    assert (found.span, found.value) == (span, value)
    assert (found.aim.whole, found.aim.due) == (whole, due)
    team = link(cards(rosa.team, grain=grain).own, "prospects")
    assert (team.value, team.aim.whole, team.aim.due) == (value, 2 * whole, 2 * due)


def test_each_metric_counts_by_its_own_period(week: None, rosa: User) -> None:
    Metric.objects.filter(pk=metric("money").pk).update(period="quarter")
    Organisation.current().change(week_start=6, fiscal_year_start=3)
    for day in (date(2026, 9, 1), MONDAY, SUNDAY - WEEK, SUNDAY - WEEK - DAY):
        count(rosa, "money", 100, day)
        count(rosa, "prospects", 1, day)
    found = card(rosa)
    assert link(found, "prospects").span == Span(SUNDAY - WEEK, SUNDAY - DAY)
    assert link(found, "prospects").value == 2
    assert link(found, "money").span == Span(date(2026, 9, 1), date(2026, 11, 30))
    assert link(found, "money").value == 400


def test_the_last_twelve_weeks_are_told_the_oldest_first(week: None, rosa: User) -> None:
    """In week n from the first one n x n prospects on its Sunday, one talk on its Monday."""
    first = MONDAY - 11 * WEEK
    count(rosa, "prospects", 77, first - DAY)
    for n in range(12):
        count(rosa, "prospects", n * n, min(first + n * WEEK + 6 * DAY, TODAY))
        count(rosa, "talks", 1, first + n * WEEK)
    series = (0, 1, 4, 9, 16, 25, 36, 49, 64, 81, 100, 121)
    found = card(rosa)
    assert link(found, "prospects").weeks == series
    assert link(found, "talks").weeks == (1,) * 12
    shown = cards(rosa.team)
    assert of(shown, rosa, "prospects").weeks == of(shown, rosa.team, "prospects").weeks == series  # type: ignore[arg-type]
    before = link(card(rosa, MONDAY - DAY), "prospects").weeks
    assert before == (77, *series[:-1])


def test_a_week_without_what_a_ratio_is_of_has_no_value(rosa: User) -> None:
    a_chain("talks")
    planned = Metric.add(
        label="Planned", measure="calls_planned", role="precursor", period="week", place=1
    )
    starts = NOW - WEEK
    account = an_account()
    Call.objects.create(
        owner=rosa, account=account, starts_at=starts, ends_at=starts, status=Call.HELD
    )
    found = card(rosa).links[0]
    assert found.metric == planned
    assert found.weeks == (*[None] * 10, 0, None)
    assert (found.value, found.standing.state) == (None, "no_target")


# The first broken link.


def test_the_first_broken_link_and_its_cost_are_told(week: None, rosa: User, pia: User) -> None:
    """Of rosa's 20 prospects came 8, of pia's 2 (22 together) 3 more; 4 are due by yesterday."""
    for person, prospects, money in ((rosa, 20, 8), (pia, 2, 3)):
        count(person, "prospects", prospects, MONDAY - DAY)
        count(person, "money", money, MONDAY - DAY)
    count(pia, "prospects", 1, MONDAY)
    found = card(rosa)
    assert found.broken == link(found, "prospects")
    assert found.cost
    assert (found.cost.amount, found.cost.basis) == (Fraction(4 * 8, 20), "own")
    found = card(pia)
    assert found.cost
    assert (found.cost.amount, found.cost.basis) == (Fraction(3 * 11, 22), "team")
    own = cards(rosa.team).own
    assert own.broken == link(own, "prospects")
    assert own.cost
    assert (own.cost.amount, own.cost.basis) == (Fraction(7 * 11, 22), "own")


def test_without_a_miss_or_enough_of_a_past_no_cost_is_told(week: None, rosa: User) -> None:
    found = card(rosa)
    assert found.broken == link(found, "prospects")
    assert found.cost is None
    count(rosa, "prospects", 4, MONDAY)
    count(rosa, "talks", 2, MONDAY)
    found = card(rosa)
    assert (found.broken, found.cost) == (None, None)


# Teams.


def test_who_moved_on_is_shown_with_the_days_on_which_they_were_there(
    week: None, rosa: User, pia: User, otto: User
) -> None:
    north, south = rosa.team, otto.team
    assert north
    assert south
    count_each(rosa, "prospects", [(MONDAY, 1), (MONDAY + DAY, 2), (TODAY, 4)])
    count_each(pia, "prospects", [(MONDAY, 8), (TODAY, 16)])
    rosa.join(south, on=TODAY)
    shown = cards(north)
    assert [str(card.whose) for card in shown.people] == ["Pia Peer", "Rosa Rep"]
    assert shown.gone == {rosa.pk: MONDAY + DAY}
    found = of(shown, rosa, "prospects")
    assert (found.value, found.aim.whole, found.aim.due) == (3, 4, 4)
    assert of(shown, pia, "prospects").value == 24
    assert (shown.own.links[0].value, shown.own.links[0].aim.whole) == (27, 14)
    shown = cards(south)
    assert shown.gone == {}
    found = of(shown, rosa, "prospects")
    assert (found.value, found.aim.whole, found.aim.due) == (4, 6, 0)
    assert (shown.own.links[0].value, shown.own.links[0].aim.whole) == (4, 16)
    # The week before she was in North with all of it, and had not gone.
    assert [str(card.whose) for card in cards(south, MONDAY - DAY).people] == ["Otto Other"]
    before = cards(north, MONDAY - DAY)
    assert (len(before.people), before.gone) == (2, {})


def test_who_left_is_shown_until_the_periods_are_over(week: None, rosa: User, pia: User) -> None:
    north = rosa.team
    count(pia, "prospects", 5, MONDAY)
    pia.deactivate(on=MONDAY)
    shown = cards(north)
    assert shown.gone == {pia.pk: MONDAY}
    found = of(shown, pia, "prospects")
    assert (found.value, found.aim.whole) == (5, 2)
    later = cards(north, None, TODAY + WEEK)
    assert [str(card.whose) for card in later.people] == ["Rosa Rep"]
    assert (later.gone, later.own.links[0].aim.whole) == ({}, 10)


def test_who_came_back_is_not_gone(week: None, rosa: User, otto: User) -> None:
    """Tuesday she was elsewhere: that day is South's, and shown there."""
    north, south = rosa.team, otto.team
    count_each(rosa, "prospects", [(MONDAY, 1), (MONDAY + DAY, 2), (TODAY, 4)])
    rosa.join(south, on=MONDAY + DAY)
    rosa.join(north, on=TODAY)
    shown = cards(north)
    assert shown.gone == {}
    assert (of(shown, rosa, "prospects").value, of(shown, rosa, "prospects").aim.whole) == (5, 8)
    assert cards(south).gone == {rosa.pk: MONDAY + DAY}
    assert of(cards(south), rosa, "prospects").value == 2


def test_teams_are_rolled_up_to_the_one_above(
    week: None, rosa: User, pia: User, otto: User, mia: User, eva: User
) -> None:
    """Under North is West, of mia's; Sales has no people of its own."""
    sales, north, south = eva.teams_led.get(), rosa.team, otto.team
    west = Team.objects.create(name="West")
    west.arrange(parent=north, manager=None)
    pia.join(west, on=MONDAY - WEEK)
    for person, number in ((rosa, 1), (pia, 20), (otto, 300)):
        count(person, "prospects", number, MONDAY)
        count(person, "talks", number, TODAY)
    shown = cards(sales)
    assert [str(card.whose) for card in shown.teams] == ["North", "South"]
    assert shown.people == []
    for name in ("prospects", "talks"):
        found = [link(card, name).value for card in (shown.own, *shown.teams)]
        assert found == [321, 21, 300]
    wholes = [link(card, "prospects").aim.whole for card in (shown.own, *shown.teams)]
    assert wholes == [30, 20, 10]
    shown = cards(north)
    assert [str(card.whose) for card in shown.teams] == ["West"]
    assert [str(card.whose) for card in shown.people] == ["Rosa Rep"]
    assert [of(shown, whose, "talks").value for whose in (north, west, rosa)] == [21, 20, 1]  # type: ignore[arg-type]
    assert south


def test_empty_teams_and_chains_are_shown_empty(eva: User) -> None:
    sales = eva.teams_led.get()
    shown = cards(sales)
    assert (shown.teams, shown.people, shown.gone) == ([], [], {})
    assert {link.standing.state for link in shown.own.links} == {"no_target"}
    Metric.objects.all().delete()
    assert cards(sales).own.links == ()
    assert card(eva).links == ()


def test_money_is_that_of_the_organisations_currency(rosa: User, ada: User) -> None:
    Opportunity.objects.bulk_create(
        Opportunity(
            name=f"{currency} {day}", owner=rosa, stage=a_stage(), status="won", currency=currency,
            amount=Decimal(amount), closed_on=day, closing_owner=rosa,
        )
        for currency, amount, day in (
            ("EUR", "0.10", MONDAY), ("EUR", "0.20", TODAY), ("USD", "7000", MONDAY),
            ("USD", "500", TODAY), ("EUR", "40", date(2026, 10, 1)),
        )
    )  # fmt: skip
    found = card(rosa).links[-1]
    assert (found.metric.label, found.value) == ("Money won", Fraction(403, 10))
    assert found.weeks[-1] == Fraction(3, 10)


# However much there is.


@pytest.mark.parametrize("past", [False, True])
def test_thirty_people_take_as_many_statements_as_three(week: None, otto: User, past: bool) -> None:
    south = otto.team
    assert south
    counted = []
    for number in (2, 27):
        for person in many_reps(south, number):
            count_each(person, "prospects", [(MONDAY - 2 * WEEK, 1), (TODAY, 1)])
        now = frame(TODAY - WEEK if past else None)
        counted.append(statements(lambda now=now: of_team(south, now)))
        assert len(of_team(south, now).people) == 3 + (number > 2) * 27
    assert counted[0] == counted[1] <= 11


def test_thirty_events_take_as_many_statements_as_three(week: None, rosa: User, pia: User) -> None:
    north = rosa.team
    assert north
    of_one, of_all = [], []
    count(rosa, "prospects", 8, MONDAY - 2 * WEEK)  # enough for a conversion of her own
    for number in (3, 27):
        for n in range(number):
            count(rosa, "prospects", 1, TODAY - n * DAY)
            count(pia, "talks", 1, TODAY - 3 * n * DAY)
        now = frame()
        of_one.append(statements(lambda now=now: of_person(rosa, now)))
        of_all.append(statements(lambda now=now: of_team(north, now)))
    assert of_one[0] == of_one[1] <= 8
    assert of_all[0] == of_all[1] <= 11
