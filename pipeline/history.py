"""Everything that happened on a deal, read in one statement."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import (
    Case,
    DateField,
    DateTimeField,
    F,
    Model,
    QuerySet,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast

from lib.calendar import local_date, start_of_day
from lib.sql_for_one import ANY, for_one
from people.models import User
from pipeline.models import (
    AmountChange,
    BuyerAction,
    BuyerAnswer,
    CloseDateChange,
    Contact,
    CriterionMet,
    Hold,
    NextStepChange,
    Opportunity,
    OutcomeChange,
    OwnerChange,
    Proposal,
    Stage,
    StageChange,
)

Row = dict[str, Any]
SIDES = {"buyer_action": "buyer", "call": "rep", "proposal": "rep", "help": "rep"}


@dataclass(frozen=True)
class Entry:
    """A line of the timeline. `at` is None for what is known by its day only.

    `pk` is the row's among those of its kind. `mark` says what stall clocks ask: "opened", "back"
    (a move to an earlier stage), "pushed", "held" (a call), or "".
    """

    kind: str
    at: datetime | None
    on: date
    text: str
    by: str = ""
    why: str = ""
    url: str = ""
    pk: int = 0
    mark: str = ""
    of: Any = None  # the row itself, where a page shows more of it

    @property
    def anchor(self) -> str:
        """Its id on a page."""
        return f"{self.kind}-{self.pk}"

    @property
    def side(self) -> str:
        """Who acted: "buyer", "rep", or "changes" for what was only written down."""
        return SIDES.get(self.kind, "changes")

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
    met: dict[int, CriterionMet] = field(default_factory=dict)  # by id of the criterion
    hold: Hold | None = None  # the one that was not ended, if there is one

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
        elif isinstance(thing, CriterionMet) and thing.criterion_id is not None:
            self.met[thing.criterion_id] = thing
        elif isinstance(thing, Hold) and thing.ended_on is None:
            self.hold = thing


def _read(deal: Opportunity) -> Iterator[Row]:
    """One statement. Its text is made once in each process: that takes longer than running it."""
    sql, parameters = _statement(connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(sql, for_one(parameters, deal.pk))
        names = [column[0] for column in cursor.description]
        for values in cursor.fetchall():
            row = dict(zip(names, values, strict=True))
            yield {**row, "moment": _moment(row["moment"]), "day": _day(row["day"])}


def _moment(value: Any) -> datetime | None:
    """SQLite gives instants as texts in UTC."""
    return datetime.fromisoformat(value).replace(tzinfo=UTC) if isinstance(value, str) else value


def _day(value: Any) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value


@cache
def _statement(vendor: str) -> tuple[str, tuple[Any, ...]]:
    """The text and parameters for the deal with the id ANY, in the words of that database."""
    sql, parameters = _union(Opportunity(pk=ANY)).query.sql_with_params()
    return sql, tuple(parameters)


def _union(deal: Opportunity) -> "QuerySet[Any, Row]":
    """One row an event, in the same columns whatever it is; all texts but the moment."""
    first, *others = [
        _rows(
            deal.stagechanges,
            "stage",
            was="from_stage__name",
            now="to_stage__name",
            more=_DIRECTION,
        ),
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
        _rows(deal.holds, "hold", was="resume_on", now="reason", more="ended_on", why=None),
        _rows(
            deal.holds.exclude(ended_by=None),
            "hold_end",
            was="resume_on",
            now="reason",
            why=None,
            at="ended_at",
            by="ended_by__name",
        ),
        _rows(deal.criteria_met, "criterion", was="on", now="text", more="criterion", why=None),
    ]
    return first.union(*others, all=True)


def _rows(
    events: Any,
    kind: str,
    *,
    was: str | None = None,
    now: str | None = None,
    more: Any = None,
    why: str | None = "why",
    day: str | None = None,
    at: str = "at",
    by: str = "by__name",
) -> "QuerySet[Any, Row]":
    why = None if day else why
    return (  # type: ignore[no-any-return]
        events.order_by()
        .annotate(
            kind=Cast(Value(kind), TextField()),
            moment=Cast(Value(None) if day else F(at), DateTimeField()),
            day=Cast(F(day) if day else Value(None), DateField()),
            by_name=_text(by),
            because=_text(why),
            was=_text(was),
            now=_text(now),
            more=_text(more),
        )
        .values("kind", "pk", "moment", "day", "by_name", "because", "was", "now", "more")
    )


def _text(column: Any) -> Cast:
    column = F(column) if isinstance(column, str) else column
    return Cast(Value(None) if column is None else column, TextField())


_DIRECTION = Case(
    When(from_stage=None, then=Value("opened")),
    When(to_stage__order__lt=F("from_stage__order"), then=Value("back")),
    default=Value(""),
)


def _entry(row: Row, thing: Any, zone: ZoneInfo) -> Entry:
    return Entry(
        kind=row["kind"],
        at=row["moment"],
        on=row["day"] or local_date(row["moment"], zone),
        text=_TEXTS[row["kind"]](thing),
        by=row["by_name"] or "",
        why=row["because"] or "",
        pk=row["pk"],
        mark=_mark(row, thing),
        of=thing if row["kind"] in ("buyer_action", "proposal") else None,
    )


def _mark(row: Row, thing: Any) -> str:
    if isinstance(thing, CloseDateChange):
        later = thing.from_date and thing.to_date and thing.to_date > thing.from_date
        return "pushed" if later else ""
    return row["more"] if isinstance(thing, StageChange) else ""


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
    **dict.fromkeys(
        ("hold", "hold_end"),
        lambda row: Hold(
            pk=row["pk"],
            reason=row["now"],
            resume_on=date.fromisoformat(row["was"]),
            ended_on=row["moment"].date() if row["kind"] == "hold_end" else _date(row["more"]),
        ),
    ),
    "criterion": lambda row: CriterionMet(
        pk=row["pk"],
        text=row["now"],
        on=date.fromisoformat(row["was"]),
        at=row["moment"],
        criterion_id=int(row["more"]) if row["more"] else None,
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
    "hold": str,
    "hold_end": lambda hold: f"Hold ended: {hold.reason}",
    "criterion": str,
}
