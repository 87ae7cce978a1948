"""On which dates the three rhythms fall, on any calendar."""

from calendar import monthrange
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.rhythm import DAY_OF_MONTH, EVERY_WEEKS, LAST, NTH_WEEKDAY, dates, moved

DAY = timedelta(days=1)
TUESDAY, FRIDAY, SATURDAY = 1, 4, 5
LONG_AGO = date(2000, 1, 1)


def found(rhythm: str, begin: date, end: date, **said: Any) -> list[date]:
    """With the defaults of a schedule for what is not said."""
    chosen: dict[str, Any] = {
        "nth": 1,
        "weekday": TUESDAY,
        "day": 1,
        "weeks": 4,
        "since": LONG_AGO,
    } | said
    return list(dates(rhythm, begin, end, **chosen))


def in_year(year: int, rhythm: str, **said: Any) -> list[date]:
    return found(rhythm, date(year, 1, 1), date(year, 12, 31), **said)


@pytest.mark.parametrize(
    ("nth", "days"), [(1, [3, 3]), (2, [10, 10]), (3, [17, 17]), (4, [24, 24]), (LAST, [24, 31])]
)
def test_a_weekday_of_the_month_is_counted_from_its_first_or_is_the_last(
    nth: int, days: list[int]
) -> None:
    year = in_year(2026, NTH_WEEKDAY, nth=nth)
    assert len(year) == 12
    # February has four Tuesdays; March five.
    assert [year[1], year[2]] == [date(2026, 2, days[0]), date(2026, 3, days[1])]


def test_the_last_weekday_of_a_leap_february_may_be_the_fifth() -> None:
    last = found(NTH_WEEKDAY, date(2024, 2, 1), date(2024, 2, 29), nth=LAST, weekday=3)
    assert last == [date(2024, 2, 29)]
    assert found(NTH_WEEKDAY, date(2024, 2, 1), date(2024, 2, 28), nth=LAST, weekday=3) == []


@pytest.mark.parametrize(("year", "leap"), [(2023, 28), (2024, 29), (2000, 29), (2100, 28)])
def test_the_31st_is_the_last_day_of_a_shorter_month(year: int, leap: int) -> None:
    last_days = [31, leap, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    expected = [date(year, n, day) for n, day in enumerate(last_days, start=1)]
    assert in_year(year, DAY_OF_MONTH, day=31) == expected
    thirtieth = in_year(year, DAY_OF_MONTH, day=30)
    assert [each.day for each in thirtieth] == [30, leap] + [30] * 10


def test_every_so_many_weeks_are_counted_from_the_first_such_weekday() -> None:
    since = date(2026, 11, 18)  # a Wednesday
    every = found(EVERY_WEEKS, since, date(2027, 2, 28), weeks=4, since=since)
    assert every == [date(2026, 11, 24), date(2026, 12, 22), date(2027, 1, 19), date(2027, 2, 16)]
    # Whoever asks later is told the same ones.
    later = found(EVERY_WEEKS, date(2026, 12, 23), date(2027, 2, 28), weeks=4, since=since)
    assert later == every[2:]
    on_it = found(EVERY_WEEKS, every[1], every[1], weeks=4, since=since)
    assert on_it == [every[1]]


@pytest.mark.parametrize("rhythm", [NTH_WEEKDAY, DAY_OF_MONTH, EVERY_WEEKS])
def test_nothing_lies_before_its_beginning(rhythm: str) -> None:
    since = date(2026, 11, 18)
    assert found(rhythm, date(2026, 1, 1), date(2026, 11, 17), since=since) == []
    assert found(rhythm, date(2026, 1, 1), date(2026, 12, 31), since=since)[0] >= since


# The same counted day by day.


def is_met(rhythm: str, day: date, said: dict[str, Any]) -> bool:
    """Whether a day is one of the rhythm, looking at that day only."""
    last = monthrange(day.year, day.month)[1]
    if rhythm == DAY_OF_MONTH:
        wanted_day: int = said["day"]
        return day.day == wanted_day or (day.day == last and wanted_day > last)
    if day.weekday() != said["weekday"]:
        return False
    since: date = said["since"]
    if rhythm == EVERY_WEEKS:
        before = sum(
            (since + n * DAY).weekday() == said["weekday"] for n in range((day - since).days)
        )
        return bool(before % int(said["weeks"]) == 0)
    of_its_kind = [n for n in range(1, last + 1) if day.replace(day=n).weekday() == day.weekday()]
    wanted: int = -1 if said["nth"] == LAST else said["nth"] - 1
    return of_its_kind[wanted] == day.day


some_days = st.dates(date(2019, 1, 1), date(2029, 12, 31))
edges = st.sampled_from([date(2023, 2, 28), date(2024, 2, 29), date(2024, 12, 31)])


@given(
    rhythm=st.sampled_from([NTH_WEEKDAY, DAY_OF_MONTH, EVERY_WEEKS]),
    begin=some_days | edges,
    length=st.integers(-5, 130),
    since=st.integers(-200, 60),
    said=st.fixed_dictionaries(
        {
            "nth": st.integers(1, LAST),
            "weekday": st.integers(0, FRIDAY),
            "day": st.integers(1, 31) | st.sampled_from([28, 29, 30, 31]),
            "weeks": st.integers(1, 8),
        }
    ),
)
def test_the_dates_are_those_one_would_count(
    rhythm: str, begin: date, length: int, since: int, said: dict[str, Any]
) -> None:
    said["since"] = begin + since * DAY
    days = [begin + n * DAY for n in range(length + 1)]
    counted = [day for day in days if day >= said["since"] and is_met(rhythm, day, said)]
    assert found(rhythm, begin, begin + length * DAY, **said) == counted


@given(some_days, st.sets(st.integers(0, 20), max_size=15))
def test_a_day_off_moves_it_to_the_next_working_day(day: date, off: set[int]) -> None:
    days_off = {day + n * DAY for n in off}
    later = moved(day, days_off)
    passed = [day + n * DAY for n in range((later - day).days)]
    assert later.weekday() < SATURDAY
    assert later not in days_off
    assert all(each.weekday() >= SATURDAY or each in days_off for each in passed)
