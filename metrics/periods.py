"""The periods by which metrics count, their names, and the days on which they are judged.

Weeks begin on the organisation's first weekday; quarters and years are fiscal. Pure functions.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from lib.calendar import (
    add_months,
    fiscal_quarter,
    fiscal_year,
    in_words,
    is_working_day,
    month_of,
    start_of_week,
)

WEEK, MONTH, QUARTER, FISCAL_YEAR = "week", "month", "quarter", "fiscal_year"
PERIODS = [
    (WEEK, "Week"),
    (MONTH, "Month"),
    (QUARTER, "Quarter"),
    (FISCAL_YEAR, "Fiscal year"),
]
MIDDLE, END = "middle", "end"
MONDAY = 0
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Span:
    """From the first day to the last, both included."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def weekdays(self) -> list[date]:
        """Its days from Monday to Friday, holidays among them."""
        days = (self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1))
        return [day for day in days if is_working_day(day)]


@dataclass(frozen=True)
class Periods:
    """Cuts the calendar of an organisation: `week_start` 0 is Monday, `year_start` a month."""

    week_start: int = MONDAY
    year_start: int = 1

    def of(self, kind: str, day: date) -> Span:
        """The period of that kind in which a day lies. Raises KeyError for another kind."""
        if kind == WEEK:
            first = start_of_week(day, self.week_start)
            return Span(first, first + timedelta(days=6))
        if kind == MONTH:
            return Span(*month_of(day))
        cut = {QUARTER: fiscal_quarter, FISCAL_YEAR: fiscal_year}[kind]
        return Span(*cut(day, self.year_start))

    def previous(self, kind: str, day: date) -> Span:
        """The one before that of a day."""
        return self.of(kind, self.of(kind, day).first - DAY)

    def next(self, kind: str, day: date) -> Span:
        """The one after that of a day."""
        return self.of(kind, self.of(kind, day).last + DAY)

    def back(self, kind: str, day: date, count: int) -> list[Span]:
        """So many periods up to and including that of a day, the oldest first."""
        spans = [self.of(kind, day)]
        while len(spans) < count:
            spans.append(self.of(kind, spans[-1].first - DAY))
        return spans[::-1]

    def touching(self, kind: str, span: Span) -> Iterator[Span]:
        """Those that have a day in common with a span, in order."""
        each = self.of(kind, span.first)
        while each.first <= span.last:
            yield each
            each = self.of(kind, each.last + DAY)

    def name(self, kind: str, span: Span) -> str:
        """ "Week 47, 2026", "November 2026", "Q4 2026", "2026"; a fiscal year that begins within a
        calendar year is named for both, a week of other days than Monday's for its first day.
        """
        if kind == WEEK:
            if self.week_start != MONDAY:
                return f"Week of {in_words(span.first)}"
            year, week, _ = span.first.isocalendar()
            return f"Week {week}, {year}"
        if kind == MONTH:
            return f"{span.first:%B %Y}"
        begins = fiscal_year(span.first, self.year_start)[0]
        named = str(begins.year)
        if self.year_start != 1:
            named = f"{named}/{(begins.year + 1) % 100:02}"
        if kind == FISCAL_YEAR:
            return named
        passed = (span.first.year - begins.year) * 12 + span.first.month - begins.month
        return f"Q{passed // 3 + 1} {named}"

    def checkpoint(self, kind: str, day: date, holidays: Collection[date] = ()) -> str:
        """ "middle" or "end" when a metric of that period is judged after this day, else "".

        A week is judged at its middle and end; the others at the middle and end of each of their
        months, the last of which is their own end.
        """
        part = self.of(WEEK if kind == WEEK else MONTH, day)
        if day == part.last:
            return END if day == self.of(kind, day).last else MIDDLE
        return MIDDLE if day == middle(part, holidays) else ""


def middle(span: Span, holidays: Collection[date] = ()) -> date:
    """The day after which at least half of its working days are over; its last day without any."""
    working = [day for day in span.weekdays() if day not in holidays]
    return working[(len(working) - 1) // 2] if working else span.last


def months_employed(joined_on: date, day: date) -> int:
    """Whole months from the first day of work to a day: 0 in the first month."""
    months = (day.year - joined_on.year) * 12 + day.month - joined_on.month
    return months if add_months(joined_on, months) <= day else months - 1


def without_gaps(
    pieces: Iterable[tuple[int, date, date]], first: date, last: date
) -> Iterator[tuple[int | None, date, date]]:
    """Somebody's days from first to last, in teams and, between them, in none."""
    for team, begins, ends in pieces:
        begin, end = max(begins, first), min(ends, last)
        if begin > end:
            continue
        if first < begin:
            yield None, first, begin - DAY
        yield team, begin, end
        first = end + DAY
    if first <= last:
        yield None, first, last
