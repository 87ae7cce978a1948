"""A week of calls on a person's own clock."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from coaching.next_action import CallRow, overlapping, with_coaching
from lib.calendar import day_span, local_date, start_of_week
from people.models import Organisation, User
from pipeline.models import Call

EVERYBODY = "everybody"
MOST = 300  # calls shown; the page says so when there are more


@dataclass(frozen=True)
class CallDay:
    """One column."""

    day: date
    rows: list[CallRow]
    is_today: bool
    is_past: bool


@dataclass(frozen=True)
class CallWeek:
    """Seven days from the organisation's first day of the week on."""

    days: list[CallDay]
    person: User | None
    people: list[User]
    more: bool

    @classmethod
    def of(cls, user: User, on: date, now: datetime, *, person: str = "") -> "CallWeek":
        """The week of a day; `person` is an id or "everybody", else one sees one's own."""
        first = start_of_week(on, Organisation.current().week_start)
        people = _people(user)
        chosen = next((each for each in people if str(each.pk) == person), user)
        whose = None if person == EVERYBODY and people else chosen
        calls = Call.objects.visible_to(user).between(*day_span(first, user.zone, 7))
        calls = calls.filter(owner=whose) if whose else calls
        found = list(with_coaching(calls, user).order_by("starts_at", "pk")[: MOST + 1])
        crossing = overlapping(found[:MOST])
        rows = [CallRow.of(call, user, now, overlaps=call.pk in crossing) for call in found[:MOST]]
        days = [_day(first + timedelta(days=n), rows, user, now) for n in range(7)]
        return cls(days, whose, people, len(found) > MOST)

    @property
    def first(self) -> date:
        return self.days[0].day

    @property
    def last(self) -> date:
        return self.days[-1].day

    @property
    def before(self) -> date:
        return self.first - timedelta(days=7)

    @property
    def after(self) -> date:
        return self.first + timedelta(days=7)

    @property
    def count(self) -> int:
        return sum(len(day.rows) for day in self.days)

    @property
    def person_parameter(self) -> str:
        return str(self.person.pk) if self.person else EVERYBODY


def _people(user: User) -> list[User]:
    """Whose week one may look at; nobody else's for somebody who leads nobody."""
    if not (user.leads_people or user.is_administrator):
        return []
    return list(User.objects.assignable_by(user))


def _day(day: date, rows: list[CallRow], user: User, now: datetime) -> CallDay:
    today = user.today(now)
    here = [row for row in rows if local_date(row.call.starts_at, user.zone) == day]
    return CallDay(day, here, day == today, day < today)
