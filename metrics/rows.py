"""The rows behind a figure: what happened, on which day, and where to open it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import reduce
from typing import Any

from django.db.models import Count, DateField, Exists, OuterRef, QuerySet, Sum
from django.db.models.functions import Cast, TruncDate
from django.urls import reverse

from coaching.models import CallPlan, Debrief, DebriefReview
from coaching.models.plan import PlanLine
from coaching.visibility import coached_calls
from lib.money import money
from metrics.models import MetricCount
from metrics.periods import Span
from metrics.tallies import POSTED, Tally, tally_of
from people.calendar import Calendar
from people.models import TeamMembership, User
from pipeline.models import Call, CallAttendee, Opportunity, Proposal

Rows = QuerySet[Any, Any]
ORDER = ["-on_day"]
OF_COACHING = (CallPlan, PlanLine, Debrief, DebriefReview)
LABELS = {
    "prospects_targeted": "Deals opened",
    "plans_on_time": "Plans filed on time",
    "calls_held": "Calls held",
    "interviews": "Interviews held",
    "presentations": "Presentations held",
    "calls_planned": "Calls held that were planned",
    "minutes_with_customers": "Calls held",
    "customers_met": "Calls held with a customer",
    "people_engaged": "People at calls held",
    "commitments_got": "Commitments got",
    "proposals": "Proposals sent",
    "deals_won": "Deals won",
    "money_won": "Deals won",
    "calls_scored": "Calls scored",
    "own_scores": "Scores by the rep",
    "calls_reviewed": "Debriefs reviewed",
    "managers_scores": "Scores by the manager",
}


def label_of(tally: str) -> str:
    """What its rows are, in words."""
    return LABELS.get(tally, "Counts posted")


@dataclass(frozen=True)
class Happened:
    """One row: its day, whose it was, in words, and its page ("" for none)."""

    on: date
    person: User
    title: str
    more: str
    url: str


def of_person(
    name: str, person: int, span: Span, calendar: Calendar, team: int | None = None
) -> Rows:
    """What counts for somebody in a span, by a tally; while in a team, when said."""
    tally = tally_of(name)
    rows = tally.of([person], span.first, span.last, calendar.zone)
    counted = _counted(name, tally, rows, calendar)
    return counted if team is None else _while_in(tally, counted, {team})


def of_teams(name: str, teams: set[int], span: Span, calendar: Calendar) -> Rows:
    """What counts for teams, by a tally: of who was in them on the day."""
    tally = tally_of(name)
    rows = tally.between(span.first, span.last, calendar.zone)
    return _while_in(tally, _counted(name, tally, rows, calendar), teams)


def _while_in(tally: Tally, rows: Rows, teams: set[int]) -> Rows:
    members = TeamMembership.objects.filter(
        team__in=teams,
        person=OuterRef(f"{tally.person}_id"),
        first_day__lte=OuterRef("on_day"),
        last_day__gte=OuterRef("on_day"),
    )
    return rows.filter(Exists(members))


def _counted(name: str, tally: Tally, rows: Rows, calendar: Calendar) -> Rows:
    """With their day; of one posted measure only, and of money what is in its one currency."""
    if name.startswith(POSTED):
        rows = rows.filter(measure__name=name.removeprefix(POSTED))
    if tally.currency:
        rows = rows.filter(**{tally.currency: calendar.currency})
    day = TruncDate(tally.day, tzinfo=calendar.zone) if tally.at else Cast(tally.day, DateField())
    dated: Rows = rows.annotate(on_day=day)
    return dated


def summed(tally: Tally, rows: Rows, currency: str) -> tuple[int, str]:
    """How many they are, and what they come to in words; "" where that is their number."""
    if not isinstance(tally.number, Sum):
        return rows.count(), ""
    found = rows.order_by().aggregate(rows_there=Count("pk"), in_all=tally.number)
    total = Decimal(found["in_all"] or 0)
    words = money(total, currency) if tally.currency else f"{total:,}"
    return found["rows_there"], words


def visible(tally: Tally, rows: Rows, user: User) -> Rows:
    """Those this person may open. What belongs to coaching is for the line only."""
    if tally.kind == "count":
        allowed: Rows = MetricCount.objects.visible_to(user)
    elif tally.kind == "opportunity":
        allowed = Opportunity.objects.visible_to(user)
    elif issubclass(rows.model, OF_COACHING):
        allowed = coached_calls(user)
    else:
        allowed = Call.objects.visible_to(user)
    return rows.filter(**{f"{tally.link}__in": allowed.order_by().values("pk")})


def with_names(tally: Tally, rows: Rows) -> Rows:
    """With everything a list shows, in the same statement."""
    return rows.select_related(*_RELATED[rows.model])


def happened(tally: Tally, row: Any) -> Happened:
    """A row in words."""
    title, more = _WORDS[type(row)](row)
    opens = _follow(row, tally.link)
    url = "" if tally.kind == "count" else reverse(tally.kind, args=[opens])
    return Happened(row.on_day, _follow(row, tally.person), title, more, url)


def _follow(row: Any, path: str) -> Any:
    """What stands at the end of a path; the id of what it names as the thing to open."""
    found = reduce(getattr, path.split("__"), row)
    return found.pk if isinstance(found, Call | Opportunity) else found


def _call_of(path: str) -> tuple[str, ...]:
    return tuple(f"{path}{name}" for name in ("account", "opportunity", "owner"))


_RELATED: dict[type[Any], tuple[str, ...]] = {
    Call: _call_of(""),
    CallAttendee: (*_call_of("call__"), "contact"),
    CallPlan: (*_call_of("call__"), "rep"),
    PlanLine: _call_of("plan__call__"),
    Debrief: _call_of("call__"),
    DebriefReview: _call_of("debrief__call__"),
    Opportunity: ("account", "opening_owner", "closing_owner"),
    Proposal: ("opportunity__account", "owner"),
    MetricCount: ("person", "measure"),
}
_WORDS: dict[type[Any], Callable[[Any], tuple[str, str]]] = {
    Call: lambda call: (str(call), f"{call.actual_minutes or call.planned_minutes} min"),
    CallAttendee: lambda there: (there.contact.name, str(there.call)),
    CallPlan: lambda plan: (str(plan.call), plan.purpose),
    PlanLine: lambda line: (line.text, str(line.plan.call)),
    Debrief: lambda debrief: (str(debrief.call), f"Own score {debrief.score}"),
    DebriefReview: lambda review: (str(review.debrief.call), f"Manager's score {review.score}"),
    Opportunity: lambda deal: (deal.name, money(deal.amount, deal.currency)),
    Proposal: lambda offer: (offer.title, f"{offer.opportunity}"),
    MetricCount: lambda count: (f"{count.count} {count.measure.unit}", f"from {count.source}"),
}
