"""When each of some people was last coached, how, and who was left alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from coaching.coverage import TOUCHES, Frame, TouchKind, last_days
from people.models import User

QUIET_DAYS = 30
NAMED = 5  # people in a sentence


@dataclass(frozen=True)
class LastTouch:
    """Of one kind: the day of the last, None for never; how many in the days of the frame."""

    kind: TouchKind
    day: date | None
    count: int
    days_ago: int | None

    @property
    def words(self) -> str:
        """ "today", "12 d" or "never"."""
        if self.days_ago is None:
            return "never"
        return f"{self.days_ago} d" if self.days_ago else "today"


@dataclass(frozen=True)
class LastTouches:
    """Of one person, by kind."""

    person: User
    touches: list[LastTouch]

    @property
    def last(self) -> date | None:
        """The day of the last of any kind."""
        return max((touch.day for touch in self.touches if touch.day), default=None)

    @property
    def count(self) -> int:
        return sum(touch.count for touch in self.touches)


def touches_of(people: Sequence[User], frame: Frame) -> list[LastTouches]:
    """Of each of them, in that order; one statement."""
    found = last_days(frame, [person.pk for person in people])
    return [
        LastTouches(
            person, [_touch(kind, found[person.pk], frame.last) for kind in TOUCHES.values()]
        )
        for person in people
    ]


def _touch(kind: TouchKind, found: dict[str, tuple[int, date]], today: date) -> LastTouch:
    count, day = found.get(kind.name, (0, None))
    return LastTouch(kind, day, count, None if day is None else (today - day).days)


def quiet_sentence(people: Sequence[LastTouches], frame: Frame) -> str:
    """ "Rosa, Pia and 2 more: no touch in 30 days."; who had one that day is not quiet."""
    since = frame.last - timedelta(days=QUIET_DAYS)
    quiet = [each.person.first_name for each in people if each.last is None or each.last < since]
    if not quiet:
        return f"Everybody had a touch in the last {QUIET_DAYS} days." if people else ""
    more = f" and {len(quiet) - NAMED} more" if len(quiet) > NAMED else ""
    return f"{', '.join(quiet[:NAMED])}{more}: no touch in {QUIET_DAYS} days."
