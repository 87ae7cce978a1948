"""What happened on a deal since the manager last touched it, as plain lines to begin with."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import F, QuerySet

from coaching.models import DebriefReview, HelpRequest, Inspection
from lib.calendar import in_words, local_date, start_of_day
from people.models import User
from pipeline.history import Entry, History
from pipeline.models import (
    AmountChange,
    BuyerAnswer,
    Call,
    CloseDateChange,
    Hold,
    NextStepChange,
    Opportunity,
    OutcomeChange,
    OwnerChange,
    StageChange,
)

LINES, LINE_LENGTH = 12, 200
LOOKS_BACK = timedelta(days=30)  # where the manager never touched the deal
CHANGES = (
    StageChange,
    CloseDateChange,
    AmountChange,
    OutcomeChange,
    OwnerChange,
    NextStepChange,
    BuyerAnswer,
    Hold,
)


def synopsis(deal: Opportunity, manager: User | None, *, by: User, at: datetime) -> str:
    """Some sentences, oldest first, under a line that says since when; in three statements.

    Days are those of the writer's zone. At most LINES lines; of more the newest are kept.
    """
    touched = last_touched(deal, manager) if manager else None
    since, head = _since(deal, manager, touched, by=by, at=at)
    entries = [
        entry
        for entry in [*History.of(deal, by.zone).entries, *_held_calls(deal, since, by, at)]
        if since < entry.moment(by.zone) <= at
    ]
    entries.sort(key=lambda entry: entry.moment(by.zone))
    shown = entries[-(LINES - 1) :]
    if len(entries) > len(shown):
        shown = shown[1:]
        head += f"\n({len(entries) - len(shown)} earlier ones are on the deal.)"
    lines = [_line(entry, at.astimezone(by.zone).date()) for entry in shown]
    return "\n".join([head, *(lines or ["Nothing was recorded."])])


def last_touched(deal: Opportunity, manager: User) -> datetime | None:
    """When this manager last looked at a plan or debrief, answered, or wrote on this deal."""
    looked = [
        _moments(Inspection.objects.filter(plan__call__opportunity=deal, by=manager), "at"),
        _moments(DebriefReview.objects.filter(debrief__call__opportunity=deal, by=manager), "at"),
        _moments(
            HelpRequest.objects.settled().filter(opportunity=deal, answered_by=manager),
            "answered_at",
        ),
    ]
    wrote = [
        _moments(change._default_manager.filter(opportunity=deal, by=manager), "at")
        for change in CHANGES
    ]
    first, *others = [*looked, *wrote]
    return first.union(*others, all=True).order_by("-moment").first()


def _moments(rows: "QuerySet[Any]", column: str) -> "QuerySet[Any, datetime]":
    moments: QuerySet[Any, datetime] = (
        rows.order_by().annotate(moment=F(column)).values_list("moment", flat=True)
    )
    return moments


def _since(
    deal: Opportunity,
    manager: User | None,
    touched: datetime | None,
    *,
    by: User,
    at: datetime,
) -> tuple[datetime, str]:
    """From when on things count, and the first line."""
    today = local_date(at, by.zone)
    if touched and manager:
        day = _day(local_date(touched, by.zone), today)
        return touched, f"Since {day}, when {manager.first_name} last touched this deal:"
    earliest = local_date(at - LOOKS_BACK, by.zone)
    if deal.opened_on and deal.opened_on >= earliest:
        # What is known by its day only counts from the beginning of the day.
        begins = start_of_day(deal.opened_on, by.zone) - timedelta(seconds=1)
        return begins, f"Since it was opened on {_day(deal.opened_on, today)}:"
    return at - LOOKS_BACK, f"In the last {LOOKS_BACK.days} days:"


def _held_calls(deal: Opportunity, since: datetime, by: User, at: datetime) -> list[Entry]:
    calls = Call.objects.visible_to(by).filter(
        opportunity=deal, status=Call.HELD, starts_at__gt=since, starts_at__lte=at
    )
    return [
        Entry(
            kind="call",
            at=call.starts_at,
            on=local_date(call.starts_at, by.zone),
            text=f"{call.get_kind_display()} held ({call.get_channel_display().lower()})",
        )
        for call in calls.order_by("-starts_at")[:LINES]
    ]


def _line(entry: Entry, today: date) -> str:
    who = "Customer: " if entry.kind == "buyer_action" else ""
    why = f" ({entry.why})" if entry.why else ""
    text = " ".join(f"{who}{entry.text}{why}".split())
    if len(text) > LINE_LENGTH:
        text = text[: LINE_LENGTH - 1].rstrip() + "…"
    return f"{_day(entry.on, today)}: {text}"


def _day(day: date, today: date) -> str:
    """ "3 Nov", with the year when it is another one."""
    words = in_words(day)
    return words if day.year != today.year else words.removesuffix(f" {day.year}")
