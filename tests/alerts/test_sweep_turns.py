"""A sweep that was killed is missed soon: within a minute where sweeps are short."""

from datetime import timedelta

import pytest

from alerts.models import Sweep
from tests.factories import NOW

pytestmark = pytest.mark.django_db
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


@pytest.mark.parametrize(
    ("took", "missed_after"),
    [(SECOND, MINUTE), (9 * SECOND, 3 * MINUTE), (5 * MINUTE, 10 * MINUTE)],
)
def test_one_that_dies_loses_its_turn_as_long_after_as_they_usually_take(
    took: timedelta, missed_after: timedelta
) -> None:
    usual = Sweep.take("a kind", NOW)
    assert usual is not None
    usual.end(NOW + took, opened=0, closed=0)
    killed_at = Sweep.objects.get().due_at
    assert Sweep.take("a kind", killed_at)
    assert Sweep.take("a kind", killed_at + missed_after - SECOND) is None
    assert Sweep.objects.running(killed_at + missed_after - SECOND) == {"a kind"}
    assert not Sweep.objects.running(killed_at + missed_after)
    assert Sweep.take("a kind", killed_at + missed_after)


def test_the_first_of_all_may_take_ten_minutes(db: None) -> None:
    assert Sweep.take("a kind", NOW)
    assert Sweep.take("a kind", NOW + 9 * MINUTE) is None
    assert Sweep.take("a kind", NOW + 10 * MINUTE)
