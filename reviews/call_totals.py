"""What the deals of a pipeline call come to: by change, stage, forecast category and person."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Count, DecimalField, F, Q, QuerySet, Sum, Value
from django.db.models.functions import Cast

from lib.calendar import fiscal_quarter, in_words
from lib.money import money
from metrics.periods import Span
from people.calendar import Calendar
from people.models import Team
from pipeline.models import Opportunity
from pipeline.models.opportunity import FORECAST_CATEGORIES
from pipeline.summary import Total
from reviews import call_people
from reviews.call_agenda import SECTIONS
from reviews.goals import Goals
from reviews.window import KINDS, Window

if TYPE_CHECKING:
    from reviews.models import PipelineCall

Coverage = dict[str, str]
GROUPS = (
    "owner_id",
    "owner_name",
    "stage_order",
    "stage_name",
    "probability",
    "forecast_category",
    "currency",
)
OPEN = Q(status=Opportunity.OPEN)
CATEGORIES = dict(FORECAST_CATEGORIES)


@dataclass
class Person:
    """Whose deals: how many are open."""

    pk: int | None
    name: str
    open: int = 0


@dataclass
class Figures:
    """Of one person's deals, or of all that `user` sees. People are those of all deals."""

    changes: dict[str, Total] = field(default_factory=lambda: {name: Total() for name in KINDS})
    stages: dict[str, Total] = field(default_factory=dict)
    categories: dict[str, Total] = field(default_factory=dict)
    sections: dict[int, int] = field(default_factory=lambda: dict.fromkeys(SECTIONS, 0))
    open: Total = field(default_factory=Total)
    people: dict[int | None, Person] = field(default_factory=dict)


def figures(rows: "QuerySet[Any]", window: Window, owner: int | None = None) -> Figures:
    """One statement, for running and frozen rows alike."""
    found = Figures()
    grouped = rows.order_by().values(*GROUPS)
    for row in grouped.annotate(**_aggregates(window)).order_by("stage_order", "stage_name"):
        person = Person(row["owner_id"], row["owner_name"])
        found.people.setdefault(person.pk, person).open += row["n_open"]
        if owner is None or owner == person.pk:
            _add(found, row)
    names = found.people.values()
    found.people = {each.pk: each for each in sorted(names, key=lambda each: each.name)}
    return found


def _aggregates(window: Window) -> dict[str, Any]:
    made: dict[str, Any] = {
        "n_open": Count("pk", filter=OPEN),
        "sum_open": Sum("amount", filter=OPEN),
    }
    for name, condition in window.conditions().items():
        made[f"n_{name}"] = Count("pk", filter=condition)
        made[f"sum_{name}"] = Sum("amount", filter=condition)
    for section in SECTIONS:
        made[f"n_{section}"] = Count("pk", filter=Q(section=section))
    return made


def _add(found: Figures, row: Mapping[str, Any]) -> None:
    for name, total in found.changes.items():
        total.add(row[f"n_{name}"], row["currency"], row[f"sum_{name}"], 0)
    for section in SECTIONS:
        found.sections[section] += row[f"n_{section}"]
    if row["n_open"]:
        stage = found.stages.setdefault(row["stage_name"], Total())
        category = found.categories.setdefault(CATEGORIES[row["forecast_category"]], Total())
        for total in (found.open, stage, category):
            total.add(row["n_open"], row["currency"], row["sum_open"], row["probability"])


# Coverage of the quarter's goal.


def goal_of(team: Team, calendar: Calendar, day: date) -> Coverage | None:
    """What the team is to win in the fiscal quarter of a day; None without a target.

    A call keeps it from its start on: targets that change meanwhile are those of the next one.
    """
    quarter = Span(*fiscal_quarter(day, calendar.year_start))
    below = team.ids_of_subtree()
    goal = Goals.load(None, quarter, calendar, below).of_team(team.pk, below, quarter)
    if not goal:
        return None
    return {
        "goal": _text(goal),
        "currency": calendar.currency,
        "begin": quarter.first.isoformat(),
        "end": quarter.last.isoformat(),
    }


def coverage(call: "PipelineCall") -> Coverage | None:
    """The whole team's open weighted pipeline that closes in the fiscal quarter, and what its
    people won in it, in the goal's currency, beside the goal; None without one. Amounts are texts,
    kept as they are. In one statement.
    """
    goal = call.coverage
    if goal is None:
        return None
    quarter = goal["begin"], goal["end"]
    members = call_people.members_of(call.team_id)
    deals = Opportunity.objects.filter(currency=goal["currency"])
    closing = deals.open().filter(owner_id__in=members, close_date__range=quarter)
    won = deals.filter(
        status=Opportunity.WON, closing_owner_id__in=members, closed_on__range=quarter
    )
    weighted = Sum(F("amount") * F("stage__probability"))
    sums = dict(_sum("weighted", closing, weighted).union(_sum("won", won, Sum("amount"))))
    return {
        **goal,
        "weighted": _text((sums["weighted"] or Decimal()) / 100),
        "won": _text(sums["won"] or Decimal()),
    }


def _sum(name: str, deals: "QuerySet[Any]", amount: Sum) -> Any:
    """One row, with its name."""
    named = deals.order_by().annotate(what=Value(name)).values("what")
    exact = DecimalField(max_digits=18, decimal_places=2)
    return named.annotate(sum=Cast(amount, exact)).values_list("what", "sum")


def _text(amount: Decimal) -> str:
    return f"{amount:.2f}"


def left_of(said: Coverage) -> Decimal:
    """What is still to be won; 0 when the goal is reached."""
    return max(Decimal(said["goal"]) - Decimal(said["won"]), Decimal())


def ratio_of(said: Coverage) -> Decimal | None:
    """Weighted pipeline against what is left, to one place; None when the goal is reached."""
    left = left_of(said)
    if not left:
        return None
    return (Decimal(said["weighted"]) / left).quantize(Decimal("0.1"), ROUND_HALF_UP)


def coverage_in_words(said: Coverage | None) -> str:
    """ "€410,000 weighted against €220,000 left: 1.9×", until the end of the quarter."""
    if not said:
        return ""
    currency, end = said["currency"], in_words(date.fromisoformat(said["end"]))
    goal, won = (money(Decimal(said[name]), currency) for name in ("goal", "won"))
    ratio = ratio_of(said)
    if ratio is None:
        return f"The goal of {goal} until {end} is reached: {won} won."
    weighted, left = money(Decimal(said["weighted"]), currency), money(left_of(said), currency)
    return f"{weighted} weighted against {left} left: {ratio}×. Goal {goal} until {end}, {won} won."
