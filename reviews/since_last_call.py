"""What changed on a team's deals since its last pipeline call.

Every row that is compared has two sets of columns: what the deal is, and, with `was_` before the
name, what it was. `compared` gives them to deals: from the frozen rows of the call before, or,
where there was none, by reading the history back to `since`. A frozen row keeps both sets, so the
conditions below hold for a past call as they did for the running one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    DateField,
    DecimalField,
    Exists,
    ExpressionWrapper,
    F,
    FilteredRelation,
    OuterRef,
    PositiveSmallIntegerField,
    Q,
    QuerySet,
    Subquery,
    When,
)
from django.db.models.functions import Coalesce

from lib.calendar import in_words
from lib.money import money
from pipeline.models import (
    AmountChange,
    CloseDateChange,
    Opportunity,
    OutcomeChange,
    StageChange,
)
from pipeline.models.opportunity import OpportunityQuerySet

if TYPE_CHECKING:
    from reviews.models import PipelineCall

OPEN, WON, LOST = Opportunity.OPEN, Opportunity.WON, Opportunity.LOST
KINDS = {
    "new": "New",
    "moved_forward": "Moved forward",
    "pulled_in": "Pulled in",
    "pushed": "Pushed",
    "slipped": "Slipped",
    "moved_back": "Moved back",
    "won": "Won",
    "lost": "Lost",
}


@dataclass(frozen=True)
class Window:
    """From the moment compared with to the day on which the deals stand as they do.

    Days are those of the organisation's zone; `since_day` is that of the moment.
    """

    since: datetime
    since_day: date
    day: date

    def conditions(self) -> dict[str, Q]:
        """Of each kind of change: which compared rows it is true of."""
        stayed = Q(status=OPEN, was_open=True)
        return {
            "new": Q(was_open=False),
            "moved_forward": stayed & Q(stage_order__gt=F("was_stage_order")),
            "pulled_in": stayed & Q(close_date__lt=F("was_close_date")),
            "pushed": stayed & Q(close_date__gt=F("was_close_date")),
            "slipped": stayed & Q(close_date__lt=self.day, close_date__gte=self.since_day),
            "moved_back": stayed & Q(stage_order__lt=F("was_stage_order")),
            "won": Q(status=WON),
            "lost": Q(status=LOST),
        }

    def kinds_of(self, row: Any) -> list[str]:
        """The same, of one row."""
        return [name for name, judge in _JUDGES.items() if judge(self, row)]


Judge = Callable[[Window, Any], bool]


def _stayed(row: Any) -> bool:
    return bool(row.status == OPEN and row.was_open)


def _dates(row: Any) -> bool:
    return bool(_stayed(row) and row.close_date and row.was_close_date)


_JUDGES: dict[str, Judge] = {
    "new": lambda window, row: not row.was_open,
    "moved_forward": lambda window, row: _stayed(row) and row.stage_order > row.was_stage_order,
    "pulled_in": lambda window, row: _dates(row) and row.close_date < row.was_close_date,
    "pushed": lambda window, row: _dates(row) and row.close_date > row.was_close_date,
    "slipped": lambda window, row: (
        _stayed(row)
        and row.close_date is not None
        and window.since_day <= row.close_date < window.day
    ),
    "moved_back": lambda window, row: _stayed(row) and row.stage_order < row.was_stage_order,
    "won": lambda window, row: row.status == WON,
    "lost": lambda window, row: row.status == LOST,
}


def strip_of(row: Any) -> list[str]:
    """What changed on one row, in a few words each: "amount -€8,000", "close +14 d", "stage ="."""
    if not row.was_open:
        return ["new", f"stage {row.stage_name}"]
    if row.status != OPEN:
        return [row.status, *([_amount(row)] if _amount(row) != "amount =" else [])]
    return [_amount(row), _close(row), _stage(row)]


def _amount(row: Any) -> str:
    now, was = row.amount, row.was_amount
    if (now, row.currency) == (was, row.was_currency) or (now is None and was is None):
        return "amount ="
    if now is None:
        return "amount taken away"
    if was is None or row.currency != row.was_currency:
        return f"amount {money(now, row.currency)}"
    change = now - was
    return f"amount {'+' if change > 0 else '−'}{money(abs(change), row.currency)}"


def _close(row: Any) -> str:
    now, was = row.close_date, row.was_close_date
    if now == was:
        return "close ="
    if now is None or was is None:
        return f"close {in_words(now)}" if now else "close taken away"
    days = (now - was).days
    return f"close {'+' if days > 0 else '−'}{abs(days)} d"


def _stage(row: Any) -> str:
    if row.stage_order == row.was_stage_order:
        return "stage ="
    return f"stage {row.was_stage_name} → {row.stage_name}"


# The two sets of columns for deals.


def compared(rows: OpportunityQuerySet, call: "PipelineCall", window: Window) -> "QuerySet[Any]":
    """The deals that are open, or were won or lost since, each beside what it was."""
    rows = rows.annotate(
        owner_name=F("owner__name"),
        stage_name=F("stage__name"),
        stage_order=F("stage__order"),
        probability=F("stage__probability"),
    )
    rows = _beside_frozen(rows, call) if call.previous_id else _beside_history(rows, window.since)
    ended = OutcomeChange.objects.filter(
        opportunity=OuterRef("pk"), at__gt=window.since, to_status=OuterRef("status")
    )
    there = Q(status=OPEN) | Q(was_open=True)
    return rows.filter(there | (Q(closed_on__gte=window.since_day) & Exists(ended)))


def _beside_frozen(rows: OpportunityQuerySet, call: "PipelineCall") -> OpportunityQuerySet:
    """What the call before froze; a deal that was not open on it was not there."""
    previous = Q(frozen_on_calls__call=call.previous_id)
    last_seen = FilteredRelation("frozen_on_calls", condition=previous)
    known = Q(last_seen__isnull=False) & Q(last_seen__status=OPEN)
    return rows.annotate(last_seen=last_seen).annotate(
        was_open=ExpressionWrapper(known, BooleanField()),
        was_stage_order=Coalesce(F("last_seen__stage__order"), F("last_seen__stage_order")),
        was_stage_name=F("last_seen__stage_name"),
        was_close_date=F("last_seen__close_date"),
        was_amount=F("last_seen__amount"),
        was_currency=F("last_seen__currency"),
    )


def _beside_history(rows: OpportunityQuerySet, since: datetime) -> OpportunityQuerySet:
    """What the first event since then says it was before; as it is now where nothing happened."""

    def first(events: Any, column: str, field: Any) -> Subquery:
        own = events.filter(opportunity=OuterRef("pk"), at__gt=since).order_by("at", "pk")
        return Subquery(own.values(column)[:1], output_field=field)

    def before(events: Any, column: str, now: str, field: Any) -> Case:
        """NULL is a value here: it was none before."""
        happened = Exists(events.filter(opportunity=OuterRef("pk"), at__gt=since))
        return Case(
            When(happened, then=first(events, column, field)), default=F(now), output_field=field
        )

    number, words = PositiveSmallIntegerField(), CharField()
    stages, outcomes = StageChange.objects, OutcomeChange.objects
    opened = Exists(stages.filter(opportunity=OuterRef("pk"), from_stage=None, at__gt=since))
    was_status = Coalesce(first(outcomes, "from_status", words), F("status"))
    money_field = DecimalField(max_digits=14, decimal_places=2)
    return rows.annotate(was_status=was_status).annotate(
        was_open=ExpressionWrapper(~opened & Q(was_status=OPEN), BooleanField()),
        was_stage_order=before(stages, "from_stage__order", "stage__order", number),
        was_stage_name=before(stages, "from_stage__name", "stage__name", words),
        was_close_date=before(CloseDateChange.objects, "from_date", "close_date", DateField()),
        was_amount=before(AmountChange.objects, "from_amount", "amount", money_field),
        was_currency=F("currency"),
    )


def changed(window: Window) -> Q:
    """True of the rows with a change of any kind."""
    found = Q(pk__in=[])
    for condition in window.conditions().values():
        found |= condition
    return found
