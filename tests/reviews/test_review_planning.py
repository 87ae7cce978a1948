"""Drafts of 1-on-1s: made ahead from the rhythm, once, on days on which both work."""

import threading
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from config.celery import app
from people.models import Absence, Holiday, Organisation, Team, User
from reviews.models import Review, ReviewNote, ReviewPreparation, ReviewSchedule
from reviews.review_planning import AHEAD_DAYS, plan_all
from reviews.rhythm import DAY_OF_MONTH, EVERY_WEEKS
from reviews.tasks import plan_reviews, record_reviews_not_held
from tests.factories import NOW, TODAY, a_user

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
FIRST = datetime(2026, 12, 1, 10, tzinfo=UTC)  # the first Tuesday of December
ALL_APPS = [config.name for config in apps.get_app_configs()]  # see tests/pipeline/test_clocks.py


def rhythm(rep: User, at: datetime = NOW, **values: Any) -> ReviewSchedule:
    """The first Tuesday of the month at 10:00, unless said otherwise."""
    manager = rep.reports_to
    assert manager
    return ReviewSchedule.set_up(rep, by=manager, at=at, **values)


def times() -> list[datetime]:
    return list(Review.objects.order_by("scheduled_for").values_list("scheduled_for", flat=True))


def days() -> list[date]:
    return [each.date() for each in times()]


def the_review() -> Review:
    return Review.objects.select_related("rep", "manager").get()


def away(user: User, first: date, last: date) -> Absence:
    return Absence.record(user, first_day=first, last_day=last, by=user)


# Made ahead.


def test_drafts_are_made_for_the_next_forty_two_days(rosa: User, mia: User) -> None:
    rhythm(rosa, rhythm=DAY_OF_MONTH, day=30)
    assert (TODAY + AHEAD_DAYS * DAY, days()) == (
        date(2026, 12, 30),
        [date(2026, 11, 30), date(2026, 12, 30)],
    )
    review = Review.objects.earliest("scheduled_for")
    assert (review.manager, review.rep, review.state) == (mia, rosa, "scheduled")
    assert (review.minutes, review.occurrence) == (30, date(2026, 11, 30))


def test_the_next_one_is_made_when_its_day_comes_near(rosa: User) -> None:
    rhythm(rosa, rhythm=DAY_OF_MONTH, day=31)
    assert days() == [date(2026, 11, 30)]
    plan_all(NOW + DAY)
    assert days() == [date(2026, 11, 30), date(2026, 12, 31)]


def test_a_rhythm_makes_nothing_before_it_was_set_up(rosa: User) -> None:
    rhythm(rosa, rhythm=EVERY_WEEKS, weeks=1, starts_on=TODAY - 90 * DAY)
    plan_all(NOW)
    assert min(times()) > NOW


def test_the_job_may_run_twice(rosa: User, pia: User) -> None:
    for rep in (rosa, pia):
        rhythm(rep, rhythm=EVERY_WEEKS, weeks=2)
    made = list(Review.objects.order_by("pk").values())
    assert len(made) == 6
    for _ in range(3):
        plan_all(NOW)
    assert list(Review.objects.order_by("pk").values()) == made


@pytest.mark.django_db(transaction=True, available_apps=ALL_APPS)
def test_the_job_may_run_by_two_at_once(rosa: User, pia: User) -> None:
    for rep in (rosa, pia):
        rhythm(rep, rhythm=EVERY_WEEKS, weeks=2)
    Review.objects.all().delete()
    both, failures = threading.Barrier(2), []

    def run() -> None:
        try:
            both.wait()
            plan_all(NOW)
        except BaseException as failure:
            failures.append(failure)
            raise
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert Review.objects.count() == 6


def test_only_the_manager_to_whom_somebody_reports_sets_a_rhythm(
    rosa: User, max_: User, eva: User, ada: User
) -> None:
    for by in (rosa, max_, eva, ada):
        with pytest.raises(PermissionDenied):
            ReviewSchedule.set_up(rosa, by=by, at=NOW)
    assert not Review.objects.exists()


@pytest.mark.parametrize(
    "wrong", [{"day": 0}, {"day": 32}, {"weeks": 0}, {"nth": 6}, {"weekday": 5}, {"minutes": 5}]
)
def test_a_rhythm_that_is_none_is_refused(rosa: User, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        rhythm(rosa, **wrong)


# Days on which somebody does not work.


def test_a_holiday_moves_it_to_the_next_working_day(rosa: User) -> None:
    Holiday.add_many({date(2026, 12, 1): "Off", date(2026, 12, 2): "Off"})
    rhythm(rosa)
    assert times() == [FIRST + 2 * DAY]
    assert the_review().occurrence == FIRST.date()


def test_a_weekend_moves_it_to_monday(rosa: User) -> None:
    rhythm(rosa, rhythm=DAY_OF_MONTH, day=28)  # a Saturday
    assert days() == [date(2026, 11, 30), date(2026, 12, 28)]


@pytest.mark.parametrize("who", ["rosa", "mia"])
def test_either_being_away_moves_it(rosa: User, mia: User, who: str) -> None:
    away({"rosa": rosa, "mia": mia}[who], date(2026, 11, 30), date(2026, 12, 4))
    rhythm(rosa)
    assert days() == [date(2026, 12, 7)]


def test_days_off_of_both_and_of_all_are_passed_over(rosa: User, mia: User, pia: User) -> None:
    away(rosa, FIRST.date(), FIRST.date())
    away(mia, date(2026, 12, 2), date(2026, 12, 2))
    away(pia, date(2026, 12, 4), date(2026, 12, 30))
    Holiday.add(date(2026, 12, 3), "Off")
    rhythm(rosa)
    assert days() == [date(2026, 12, 4)]


def test_a_draft_follows_what_is_said_later(rosa: User, mia: User) -> None:
    rhythm(rosa)
    made = the_review().pk
    absence = away(mia, FIRST.date(), FIRST.date())
    plan_all(NOW + HOUR)
    assert (the_review().pk, times()) == (made, [FIRST + DAY])
    assert the_review().opens_at == FIRST
    absence.withdraw(by=mia)
    plan_all(NOW + 2 * HOUR)
    assert (the_review().pk, times()) == (made, [FIRST])


def test_one_that_somebody_moved_prepared_or_noted_something_on_stays(
    rosa: User, pia: User, mia: User
) -> None:
    for rep in (rosa, pia, third := a_user("Tess Third", team=rosa.team)):
        rhythm(rep)
    kept: dict[User, datetime] = {}
    for review in Review.objects.all():
        if review.rep == rosa:
            review.reschedule(FIRST + HOUR, by=rosa, at=NOW)
        elif review.rep == pia:
            ReviewPreparation.write(review, {"doing": "A plan"}, by=pia, at=review.opens_at)
        else:
            ReviewNote.write(review, "Ask about Berlin", by=mia, at=NOW)
        kept[review.rep] = review.scheduled_for
    Holiday.add(FIRST.date(), "Off")
    plan_all(NOW + HOUR)
    ReviewSchedule.objects.update(is_active=False)
    plan_all(NOW + 2 * HOUR)
    assert {review.rep: review.scheduled_for for review in Review.objects.all()} == kept
    assert kept[third] == FIRST


def test_being_away_until_the_next_one_excuses_it(rosa: User) -> None:
    away(rosa, date(2026, 12, 7), date(2027, 1, 29))
    rhythm(rosa, rhythm=EVERY_WEEKS, weeks=2)
    states = [(r.occurrence, r.state) for r in Review.objects.order_by("occurrence")]
    assert states == [
        (date(2026, 11, 24), "scheduled"),
        (date(2026, 12, 8), "excused"),
        (date(2026, 12, 22), "excused"),
    ]
    assert Review.objects.filter(excused_by=None).exclude(excuse="").count() == 2
    plan_all(NOW)
    assert Review.objects.count() == 3


@pytest.mark.parametrize(
    ("last_day", "state"), [(date(2026, 12, 18), "scheduled"), (date(2026, 12, 21), "excused")]
)
def test_two_are_never_held_on_one_day(rosa: User, last_day: date, state: str) -> None:
    away(rosa, date(2026, 12, 8), last_day)
    rhythm(rosa, rhythm=EVERY_WEEKS, weeks=2)
    assert Review.objects.get(occurrence=date(2026, 12, 8)).state == state
    assert Review.objects.get(occurrence=date(2026, 12, 22)).state == "scheduled"


def test_an_absence_that_is_known_later_excuses_its_draft_all_the_same(rosa: User) -> None:
    rhythm(rosa, rhythm=EVERY_WEEKS, weeks=2)
    absence = away(rosa, date(2026, 12, 7), date(2027, 1, 29))
    plan_all(NOW + HOUR)
    states = [r.state for r in Review.objects.order_by("occurrence")]
    assert states == ["scheduled", "excused", "excused"]
    absence.withdraw(by=rosa)
    plan_all(NOW + 2 * HOUR)
    assert {r.state for r in Review.objects.all()} == {"scheduled"}
    assert days() == [date(2026, 11, 24), date(2026, 12, 8), date(2026, 12, 22)]


def test_what_the_manager_excused_stays_excused(rosa: User, mia: User) -> None:
    rhythm(rosa)
    the_review().excuse_it("We met yesterday", by=mia, at=NOW)
    plan_all(NOW + HOUR)
    assert the_review().excuse == "We met yesterday"


def test_one_excused_by_an_absence_is_held_when_the_manager_wants_it(rosa: User, mia: User) -> None:
    away(rosa, date(2026, 12, 7), date(2027, 1, 29))
    rhythm(rosa, rhythm=EVERY_WEEKS, weeks=2)
    review = Review.objects.get(occurrence=date(2026, 12, 8))
    review.restore(by=mia)
    plan_all(NOW + HOUR)
    review.reschedule(datetime(2026, 12, 9, 10, tzinfo=UTC), by=mia, at=NOW + HOUR)
    plan_all(NOW + 2 * HOUR)
    review.refresh_from_db()
    assert (review.state, review.scheduled_for.day) == ("scheduled", 9)


# A rhythm that changes.


def test_another_rhythm_takes_the_place_of_drafts_that_nobody_touched(
    rosa: User, mia: User
) -> None:
    schedule = rhythm(rosa, rhythm=EVERY_WEEKS, weeks=2)
    touched = Review.objects.get(occurrence=date(2026, 12, 8))
    touched.reschedule(datetime(2026, 12, 9, 15, tzinfo=UTC), by=mia, at=NOW)
    schedule.change(by=mia, at=NOW, rhythm=DAY_OF_MONTH, day=3, time=time(9), minutes=45)
    assert times() == [
        datetime(2026, 12, 3, 9, tzinfo=UTC),
        datetime(2026, 12, 9, 15, tzinfo=UTC),
    ]
    assert Review.objects.earliest("scheduled_for").minutes == 45


def test_another_rhythm_invents_nothing_in_the_past(rosa: User, mia: User) -> None:
    schedule = rhythm(rosa, at=NOW - 60 * DAY)
    plan_all(NOW - 20 * DAY)
    before = [day for day in days() if day < TODAY]
    assert before == [date(2026, 10, 6), date(2026, 11, 3)]
    schedule.change(by=mia, at=NOW, rhythm=DAY_OF_MONTH, day=10)
    assert days() == [*before, date(2026, 12, 10)]
    plan_all(NOW + HOUR)
    assert days() == [*before, date(2026, 12, 10)]


def test_switched_off_and_on_again_it_invents_nothing_in_between(rosa: User, mia: User) -> None:
    schedule = rhythm(rosa, at=NOW - 30 * DAY, rhythm=EVERY_WEEKS, weeks=1)
    off = NOW - 20 * DAY
    schedule.change(by=mia, at=off, is_active=False)
    plan_all(off + DAY)
    before = days()
    assert before == [date(2026, 10, 20), date(2026, 10, 27)]
    schedule.change(by=mia, at=NOW, is_active=True)
    plan_all(NOW + HOUR)
    assert [day for day in days() if day <= TODAY] == before


@pytest.mark.parametrize("how", ["switched off", "another team", "gone"])
def test_drafts_that_are_no_longer_asked_for_are_taken_away(
    rosa: User, mia: User, max_: User, how: str
) -> None:
    schedule = rhythm(rosa)
    if how == "switched off":
        schedule.change(by=mia, at=NOW, is_active=False)
    elif how == "another team":
        rosa.join(Team.objects.get(name="South"))
        plan_all(NOW)
    else:
        rosa.deactivate()
        plan_all(NOW)
    assert not Review.objects.exists()


def test_with_another_manager_somebody_has_another_rhythm(
    rosa: User, mia: User, max_: User
) -> None:
    rhythm(rosa)
    rosa.join(Team.objects.get(name="South"))
    with pytest.raises(PermissionDenied):
        ReviewSchedule.set_up(rosa, by=mia, at=NOW)
    rhythm(rosa, nth=2)
    plan_all(NOW)
    review = the_review()
    assert (review.manager, review.occurrence) == (max_, date(2026, 12, 8))


# The end of the month.


def test_one_that_was_not_held_by_the_end_of_its_month_is_recorded_once(
    rosa: User, mia: User
) -> None:
    rhythm(rosa, at=datetime(2026, 12, 15, tzinfo=UTC))
    review = the_review()
    assert (review.scheduled_for, review.due_by) == (
        datetime(2027, 1, 5, 10, tzinfo=UTC),
        date(2027, 1, 31),
    )
    night = datetime(2027, 2, 1, 0, 5, tzinfo=UTC)
    reviews = Review.objects.all()
    assert reviews.record_not_held(date(2027, 1, 31), night - HOUR) == 0
    assert reviews.record_not_held(date(2027, 2, 1), night) == 1
    assert reviews.record_not_held(date(2027, 2, 2), night + DAY) == 0
    review.refresh_from_db()
    assert (review.state, review.not_held_at) == ("not_held", night)
    plan_all(night)
    review.start(by=mia, at=night + DAY)
    review.close(by=mia, at=night + DAY + HOUR)
    review.refresh_from_db()
    assert (review.state, review.not_held_at) == ("closed", night)


def test_what_was_begun_or_excused_in_time_was_not_missed(rosa: User, pia: User, mia: User) -> None:
    for rep in (rosa, pia):
        rhythm(rep)
    Review.objects.get(rep=rosa).start(by=mia, at=FIRST)
    Review.objects.get(rep=pia).excuse_it("A fair", by=mia, at=FIRST)
    assert Review.objects.all().record_not_held(date(2027, 3, 1), FIRST) == 0


def test_one_moved_over_the_end_of_the_month_has_until_its_day(rosa: User) -> None:
    rhythm(rosa, at=datetime(2027, 1, 4, tzinfo=UTC), rhythm=DAY_OF_MONTH, day=31)
    review = the_review()  # the 31st of January is a Sunday
    assert review.scheduled_for.date() == review.due_by == date(2027, 2, 1)


def test_one_rescheduled_over_the_end_of_the_month_is_late_all_the_same(
    rosa: User, mia: User
) -> None:
    rhythm(rosa)
    review = the_review()
    review.reschedule(datetime(2027, 1, 4, 10, tzinfo=UTC), by=mia, at=NOW)
    assert review.due_by == date(2026, 12, 31)
    assert review.opens_at == datetime(2027, 1, 1, 10, tzinfo=UTC)
    assert Review.objects.all().record_not_held(date(2027, 1, 1), FIRST) == 1


# Zones. The time is what clocks show where the manager is; months are the organisation's.


def in_zone(user: User, zone: str) -> None:
    user.time_zone = zone
    user.save()
    user.refresh_from_db()


def test_far_in_the_east_it_is_the_day_before_for_the_organisation(rosa: User, mia: User) -> None:
    in_zone(mia, "Pacific/Auckland")
    rhythm(rosa, time=time(9))
    review = the_review()
    assert review.scheduled_for == datetime(2026, 11, 30, 20, tzinfo=UTC)  # Tuesday, there
    assert review.due_by == date(2026, 12, 31)
    assert review.opens_at == datetime(2026, 11, 27, 20, tzinfo=UTC)


def test_far_in_the_west_it_is_the_day_after_for_the_organisation(rosa: User, mia: User) -> None:
    in_zone(mia, "America/Los_Angeles")
    rhythm(rosa, at=NOW + 7 * DAY, rhythm=DAY_OF_MONTH, day=31, time=time(17))
    review = Review.objects.get(occurrence=date(2026, 12, 31))
    assert review.scheduled_for == datetime(2027, 1, 1, 1, tzinfo=UTC)
    assert review.due_by == date(2027, 1, 1)


def test_an_organisation_in_the_east_counts_its_own_months(rosa: User, mia: User) -> None:
    Organisation.current().change(time_zone="Pacific/Auckland")
    in_zone(mia, "America/Los_Angeles")
    rhythm(rosa, at=datetime(2027, 3, 1, tzinfo=UTC), rhythm=DAY_OF_MONTH, day=31)
    review = the_review()
    assert review.scheduled_for == datetime(2027, 3, 31, 17, tzinfo=UTC)
    assert review.due_by == date(2027, 4, 1)
    # It opens a working day before on the organisation's calendar.
    assert review.opens_at == datetime(2027, 3, 30, 17, tzinfo=UTC)


def test_it_stays_at_ten_when_the_clocks_change(rosa: User, mia: User) -> None:
    in_zone(mia, "Europe/Berlin")
    rhythm(rosa, at=datetime(2026, 3, 20, tzinfo=UTC), rhythm=EVERY_WEEKS, weeks=1)
    assert times()[:2] == [
        datetime(2026, 3, 24, 9, tzinfo=UTC),
        datetime(2026, 3, 31, 8, tzinfo=UTC),
    ]


def test_a_time_that_clocks_skip_is_as_much_later(rosa: User, mia: User) -> None:
    in_zone(mia, "Africa/Cairo")  # Friday 24 April 2026: 00:00 becomes 01:00
    values: dict[str, Any] = {"rhythm": DAY_OF_MONTH, "day": 24, "time": time(0, 30)}
    rhythm(rosa, at=datetime(2026, 4, 20, tzinfo=UTC), **values)
    review = Review.objects.get(occurrence=date(2026, 4, 24))
    assert review.scheduled_for.astimezone(mia.zone).replace(tzinfo=None) == datetime(
        2026, 4, 24, 1, 30
    )


def test_it_opens_a_working_day_before(rosa: User) -> None:
    Holiday.add(date(2026, 11, 30), "Off")
    rhythm(rosa)
    review = the_review()
    opens = datetime(2026, 11, 27, 10, tzinfo=UTC)  # the Friday
    assert review.opens_at == opens
    assert [review.is_open(opens - timedelta(seconds=1)), review.is_open(opens)] == [False, True]


# Jobs.


def test_after_an_outage_those_of_the_last_month_are_made(rosa: User) -> None:
    rhythm(rosa, rhythm=EVERY_WEEKS, weeks=1)
    later = NOW + 60 * DAY  # 17 January: drafts reach until 30 December
    plan_all(later)
    since = [day for day in days() if day <= later.date()]
    tuesdays = [date(2026, 11, 24) + n * 7 * DAY for n in range(8)]
    assert since == tuesdays
    Review.objects.all().record_not_held(later.date(), later)
    assert Review.objects.filter(not_held_at=later).count() == 6  # those of the old year


def test_planning_costs_the_same_for_three_rhythms_and_thirty(mia: User) -> None:
    north = mia.teams_led.get()
    Organisation.current()
    costs = []
    for size in (3, 30):
        for n in range(size - User.objects.filter(team=north).count()):
            rep = a_user(f"Rep {size} {n}", team=north)
            ReviewSchedule.objects.create(manager=mia, rep=rep, starts_on=TODAY)
        costs.append(the_cost_of_everything())
    assert costs[0] == costs[1]
    assert Review.objects.count() == 30


def the_cost_of_everything() -> list[int]:
    """Statements to make drafts, to find nothing to do, and to move them."""
    Review.objects.all().delete()
    Holiday.objects.all().delete()
    costs = []
    for hours in range(3):
        with CaptureQueriesContext(connection) as counted:
            plan_all(NOW + hours * HOUR)
        costs.append(len(counted))
        if hours == 1:
            Holiday.add(FIRST.date(), "Off")
    assert set(days()) == {date(2026, 12, 2)}
    return costs


def test_the_tasks_run_as_they_are_scheduled(rosa: User) -> None:
    scheduled = {each["task"] for each in app.conf.beat_schedule.values()}
    assert {plan_reviews.name, record_reviews_not_held.name} <= scheduled
    now = timezone.now()
    rhythm(rosa, at=now, rhythm=EVERY_WEEKS, weeks=2)
    made = Review.objects.count()
    Review.objects.all().delete()
    for _ in range(2):
        plan_reviews()
        assert Review.objects.count() == made
    late = Review.objects.earliest("scheduled_for")
    Review.objects.filter(pk=late.pk).update(due_by=now.date() - 2 * DAY)
    record_reviews_not_held()
    assert [r.pk for r in Review.objects.exclude(not_held_at=None)] == [late.pk]
