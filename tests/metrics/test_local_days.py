"""On which day something counts: the organisation's own, where clocks change as anywhere."""

from collections import Counter
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from lib.calendar import day_span, local_date
from metrics.periods import WEEK, Periods
from metrics.tallies import count_events
from people.models import User
from pipeline.models import Call
from tests.factories import a_call, an_account
from tests.metrics.cases import d, params, table
from tests.metrics.cases.local_days import INSTANTS

ZONES = sorted({zone for zone, *_ in table(INSTANTS)})


def instant(cell: str) -> datetime:
    return datetime.fromisoformat(cell).replace(tzinfo=UTC)


@pytest.mark.once
@pytest.mark.parametrize(("zone", "moment", "day", "clock"), params(INSTANTS))
def test_a_moment_lies_in_its_local_day(zone: str, moment: str, day: str, clock: str) -> None:
    local = instant(moment).astimezone(ZoneInfo(zone))
    assert f"{local:%H:%M}" == clock[:5]
    assert local_date(instant(moment), ZoneInfo(zone)) == d(day)
    begin, end = day_span(d(day), ZoneInfo(zone))
    assert begin <= instant(moment) < end


@pytest.mark.django_db
@pytest.mark.parametrize("zone", ZONES)
def test_a_call_counts_on_the_day_on_which_it_began(zone: str, rosa: User) -> None:
    account, days = an_account(), Counter[date]()
    for _, moment, day, _ in (row for row in table(INSTANTS) if row[0] == zone):
        a_call(rosa, starts_at=instant(moment), account=account)
        days[d(day)] += 1
    Call.objects.update(status=Call.HELD)
    found = count_events(min(days), max(days), ZoneInfo(zone), [rosa.pk], ["calls_held"])
    assert dict(found.values_list("on_day", "number")) == days
    for day, count in days.items():
        on_day = count_events(day, day, ZoneInfo(zone), [rosa.pk], ["calls_held"])
        assert [int(number) for number in on_day.values_list("number", flat=True)] == [count]
        week = Periods().of(WEEK, day)
        of_week = count_events(week.first, week.last, ZoneInfo(zone), [rosa.pk], ["calls_held"])
        numbers = of_week.values_list("number", flat=True)
        assert sum(numbers) == sum(days[each] for each in days if each in week)
