"""Periods and working days, on every calendar there is."""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.calendar import (
    add_months,
    day_span,
    fiscal_quarter,
    fiscal_year,
    is_working_day,
    local_date,
    next_working_day,
    start_of_day,
    start_of_week,
    working_days_before,
    working_days_between,
)
from people.zones import zone_names

DAY = timedelta(days=1)
days = st.dates(date(2015, 1, 1), date(2035, 12, 31))
months = st.integers(1, 12)
zones = st.sampled_from(zone_names()).map(ZoneInfo)


@given(days, st.integers(-20, 400), st.sets(st.integers(-10, 410), max_size=30))
def test_working_days_are_those_one_would_count(start: date, length: int, off: set[int]) -> None:
    holidays = {start + n * DAY for n in off}
    counted = sum(is_working_day(start + n * DAY, holidays) for n in range(1, length + 1))
    assert working_days_between(start, start + length * DAY, holidays) == counted


@given(days, st.integers(0, 200), st.integers(0, 200))
def test_working_days_of_two_spans_add_up(start: date, first: int, second: int) -> None:
    middle, end = start + first * DAY, start + (first + second) * DAY
    parts = working_days_between(start, middle) + working_days_between(middle, end)
    assert parts == working_days_between(start, end)


@given(days, st.sets(st.integers(0, 12), max_size=8))
def test_the_next_working_day_is_the_first_one_there_is(day: date, off: set[int]) -> None:
    holidays = {day + n * DAY for n in off}
    found = next_working_day(day, holidays)
    assert is_working_day(found, holidays)
    passed = (day + n * DAY for n in range((found - day).days))
    assert not any(is_working_day(before, holidays) for before in passed)


@given(days, st.integers(-240, 240))
def test_months_keep_the_day_or_take_the_last_one(day: date, count: int) -> None:
    later = add_months(day, count)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == count
    assert later.day == min(day.day, monthrange(later.year, later.month)[1])


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 10, 31), 1, date(2026, 11, 30)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 12, 15), 0, date(2026, 12, 15)),
    ],
)
def test_months_from_the_31st(day: date, count: int, expected: date) -> None:
    assert add_months(day, count) == expected


@given(days, months)
def test_a_fiscal_year_holds_its_day_and_begins_in_its_month(day: date, first: int) -> None:
    begin, end = fiscal_year(day, first)
    assert begin <= day <= end
    assert (begin.month, begin.day) == (first, 1)
    assert (end - begin).days + 1 in {365, 366}
    assert fiscal_year(end + DAY, first)[0] == end + DAY


@given(days, months)
def test_four_quarters_make_the_fiscal_year(day: date, first: int) -> None:
    begin, end = fiscal_year(day, first)
    quarters = [fiscal_quarter(add_months(begin, 3 * n), first) for n in range(4)]
    assert quarters[0][0] == begin
    assert quarters[3][1] == end
    assert all(after[0] == before[1] + DAY for before, after in pairwise(quarters))
    assert fiscal_quarter(day, first) in quarters
    found = fiscal_quarter(day, first)
    assert found[0] <= day <= found[1]


def test_the_first_quarter_of_a_year_from_february_is_february_to_april() -> None:
    assert fiscal_quarter(date(2028, 2, 29), 2) == (date(2028, 2, 1), date(2028, 4, 30))
    assert fiscal_year(date(2026, 1, 31), 2) == (date(2025, 2, 1), date(2026, 1, 31))


@given(days, st.integers(0, 6))
def test_a_week_begins_on_its_weekday_and_holds_its_day(day: date, first: int) -> None:
    begin = start_of_week(day, first)
    assert begin.weekday() == first
    assert begin <= day < begin + 7 * DAY


def test_the_53rd_week_goes_over_new_year() -> None:
    assert date(2027, 1, 1).isocalendar().week == 53
    assert start_of_week(date(2027, 1, 1)) == date(2026, 12, 28)


@given(days, zones)
def test_a_day_begins_with_its_first_instant(day: date, zone: ZoneInfo) -> None:
    begin = start_of_day(day, zone)
    assert local_date(begin, zone) == day
    assert local_date(begin - timedelta(microseconds=1), zone) == day - DAY


@given(days, zones, st.integers(1, 40))
def test_spans_of_days_leave_no_gap(day: date, zone: ZoneInfo, length: int) -> None:
    begin, end = day_span(day, zone, length)
    assert end == day_span(day + length * DAY, zone)[0]
    assert abs((end - begin) - length * DAY) <= timedelta(hours=2)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", date(2026, 3, 29), 23),
        ("Europe/Berlin", date(2026, 10, 25), 25),
        ("America/New_York", date(2026, 3, 8), 23),
        ("America/New_York", date(2026, 11, 1), 25),
        ("Australia/Lord_Howe", date(2026, 10, 4), 23.5),
        ("America/Santiago", date(2026, 9, 6), 23),
        ("Africa/Cairo", date(2026, 4, 24), 23),
        ("America/Havana", date(2026, 11, 1), 25),
        ("Asia/Kolkata", date(2026, 3, 29), 24),
    ],
)
def test_days_on_which_clocks_change_have_their_own_length(
    zone: str, day: date, hours: float
) -> None:
    begin, end = day_span(day, ZoneInfo(zone))
    assert end - begin == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("zone", "day"), [("America/Santiago", date(2026, 9, 6)), ("Africa/Cairo", date(2026, 4, 24))]
)
def test_a_day_without_midnight_begins_at_one(zone: str, day: date) -> None:
    begin = start_of_day(day, ZoneInfo(zone)).astimezone(ZoneInfo(zone))
    assert (begin.date(), begin.hour, begin.minute) == (day, 1, 0)


def test_where_midnight_comes_twice_the_day_begins_with_the_first() -> None:
    begin = start_of_day(date(2026, 11, 1), ZoneInfo("America/Havana"))
    assert begin == datetime(2026, 11, 1, 4, tzinfo=UTC)


def test_two_people_may_have_different_todays() -> None:
    moment = datetime(2026, 11, 18, 11, 30, tzinfo=UTC)
    assert local_date(moment, ZoneInfo("Pacific/Kiritimati")) == date(2026, 11, 19)
    assert local_date(moment, ZoneInfo("Pacific/Pago_Pago")) == date(2026, 11, 18)


@given(days, st.integers(1, 90), st.sets(st.integers(-200, 5), max_size=40))
def test_the_last_day_with_so_many_working_days_to_go_is_the_one_one_would_find(
    end: date, count: int, off: set[int]
) -> None:
    holidays = {end + n * DAY for n in off}
    day, passed = end, 0
    while passed < count:
        passed += is_working_day(day, holidays)
        day -= DAY
    assert working_days_before(end, count, holidays) == day


@given(days, st.integers(0, 60), st.integers(-5, 200), st.sets(st.integers(-200, 5), max_size=40))
def test_before_that_day_there_are_as_many_and_after_it_fewer(
    end: date, count: int, back: int, off: set[int]
) -> None:
    holidays = {end + n * DAY for n in off}
    start = end - back * DAY
    enough = working_days_between(start, end, holidays) >= count
    assert enough == (count == 0 or start <= working_days_before(end, count, holidays))


def test_no_working_days_to_go_is_the_day_itself() -> None:
    assert working_days_before(date(2026, 11, 22), 0) == date(2026, 11, 22)
