"""When a person is spoken to: their own hour, their quiet, their days off, on every calendar."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from alerts.hours import Hours

pytestmark = pytest.mark.once
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
ALL_WEEK, WORKDAYS = tuple(range(7)), tuple(range(5))
BERLIN = "Europe/Berlin"


def hours(
    zone: str = BERLIN,
    digest: str = "08:00",
    quiet: str = "19:00-07:00",
    weekdays: tuple[int, ...] = WORKDAYS,
    off: tuple[date, ...] = (),
) -> Hours:
    begin, end = map(time.fromisoformat, quiet.split("-"))
    return Hours(ZoneInfo(zone), time.fromisoformat(digest), weekdays, begin, end, off)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# The digest's hour.


@pytest.mark.parametrize(
    ("what", "own", "after", "expected"),
    [
        ("today still", hours(), "2026-11-18 06:59", "2026-11-18 07:00"),
        ("not twice a day", hours(), "2026-11-18 07:00", "2026-11-19 07:00"),
        ("not at weekends", hours(), "2026-11-20 07:00", "2026-11-23 07:00"),
        (
            "the night before 23 hours",
            hours(weekdays=ALL_WEEK),
            "2026-03-28 07:00",
            "2026-03-29 06:00",
        ),
        (
            "the night before 25 hours",
            hours(weekdays=ALL_WEEK),
            "2026-10-24 06:00",
            "2026-10-25 07:00",
        ),
        (
            "an hour that is skipped",
            hours(digest="02:30", weekdays=ALL_WEEK),
            "2026-03-28 12:00",
            "2026-03-29 01:30",
        ),
        (
            "an hour that comes twice",
            hours(digest="02:30", weekdays=ALL_WEEK),
            "2026-10-24 12:00",
            "2026-10-25 00:30",
        ),
        (
            "and only the first time",
            hours(digest="02:30", weekdays=ALL_WEEK),
            "2026-10-25 00:30",
            "2026-10-26 01:30",
        ),
        (
            "no midnight",
            hours("Africa/Cairo", "00:00", weekdays=ALL_WEEK),
            "2026-04-23 12:00",
            "2026-04-23 22:00",
        ),
        ("kathmandu", hours("Asia/Kathmandu"), "2026-11-18 02:00", "2026-11-18 02:15"),
        ("the date line", hours("Pacific/Kiritimati"), "2026-11-18 00:00", "2026-11-18 18:00"),
        (
            "days off",
            hours(off=(date(2026, 11, 19), date(2026, 11, 20))),
            "2026-11-18 07:00",
            "2026-11-23 07:00",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_digest_comes_at_the_persons_own_hour(
    what: str, own: Hours, after: str, expected: str
) -> None:
    assert own.next_digest(utc(after)) == utc(expected)


def test_who_is_off_for_longer_than_is_looked_ahead_has_no_next_digest() -> None:
    begin = date(2026, 11, 1)
    off = tuple(begin + n * DAY for n in range(500))
    assert hours(off=off).next_digest(utc("2026-11-18 09:00")) is None


# Quiet hours.


@pytest.mark.parametrize(
    ("what", "own", "now", "expected"),
    [
        ("by day at once", hours(), "2026-11-18 09:00", "2026-11-18 09:00"),
        ("at night in the morning", hours(), "2026-11-18 18:30", "2026-11-19 06:00"),
        ("before dawn too", hours(), "2026-11-18 03:00", "2026-11-18 06:00"),
        ("on Friday night on Monday", hours(), "2026-11-20 18:30", "2026-11-23 06:00"),
        (
            "on a day off after it",
            hours(off=(date(2026, 11, 18),)),
            "2026-11-18 09:00",
            "2026-11-19 06:00",
        ),
        ("a quiet noon", hours(quiet="12:00-14:00"), "2026-11-18 11:30", "2026-11-18 13:00"),
        (
            "at midnight after a day off",
            hours(quiet="12:00-14:00"),
            "2026-11-21 09:00",
            "2026-11-22 23:00",
        ),
        ("never quiet", hours(quiet="08:00-08:00"), "2026-11-18 02:00", "2026-11-18 02:00"),
        ("no weekdays is each", hours(weekdays=()), "2026-11-21 18:30", "2026-11-22 06:00"),
        (
            "its end is skipped",
            hours(quiet="19:00-02:30", weekdays=ALL_WEEK),
            "2026-03-29 00:00",
            "2026-03-29 01:00",
        ),
        (
            "its end comes twice",
            hours(quiet="19:00-02:30", weekdays=ALL_WEEK),
            "2026-10-25 01:10",
            "2026-10-25 01:30",
        ),
        (
            "clocks go back out of it",
            hours(quiet="02:30-05:00", weekdays=ALL_WEEK),
            "2026-10-25 00:45",
            "2026-10-25 01:00",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_nobody_is_mailed_in_quiet_hours_or_on_days_off(
    what: str, own: Hours, now: str, expected: str
) -> None:
    assert own.speaks_from(utc(now)) == utc(expected)


def test_who_is_away_for_longer_than_is_looked_ahead_is_left_alone_meanwhile() -> None:
    now = utc("2026-11-18 09:00")
    off = tuple(now.date() + n * DAY for n in range(500))
    assert hours(off=off).speaks_from(now) > now + 400 * DAY


# Against a twin that looks at each minute.

CHANGES = {  # days on which clocks change, and what is odd about them
    BERLIN: [date(2026, 3, 29), date(2026, 10, 25)],
    "America/Santiago": [date(2026, 4, 4), date(2026, 9, 6)],  # at midnight
    "Africa/Cairo": [date(2026, 4, 24), date(2026, 10, 29)],  # at midnight
    "Australia/Lord_Howe": [date(2026, 4, 5), date(2026, 10, 4)],  # by half an hour
    "Antarctica/Troll": [date(2026, 3, 29), date(2026, 10, 25)],  # by two hours
    "Pacific/Apia": [date(2011, 12, 30)],  # the day that never was
    "Asia/Kolkata": [date(2026, 11, 18)],  # never
}
times = st.builds(time, st.integers(0, 23), st.sampled_from([0, 1, 15, 30, 45, 59]))


@st.composite
def cases(draw: st.DrawFn) -> tuple[Hours, datetime]:
    zone = draw(st.sampled_from(sorted(CHANGES)))
    near = draw(st.sampled_from(CHANGES[zone]))
    begin = datetime.combine(near, time(), UTC) - DAY
    now = begin + draw(st.integers(0, 3 * 24 * 60)) * MINUTE
    days = st.integers(-2, 3).map(lambda n: near + n * DAY)
    own = Hours(
        ZoneInfo(zone),
        draw(times),
        draw(st.sampled_from([ALL_WEEK, WORKDAYS, (), (near.weekday(),)])),
        draw(times),
        draw(times),
        draw(st.frozensets(days, max_size=2)),
    )
    return own, now


def by_the_minute(own: Hours, now: datetime) -> datetime:
    """The first minute at which a clock on the wall allows it."""
    for n in range(16 * 24 * 60):
        moment = now + n * MINUTE
        wall = moment.astimezone(own.zone)
        begin, end, shown = own.quiet_from, own.quiet_until, wall.time()
        quiet = begin <= shown < end if begin < end else begin != end and not end <= shown < begin
        weekday = not own.weekdays or wall.weekday() in own.weekdays
        if weekday and wall.date() not in own.off and not quiet:
            return moment
    raise AssertionError("never")


@settings(max_examples=150, deadline=None)
@given(cases())
@example((hours(quiet="19:00-02:30", weekdays=ALL_WEEK), utc("2026-10-25 01:10")))
def test_speaking_begins_at_the_first_minute_that_is_allowed(case: tuple[Hours, datetime]) -> None:
    own, now = case
    assert own.speaks_from(now) == by_the_minute(own, now)


def digest_by_the_minute(own: Hours, after: datetime) -> datetime:
    """The first time each day that the wall shows the hour; if it is skipped, as much later."""
    minutes = [after + n * MINUTE for n in range(-2 * 24 * 60, 16 * 24 * 60)]
    shown: dict[datetime, datetime] = {}
    for moment in minutes:
        shown.setdefault(moment.astimezone(own.zone).replace(tzinfo=None), moment)
    day = after.astimezone(own.zone).date()
    while True:
        wall = datetime.combine(day, own.digest_at)
        moment = shown.get(wall)
        if moment is None:
            skipped = min(each for each in shown if each > wall)
            gap = skipped - max(each for each in shown if each < wall) - MINUTE
            moment = shown[wall + gap]
        works = not own.weekdays or day.weekday() in own.weekdays
        if moment > after and works and day not in own.off:
            return moment
        day += DAY


@settings(max_examples=25, deadline=None)
@given(cases())
def test_the_next_digest_is_where_the_clock_on_the_wall_says(case: tuple[Hours, datetime]) -> None:
    own, after = case
    assert own.next_digest(after) == digest_by_the_minute(own, after)
