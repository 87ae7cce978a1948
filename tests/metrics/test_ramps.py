"""How a new hire's targets grow, by hand and by dateutil; and who may not have which table."""

from datetime import date, timedelta
from typing import Any

import pytest
from dateutil.relativedelta import relativedelta
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from lib.versions import Stale
from metrics.models import Metric, Ramp, Target
from metrics.periods import months_employed
from people.models import User
from tests.factories import NOW
from tests.metrics.cases import d, params
from tests.metrics.cases.ramps import MONTHS


@pytest.mark.once
@pytest.mark.parametrize(("joined", "day", "months", "percent"), params(MONTHS))
def test_a_month_of_employment(joined: str, day: str, months: str, percent: str) -> None:
    assert months_employed(d(joined), d(day)) == int(months)
    assert Ramp(percents=[25, 50, 75]).percent(d(joined), d(day)) == int(percent)


@pytest.mark.once
@given(st.dates(date(2019, 1, 1), date(2033, 12, 31)), st.integers(0, 1500))
def test_months_are_those_after_which_dateutil_has_come_so_far(joined: date, passed: int) -> None:
    day = joined + timedelta(days=passed)
    months = months_employed(joined, day)
    assert joined + relativedelta(months=months) <= day
    assert joined + relativedelta(months=months + 1) > day


@pytest.mark.once
def test_whoever_joined_on_a_day_we_do_not_know_has_the_full_target() -> None:
    ramp = Ramp(percents=[0])
    assert ramp.percent(None, date(2026, 11, 18)) == 100
    assert ramp.percent(date(2026, 11, 19), date(2026, 11, 18)) == 100
    assert ramp.percent(date(2026, 11, 18), date(2026, 11, 18)) == 0


@pytest.mark.django_db
def test_a_table_is_made_changed_and_removed() -> None:
    ramp = Ramp.add(name=" Two months ", percents=[25, 50])
    assert str(ramp) == "Two months"
    ramp.change(name="Three months", percents=[0, 50, 100], version=ramp.version)
    assert Ramp.objects.get().percents == [0, 50, 100]
    with pytest.raises(Stale):
        ramp.change(name="Mine", percents=[1], version=1)
    ramp.remove()
    assert not Ramp.objects.exists()


WRONG: list[Any] = [[], [50] * 37, [101], [-1], [50.5], ["50"], [True], None, {"1": 50}, "50"]


@pytest.mark.django_db
@pytest.mark.parametrize("percents", WRONG, ids=str)
def test_percents_that_are_none_are_refused(percents: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        Ramp.add(name="Wrong", percents=percents)
    assert list(refused.value.message_dict) == ["percents"]


@pytest.mark.django_db
def test_two_tables_of_one_name_are_refused() -> None:
    Ramp.add(name="New hires", percents=[50] * 36)
    with pytest.raises(ValidationError, match="of that name already"):
        Ramp.add(name="New hires ", percents=[50])


@pytest.mark.django_db
def test_a_table_in_use_stays_and_one_of_former_targets_goes(ada: User) -> None:
    ramp = Ramp.add(name="New hires", percents=[50])
    metric = Metric.objects.get(measure="interviews")
    target = Target.set(metric, 10, by=ada, at=NOW, ramp=ramp)
    with pytest.raises(ValidationError, match="change them first"):
        ramp.remove()
    Target.set(metric, 10, by=ada, at=NOW)
    ramp.remove()
    target.refresh_from_db()
    assert (target.ramp, target.replaced_at) == (None, NOW)
