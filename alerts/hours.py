"""When a person is spoken to: their digest's hour, their quiet hours, their days off.

Every function is given its times; nothing here reads a clock or a row.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from lib.calendar import instant_near, local_date

SEARCHED_DAYS = 400


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
        return day.weekday() in self.weekdays and day not in self.off

    def is_quiet(self, now: datetime) -> bool:
        """Whether this is in their quiet hours; days off are another matter."""
        shown = now.astimezone(self.zone).time()
        if self.quiet_from <= self.quiet_until:
            return self.quiet_from <= shown < self.quiet_until
        return shown >= self.quiet_from or shown < self.quiet_until

    def next_digest(self, after: datetime) -> datetime | None:
        """Their digest's next time after this one; None when they never work again."""
        day = local_date(after, self.zone)
        for _ in range(SEARCHED_DAYS):
            moment = instant_near(day, self.digest_at, self.zone)
            if moment > after and self.works_on(day):
                return moment
            day += timedelta(days=1)
        return None

    def speaks_from(self, now: datetime) -> datetime:
        """The first moment from now on that is neither quiet nor on a day off."""
        moment = now
        for _ in range(SEARCHED_DAYS):
            day = local_date(moment, self.zone)
            if self.works_on(day) and not self.is_quiet(moment):
                return moment
            moment = self._next_morning(moment, day)
        return now

    def _next_morning(self, moment: datetime, day: date) -> datetime:
        """When the quiet of this day ends, or that of the next one."""
        ends = instant_near(day, self.quiet_until, self.zone)
        if self.works_on(day) and moment < ends and self.is_quiet(moment):
            return ends
        return instant_near(day + timedelta(days=1), self._opens_at, self.zone)

    @property
    def _opens_at(self) -> time:
        """When a day begins for them: where the quiet lies within the day, at midnight."""
        return self.quiet_until if self.quiet_from > self.quiet_until else time.min
