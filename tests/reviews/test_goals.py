"""Where goals come from, what led to the results, and what was missed for the second time."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from metrics import rollups
from metrics.models import Checkpoint, Metric, Target
from metrics.periods import END
from people.models import Absence, Team, User
from pipeline.models import Call
from reviews.models import Review
from reviews.review_page import ReviewPage
from tests.factories import NOW, a_call, a_checkpoint, a_money_target

pytestmark = pytest.mark.django_db
WEEK_46, WEEK_45 = date(2026, 11, 15), date(2026, 11, 8)  # their last days
DAY = timedelta(days=1)


@pytest.fixture
def review(rosa: User, mia: User) -> Review:
    return Review.arrange(rosa, NOW, by=mia, at=NOW)


def page_of(review: Review, at: datetime = NOW) -> ReviewPage:
    fresh = Review.objects.for_page().get(pk=review.pk)
    return ReviewPage(fresh, fresh.manager, at)


def goals(review: Review) -> list[str | None]:
    """Of the year to date, the last quarter, the last month, and this month."""
    status = page_of(review).status
    return [*(period["goal"] for period in status["periods"]), status["month_goal"]]


# Goals. 2026 has 66 weekdays in its third and fourth quarter, 22 in October, 21 in November; until
# 18 November there are 64 in the first and 65 in the second quarter, and 35 in the fourth.


@pytest.mark.parametrize("nearest", ["person", "team", "all"])
def test_the_nearest_target_is_the_goal(
    rosa: User, mia: User, ada: User, review: Review, nearest: str
) -> None:
    scopes: dict[str, dict[str, Any]] = {
        "person": {"person": rosa},
        "team": {"team": rosa.team},
        "all": {},
    }
    names = list(scopes)
    for n, name in enumerate(names[names.index(nearest) :]):
        a_money_target(92_000 + n, ada, **scopes[name])
    year = 92_000 * 3 + 92_000 * 35 / 66
    assert goals(review) == [f"{year:.2f}", "92000.00", "30666.67", "29272.73"]


def test_days_away_take_their_part_from_it(rosa: User, mia: User, review: Review) -> None:
    a_money_target(92_000, mia, person=rosa)
    whole = goals(review)
    Absence.record(rosa, first_day=date(2026, 10, 5), last_day=date(2026, 10, 18), by=rosa)
    less = goals(review)
    assert (less[1], less[3]) == (whole[1], whole[3])
    assert less[2] == f"{92_000 * 12 / 66:.2f}"


@pytest.mark.parametrize(
    ("measure", "goal"), [("percent_of_goal", "92000.00"), ("deals_won", None)]
)
def test_only_money_is_a_goal(
    mia: User, rosa: User, review: Review, measure: str, goal: str | None
) -> None:
    Metric.objects.filter(role=Metric.ULTIMATE).update(measure=measure)
    a_money_target(92_000, mia, person=rosa)
    assert goals(review)[1] == goal


def test_what_was_frozen_stays_when_a_target_changes(mia: User, rosa: User, review: Review) -> None:
    a_money_target(92_000, mia, person=rosa)
    before = goals(review)
    review.start(by=mia, at=NOW)
    a_money_target(1, mia, NOW + DAY, person=rosa)
    assert goals(review) == before


# What the metrics came to.


def test_the_start_notes_each_precursor_of_the_last_completed_period(
    mia: User, rosa: User, ada: User, review: Review
) -> None:
    interviews = Metric.objects.get(measure="interviews")
    Target.set(interviews, 5, by=mia, at=NOW, person=rosa)
    Absence.record(rosa, first_day=date(2026, 11, 13), last_day=date(2026, 11, 13), by=rosa)
    scores = Metric.add(label="Score", measure="average_score", role="precursor", period="week")
    monthly = Metric.add(label="Held", measure="calls_held", role="precursor", period="month")
    for day in (datetime(2026, 11, 9, 9), datetime(2026, 11, 12, 9), datetime(2026, 10, 30, 9)):
        call = a_call(rosa, day.replace(tzinfo=NOW.tzinfo), kind="interview")
        Call.objects.filter(pk=call.pk).update(status=Call.HELD)
    rollups.catch_up()
    live = {fact["name"] for fact in page_of(review).status["facts"]}
    assert not any(name.startswith("metric_") for name in live)
    review.start(by=mia, at=NOW)
    facts = {fact["name"]: fact for fact in page_of(review).status["facts"]}
    of_interviews = facts[f"metric_{interviews.pk}"]
    assert of_interviews["label"] == "Interviews, week 46"
    assert (of_interviews["number"], of_interviews["of"]) == (2, 4)  # on Friday rosa was away
    of_calls = facts[f"metric_{monthly.pk}"]
    assert (of_calls["label"], of_calls["number"]) == ("Held, October 2026", 1)
    assert of_calls["of"] is None
    assert f"metric_{scores.pk}" not in facts  # a ratio of nothing
    assert len(facts) == len(live) + 7


# What was missed again.


def missed(rosa: User, measure: str, *weeks: tuple[date, int, int, int]) -> None:
    """Ends of weeks: the last day, the streak, the value and the target."""
    metric = Metric.objects.get(measure=measure)
    for last, streak, value, target in weeks:
        span = {"first_day": last - 6 * DAY, "last_day": last}
        said = {"streak": streak, "value": value, "target": target, "kind": END}
        a_checkpoint(metric, last, person=rosa, **span, **said)


TWICE = ("Missed twice in a row", "Interviews, 2 of 5 in week 46 and 3 of 5 in week 45")


def test_what_was_missed_for_the_second_time_in_a_row_is_on_the_agenda(
    mia: User, rosa: User, pia: User, review: Review
) -> None:
    missed(rosa, "interviews", (WEEK_45, 1, 3, 5), (WEEK_46, 2, 2, 5))
    missed(rosa, "proposals", (WEEK_46, 1, 0, 1))
    missed(pia, "presentations", (WEEK_46, 2, 0, 1))
    assert page_of(review).missed == [TWICE]
    review.start(by=mia, at=NOW)
    Checkpoint.objects.all().delete()
    assert page_of(review).missed == [TWICE]


def test_a_longer_streak_is_told_once(rosa: User, review: Review) -> None:
    weeks = [(WEEK_46 - n * 7 * DAY, 3 - n, n, 5) for n in range(3)]
    missed(rosa, "interviews", *weeks)
    often, what = page_of(review).missed[0]
    assert (often, what) == (
        "Missed 3 times in a row",
        "Interviews, 0 of 5 in week 46 and 1 of 5 in week 45",
    )
    assert len(page_of(review).missed) == 1


def test_money_is_said_as_money(rosa: User, review: Review) -> None:
    metric = Metric.objects.get(role=Metric.ULTIMATE)
    for first, last, streak in (
        (date(2026, 4, 1), date(2026, 6, 30), 1),
        (date(2026, 7, 1), date(2026, 9, 30), 2),
    ):
        span = {"first_day": first, "last_day": last, "kind": END, "streak": streak}
        a_checkpoint(metric, last, person=rosa, value=60_000, target=92_000, **span)
    page = page_of(review, datetime(2026, 10, 5, 9, tzinfo=NOW.tzinfo))
    assert page.missed == [
        (
            "Missed twice in a row",
            "Money won, €60,000 of €92,000 in Q3 2026 and €60,000 of €92,000 in Q2 2026",
        )
    ]


def test_what_the_last_one_could_talk_about_is_not_there_again(
    mia: User, rosa: User, review: Review
) -> None:
    last = Review.arrange(rosa, NOW - DAY, by=mia, at=NOW - DAY)
    last.start(by=mia, at=NOW - DAY)
    last.close(by=mia, at=NOW - DAY)
    missed(rosa, "interviews", (WEEK_45, 1, 3, 5), (WEEK_46, 2, 2, 5))
    assert page_of(review).missed == []


def test_what_the_team_missed_is_not_the_reps(rosa: User, review: Review) -> None:
    metric = Metric.objects.get(measure="interviews")
    team = Team.objects.get(name="North")
    a_checkpoint(metric, WEEK_46, team=team, kind=END, streak=2)
    assert page_of(review).missed == []
