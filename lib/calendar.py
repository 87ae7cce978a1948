"""Periods and working days. Every function is given its dates; nothing here reads a clock."""

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)  # leaves room for zones and periods
SATURDAY = 5
NEAR_DAYS = 182


def is_working_day(day: date, holidays: Collection[date] = ()) -> bool:
    """Monday to Friday and not a holiday."""
    return day.weekday() < SATURDAY and day not in holidays


def working_days_between(start: date, end: date, holidays: Collection[date] = ()) -> int:
    """Working days after `start` up to and including `end`; 0 when end is not after start."""
    if end <= start:
        return 0
    weeks, rest = divmod((end - start).days, 7)
    tail = (start + timedelta(days=weeks * 7 + n) for n in range(1, rest + 1))
    off = {day for day in holidays if start < day <= end and day.weekday() < SATURDAY}
    return weeks * 5 + sum(day.weekday() < SATURDAY for day in tail) - len(off)


def working_days_before(end: date, count: int, holidays: Collection[date] = ()) -> date:
    """The last date from which at least `count` working days lie between it and `end`.

    `working_days_between(day, end) >= count` for this day and every one before it.
    """
    day = end
    while count > 0:
        count -= is_working_day(day, holidays)
        day -= timedelta(days=1)
    return day


def next_working_day(day: date, holidays: Collection[date] = ()) -> date:
    """`day` itself when it is a working day, else the first one after it."""
    while not is_working_day(day, holidays):
        day += timedelta(days=1)
    return day


def previous_working_day(day: date, holidays: Collection[date] = ()) -> date:
    """The last working day before `day`."""
    day -= timedelta(days=1)
    while not is_working_day(day, holidays):
        day -= timedelta(days=1)
    return day


def local_date(moment: datetime, zone: ZoneInfo) -> date:
    """The date on the wall in that zone."""
    return moment.astimezone(zone).date()


def start_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of a date in a zone, in UTC.

    Where clocks skip midnight the day begins when they resume: converting there and back lands
    on the first minute that exists.
    """
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def instant_at(day: date, at: time, zone: ZoneInfo) -> datetime | None:
    """The instant, in UTC, at which clocks in that zone show this; the first when they do twice.

    None when they never do: they are put forward over it.
    """
    moment = datetime.combine(day, at, zone).astimezone(UTC)
    shown = moment.astimezone(zone).replace(tzinfo=None)
    return moment if shown == datetime.combine(day, at) else None


def instant_near(day: date, at: time, zone: ZoneInfo) -> datetime:
    """As `instant_at`; a time that clocks skip on that day is taken as much later as they skip."""
    return datetime.combine(day, at, zone).astimezone(UTC)


def noon(day: date, zone: ZoneInfo) -> datetime:
    """Midday of a date in a zone, in UTC: the instant of what is known by its date only."""
    return datetime.combine(day, time(12), zone).astimezone(UTC)


def day_span(day: date, zone: ZoneInfo, days: int = 1) -> tuple[datetime, datetime]:
    """The instants from which and before which `days` days last (23 to 25 hours each)."""
    return start_of_day(day, zone), start_of_day(day + timedelta(days=days), zone)


def start_of_week(day: date, first_weekday: int = 0) -> date:
    """The week's first day; `first_weekday` 0 is Monday, 6 is Sunday."""
    return day - timedelta(days=(day.weekday() - first_weekday) % 7)


def fiscal_year(day: date, first_month: int = 1) -> tuple[date, date]:
    """First and last day of the fiscal year of `day`, for a year that begins in `first_month`."""
    year = day.year if day.month >= first_month else day.year - 1
    return date(year, first_month, 1), date(year + 1, first_month, 1) - timedelta(days=1)


def fiscal_quarter(day: date, first_month: int = 1) -> tuple[date, date]:
    """First and last day of the fiscal quarter of `day`."""
    begin, _ = fiscal_year(day, first_month)
    passed = (day.year - begin.year) * 12 + day.month - begin.month
    return add_months(begin, passed // 3 * 3), add_months(begin, passed // 3 * 3 + 3) - timedelta(1)


def month_of(day: date) -> tuple[date, date]:
    """First and last day of the month of `day`."""
    first = day.replace(day=1)
    return first, add_months(first, 1) - timedelta(days=1)


def add_months(day: date, months: int) -> date:
    """The same day of the month so many months on, or the last one there is (31 January + 1)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = (date(year + month // 11, (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))


def in_words(day: date | None) -> str:
    """`in_words(date(2026, 12, 14)) == "14 Dec 2026"`, the same everywhere; "" for no date."""
    return f"{day.day} {day:%b %Y}" if day else ""


def in_short(day: date | None, today: date) -> str:
    """ "12 Jan", with its year when that is not plain: more than half a year away; "" for none."""
    if day is None:
        return ""
    return f"{day.day} {day:%b}" if abs((day - today).days) <= NEAR_DAYS else in_words(day)
