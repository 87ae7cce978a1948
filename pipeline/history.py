"""Everything that happened on a deal, read in one statement."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import DateField, DateTimeField, F, Model, QuerySet, TextField, Value
from django.db.models.functions import Cast

from lib.calendar import local_date, start_of_day
from people.models import User
from pipeline.models import (
    AmountChange,
    BuyerAction,
    BuyerAnswer,
    CloseDateChange,
    Contact,
    NextStepChange,
    Opportunity,
    OutcomeChange,
    OwnerChange,
    Proposal,
    Stage,
    StageChange,
)

Row = dict[str, Any]


@dataclass(frozen=True)
class Entry:
    """A line of the timeline. `at` is None for what is known by its day only."""

    kind: str
    at: datetime | None
    on: date
    text: str
    by: str = ""
    why: str = ""
    url: str = ""

    def moment(self, zone: ZoneInfo) -> datetime:
        """What it is sorted by; a day without a time counts from its beginning."""
        return self.at or start_of_day(self.on, zone)


@dataclass
class History:
    """A deal's past: the timeline without its calls (who may see those is another question)."""

    entries: list[Entry] = field(default_factory=list)
    buyer_actions: list[BuyerAction] = field(default_factory=list)
    proposals: list[Proposal] = field(default_factory=list)
    answers: dict[str, BuyerAnswer] = field(default_factory=dict)

    @classmethod
    def of(cls, deal: Opportunity, zone: ZoneInfo) -> "History":
        """All of it, newest first; days are those of `zone`."""
        history = cls()
        for row in _read(deal):
            thing = _MAKERS[row["kind"]](row)
            history._keep(thing)
            history.entries.append(_entry(row, thing, zone))
        history.entries.sort(key=lambda entry: entry.moment(zone), reverse=True)
        history.buyer_actions.sort(key=lambda action: (action.on, action.pk), reverse=True)
        history.proposals.sort(key=lambda proposal: (proposal.sent_on, proposal.pk), reverse=True)
        return history

    def _keep(self, thing: Model) -> None:
        if isinstance(thing, BuyerAction):
            self.buyer_actions.append(thing)
        elif isinstance(thing, Proposal):
            self.proposals.append(thing)
        elif isinstance(thing, BuyerAnswer):
            self.answers[thing.question] = thing


def _read(deal: Opportunity) -> "QuerySet[Any, Row]":
    """One row an event, in the same columns whatever it is; all texts but the moment."""
    first, *others = [
        _rows(deal.stagechanges, "stage", was="from_stage__name", now="to_stage__name"),
        _rows(deal.closedatechanges, "close_date", was="from_date", now="to_date"),
        _rows(deal.amountchanges, "amount", was="from_amount", now="to_amount", more="currency"),
        _rows(deal.outcomechanges, "outcome", now="to_status"),
        _rows(deal.ownerchanges, "owner", was="from_owner__name", now="to_owner__name"),
        _rows(deal.nextstepchanges, "next_step", was="next_step_on", now="next_step"),
        _rows(deal.buyer_answers, "answer", was="question", now="answer", why=None),
        _rows(deal.buyer_actions, "buyer_action", now="what", more="contact__name", day="on"),
        _rows(
            deal.proposals, "proposal", was="amount", now="title", more="currency", day="sent_on"
        ),
    ]
    return first.union(*others, all=True)


def _rows(
    events: Any,
    kind: str,
    *,
    was: str | None = None,
    now: str | None = None,
    more: str | None = None,
    why: str | None = "why",
    day: str | None = None,
) -> "QuerySet[Any, Row]":
    why = None if day else why
    return (  # type: ignore[no-any-return]
        events.order_by()
        .annotate(
            kind=Cast(Value(kind), TextField()),
            moment=Cast(Value(None) if day else F("at"), DateTimeField()),
            day=Cast(F(day) if day else Value(None), DateField()),
            by_name=_text("by__name"),
            reason=_text(why),
            was=_text(was),
            now=_text(now),
            more=_text(more),
        )
        .values("kind", "pk", "moment", "day", "by_name", "reason", "was", "now", "more")
    )


def _text(column: str | None) -> Cast:
    return Cast(F(column) if column else Value(None), TextField())


def _entry(row: Row, thing: Any, zone: ZoneInfo) -> Entry:
    return Entry(
        kind=row["kind"],
        at=row["moment"],
        on=row["day"] or local_date(row["moment"], zone),
        text=_TEXTS[row["kind"]](thing),
        by=row["by_name"] or "",
        why=row["reason"] or "",
    )


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _money(text: str | None) -> Decimal | None:
    return Decimal(text) if text else None


# What a row was, made again without asking the database, so that each event tells itself.
_MAKERS: dict[str, Callable[[Row], Model]] = {
    "stage": lambda row: StageChange(
        from_stage=Stage(name=row["was"]) if row["was"] else None,
        to_stage=Stage(name=row["now"]),
    ),
    "close_date": lambda row: CloseDateChange(
        from_date=_date(row["was"]), to_date=_date(row["now"])
    ),
    "amount": lambda row: AmountChange(
        from_amount=_money(row["was"]), to_amount=_money(row["now"]), currency=row["more"]
    ),
    "outcome": lambda row: OutcomeChange(to_status=row["now"]),
    "owner": lambda row: OwnerChange(
        from_owner=User(name=row["was"] or "somebody"),
        to_owner=User(name=row["now"] or "somebody"),
    ),
    "next_step": lambda row: NextStepChange(next_step=row["now"], next_step_on=_date(row["was"])),
    "answer": lambda row: BuyerAnswer(
        pk=row["pk"], question=row["was"], answer=row["now"], at=row["moment"]
    ),
    "buyer_action": lambda row: BuyerAction(
        pk=row["pk"],
        on=row["day"],
        what=row["now"],
        contact=Contact(name=row["more"]) if row["more"] else None,
    ),
    "proposal": lambda row: Proposal(
        pk=row["pk"],
        title=row["now"],
        sent_on=row["day"],
        amount=_money(row["was"]),
        currency=row["more"],
    ),
}
_TEXTS: dict[str, Callable[[Any], str]] = {
    **dict.fromkeys(
        ("stage", "close_date", "amount", "outcome", "owner", "next_step"),
        lambda change: change.sentence,
    ),
    "answer": lambda answer: f"{answer.get_question_display()} {answer.answer or 'Open again'}",
    "buyer_action": lambda action: (
        f"{action.contact.name}: {action.what}" if action.contact else action.what
    ),
    "proposal": lambda proposal: f"Proposal sent: {proposal}",
}
