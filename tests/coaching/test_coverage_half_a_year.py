"""A ride-along counts in coverage until it is due by the roster, at the ends of months too."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from coaching.coverage import FIGURES, Frame
from coaching.ride_along_roster import due_on
from tests.factories import a_ride_along

pytestmark = pytest.mark.django_db


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}T12:00").replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("held", "day", "counts"),
    [
        ("2026-02-28", "2026-08-28", True),
        ("2026-02-28", "2026-08-31", False),  # half a year after it was the 28th
        ("2026-03-01", "2026-08-31", True),
        ("2026-08-31", "2027-02-28", True),
        ("2026-08-31", "2027-03-01", False),
        ("2023-08-31", "2024-02-29", True),  # a leap year
        ("2026-05-15", "2026-11-15", True),
        ("2026-05-15", "2026-11-16", False),
    ],
)
def test_it_counts_until_the_day_on_which_it_is_due(rosa, mia, held, day, counts) -> None:
    a_ride_along(rosa, mia, at(held), held=True)
    frame = Frame.of(ZoneInfo("UTC"), at(day) + timedelta(days=1), at(day).date(), 90)
    row = FIGURES["ride_alongs"].listed(frame).get(pk=rosa.pk)
    assert bool(row.is_kept) is counts
    assert (due_on(at(held).date(), None, at(day).date()) >= at(day).date()) is counts
