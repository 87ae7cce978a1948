"""What is counted of what visibly happened: for whom, and on which day.

Each tally adds up over days and people, so that a day's figure of a person can be kept. What
belongs to a call counts on the day the call began; days are those of the organisation's zone.
This is the only place that knows in which rows things happened.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import (
    CharField,
    Count,
    DateField,
    DecimalField,
    F,
    IntegerField,
    QuerySet,
    Sum,
    Value,
)
from django.db.models.functions import Cast, Coalesce, Concat, TruncDate

from coaching.models import CallPlan, Debrief, DebriefReview
from coaching.models.plan import PlanLine
from coaching.models.plan_content import COMMITMENTS
from lib.calendar import day_span
from metrics.models.metric_count import MetricCount
from pipeline.models import Call, CallAttendee, Opportunity, Proposal

Rows = QuerySet[Any, Any]
COLUMNS = ("for_whom", "tally", "on_day", "in_currency", "number")
POSTED = "posted:"  # before the name of a count that outside systems post


@dataclass(frozen=True)
class Tally:
    """`person` and `day` are paths from the row; `at` says the latter is an instant.

    `number` is what a day's rows come to, their count unless said; `link` is the path to what a
    person opens to see it, `kind` what that is.
    """

    name: str
    rows: Callable[[], Rows]
    person: str
    day: str
    kind: str
    link: str = "pk"
    at: bool = True
    number: Any = None
    currency: str = ""

    def between(self, first: date, last: date, zone: ZoneInfo) -> Rows:
        """The rows of these days, both included, whosever they are."""
        rows = self.rows().order_by()
        if not self.at:
            return rows.filter(**{f"{self.day}__gte": first, f"{self.day}__lte": last})
        start, end = day_span(first, zone, days=(last - first).days + 1)
        return rows.filter(**{f"{self.day}__gte": start, f"{self.day}__lt": end})

    def of(self, people: Any, first: date, last: date, zone: ZoneInfo) -> Rows:
        """The rows of some people, by id or by a query of ids."""
        return self.between(first, last, zone).filter(**{f"{self.person}__in": people})

    def counted(self, rows: Rows, zone: ZoneInfo) -> Rows:
        """Added up: a person, a day and a currency in a row, in the columns of `COLUMNS`."""
        day = TruncDate(self.day, tzinfo=zone) if self.at else Cast(self.day, DateField())
        text = CharField(max_length=60)
        money = F(self.currency) if self.currency else Value("")
        number = Coalesce(self.number or Count("pk"), 0, output_field=DecimalField())
        keys: Rows = rows.annotate(
            for_whom=F(f"{self.person}_id"),
            tally=Cast(self._name, text),
            on_day=day,
            in_currency=Cast(money, CharField(max_length=3)),
        ).values("for_whom", "tally", "on_day", "in_currency")
        exact = DecimalField(max_digits=18, decimal_places=2)
        counted: Rows = keys.annotate(number=Cast(number, exact)).values(*COLUMNS)
        return counted

    @property
    def _name(self) -> Any:
        return Value(self.name)


@dataclass(frozen=True)
class PostedTally(Tally):
    """All counts that were posted: what each counts stands in its row."""

    @property
    def _name(self) -> Any:
        return Concat(Value(POSTED), F("measure__name"))


def _held(**only: Any) -> Callable[[], Rows]:
    return lambda: Call.objects.filter(status=Call.HELD, **only)


def _in_filed(**only: Any) -> Callable[[], Rows]:
    """Lines of plans whose debrief was filed."""
    return lambda: PlanLine.objects.filter(plan__call__debrief__filed_at__isnull=False, **only)


def _won() -> Rows:
    """Written in bulk by somebody who does not know of credit, a deal is nobody's."""
    return Opportunity.objects.filter(status=Opportunity.WON, closing_owner__isnull=False)


_ON_CALL: dict[str, Any] = {"person": "owner", "day": "starts_at", "kind": "call"}
_WON: dict[str, Any] = {
    "person": "closing_owner",
    "day": "closed_on",
    "kind": "opportunity",
    "at": False,
}
_MINUTES = Coalesce("actual_minutes", "planned_minutes", output_field=IntegerField())

TALLIES = {
    tally.name: tally
    for tally in (
        Tally(
            "prospects_targeted",
            lambda: Opportunity.objects.filter(opening_owner__isnull=False),
            "opening_owner",
            "opened_on",
            "opportunity",
            at=False,
        ),
        Tally(
            "plans_on_time",
            lambda: CallPlan.objects.filter(timeliness=CallPlan.ON_TIME),
            "rep",
            "filed_at",
            "call",
            link="call",
        ),
        Tally("calls_held", _held(), **_ON_CALL),
        Tally("interviews", _held(kind="interview"), **_ON_CALL),
        Tally("presentations", _held(kind="presentation"), **_ON_CALL),
        Tally("calls_planned", _held(plan__timeliness=CallPlan.ON_TIME), **_ON_CALL),
        Tally("minutes_with_customers", _held(), number=Sum(_MINUTES), **_ON_CALL),
        Tally(  # a customer counts once a day
            "customers_met",
            _held(account__isnull=False),
            number=Count("account", distinct=True),
            **_ON_CALL,
        ),
        Tally(
            "people_engaged",
            lambda: CallAttendee.objects.filter(call__status=Call.HELD),
            "call__owner",
            "call__starts_at",
            "call",
            link="call",
        ),
        Tally(
            "commitments_got",
            _in_filed(part=COMMITMENTS, outcome=PlanLine.YES),
            "plan__call__owner",
            "plan__call__starts_at",
            "call",
            link="plan__call",
        ),
        Tally(
            "proposals",
            lambda: Proposal.objects.filter(owner__isnull=False),
            "owner",
            "sent_on",
            "opportunity",
            link="opportunity",
            at=False,
        ),
        Tally("deals_won", _won, **_WON),
        Tally("money_won", _won, number=Sum("amount"), currency="currency", **_WON),
        Tally(
            "calls_scored",
            lambda: Debrief.objects.filter(filed_at__isnull=False, score__isnull=False),
            "call__owner",
            "call__starts_at",
            "call",
            link="call",
        ),
        Tally(
            "own_scores",
            lambda: Debrief.objects.filter(filed_at__isnull=False, score__isnull=False),
            "call__owner",
            "call__starts_at",
            "call",
            link="call",
            number=Sum("score"),
        ),
        Tally(
            "calls_reviewed",
            DebriefReview.objects.all,
            "debrief__call__owner",
            "debrief__call__starts_at",
            "call",
            link="debrief__call",
        ),
        Tally(
            "managers_scores",
            DebriefReview.objects.all,
            "debrief__call__owner",
            "debrief__call__starts_at",
            "call",
            link="debrief__call",
            number=Sum("score"),
        ),
    )
}
POSTED_COUNTS = PostedTally(
    "posted", MetricCount.objects.all, "person", "day", "count", at=False, number=Sum("count")
)


def tally_of(name: str) -> Tally:
    """The one of that name. Raises KeyError."""
    return POSTED_COUNTS if name.startswith(POSTED) else TALLIES[name]


def count_events(
    first: date, last: date, zone: ZoneInfo, people: Any = None, names: Collection[str] = ()
) -> Rows:
    """Everything that happened on these days, added up, in one statement: rows of `COLUMNS`.

    `people` are ids or a query of ids, all when None; `names` the tallies, all when empty.
    """
    wanted = [
        tally
        for tally in (*TALLIES.values(), POSTED_COUNTS)
        if not names or any(tally_of(name) is tally for name in names)
    ]
    each = [
        tally.counted(
            tally.between(first, last, zone)
            if people is None
            else tally.of(people, first, last, zone),
            zone,
        )
        for tally in wanted
    ]
    return each[0].union(*each[1:], all=True) if len(each) > 1 else each[0]
