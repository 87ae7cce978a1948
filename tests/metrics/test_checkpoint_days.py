"""On which days metrics are judged, once each: when one is over in the organisation's zone."""

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from metrics.checkpoints import take_due
from metrics.models import Checkpoint, CheckpointDay, Metric
from people.models import Holiday, Organisation, User
from tests.support.posted_world import a_chain, aim, count, metric

DAY, INSTANT = timedelta(days=1), timedelta(microseconds=1)
ALL_APPS = [config.name for config in apps.get_app_configs()]  # see tests/pipeline/test_clocks.py
MONDAY = date(2026, 11, 16)
WEDNESDAY, SUNDAY = MONDAY + 2 * DAY, MONDAY + 6 * DAY


def midnight(day: date) -> datetime:
    """In UTC, when the day begins."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def taken() -> list[date]:
    return sorted(CheckpointDay.objects.values_list("day", flat=True))


def kinds(day: date) -> dict[str, str]:
    """As what each metric was judged on a day, by its period."""
    rows = Checkpoint.objects.filter(day=day).exclude(person=None)
    return dict(rows.values_list("metric__period", "kind"))


# When.


@pytest.mark.parametrize(
    ("zone", "week_start", "day", "over"),
    [
        ("UTC", 0, SUNDAY, (2026, 11, 23, 0, 0)),
        ("Europe/Berlin", 0, date(2026, 3, 29), (2026, 3, 29, 22, 0)),  # had 23 hours
        ("Europe/Berlin", 0, date(2026, 10, 25), (2026, 10, 25, 23, 0)),  # had 25
        ("America/New_York", 0, date(2026, 3, 8), (2026, 3, 9, 4, 0)),
        ("America/New_York", 0, date(2026, 11, 1), (2026, 11, 2, 5, 0)),
        ("America/St_Johns", 0, SUNDAY, (2026, 11, 23, 3, 30)),
        ("Asia/Kathmandu", 0, SUNDAY, (2026, 11, 22, 18, 15)),
        ("Pacific/Kiritimati", 0, SUNDAY, (2026, 11, 22, 10, 0)),
        ("Pacific/Pago_Pago", 0, SUNDAY, (2026, 11, 23, 11, 0)),
        # Clocks skip the midnight after: from 23:59 to 1:00.
        ("Africa/Cairo", 4, date(2026, 4, 23), (2026, 4, 23, 22, 0)),
        ("Asia/Beirut", 6, date(2026, 3, 28), (2026, 3, 28, 22, 0)),
        ("America/Santiago", 6, date(2026, 9, 5), (2026, 9, 6, 4, 0)),
        # They go back at midnight: 23 h comes twice, and the first time the day is not over.
        ("America/Santiago", 6, date(2026, 4, 4), (2026, 4, 5, 4, 0)),
    ],
)
@pytest.mark.django_db
def test_a_day_is_judged_from_the_organisations_midnight_on(
    zone: str, week_start: int, day: date, over: tuple[int, ...]
) -> None:
    a_chain("dials")
    Organisation.current().change(time_zone=zone, week_start=week_start)
    begins = datetime(*over, tzinfo=UTC)  # type: ignore[misc, arg-type]
    assert take_due(begins - INSTANT) == []
    assert take_due(begins) == [day]


@pytest.mark.parametrize(
    ("week_start", "middle", "end"),
    [
        (0, WEDNESDAY, SUNDAY),
        (6, WEDNESDAY, SUNDAY - DAY),
        (
            3,
            MONDAY + 7 * DAY,
            WEDNESDAY + 7 * DAY,
        ),  # Thursday, Friday, *Monday*, Tuesday, Wednesday
        (5, WEDNESDAY, MONDAY + 4 * DAY),
    ],
)
@pytest.mark.django_db
def test_a_week_has_its_middle_and_end_wherever_it_begins(
    rosa: User, ada: User, week_start: int, middle: date, end: date
) -> None:
    a_chain("dials")
    aim("dials", 10, by=ada)
    Organisation.current().change(week_start=week_start)
    assert take_due(midnight(middle + DAY)) == [middle]
    assert kinds(middle) == {"week": "middle"}
    assert take_due(midnight(end + DAY)) == [end]
    assert kinds(end) == {"week": "end"}


@pytest.mark.django_db
def test_a_holiday_moves_the_middle(rosa: User, ada: User) -> None:
    a_chain("dials")
    aim("dials", 10, by=ada)
    Holiday.add(WEDNESDAY, "Off")
    assert take_due(midnight(WEDNESDAY)) == [WEDNESDAY - DAY]  # Monday, *Tuesday*, Thursday, Friday
    assert take_due(midnight(WEDNESDAY + DAY)) == []


@pytest.mark.parametrize(
    ("day", "wanted"),
    [
        (date(2026, 11, 16), {"month": "middle", "quarter": "middle", "fiscal_year": "middle"}),
        (date(2026, 4, 30), {"month": "end", "quarter": "end", "fiscal_year": "middle"}),
        (date(2026, 12, 31), {"month": "end", "quarter": "middle", "fiscal_year": "middle"}),
        (date(2027, 1, 29), {}),
        # A Sunday, and the last day of a fiscal year that begins in February.
        (
            date(2027, 1, 31),
            {"week": "end", "month": "end", "quarter": "end", "fiscal_year": "end"},
        ),
    ],
)
@pytest.mark.django_db
def test_every_period_is_judged_in_the_middle_and_at_the_end(
    rosa: User, ada: User, day: date, wanted: dict[str, str]
) -> None:
    Organisation.current().change(fiscal_year_start=2)
    for period in a_chain("dials", "mails", "visits", "talks"):
        aim(period.measure.removeprefix("posted:"), 10, by=ada)
    for name, period in zip(
        ("dials", "mails", "visits", "talks"),
        ("week", "month", "quarter", "fiscal_year"),
        strict=True,
    ):
        Metric.objects.filter(pk=metric(name).pk).update(period=period)
    assert take_due(midnight(day + DAY)) == ([day] if wanted else [])
    assert kinds(day) == wanted


# Once.


@pytest.fixture
def dials(rosa: User, ada: User) -> User:
    """Rosa is to dial ten times a week, and did once."""
    a_chain("dials")
    aim("dials", 10, by=ada)
    count(rosa, "dials", 1, MONDAY)
    return rosa


def test_a_new_installation_begins_with_yesterday(dials: User) -> None:
    assert take_due(midnight(WEDNESDAY)) == []
    assert take_due(midnight(WEDNESDAY + DAY)) == [WEDNESDAY]
    assert taken() == [WEDNESDAY]  # and not the Sunday before


def test_a_day_is_judged_once_however_often_it_is_asked_for(dials: User) -> None:
    assert take_due(midnight(SUNDAY + DAY)) == [SUNDAY]
    rows = list(Checkpoint.objects.order_by("pk").values())
    assert rows
    for hours in (0, 1, 47):
        assert take_due(midnight(SUNDAY + DAY) + timedelta(hours=hours)) == []
    assert list(Checkpoint.objects.order_by("pk").values()) == rows


@pytest.mark.parametrize("apart", [timedelta(0), timedelta(milliseconds=3)])
@pytest.mark.django_db(transaction=True, available_apps=ALL_APPS)
def test_a_day_is_judged_once_by_two_schedulers_at_once(dials: User, apart: timedelta) -> None:
    """After an outage, so that there are several days to fall out over."""
    take_due(midnight(WEDNESDAY + DAY))
    now = midnight(SUNDAY + 8 * DAY)
    days = at_once(lambda n: take_due(now + n * apart))
    assert taken() == [WEDNESDAY, SUNDAY, WEDNESDAY + 7 * DAY, SUNDAY + 7 * DAY]
    assert set().union(*map(set, days)) == set(taken()[1:])
    if apart:
        assert sum(map(len, days)) == 3
    of_rosa = Checkpoint.objects.filter(person=dials).order_by("day")
    assert list(of_rosa.values_list("day", flat=True)) == taken()
    assert list(of_rosa.values_list("streak", flat=True)) == [0, 1, 0, 2]


def at_once(what: Callable[[int], Any]) -> list[Any]:
    """By two threads, each with its own connection; what they return."""
    both, found, failures = threading.Barrier(2), [], []

    def run(n: int) -> None:
        try:
            both.wait()
            found.append(what(n))
        except BaseException as failure:
            failures.append(failure)
            raise
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[n]) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    return found


# Late.


def test_days_that_were_slept_through_are_judged_as_they_stood(dials: User, max_: User) -> None:
    """Rosa dials once each Monday and twice each Friday, and moves to South in December."""
    take_due(midnight(WEDNESDAY + DAY))
    north = dials.team
    assert north is not None
    south = max_.teams_led.get()
    for week in range(3):
        count(dials, "dials", 1, MONDAY + 7 * week * DAY)
        count(dials, "dials", 2, MONDAY + (7 * week + 4) * DAY)
    dials.join(south, on=date(2026, 12, 1))  # a Tuesday
    days = [WEDNESDAY, SUNDAY, date(2026, 11, 25), date(2026, 11, 29)]
    later = [date(2026, 12, 2), date(2026, 12, 6)]
    assert take_due(datetime(2026, 12, 7, 10, tzinfo=UTC)) == [*days[1:], *later]
    assert taken() == [*days, *later]

    def values(**whose: Any) -> list[tuple[date, float]]:
        rows = Checkpoint.objects.filter(**whose).order_by("day")
        return [(row.day, float(row.value)) for row in rows]

    assert values(person=dials) == list(zip([*days, *later], [1, 3] * 3, strict=True))
    # North had her on the Monday of the third week only, South from the Tuesday on.
    assert values(team=north) == list(zip([*days, *later], [1, 3, 1, 3, 1, 1], strict=True))
    assert values(team=south) == list(zip(later, [0, 2], strict=True))
    of_south = Checkpoint.objects.filter(team=south).order_by("day")
    assert [float(row.target) for row in of_south] == [8, 8]


def test_what_was_judged_stays_when_late_news_come(dials: User) -> None:
    take_due(midnight(WEDNESDAY + DAY))
    before = list(Checkpoint.objects.filter(day=WEDNESDAY).order_by("pk").values())
    assert {row["state"] for row in before} == {"missed"}
    count(dials, "dials", 8, WEDNESDAY - DAY)
    aim("dials", 1, by=User.objects.get(is_administrator=True))
    take_due(midnight(SUNDAY + DAY))
    assert list(Checkpoint.objects.filter(day=WEDNESDAY).order_by("pk").values()) == before
    row = Checkpoint.objects.get(day=SUNDAY, person=dials)
    assert (row.value, row.state, row.streak) == (9, "on_target", 0)
