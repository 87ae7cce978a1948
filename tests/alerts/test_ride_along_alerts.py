"""Managers hear of reps with whom nobody has ridden along for half a year."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alerts.kinds import KINDS
from alerts.models import Alert, Notification
from alerts.sweep import sweep
from coaching.models import RideAlong
from people.models import User
from tests.factories import NOW, TODAY, a_call, a_ride_along
from tests.support.alerting import in_zone, inbox, is_open, look, one, set_rule

pytestmark = pytest.mark.django_db
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
INSTANT = timedelta(microseconds=1)
KIND = "ride_along_due"


@pytest.fixture(autouse=True)
def long_here(rosa: User) -> None:
    rosa.change(joined_on=TODAY - 400 * DAY)


@pytest.mark.parametrize(
    ("zone", "held", "begins"),
    [
        ("UTC", datetime(2026, 5, 1, 23, 59, tzinfo=UTC), datetime(2026, 10, 31, tzinfo=UTC)),
        (
            "Pacific/Kiritimati",
            datetime(2026, 5, 1, 9, tzinfo=UTC),
            datetime(2026, 10, 30, 10, tzinfo=UTC),
        ),
        (
            "America/St_Johns",  # clocks went forward and back between
            datetime(2026, 5, 2, 2, tzinfo=UTC),
            datetime(2026, 10, 31, 2, 30, tzinfo=UTC),
        ),
    ],
)
def test_183_days_after_the_last_one_are_days_of_the_organisation(
    rosa: User, mia: User, zone: str, held: datetime, begins: datetime
) -> None:
    in_zone(zone)
    a_ride_along(rosa, mia, held, held=True)
    look(begins - INSTANT, KIND)
    assert not Alert.objects.exists()
    look(begins, KIND)
    alert = one(KIND)
    assert (alert.subject_id, alert.about) == (rosa.pk, rosa)
    assert (alert.value, alert.limit, alert.unit, alert.severity) == (183, 183, "days", "warn")
    assert (alert.clock_at, alert.clock_event) == (held, "The last one was held")
    assert alert.sentence() == "None was held for 183 days; the limit is 183 days."
    assert alert.path_for(mia) == f"/ride-alongs/new/?rep={rosa.pk}"


def test_without_one_it_counts_from_the_first_day(rosa: User, mia: User) -> None:
    rosa.change(joined_on=TODAY - 182 * DAY)
    look(NOW, KIND)
    assert not Alert.objects.exists()
    look(NOW + DAY, KIND)
    assert (one(KIND).value, one(KIND).clock_event) == (183, "They joined")


def test_the_last_one_counts_also_before_the_first_day(rosa: User, mia: User) -> None:
    a_ride_along(rosa, mia, NOW - 400 * DAY, held=True)
    rosa.change(joined_on=TODAY)  # again
    look(NOW, KIND)
    assert one(KIND).value == 400


def test_where_nobody_knows_the_first_day_it_counts_from_the_first_call(
    rosa: User, mia: User
) -> None:
    rosa.change(joined_on=None)
    look(NOW, KIND)
    assert not Alert.objects.exists()  # there is no clock yet
    first = a_call(rosa, NOW - 190 * DAY)
    a_call(rosa, NOW + DAY)
    look(NOW, KIND)
    alert = one(KIND)
    assert (alert.value, alert.clock_event) == (190, "Their first call")
    assert alert.clock_at == first.starts_at
    rosa.change(joined_on=TODAY - 10 * DAY)
    look(NOW + MINUTE, KIND)
    assert not Alert.objects.open().exists()


def test_managers_are_told_and_the_rep_is_not(rosa: User, mia: User, eva: User) -> None:
    look(NOW, KIND)
    assert inbox(mia, NOW).count() == 1
    assert not Notification.objects.exclude(person=mia).exists()


def test_whoever_leads_people_and_whoever_nobody_leads_is_left_alone(
    rosa: User, mia: User, eva: User, ada: User
) -> None:
    look(NOW, KIND)
    assert [alert.about for alert in Alert.objects.all()] == [rosa]


@pytest.mark.parametrize(
    "end",
    [
        lambda rosa, mia: a_ride_along(rosa, mia, held=True),
        lambda rosa, mia: rosa.change(joined_on=TODAY),
        lambda rosa, mia: rosa.deactivate(),
        lambda rosa, mia: set_rule(KIND, is_on=False),
    ],
    ids=["held", "joined lately", "left", "switched off"],
)
def test_it_ends(rosa: User, mia: User, end: Callable[[User, User], object]) -> None:
    look(NOW, KIND)
    assert is_open(KIND, rosa.pk)
    end(rosa, mia)
    look(NOW + MINUTE, KIND)
    assert not Alert.objects.open().exists()


def test_a_plan_does_not_end_it(rosa: User, mia: User) -> None:
    ride = a_ride_along(rosa, mia, NOW)
    look(NOW, KIND)
    ride.cancel("Ill", by=mia, at=NOW)
    look(NOW + MINUTE, KIND)
    assert is_open(KIND, rosa.pk)


def test_handing_it_in_is_looked_at_at_once(rosa: User, mia: User) -> None:
    ride = a_ride_along(rosa, mia, NOW)
    kind = KINDS[KIND]
    assert getattr(ride, kind.woken_by["ride_along"]) == rosa.pk
    assert getattr(rosa, kind.woken_by["user"]) == rosa.pk


def test_a_sweep_takes_as_many_statements_for_thirty_as_for_three(rosa: User, mia: User) -> None:
    rosa.change(joined_on=TODAY)
    sweep(KINDS[KIND], NOW)  # makes the rule
    counts = []
    for number in (3, 27):
        reps = User.objects.bulk_create(
            User(name=f"Rep {n}", email=f"{number}.{n}@example.com", reports_to=mia)
            for n in range(number)
        )
        held = {"manager": mia, "state": "held", "starts_at": NOW - 200 * DAY}
        RideAlong.objects.bulk_create(RideAlong(rep=rep, about="Ghent", **held) for rep in reps)
        with CaptureQueriesContext(connection) as seen:
            sweep(KINDS[KIND], NOW)
        counts.append(len(seen))
        Alert.objects.filter(about__in=reps).update(closed_at=NOW)
        RideAlong.objects.update(starts_at=NOW)
    assert counts[0] == counts[1]
    assert counts[0] <= 12
