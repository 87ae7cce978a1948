"""When a person is spoken to: their digest's hour, their quiet hours, their days off.

Every function is given its times; nothing here reads a clock or a row.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from lib.calendar import day_span, instant_near, local_date

SEARCHED_DAYS = 420  # `alerts.line.days_off` looks 400 days ahead, and a week has seven
SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Hours:
    """One person's clock: their zone, the weekdays (0 is Monday) and times they chose.

    `off` are the days on which they do not work: holidays and their absences. Quiet from one time
    until another, over midnight where that is later; never when both are the same.
    """

    zone: ZoneInfo
    digest_at: time
    weekdays: Collection[int]
    quiet_from: time
    quiet_until: time
    off: Collection[date] = ()

    def works_on(self, day: date) -> bool:
        """Whoever chose no weekdays at all, as one may without a digest, works on each."""
        return (not self.weekdays or day.weekday() in self.weekdays) and day not in self.off

    def is_quiet(self, now: datetime) -> bool:
        """Whether this is in their quiet hours; days off are another matter."""
        shown = now.astimezone(self.zone).time()
        if self.quiet_from <= self.quiet_until:
            return self.quiet_from <= shown < self.quiet_until
        return shown >= self.quiet_from or shown < self.quiet_until

    def next_digest(self, after: datetime) -> datetime | None:
        """Their digest's next time after this one; None for SEARCHED_DAYS off."""
        day = local_date(after, self.zone)
        for _ in range(SEARCHED_DAYS):
            moment = instant_near(day, self.digest_at, self.zone)
            if moment > after and self.works_on(day):
                return moment
            day += timedelta(days=1)
        return None

    def speaks_from(self, now: datetime) -> datetime:
        """The first moment from now on that is neither quiet nor on a day off.

        With none within SEARCHED_DAYS it is the end of these.
        """
        day = local_date(now, self.zone)
        for _ in range(SEARCHED_DAYS):
            if self.works_on(day):
                for moment in sorted(self._openings(day, now)):
                    if not self.is_quiet(moment):
                        return moment
            day += timedelta(days=1)
        return day_span(day, self.zone)[0]

    def _openings(self, day: date, now: datetime) -> Iterator[datetime]:
        """When quiet may end on this day, from now on: now, as it begins, when the quiet is over
        (twice where clocks are put back over it), and when clocks are put forward or back.
        """
        begin, end = day_span(day, self.zone)
        ends = datetime.combine(day, self.quiet_until, self.zone)
        twice = [each.astimezone(UTC) for each in (ends, ends.replace(fold=1))]
        for moment in (begin, now, *twice, _clocks_change(begin, end, self.zone)):
            if max(begin, now) <= moment < end:
                yield moment


def _clocks_change(begin: datetime, end: datetime, zone: ZoneInfo) -> datetime:
    """The instant within this span from which clocks in the zone have another offset; else `end`.

    In UTC, all of them: between two times of one zone Python reckons with what the wall shows.
    """

    def offset(moment: datetime) -> timedelta | None:
        return moment.astimezone(zone).utcoffset()

    first, last = begin, end
    if offset(first) == offset(last):
        return end
    while last - first > SECOND:
        middle = first + (last - first) // 2
        if offset(middle) == offset(begin):
            first = middle
        else:
            last = middle
    return last.replace(microsecond=0)
