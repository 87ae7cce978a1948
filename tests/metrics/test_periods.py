"""Periods on every calendar: cases worked out by hand, then two calendar libraries' opinion."""

import calendar
from datetime import date, timedelta
from itertools import pairwise

import pytest
from dateutil.rrule import FR, MO, MONTHLY, TH, TU, WE, YEARLY, rrule, rruleset

from metrics.periods import DAY, FISCAL_YEAR, MONTH, PERIODS, QUARTER, WEEK, Periods, Span, middle
from tests.metrics.cases import d, dates, params
from tests.metrics.cases.periods import CHECKPOINTS, MONTHS_QUARTERS_YEARS, WEEKS

pytestmark = pytest.mark.once
YEARS = [date(2014, 12, 1) + n * DAY for n in range(366 * 19)]  # to the end of 2033
KINDS = [kind for kind, _ in PERIODS]


@pytest.mark.parametrize(("day", "begins", "first", "last", "name"), params(WEEKS))
def test_a_week(day: str, begins: str, first: str, last: str, name: str) -> None:
    periods = Periods(week_start=int(begins))
    span = periods.of(WEEK, d(day))
    assert (span, periods.name(WEEK, span)) == (Span(d(first), d(last)), name)


@pytest.mark.parametrize(
    ("day", "kind", "begins", "first", "last", "name"), params(MONTHS_QUARTERS_YEARS)
)
def test_a_month_a_quarter_a_fiscal_year(
    day: str, kind: str, begins: str, first: str, last: str, name: str
) -> None:
    periods = Periods(year_start=int(begins))
    span = periods.of(kind, d(day))
    assert (span, periods.name(kind, span)) == (Span(d(first), d(last)), name)


@pytest.mark.parametrize(
    ("day", "kind", "week", "year", "holidays", "middles", "ends"), params(CHECKPOINTS)
)
def test_the_days_on_which_a_period_is_judged(
    day: str, kind: str, week: str, year: str, holidays: str, middles: str, ends: str
) -> None:
    periods = Periods(int(week), int(year))
    judged: dict[str, list[date]] = {"middle": [], "end": [], "": []}
    for each in all_days(periods.of(kind, d(day))):
        judged[periods.checkpoint(kind, each, dates(holidays))].append(each)
    assert (judged["middle"], judged["end"]) == (dates(middles), dates(ends))


def test_a_month_without_a_working_day_is_judged_at_its_end_only() -> None:
    periods = Periods()
    november = all_days(periods.of(MONTH, date(2026, 11, 18)))
    judged = [day for day in november if periods.checkpoint(MONTH, day, november)]
    assert judged == [date(2026, 11, 30)]


def test_a_fiscal_year_is_judged_twice_a_month_and_ends_once() -> None:
    periods = Periods(year_start=4)
    year = all_days(periods.of(FISCAL_YEAR, date(2026, 11, 18)))
    kinds = [periods.checkpoint(FISCAL_YEAR, day) for day in year]
    assert (kinds.count("middle"), kinds.count("end"), kinds[-1]) == (23, 1, "end")


# Other opinions: every day of nineteen years.


def test_weeks_of_mondays_are_those_of_iso_8601() -> None:
    for day in YEARS:
        year, week, _ = day.isocalendar()
        span = Periods().of(WEEK, day)
        assert span.first == date.fromisocalendar(year, week, 1)
        assert Periods().name(WEEK, span) == f"Week {week}, {year}"


@pytest.mark.parametrize("begins", range(7))
def test_weeks_are_the_rows_of_a_calendar(begins: int) -> None:
    rows = calendar.Calendar(begins)
    for year in (2015, 2020, 2024, 2026):
        for month in range(1, 13):
            for row in rows.monthdatescalendar(year, month):
                spans = {Periods(week_start=begins).of(WEEK, day) for day in row}
                assert spans == {Span(row[0], row[-1])}


@pytest.mark.parametrize("begins", range(1, 13))
def test_quarters_and_fiscal_years_are_those_of_dateutil(begins: int) -> None:
    since = date(2013, 1, 1)
    years = [
        each.date()
        for each in rrule(YEARLY, since, bymonth=begins, bymonthday=1, until=date(2036, 1, 1))
    ]
    first = years[0]
    quarters = [e.date() for e in rrule(MONTHLY, first, interval=3, until=date(2036, 1, 1))]
    periods = Periods(year_start=begins)
    for kind, begin in ((QUARTER, quarters), (FISCAL_YEAR, years)):
        for this, after in pairwise(begin):
            span = Span(this, after - DAY)
            for day in (this, this + timedelta(days=40), after - DAY):
                assert periods.of(kind, day) == span
            assert periods.next(kind, this).first == after
            assert periods.previous(kind, after) == span


def test_months_end_as_those_of_the_calendar_do() -> None:
    for day in YEARS[::5]:
        last = calendar.monthrange(day.year, day.month)[1]
        assert Periods().of(MONTH, day) == Span(day.replace(day=1), day.replace(day=last))


def test_the_middle_is_where_dateutil_counts_half_of_the_working_days() -> None:
    weekdays = (MO, TU, WE, TH, FR)
    for first in YEARS[::11]:
        span = Periods().of(MONTH, first)
        off = [span.first + 3 * DAY, span.first + 4 * DAY, first]
        worked = rruleset()
        worked.rrule(rrule(3, span.first, byweekday=weekdays, until=span.last))
        for day in off:
            worked.exdate(rrule(3, day, count=1)[0])
        days = [each.date() for each in worked]
        found = middle(span, off)
        over = sum(day <= found for day in days)
        assert found in days
        assert over * 2 >= len(days) > (over - 1) * 2


# What holds for all of them.


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("periods", [Periods(), Periods(6, 4), Periods(3, 12), Periods(5, 2)])
def test_they_follow_each_other_without_gap_or_overlap(kind: str, periods: Periods) -> None:
    touching = list(periods.touching(kind, Span(YEARS[0], YEARS[-1])))
    covered = [day for span in touching for day in all_days(span)]
    assert covered[:-1] == [day - DAY for day in covered[1:]]
    assert YEARS[0] in touching[0]
    assert YEARS[-1] in touching[-1]
    assert periods.back(kind, YEARS[-1], 5) == touching[-5:]
    for day in YEARS[::17]:
        assert day in periods.of(kind, day)


@pytest.mark.parametrize(("kind", "count"), [(WEEK, 1), (MONTH, 1), (QUARTER, 1), (FISCAL_YEAR, 1)])
def test_one_day_touches_one_period(kind: str, count: int) -> None:
    leap = date(2028, 2, 29)
    assert len(list(Periods().touching(kind, Span(leap, leap)))) == count


def test_another_kind_of_period_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        Periods().of("fortnight", date(2026, 11, 18))


def all_days(span: Span) -> list[date]:
    return [span.first + n * DAY for n in range((span.last - span.first).days + 1)]
