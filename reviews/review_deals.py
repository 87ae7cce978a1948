"""The rep's deals in a 1-on-1: new, moved or not, closing soon; live or frozen.

A `DealLine` has both sets of columns of `reviews/window.py`; a frozen `ReviewDeal` has the same.
What is compared with is the snapshot of the last review, or, for a first one, what the history
says was 30 days before.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import (
    BooleanField,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    Subquery,
)
from django.db.models.lookups import IsNull

from lib.calendar import local_date
from pipeline.as_of import with_state_at
from pipeline.models import BuyerAction, Opportunity, OutcomeChange, StageChange
from pipeline.models.opportunity import OpportunityQuerySet
from pipeline.stalls import StallCheck
from reviews.models.pipeline_call_deal import reason_as_data
from reviews.models.review import Review
from reviews.models.review_snapshot import COLUMNS as REMEMBERED
from reviews.window import OPEN, Window

FORECAST_DAYS = 30  # product.md 6, part 4
QUIET_DAYS = 14  # without a buyer action it comes first
EVIDENCE_SHOWN = 3  # buyer actions a deal
NOW = ("stage_order", "stage_name", "probability", "close_date", "amount", "currency",
       "next_step", "next_step_on")  # fmt: skip


@dataclass
class DealLine:
    """A deal now and, with `was_` before the name, at the last review."""

    opportunity_id: int
    name: str
    account_name: str
    status: str
    stage_order: int
    stage_name: str
    stage_since: date | None
    probability: int
    amount: Decimal | None
    currency: str
    close_date: date | None
    next_step: str
    next_step_on: date | None
    was_open: bool
    was_stage_order: int | None
    was_stage_name: str
    was_close_date: date | None
    was_amount: Decimal | None
    was_currency: str
    was_next_step: str
    was_next_step_on: date | None
    buyer_acted_on: date | None = None
    evidence: list[dict[str, str]] = field(default_factory=list)
    reasons: list[dict[str, str]] = field(default_factory=list)

    @property
    def columns(self) -> dict[str, Any]:
        return {each.name: getattr(self, each.name) for each in fields(self)}


# Live.


def live_lines(review: Review, now: datetime) -> list[DealLine]:
    """The rep's deals that are open at a moment, or were won or lost since the last review.

    A fixed number of statements, whatever the number of deals.
    """
    zone = review.organisation.zone
    deals = list(_compared(review, now))
    for deal in deals:
        deal.owner = review.rep
    lines = [_line(deal, zone) for deal in deals]
    day = local_date(now, zone)
    _add_evidence(lines, BuyerAction.objects.visible_to(review.rep), day)
    _add_reasons(lines, deals, StallCheck.on(day, review.manager))
    return lines


def _compared(review: Review, now: datetime) -> OpportunityQuerySet:
    baseline = review.baseline(now)
    since = baseline.since
    ended = OutcomeChange.objects.filter(opportunity=OuterRef("pk"), at__gt=since)
    own = Opportunity.objects.visible_to(review.rep).filter(owner=review.rep_id)
    # Its id, not EXISTS: PostgreSQL would rather read every outcome since then, of everybody.
    ended_lately = IsNull(Subquery(ended.values("pk")[:1]), False)  # noqa: FBT003 - Django's
    lately = Q(status=OPEN) | Q(ended_lately)
    if baseline.previous:  # and what was open then, though it is written down as ended before
        rows = _beside_snapshot(own, baseline.previous).filter(lately | Q(was_open=True))
    else:
        rows = _beside_history(own.filter(lately), since, review.rep_id)
    moves = StageChange.objects.filter(opportunity=OuterRef("pk"), at__lte=now)
    entered = Subquery(moves.order_by("-at", "-pk").values("at")[:1], output_field=DateTimeField())
    rows = with_state_at(rows, now, "then_", *NOW).annotate(entered_stage_at=entered)
    ended_since = Exists(ended.filter(at__lte=now, to_status=OuterRef("then_status")))
    there = Q(then_there=True) & (Q(then_open=True) | Q(was_open=True) | Q(ended_since))
    return rows.filter(there).annotate(of_account=F("account__name")).order_by("pk")


def _beside_snapshot(rows: OpportunityQuerySet, previous: int) -> OpportunityQuerySet:
    """A deal that is not in it was not open then, or was not this rep's."""
    own = Q(review_snapshots__review=previous)
    last_seen = FilteredRelation("review_snapshots", condition=own)
    known = ExpressionWrapper(Q(last_seen__isnull=False), BooleanField())
    was: dict[str, Any] = {f"was_{name}": F(f"last_seen__{name}") for name in REMEMBERED}
    return rows.annotate(last_seen=last_seen).annotate(was_open=known, **was)


def _beside_history(rows: OpportunityQuerySet, since: datetime, rep_id: int) -> OpportunityQuerySet:
    """A deal that was somebody else's at that moment is new to this rep."""
    rows = with_state_at(rows, since, "was_", "owner", *REMEMBERED)
    own = ExpressionWrapper(Q(was_open=True, was_owner=rep_id), BooleanField())
    return rows.annotate(was_open=own)


def _line(deal: Any, zone: ZoneInfo) -> DealLine:
    now = {name: getattr(deal, f"then_{name}") for name in NOW}
    was = {f"was_{name}": getattr(deal, f"was_{name}") for name in REMEMBERED}
    for words in ("was_stage_name", "was_currency", "was_next_step"):
        was[words] = was[words] or ""
    entered = deal.entered_stage_at
    return DealLine(
        opportunity_id=deal.pk,
        name=deal.name,
        account_name=deal.of_account or "",
        status=deal.then_status,
        stage_since=local_date(entered, zone) if entered else deal.stage_since,
        was_open=bool(deal.was_open),
        **now,
        **was,
    )


def _add_evidence(lines: Sequence[DealLine], actions: Any, day: date) -> None:
    """What the customer did, the latest first, where it is about to be decided: one statement."""
    soon = (line for line in lines if _ends_by(line, day + timedelta(days=FORECAST_DAYS)))
    of_deal = {line.opportunity_id: line for line in soon}
    rows = actions.filter(opportunity__in=of_deal, on__lte=day)
    for deal, on, what, who in rows.order_by("-on", "-pk").values_list(
        "opportunity", "on", "what", "contact__name"
    ):
        line = of_deal[deal]
        line.buyer_acted_on = line.buyer_acted_on or on
        if len(line.evidence) < EVIDENCE_SHOWN:
            line.evidence.append({"on": on.isoformat(), "what": what, "who": who or ""})


def _add_reasons(lines: Sequence[DealLine], deals: Sequence[Any], check: StallCheck) -> None:
    check.prepare(deals)
    for line, deal in zip(lines, deals, strict=True):
        line.reasons = [reason_as_data(reason) for reason in check.reasons(deal)]


# Live or frozen: which part of the meeting a line belongs to.


@dataclass
class Section:
    """Lines under one head, in the order in which they are talked about."""

    name: str
    label: str
    lines: list[Any]


MOVES = {
    "not_moved": "Not moved",
    "moved_back": "Moved back",
    "moved_forward": "Moved forward",
    "won": "Won",
    "lost": "Lost",
}


def new_lines(lines: Iterable[Any]) -> list[Any]:
    """Part 2: not open, or not this rep's, at the last review; the largest first."""
    return sorted((line for line in lines if not line.was_open), key=_by_amount)


def moves(lines: Iterable[Any], window: Window) -> list[Section]:
    """Part 3: each pre-existing deal under what became of it; not moved first, longest first."""
    found: dict[str, list[Any]] = defaultdict(list)
    for line in lines:
        if line.was_open:
            found[move_of(line, window)].append(line)
    found["not_moved"].sort(key=_longest_first)
    for name in MOVES.keys() - {"not_moved"}:
        found[name].sort(key=_by_amount)
    return [Section(name, label, found[name]) for name, label in MOVES.items() if found[name]]


def move_of(line: Any, window: Window) -> str:
    """One of `MOVES`, of a pre-existing deal."""
    kinds = window.kinds_of(line)
    return next((name for name in MOVES if name in kinds), "not_moved")


def forecast(lines: Iterable[Any], window: Window) -> list[Any]:
    """Part 4: open deals that are to close within 30 days; those the buyer left quiet first."""
    soon = [line for line in lines if closes_soon(line, window)]
    return sorted(soon, key=lambda line: (not is_quiet(line, window), line.close_date, line.name))


def closes_soon(line: Any, window: Window) -> bool:
    """Open, with a close date until 30 days from now; one that has passed is nearer still."""
    return _ends_by(line, window.day + timedelta(days=FORECAST_DAYS))


def _ends_by(line: Any, latest: date) -> bool:
    return line.status == OPEN and line.close_date is not None and line.close_date <= latest


def is_quiet(line: Any, window: Window) -> bool:
    """No buyer action for 14 days."""
    acted = line.buyer_acted_on
    return acted is None or (window.day - acted).days >= QUIET_DAYS


def days_in_stage(line: Any, window: Window) -> int | None:
    """Calendar days; None where no date is known."""
    return (window.day - line.stage_since).days if line.stage_since else None


def _by_amount(line: Any) -> tuple[Decimal, str, int]:
    return -(line.amount or Decimal()), line.name, line.opportunity_id or 0


def _longest_first(line: Any) -> tuple[date, Decimal, str, int]:
    return line.stage_since or date.min, *_by_amount(line)
