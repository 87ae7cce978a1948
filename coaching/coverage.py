"""Whether managers coach: what is counted of them, and the touches of which it is made.

A manager answers for the active people who report to them now, wherever these were before: what a
former manager did for somebody counts for whoever leads them today. Each app registers what it
owns; pages and the API only show it. Every moment is one of the organisation's calendar.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Count,
    F,
    Func,
    IntegerField,
    Max,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import TruncDate

from lib.calendar import local_date, start_of_day
from people import reporting_line
from people.models import User

Rows = QuerySet[Any, Any]
DAYS = (30, 90, 365)  # how far back one may look
USUAL_DAYS = 90
COLUMNS = ("who", "what", "said", "kept", "counted")  # of what is read together


@dataclass(frozen=True)
class Frame:
    """From the first day to the last, both included; nothing from `end` on is known yet."""

    first: date
    last: date
    zone: ZoneInfo
    end: datetime

    @classmethod
    def of(cls, zone: ZoneInfo, now: datetime, on: date | None, days: int) -> "Frame":
        """So many days up to `on`, which is today unless given and never later."""
        today = local_date(now, zone)
        last = min(on or today, today)
        end = min(start_of_day(last + timedelta(days=1), zone), now)
        return cls(last - timedelta(days=days - 1), last, zone, end)

    @property
    def begin(self) -> datetime:
        """The first moment that counts."""
        return start_of_day(self.first, self.zone)

    def within(self, path: str) -> Q:
        """Rows whose moment lies in these days and before the end."""
        return Q(**{f"{path}__gte": self.begin, f"{path}__lt": self.end})


@dataclass(frozen=True)
class Line:
    """The active people for whom a manager answers: those who report to them, or all under them."""

    manager: User
    is_direct: bool = False

    def of(self, rows: Rows, rep: str) -> Rows:
        """Of these rows those about them; `rep` is the path to the person, "" for people."""
        path = f"{rep}__" if rep else ""
        if self.is_direct or self.manager.levels_below < reporting_line.WIDE:
            return rows.filter(AnyOf(F(f"{path}pk"), self._few()))
        below = reporting_line.ids_below(self.manager)
        those = rows.filter(**{f"{path}is_active": True, f"{path}pk__in": below})
        return those.exclude(**{f"{path}pk": self.manager.pk})

    def _few(self) -> Rows:
        """Their ids, where they are few."""
        people = User.objects.led_by(self.manager).active().exclude(pk=self.manager.pk)
        if self.is_direct:
            people = people.filter(reports_to=self.manager)
        return people.order_by().values("pk")


class AnyOf(Func):
    """Whether a column has one of the values that a query finds.

    An array of them is no join: PostgreSQL takes the index that begins with the column, however
    many tables are joined, where for `__in` it would read everybody's rows.
    """

    template, arg_joiner = "(%(expressions)s))", " = ANY(ARRAY"
    conditional = True
    output_field = BooleanField()

    def __init__(self, column: F, found: Rows) -> None:
        super().__init__(column, Subquery(found))

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = "(%(expressions)s)"
        return self.as_sql(compiler, connection, template=template, arg_joiner=" IN ", **context)


@dataclass(frozen=True)
class Told:
    """A row behind a figure, in words: about whom, when, and what came of it; `url` may be ""."""

    rep: User
    title: str
    when: datetime | None
    said: str
    url: str
    is_kept: bool

    @property
    def on(self) -> str:
        """When, for a file."""
        return self.when.isoformat() if self.when else ""


class CoverageFigure(ABC):
    """A share of what was to be done: of all `rows` those that were `kept`."""

    name: ClassVar[str]
    label: ClassVar[str]
    explains: ClassVar[str]  # the rule, as the page says it
    nothing: ClassVar[str]  # in the place of the figure while there is nothing to count
    rep: ClassVar[str]  # the path to the person; "" where rows are people
    when: ClassVar[str]  # by which rows are listed, the latest first

    @abstractmethod
    def rows(self, frame: Frame) -> Rows:
        """All that counts in these days, of anybody."""

    @abstractmethod
    def kept(self, frame: Frame) -> Any:
        """The condition under which a row was done as it should be."""

    @abstractmethod
    def tell(self, row: Any, frame: Frame, reader: User) -> Told:
        """A row of `listed` in words, without a statement of its own."""

    def marked(self, frame: Frame) -> Rows:
        """The rows with `is_kept`, 1 or 0."""
        kept = Case(When(self.kept(frame), then=1), default=0, output_field=IntegerField())
        marked: Rows = self.rows(frame).annotate(is_kept=kept)
        return marked

    def listed(self, frame: Frame) -> Rows:
        """The same with all that `tell` names."""
        return self.marked(frame)

    @property
    def order(self) -> list[str]:
        """What is owed comes first."""
        return ["is_kept", f"-{self.when}"]

    def sums(self, frame: Frame, line: Line) -> Rows:
        """Of each person how many were kept, and how many there were."""
        rows = line.of(self.marked(frame), self.rep)
        return summed(rows, self.rep or "pk", self.name, Sum("is_kept"), Count("pk"))


class Turnaround(CoverageFigure):
    """How long something took: the rows have `took`, and their median counts; all are kept."""

    @abstractmethod
    def rows(self, frame: Frame) -> Rows:
        """All that has an answer, with `took`."""

    def kept(self, frame: Frame) -> Any:
        return Q(pk__isnull=False)

    @property
    def order(self) -> list[str]:
        """What took longest comes first."""
        return ["-took"]

    def times(self, frame: Frame, line: Line) -> Rows:
        """Who, which figure, how long."""
        rows = line.of(self.rows(frame), self.rep).order_by()
        told = rows.annotate(who=F(self.rep), what=Value(self.name, CharField()))
        times: Rows = told.values_list("who", "what", "took")
        return times


@dataclass(frozen=True)
class TouchKind:
    """A dated act of a manager for a rep. `rows` are those known by the end of a frame.

    The verbs let only somebody act who leads the rep at that moment; so whoever it was counts, also
    a former manager and one further up.
    """

    name: str
    label: str
    rows: Callable[[Frame], Rows]
    rep: str
    at: str
    is_day: bool = False  # what stands at `at` is a date

    def within(self, frame: Frame) -> Q:
        """In the days of the frame."""
        if self.is_day:
            return Q(**{f"{self.at}__range": (frame.first, frame.last)})
        return frame.within(self.at)

    def sums(self, frame: Frame, line: Line) -> Rows:
        """Of each person how many there were."""
        rows = line.of(self.rows(frame).filter(self.within(frame)), self.rep)
        return summed(rows, self.rep, TOUCH + self.name, Count("pk"), Count("pk"))

    def latest(self, frame: Frame, people: list[int]) -> Rows:
        """Of each of these people: how many in the days of the frame, and the day of the last."""
        rows = self.rows(frame).filter(**{f"{self.rep}__in": people}).order_by()
        last: Any = Max(self.at)
        day = last if self.is_day else TruncDate(last, tzinfo=frame.zone)
        told = rows.values(who=F(self.rep), what=Value(self.name, CharField()))
        counted = told.annotate(n=Count("pk", filter=self.within(frame)))
        latest: Rows = counted.annotate(day=day).values_list("who", "what", "n", "day")
        return latest


@dataclass(frozen=True)
class ScoreKind:
    """The managers' scores of calls by which the spread ranks: rows, the rep, the score."""

    rows: Callable[[Frame], Rows]
    rep: str
    score: str

    def sums(self, frame: Frame, line: Line) -> Rows:
        """Of each person the total of the scores, and how many there were."""
        rows = line.of(self.rows(frame), self.rep)
        return summed(rows, self.rep, SCORE, Sum(self.score), Count("pk"))


TOUCH, SCORE, PERSON = "touch:", "score", "person"  # of what a sum is, beside the figures' names
FIGURES: dict[str, CoverageFigure] = {}
TOUCHES: dict[str, TouchKind] = {}
SCORES: list[ScoreKind] = []


def register(*figures: CoverageFigure) -> None:
    """Count these as well, in this order."""
    FIGURES.update({figure.name: figure for figure in figures})


def register_touches(*kinds: TouchKind) -> None:
    """Take these for touches as well."""
    TOUCHES.update({kind.name: kind for kind in kinds})


def register_scores(kind: ScoreKind) -> None:
    """Rank the people of a line by these."""
    SCORES[:] = [kind]


def summed(rows: Rows, who: str, what: str, kept: Any, counted: Any) -> Rows:
    """Two numbers of each person, as COLUMNS."""
    empty = Value("", CharField())
    told = rows.order_by().values(who=F(who), what=Value(what, CharField()), said=empty)
    sums: Rows = told.annotate(kept=kept, counted=counted).values_list(*COLUMNS)
    return sums


def everybody(line: Line) -> Rows:
    """Who stands where under a manager, also who left: name, boss, and whether active."""
    under = User.objects.get_queryset()
    if line.is_direct:
        rows = under.filter(reports_to=line.manager)
    else:
        rows = under.led_by(line.manager).exclude(pk=line.manager.pk)
    told = rows.order_by().values(who=F("pk"), what=Value(PERSON, CharField()), said=F("name"))
    active = Case(When(is_active=True, then=1), default=0, output_field=IntegerField())
    return told.annotate(kept=F("reports_to_id"), counted=active).values_list(*COLUMNS)


def last_days(frame: Frame, people: list[int]) -> dict[int, dict[str, tuple[int, date]]]:
    """Of each of these people, by kind of touch: how many in these days, and when the last was.

    One statement.
    """
    found: dict[int, dict[str, tuple[int, date]]] = {pk: {} for pk in people}
    if people and TOUCHES:
        first, *others = [kind.latest(frame, people) for kind in TOUCHES.values()]
        for who, what, n, day in first.union(*others, all=True):
            found[who][what] = (n, day)
    return found
