"""Who is due for a ride-along: two a year (product.md 9), the next half a year after the last."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from django.db.models import (
    Count,
    DateField,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce, TruncDate

from coaching.models import RideAlong
from lib.calendar import add_months, fiscal_year, in_short, local_date, start_of_day
from people.calendar import Calendar
from people.models import User

PER_YEAR = 2
MONTHS = 12 // PER_YEAR
SOON = timedelta(days=30)
AT_ONCE = 1_000  # rows a statement of a file

OVERDUE, DUE_SOON, PLANNED, IN_TIME = "overdue", "due_soon", "planned", "in_time"
STATES = {
    OVERDUE: "Overdue",
    DUE_SOON: "Due soon",
    PLANNED: "Planned",
    IN_TIME: "In time",
}
ORDER = ("due_from", "name")


def due_on(last_on: date | None, joined_on: date | None, today: date) -> date:
    """The day by which the next is to be held: half a year after the last one.

    Of somebody who had none, half a year after they joined; of whom that is not known, today.
    """
    since = last_on or joined_on
    return add_months(since, MONTHS) if since else today


def state_of(due: date, planned_on: date | None, today: date) -> str:
    """Planned in time: by the day it is due, or within SOON where that is near or has passed."""
    if planned_on and today <= planned_on <= max(due, today + SOON):
        return PLANNED
    if due < today:
        return OVERDUE
    return DUE_SOON if due <= today + SOON else IN_TIME


@dataclass(frozen=True)
class RosterRow:
    """One rep. `last` is the latest ride-along held, `next` the earliest that is planned."""

    rep: User
    last: RideAlong | None
    next: RideAlong | None
    this_year: int
    due_on: date
    state: str
    today: date
    next_on: date | None

    @property
    def is_to_hand_in(self) -> bool:
        """What was planned is over and the manager has not handed in what they saw."""
        return self.next_on is not None and self.next_on < self.today

    @property
    def words(self) -> str:
        """ "4 d late", "Due in 12 d", "Planned", "In time"."""
        days = (self.due_on - self.today).days
        if self.state == OVERDUE:
            return f"{-days} d late"
        if self.state == DUE_SOON:
            return f"Due in {days} d" if days else "Due today"
        return STATES[self.state]

    @property
    def kind(self) -> str:
        """The shape beside the words."""
        return {OVERDUE: "risk", DUE_SOON: "warn", PLANNED: "ok", IN_TIME: "idle"}[self.state]

    @property
    def due(self) -> str:
        """The day in words, with its year where that is not plain."""
        return in_short(self.due_on, self.today)


@dataclass(frozen=True)
class Roster:
    """The reps under a manager, on the organisation's calendar, at one moment."""

    reader: User
    calendar: Calendar
    today: date

    @classmethod
    def of(cls, reader: User, now: datetime) -> "Roster":
        calendar = Calendar.current()
        return cls(reader, calendar, calendar.today(now))

    def reps(self, *, everybody: bool) -> QuerySet[User, User]:
        """Who reports to this manager and leads nobody; of everybody under them if asked."""
        below = User.objects.led_by(self.reader).active().filter(levels_below=0)
        below = below.exclude(pk=self.reader.pk)
        if not everybody:
            below = below.filter(reports_to=self.reader)
        return below.annotate(
            last_pk=_first(_held().order_by("-starts_at", "-pk"), "pk"),
            next_pk=_first(_planned(), "pk"),
            this_year=Coalesce(self._counted(), 0),
            due_from=self._due_from(),
        )

    def rows(self, reps: Sequence[User]) -> list[RosterRow]:
        """What the roster says of these, in one statement."""
        said: list[Any] = list(reps)
        wanted = {pk for rep in said for pk in (rep.last_pk, rep.next_pk) if pk}
        visible = RideAlong.objects.visible_to(self.reader)
        rides = {ride.pk: ride for ride in visible.for_list().filter(pk__in=wanted)}
        return [self._row(rep, rides.get(rep.last_pk), rides.get(rep.next_pk)) for rep in said]

    def all_rows(self, *, everybody: bool) -> Iterator[RosterRow]:
        """All of them, by the day they are due."""
        reps = self.reps(everybody=everybody).order_by(*ORDER, "pk").iterator(chunk_size=AT_ONCE)
        while some := list(islice(reps, AT_ONCE)):
            yield from self.rows(some)

    def day_of(self, ride: RideAlong | None) -> date | None:
        """The organisation's date of a ride-along."""
        return local_date(ride.starts_at, self.calendar.zone) if ride else None

    def _row(self, rep: Any, last: RideAlong | None, planned: RideAlong | None) -> RosterRow:
        due = due_on(self.day_of(last), rep.joined_on, self.today)
        next_on = self.day_of(planned)
        state = state_of(due, next_on, self.today)
        return RosterRow(rep, last, planned, rep.this_year, due, state, self.today, next_on)

    def _due_from(self) -> Coalesce:
        """The day from which the half year runs; who is due now comes as of half a year ago."""
        last = _held().annotate(day=TruncDate("starts_at", tzinfo=self.calendar.zone))
        unknown = Value(add_months(self.today, -MONTHS), DateField())
        return Coalesce(
            _first(last.order_by("-starts_at", "-pk"), "day"),
            F("joined_on"),
            unknown,
            output_field=DateField(),
        )

    def _counted(self) -> Subquery:
        begin, end = fiscal_year(self.today, self.calendar.year_start)
        zone = self.calendar.zone
        within = Q(
            starts_at__gte=start_of_day(begin, zone),
            starts_at__lt=start_of_day(end + timedelta(days=1), zone),
        )
        own = _held().filter(within).order_by().values("rep").annotate(n=Count("pk"))
        return Subquery(own.values("n"), output_field=IntegerField())


def _held() -> QuerySet[RideAlong, RideAlong]:
    return RideAlong.objects.held().filter(rep=OuterRef("pk"))


def _planned() -> QuerySet[RideAlong, RideAlong]:
    return RideAlong.objects.planned().filter(rep=OuterRef("pk")).order_by("starts_at", "pk")


def _first(rows: QuerySet[RideAlong, RideAlong], field: str) -> Subquery:
    return Subquery(rows.values(field)[:1])
