"""What can be measured: small functions over tallies with a name, unit, direction and kind.

The measures of product.md 7, and what outside systems post. A metric is a measure that an
organisation has chosen to go by.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from metrics.models.metric_count import HIGHER, LOWER, PostedMeasure
from metrics.pace import Actual
from metrics.tallies import POSTED

COUNT, SUM, RATIO, AVERAGE, ATTAINMENT = "count", "sum", "ratio", "average", "attainment"
KINDS = [
    (COUNT, "Count"),
    (SUM, "Sum"),
    (RATIO, "Ratio"),
    (AVERAGE, "Average"),
    (ATTAINMENT, "Percent of goal"),
]
MONEY, PERCENT = "money", "percent"


@dataclass(frozen=True)
class Measure:
    """`total` is the tally that is added up, `of` the one it is divided by; `scale` is 100 for
    percent. `unit` is the plural of what is counted; "money" is in the organisation's currency, in
    major units, and what was won in others is left out.
    """

    name: str
    label: str
    unit: str
    kind: str
    total: str
    of: str = ""
    scale: int = 1
    direction: str = HIGHER
    description: str = ""

    @property
    def is_ratio(self) -> bool:
        return bool(self.of)

    @property
    def lower_is_better(self) -> bool:
        return self.direction == LOWER

    @property
    def tallies(self) -> tuple[str, ...]:
        return (self.total, self.of) if self.of else (self.total,)

    def actual(self, total: Decimal, of: Decimal) -> Actual:
        """From what its tallies came to."""
        return Actual(total, of if self.of else None, self.scale)


def _count(name: str, label: str, unit: str, description: str) -> Measure:
    return Measure(name, label, unit, COUNT, name, description=description)


MEASURES = {
    measure.name: measure
    for measure in (
        _count(
            "prospects_targeted",
            "Targeted prospects",
            "prospects",
            "Deals opened, on the day they were opened, for whoever owned them then.",
        ),
        _count(
            "plans_on_time",
            "Call preparation",
            "plans",
            "Pre-call plans filed before their call began, on the day they were filed.",
        ),
        _count("interviews", "Interviews", "interviews", "Interviews held."),
        _count("presentations", "Presentations", "presentations", "Presentations held."),
        _count(
            "commitments_got",
            "Commitments got",
            "commitments",
            "Commitments that were sought by the plan and got, as debriefed, on the call's day.",
        ),
        _count("proposals", "Proposals", "proposals", "Proposals sent, on the day they were sent."),
        _count("deals_won", "Deals won", "deals", "Deals won, for whoever owned them then."),
        Measure(
            "money_won",
            "Money won",
            MONEY,
            SUM,
            "money_won",
            description="Amounts of deals won, in the organisation's currency only.",
        ),
        Measure(
            "percent_of_goal",
            "Per cent of goal",
            MONEY,
            ATTAINMENT,
            "money_won",
            description="Money won beside its target, which is the goal, read as per cent of it.",
        ),
        _count("calls_held", "Sales calls held", "calls", "Calls of any kind that were held."),
        Measure(
            "people_per_call",
            "People engaged per call",
            "people a call",
            RATIO,
            "people_engaged",
            "calls_held",
            description="Contacts who were at the calls held, for each of these calls.",
        ),
        Measure(
            "proposals_per_close",
            "Proposals per close",
            "proposals a deal won",
            RATIO,
            "proposals",
            "deals_won",
            direction=LOWER,
            description="Proposals sent for each deal won.",
        ),
        Measure(
            "time_per_customer",
            "Time with each customer",
            "minutes",
            RATIO,
            "minutes_with_customers",
            "customers_met",
            description="Minutes of calls held for each customer met; one met on two days is two.",
        ),
        Measure(
            "average_score",
            "Average score",
            "points",
            AVERAGE,
            "own_scores",
            "calls_scored",
            description="The rep's own scores, 1 to 10, of the calls debriefed.",
        ),
        Measure(
            "managers_score",
            "Average score by the manager",
            "points",
            AVERAGE,
            "managers_scores",
            "calls_reviewed",
            description="The manager's scores, 1 to 10, of the debriefs reviewed.",
        ),
        Measure(
            "calls_planned",
            "Share of calls planned",
            PERCENT,
            RATIO,
            "calls_planned",
            "calls_held",
            scale=100,
            description="Of the calls held, those whose plan was filed on time.",
        ),
    )
}


def measure_named(name: str) -> Measure:
    """The one of that name, a posted one among them. Raises KeyError."""
    if not name.startswith(POSTED):
        return MEASURES[name]
    posted = PostedMeasure.objects.filter(name=name.removeprefix(POSTED)).first()
    if posted is None:
        raise KeyError(name)
    return posted_measure(posted)


def posted_measure(posted: PostedMeasure) -> Measure:
    """What an outside system posts, as a measure."""
    name = f"{POSTED}{posted.name}"
    return Measure(
        name,
        posted.label,
        posted.unit,
        COUNT,
        name,
        direction=posted.direction,
        description="Counts that another system posts.",
    )


def all_measures() -> Iterator[Measure]:
    """Those in code, then those that are posted."""
    yield from MEASURES.values()
    yield from posted_measures()


def posted_measures() -> Iterator[Measure]:
    """Those that outside systems post, in one statement."""
    yield from map(posted_measure, PostedMeasure.objects.all())
