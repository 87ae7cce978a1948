"""Today reminds the manager of riding along, and the rep of signing."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.factories import a_ride_along

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def today(as_):
    return lambda user: as_.page(user).get(reverse("today")).content.decode()


def test_who_rides_along_this_week_is_reminded(rosa, mia, eva, today):
    ride = a_ride_along(rosa, mia, timezone.now() + 2 * DAY)
    page = today(mia)
    assert "Ride along with Rosa Rep" in page
    assert reverse("ride_along", args=[ride.pk]) in page
    assert "Ride along with" not in today(rosa)
    assert "Ride along with" not in today(eva)


def test_one_that_is_not_handed_in_is_late(rosa, mia, today):
    a_ride_along(rosa, mia, timezone.now() - 3 * DAY)
    assert "3 d late" in today(mia)


def test_one_of_next_month_waits(rosa, mia, today):
    a_ride_along(rosa, mia, timezone.now() + 20 * DAY)
    assert "Ride along with" not in today(mia)


def test_the_rep_signs_what_was_handed_in(rosa, mia, today):
    ride = a_ride_along(rosa, mia, timezone.now() - 3 * HOUR, held=True)
    assert "Sign the ride-along with Mia Manager" in today(rosa)
    assert "Sign the ride-along" not in today(mia)
    ride.sign(by=rosa, at=timezone.now(), comment="I will wait")
    assert "Sign the ride-along" not in today(rosa)
