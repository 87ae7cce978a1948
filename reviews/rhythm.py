"""On which dates a monthly meeting falls. Pure calendar: nothing here reads a clock or a row."""

from collections.abc import Collection, Iterator
from datetime import date, timedelta

from lib.calendar import add_months, next_working_day

NTH_WEEKDAY, DAY_OF_MONTH, EVERY_WEEKS = "nth_weekday", "day_of_month", "every_weeks"
LAST = 5  # the fifth of a weekday is the last there is
NTH = {1: "first", 2: "second", 3: "third", 4: "fourth", LAST: "last"}


def nth_weekday(month: date, nth: int, weekday: int) -> date:
    """The first (1) to fourth, or the last (5), of a weekday (0 is Monday) in a month."""
    first = month.replace(day=1)
    if nth == LAST:
        end = add_months(first, 1) - timedelta(days=1)
        return end - timedelta(days=(end.weekday() - weekday) % 7)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))


def day_of_month(month: date, day: int) -> date:
    """The 31st where there is one, otherwise the last day of that month."""
    return add_months(date(2000, 1, day), (month.year - 2000) * 12 + month.month - 1)


def dates(
    rhythm: str,
    begin: date,
    end: date,
    *,
    nth: int,
    weekday: int,
    day: int,
    weeks: int,
    since: date,
) -> Iterator[date]:
    """The dates from `begin` to `end`, both included, in order, before holidays move them.

    None lies before `since`; every so many weeks are counted from its first such weekday.
    """
    begin = max(begin, since)
    if rhythm == EVERY_WEEKS:
        first = since + timedelta(days=(weekday - since.weekday()) % 7)
        step = timedelta(weeks=weeks)
        found = first + step * max(-((first - begin) // step), 0)
        while found <= end:
            yield found
            found += step
        return
    month = begin.replace(day=1)
    while month <= end:
        by_weekday = rhythm == NTH_WEEKDAY
        found = nth_weekday(month, nth, weekday) if by_weekday else day_of_month(month, day)
        if begin <= found <= end:
            yield found
        month = add_months(month, 1)


def moved(day: date, days_off: Collection[date]) -> date:
    """`day`, or the next working day when it is a weekend, a holiday or somebody is away."""
    return next_working_day(day, days_off)
