"""Deals as they stood at a moment, read back from the rows of what happened to them since."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import (
    BigIntegerField,
    BooleanField,
    Case,
    CharField,
    DateField,
    DecimalField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    PositiveSmallIntegerField,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.db.models.lookups import IsNull

from pipeline.models import (
    AmountChange,
    CloseDateChange,
    NextStepChange,
    Opportunity,
    OutcomeChange,
    OwnerChange,
    StageChange,
)
from pipeline.models.opportunity import OpportunityQuerySet

ID, NUMBER, WORDS, DAY = BigIntegerField(), PositiveSmallIntegerField(), CharField(), DateField()
MONEY = DecimalField(max_digits=14, decimal_places=2)
Column = Callable[[datetime], Any]


def with_state_at(
    rows: OpportunityQuerySet, moment: datetime, prefix: str, *columns: str
) -> OpportunityQuerySet:
    """Each deal beside what it was: the named `COLUMNS`, with the prefix before their names.

    Always with `there`, `status` and `open`: whether it had been opened, and how it stood. A deal
    whose opening is not known was always there. What happened at the moment itself has happened.
    """
    # Its id, not EXISTS: PostgreSQL would rather read every event of everybody once.
    opened = _first(StageChange.objects.filter(from_stage=None), moment, "pk", ID)
    status = Coalesce(_first(OutcomeChange.objects, moment, "from_status", WORDS), F("status"))
    there = ExpressionWrapper(IsNull(opened, True), BooleanField())  # noqa: FBT003 - Django's
    rows = rows.annotate(**{f"{prefix}there": there, f"{prefix}status": status})
    stands = Q(**{f"{prefix}there": True, f"{prefix}status": Opportunity.OPEN})
    named = {f"{prefix}{name}": COLUMNS[name](moment) for name in columns}
    return rows.annotate(**{f"{prefix}open": ExpressionWrapper(stands, BooleanField())}, **named)


def _since(events: Any, moment: datetime) -> Any:
    """What happened to the deal after the moment, in order."""
    return events.filter(opportunity=OuterRef("pk"), at__gt=moment).order_by("at", "pk")


def _first(events: Any, moment: datetime, column: str, field: Any) -> Subquery:
    return Subquery(_since(events, moment).values(column)[:1], output_field=field)


def _before(events: Any, column: str, now: str, field: Any) -> Column:
    """What the first event since then says it was before; as it is now where nothing happened.

    NULL is a value here: it was none before.
    """

    def made(moment: datetime) -> Case:
        changed = When(Exists(_since(events, moment)), then=_first(events, moment, column, field))
        return Case(changed, default=F(now), output_field=field)

    return made


def _last_said(column: str, nothing: Any, field: Any) -> Column:
    """Of the next step, whose rows say only what it became."""

    def made(moment: datetime) -> Case:
        own = NextStepChange.objects.filter(opportunity=OuterRef("pk"), at__lte=moment)
        said = Subquery(own.order_by("-at", "-pk").values(column)[:1], output_field=field)
        changed = When(
            Exists(_since(NextStepChange.objects, moment)),
            then=Coalesce(said, Value(nothing, output_field=field)),
        )
        return Case(changed, default=F(column), output_field=field)

    return made


COLUMNS: dict[str, Column] = {
    "owner": _before(OwnerChange.objects, "from_owner", "owner", ID),
    "stage_order": _before(StageChange.objects, "from_stage__order", "stage__order", NUMBER),
    "stage_name": _before(StageChange.objects, "from_stage__name", "stage__name", WORDS),
    "probability": _before(
        StageChange.objects, "from_stage__probability", "stage__probability", NUMBER
    ),
    "close_date": _before(CloseDateChange.objects, "from_date", "close_date", DAY),
    "amount": _before(AmountChange.objects, "from_amount", "amount", MONEY),
    "currency": lambda moment: F("currency"),
    "next_step": _last_said("next_step", "", WORDS),
    "next_step_on": _last_said("next_step_on", None, DAY),
}
