"""What is written down when a day is judged: standing, streak, first broken link and its cost.

The week is that of Monday 16 November 2026; its middle is judged after Wednesday, when three of
five working days are gone.
"""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from metrics import rollups
from metrics.checkpoints import take_due
from metrics.models import Checkpoint, CheckpointDay, Metric, Target
from people.models import Absence, Team, User
from pipeline.models import Call
from tests.factories import NOW, an_account
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
MONDAY = date(2026, 11, 16)
WEDNESDAY, SUNDAY = MONDAY + 2 * DAY, MONDAY + 6 * DAY
YEAR_AGO = date(2025, 11, 17)  # the first of the 52 weeks before


def judge(day: date) -> None:
    """A day, as soon as it is over."""
    now = datetime(day.year, day.month, day.day, tzinfo=UTC) + DAY
    assert take_due(now)[-1] == day


def of(whose: User | Team, name: str, day: date = WEDNESDAY) -> Checkpoint:
    scope = {"person": whose} if isinstance(whose, User) else {"team": whose}
    return Checkpoint.objects.get(metric=metric(name), day=day, **scope)


def rounded(number: Decimal | None) -> str:
    return "" if number is None else f"{number:f}".rstrip("0").rstrip(".")


def effect(row: Checkpoint) -> tuple[str, str]:
    return rounded(row.effect), row.effect_basis


@pytest.fixture
def week(rosa: User, pia: User, ada: User) -> None:
    """Ten prospects and five talks a week, and a thousand in money; nothing happened yet."""
    a_chain("prospects", "talks", ultimate="money")
    for name, amount in (("prospects", 10), ("talks", 5), ("money", 1000)):
        aim(name, amount, by=ada)


# The judgement.


def test_everything_that_was_judged_is_written_down(week: None, rosa: User) -> None:
    count_each(rosa, "prospects", [(MONDAY, 1), (WEDNESDAY, 1), (WEDNESDAY + DAY, 7)])
    count(rosa, "talks", 3, WEDNESDAY)
    count(rosa, "money", 540, MONDAY)
    judge(WEDNESDAY)
    row = of(rosa, "prospects")
    assert (row.kind, row.first_day, row.last_day) == ("middle", MONDAY, SUNDAY)
    found = [rounded(n) for n in (row.value, row.target, row.due, row.pace, row.short)]
    assert found == ["2", "10", "6", "0.3333", "4"]
    assert (row.state, row.streak) == ("missed", 0)
    row = of(rosa, "talks")
    assert (row.state, row.value, row.due, row.pace, row.short) == ("on_target", 3, 3, 1, 0)
    row = of(rosa, "money")
    assert (row.state, row.value, row.due, row.short) == ("behind", 540, 600, 60)
    assert str(row) == "Money of Rosa Rep on 2026-11-18: Behind"


def test_a_team_is_judged_by_all_of_its_people_and_those_under_it(
    week: None, rosa: User, pia: User, otto: User, mia: User, eva: User
) -> None:
    """North, of rosa and pia, is to have 20, and 12 by now; Sales has otto's as well."""
    for person, number in ((rosa, 2), (pia, 7), (otto, 6)):
        count(person, "prospects", number, MONDAY)
    judge(WEDNESDAY)
    north, sales = mia.teams_led.get(), eva.teams_led.get()
    row = of(north, "prospects")
    assert (row.value, row.target, row.due, row.state) == (9, 20, 12, "missed")
    row = of(sales, "prospects")
    assert (row.value, row.target, row.due, row.state) == (15, 30, 18, "behind")
    assert {row.whose for row in Checkpoint.objects.all()} == {
        rosa, pia, otto, north, sales, otto.team,
    }  # fmt: skip


def test_absence_shrinks_what_was_to_be_reached(week: None, rosa: User, pia: User) -> None:
    Absence.record(rosa, first_day=MONDAY, last_day=MONDAY + DAY, by=rosa)
    Absence.record(pia, first_day=MONDAY, last_day=SUNDAY, by=pia)
    count(rosa, "prospects", 2, WEDNESDAY)
    judge(WEDNESDAY)
    row = of(rosa, "prospects")
    assert (row.value, row.target, row.due, row.state) == (2, 6, 2, "on_target")
    assert of(pia, "prospects").state == "away"
    assert of(rosa.team, "prospects").target == 6  # type: ignore[arg-type]


def test_who_has_no_target_is_not_judged(rosa: User, pia: User, ada: User) -> None:
    a_chain("prospects")
    aim("prospects", 10, by=ada, person=rosa, last_day=SUNDAY - WEEK)
    judge(WEDNESDAY)
    assert not Checkpoint.objects.exists()
    aim("prospects", 10, by=ada, person=rosa, first_day=SUNDAY + DAY)
    judge(SUNDAY)
    assert not Checkpoint.objects.exists()
    judge(WEDNESDAY + WEEK)
    judged = {str(row.whose) for row in Checkpoint.objects.all()}
    assert judged == {"Rosa Rep", "North", "Sales"}


def test_who_leads_people_is_judged_by_own_targets_only(
    week: None, rosa: User, mia: User, eva: User, ada: User
) -> None:
    """Mia is in no team herself: what she is to reach is nobody else's."""
    judge(WEDNESDAY)
    assert not Checkpoint.objects.filter(person__in=[mia, eva, ada]).exists()
    aim("talks", 8, by=ada, person=mia)
    count(mia, "talks", 4, SUNDAY)
    judge(SUNDAY)
    row = Checkpoint.objects.get(person=mia)
    assert (row.metric.label, row.value, row.target, row.state) == ("Talks", 4, 8, "missed")
    assert of(mia.teams_led.get(), "talks", SUNDAY).target == 10


def test_who_leads_people_counts_in_the_team_they_are_in(
    week: None, rosa: User, mia: User, eva: User, ada: User
) -> None:
    sales = eva.teams_led.get()
    mia.join(sales)
    aim("talks", 8, by=ada, person=mia)
    judge(WEDNESDAY)
    assert of(mia, "talks").target == 8
    assert of(sales, "talks").target == 8 + 2 * 5
    assert of(mia.teams_led.get(), "talks").target == 2 * 5


def test_who_left_is_judged_no_more_but_was_in_the_team_until_then(
    week: None, rosa: User, pia: User
) -> None:
    count_each(pia, "prospects", [(MONDAY, 1), (MONDAY + DAY, 1), (WEDNESDAY, 5)])
    pia.deactivate(on=MONDAY + DAY)
    judge(WEDNESDAY)
    assert not Checkpoint.objects.filter(person=pia).exists()
    row = of(rosa.team, "prospects")  # type: ignore[arg-type]
    assert (row.value, row.target, row.due) == (2, 14, 10)


def test_a_team_is_judged_by_the_days_on_which_people_were_in_it(
    week: None, rosa: User, pia: User, otto: User
) -> None:
    """Rosa moves from North to South on Thursday: three days there, two here."""
    north, south = rosa.team, otto.team
    assert north
    assert south
    count_each(rosa, "prospects", [(WEDNESDAY, 5), (WEDNESDAY + DAY, 3)])
    count_each(pia, "prospects", [(MONDAY, 4)])
    count_each(otto, "prospects", [(MONDAY, 11)])
    rosa.join(south, on=WEDNESDAY + DAY)
    judge(WEDNESDAY)
    assert [of(north, "prospects").value, of(south, "prospects").value] == [9, 11]
    judge(SUNDAY)
    row = of(north, "prospects", SUNDAY)
    assert (row.value, row.target, row.state) == (9, 16, "missed")
    row = of(south, "prospects", SUNDAY)
    assert (row.value, row.target, row.state) == (14, 14, "on_target")
    assert of(rosa, "prospects", SUNDAY).value == 8


# Again and again.


def test_missed_periods_in_a_row_are_counted_until_one_is_not(week: None, rosa: User) -> None:
    for n, reached in enumerate([2, 0, 7, 10, 1]):
        count(rosa, "prospects", reached, MONDAY + n * WEEK)
        judge(SUNDAY + n * WEEK)
    rows = Checkpoint.objects.filter(metric=metric("prospects"), kind="end").order_by("day")
    assert list(rows.filter(person=rosa).values_list("streak", flat=True)) == [1, 2, 3, 0, 1]
    assert list(rows.filter(team=rosa.team).values_list("streak", flat=True)) == [1, 2, 3, 4, 5]
    middles = Checkpoint.objects.filter(kind="middle", state="missed")
    assert set(middles.values_list("streak", flat=True)) == {0}
    again = Checkpoint.objects.missed_again().filter(person=rosa, metric=metric("prospects"))
    assert sorted(row.day for row in again) == [SUNDAY + WEEK, SUNDAY + 2 * WEEK]


def test_a_period_away_breaks_the_row(week: None, rosa: User) -> None:
    Absence.record(rosa, first_day=MONDAY + WEEK, last_day=SUNDAY + WEEK, by=rosa)
    for n in range(3):
        judge(SUNDAY + n * WEEK)
    rows = Checkpoint.objects.filter(metric=metric("prospects"), kind="end", person=rosa)
    found = rows.order_by("day").values_list("state", "streak")
    assert list(found) == [("missed", 1), ("away", 0), ("missed", 1)]


# The first broken link.


def test_the_first_broken_link_is_named_on_every_row_of_whose_it_is(
    week: None, rosa: User, pia: User
) -> None:
    for person, done in ((rosa, {"prospects": 6, "money": 900}), (pia, {"talks": 5})):
        for name, number in done.items():
            count(person, name, number, MONDAY)
    judge(WEDNESDAY)
    names = ("prospects", "talks", "money")
    states = [of(rosa, name).state for name in names]
    assert states == ["on_target", "missed", "on_target"]
    assert {of(rosa, name).broken_link for name in names} == {metric("talks")}
    assert [of(pia, name).state for name in names] == ["missed", "on_target", "missed"]
    assert {of(pia, name).broken_link for name in names} == {metric("prospects")}
    assert {of(rosa.team, name).broken_link for name in names} == {metric("prospects")}  # type: ignore[arg-type]


def test_nothing_is_broken_when_nothing_was_missed(week: None, rosa: User) -> None:
    for name, number in (("prospects", 5), ("talks", 3), ("money", 600)):
        count(rosa, name, number, MONDAY)
    judge(WEDNESDAY)
    rows = Checkpoint.objects.filter(person=rosa)
    assert {(row.broken_link, row.effect, row.effect_basis) for row in rows} == {(None, None, "")}
    assert of(rosa, "prospects").state == "behind"


def test_a_link_that_is_not_judged_that_day_may_be_the_broken_one(week: None, rosa: User) -> None:
    """Of the month 13 of 21 working days are gone, and no middle of it."""
    Metric.objects.filter(pk=metric("prospects").pk).update(period="month")
    for name, number in (("talks", 3), ("money", 600)):
        count(rosa, name, number, MONDAY)
    judge(WEDNESDAY)
    rows = Checkpoint.objects.filter(person=rosa)
    assert {row.metric.label: row.broken_link for row in rows} == {
        "Talks": metric("prospects"),
        "Money": metric("prospects"),
    }


# What it will cost.


def a_year(person: User, prospects: int, money: int) -> None:
    """At both ends of the 52 weeks before this one, and just outside of them."""
    for name, number in (("prospects", prospects), ("money", money)):
        count(person, name, 50, YEAR_AGO - DAY)
        count(person, name, 1, YEAR_AGO)
        count(person, name, number - 1, MONDAY - DAY)


def test_the_cost_is_told_at_own_conversion(week: None, rosa: User) -> None:
    """Of 20 prospects came 48,000; 4 are missing by Wednesday."""
    a_year(rosa, 20, 48_000)
    count(rosa, "prospects", 2, MONDAY)
    judge(WEDNESDAY)
    for name in ("prospects", "talks", "money"):
        assert effect(of(rosa, name)) == ("9600", "own")


def test_under_five_of_ones_own_it_is_the_teams(
    week: None, rosa: User, pia: User, otto: User
) -> None:
    """Rosa: 4, of which 9,000 came; with pia's it is 24, of which 57,000 came: 2,375 for each."""
    a_year(rosa, 4, 9_000)
    a_year(pia, 20, 48_000)
    a_year(otto, 5, 3_000)
    for person in (rosa, pia, otto):
        count(person, "prospects", 1, MONDAY)  # 5 are missing
    judge(WEDNESDAY)
    assert effect(of(rosa, "talks")) == ("11875", "team")
    assert effect(of(pia, "talks")) == ("12000", "own")
    assert effect(of(otto, "talks")) == ("3000", "own")  # five is enough
    assert effect(of(rosa.team, "talks")) == ("23750", "own")  # type: ignore[arg-type]


def test_under_five_of_both_nothing_is_told(week: None, rosa: User, pia: User, otto: User) -> None:
    a_year(rosa, 2, 9_000)
    a_year(pia, 2, 9_000)
    a_year(otto, 20, 3_000)  # in another team
    judge(WEDNESDAY)
    row = of(rosa, "prospects")
    assert (row.state, row.broken_link, *effect(row)) == ("missed", metric("prospects"), "", "")
    assert effect(of(rosa.team, "prospects")) == ("", "")  # type: ignore[arg-type]


def test_the_team_is_the_one_of_that_day(week: None, rosa: User, pia: User, otto: User) -> None:
    """Rosa moved on Monday: what North had before stays North's, what otto has is South's."""
    south = otto.team
    a_year(rosa, 4, 9_000)
    a_year(pia, 20, 48_000)
    a_year(otto, 10, 5_000)
    rosa.join(south, on=MONDAY)
    judge(WEDNESDAY)
    assert effect(of(rosa, "prospects")) == ("3000", "team")  # 6 at 500


def test_the_ultimate_metric_itself_and_no_ultimate_metric_cost_nothing(
    week: None, rosa: User, pia: User
) -> None:
    a_year(rosa, 20, 48_000)
    a_year(pia, 20, 48_000)
    count(rosa, "prospects", 6, MONDAY)
    count(rosa, "talks", 3, MONDAY)
    judge(WEDNESDAY)
    row = of(rosa, "money")
    assert (row.state, row.broken_link, *effect(row)) == ("missed", metric("money"), "", "")
    assert effect(of(pia, "prospects")) == ("14400", "own")
    metric("money").retire(on=WEDNESDAY)
    judge(SUNDAY)
    row = of(pia, "prospects", SUNDAY)
    assert (row.state, row.broken_link, *effect(row)) == ("missed", metric("prospects"), "", "")


def test_a_ratio_as_broken_link_costs_nothing_that_can_be_told(rosa: User, ada: User) -> None:
    """More calls planned is not more of what follows: nothing is multiplied by a share."""
    a_chain("talks", ultimate="money")
    planned = Metric.add(
        label="Planned", measure="calls_planned", role="precursor", period="week", place=1
    )
    Target.set(planned, Decimal(80), by=ada, at=NOW)
    aim("talks", 5, by=ada)
    count(rosa, "talks", 40, MONDAY - DAY)
    count(rosa, "money", 9_000, MONDAY - DAY)
    starts = datetime(2026, 11, 16, 9, tzinfo=UTC)
    account = an_account()
    Call.objects.bulk_create(
        Call(owner=rosa, account=account, starts_at=starts, ends_at=starts, status=Call.HELD)
        for _ in range(5)
    )
    judge(WEDNESDAY)
    row = Checkpoint.objects.get(person=rosa, metric=planned)
    assert (row.value, row.target, row.short, row.state) == (0, 80, 80, "missed")
    assert (row.broken_link, *effect(row)) == (planned, "", "")
    assert of(rosa, "talks").broken_link == planned
    Call.objects.first().delete()  # type: ignore[union-attr]
    CheckpointDay.objects.all().delete()
    Checkpoint.objects.all().delete()
    judge(WEDNESDAY)
    row = Checkpoint.objects.get(person=rosa, metric=planned)
    assert (row.state, row.broken_link) == ("not_enough", metric("talks"))


# However many people.


def test_thirty_people_take_as_many_statements_as_three(week: None, otto: User) -> None:
    """All of them miss; some have no conversion of their own."""
    south: Any = otto.team
    counted = []
    for n, number in enumerate((2, 27)):
        for person in many_reps(south, number)[:-1]:
            count(person, "prospects", 8, MONDAY - DAY)
        rollups.catch_up()
        judge(WEDNESDAY + n * WEEK)
        day = SUNDAY + n * WEEK
        counted.append(statements(lambda day=day: judge(day), but="INSERT"))
        missed = Checkpoint.objects.filter(day=day, kind="end", person__team=south).missed()
        assert missed.filter(metric=metric("prospects")).count() == 3 + 27 * n
    assert counted[0] == counted[1] <= 24, counted
