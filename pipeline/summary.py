"""Counts and sums of deals, plain and weighted."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum

from lib.money import money
from pipeline import filters
from pipeline.models import Stage
from pipeline.models.opportunity import OpportunityQuerySet
from pipeline.stalls import StallCheck

CENT = Decimal("0.01")


@dataclass
class Total:
    """So many deals, and what they come to by currency, in major units.

    Weighted is by the probability of each deal's stage. Sums leave out deals without an amount.
    """

    count: int = 0
    sums: dict[str, Decimal] = field(default_factory=dict)
    weighted_sums: dict[str, Decimal] = field(default_factory=dict)
    seen: int = 0  # whatever their reason, when totals are of one
    reasons: Counter[str] = field(default_factory=Counter)

    def add(self, count: int, currency: str, amount: Decimal | None, probability: int) -> None:
        """So many more deals, the sum of their amounts and how much of it to expect, in percent."""
        self.count += count
        if amount is not None:
            weighted = (amount * probability / 100).quantize(CENT)
            self.sums[currency] = self.sums.get(currency, Decimal()) + amount
            self.weighted_sums[currency] = self.weighted_sums.get(currency, Decimal()) + weighted

    @property
    def currency(self) -> str | None:
        """The one currency of all amounts; None for several, or for no amount at all."""
        return next(iter(self.sums)) if len(self.sums) == 1 else None

    @property
    def amount(self) -> Decimal | None:
        """One currency a total, or none."""
        return self.sums[self.currency] if self.currency else None

    @property
    def weighted(self) -> Decimal | None:
        return self.weighted_sums[self.currency] if self.currency else None

    @property
    def in_words(self) -> str:
        """ "€1,240,000", "2 currencies" or ""."""
        if self.currency:
            return money(self.amount, self.currency)
        return f"{len(self.sums)} currencies" if self.sums else ""

    @property
    def weighted_in_words(self) -> str:
        return money(self.weighted, self.currency) if self.currency else ""


def totals(
    rows: OpportunityQuerySet,
    by: str = "stage",
    *,
    check: StallCheck | None = None,
    reason: str = "",
    stages: Iterable[Stage] | None = None,
) -> dict[Any, Total]:
    """A total for each value of a column of the deals.

    Two statements (one, given the stages), so that the large one needs nothing but the index on
    open deals. With a `check` each total has the count of every stall reason too, and is of those
    deals only that have this `reason` ("any" and "none" as in filters).
    """
    known = Stage.objects.all() if stages is None else stages
    probabilities = {stage.pk: stage.probability for stage in known}
    of = filters.stalled_by(check, reason) if check and reason else None
    reasons = {f"with_{name}": Count("pk", filter=q) for name, q in _reasons(check).items()}
    found = (
        rows.order_by()
        .values(*dict.fromkeys((by, "stage", "currency")))
        .annotate(
            seen=Count("*"),
            deals=Count("pk", filter=of) if of else Count("*"),
            total=Sum("amount", filter=of),
            **reasons,
        )
    )
    made: dict[Any, Total] = {}
    for row in found:
        total = made.setdefault(row[by], Total())
        total.add(row["deals"], row["currency"], row["total"], probabilities[row["stage"]])
        total.seen += row["seen"]
        total.reasons.update({name.removeprefix("with_"): row[name] for name in reasons})
    return made


def _reasons(check: StallCheck | None) -> dict[str, Q]:
    """What to count: the reasons that are switched on, "any" and "none"."""
    if check is None:
        return {}
    names = [*check.conditions, filters.ANY_REASON, filters.NO_REASON]
    return {name: filters.stalled_by(check, name) for name in names}


def together(parts: Iterable[Total]) -> Total:
    """All of them in one."""
    whole = Total()
    for part in parts:
        whole.count += part.count
        whole.seen += part.seen
        whole.reasons.update(part.reasons)
        for mine, theirs in ((whole.sums, part.sums), (whole.weighted_sums, part.weighted_sums)):
            for currency, amount in theirs.items():
                mine[currency] = mine.get(currency, Decimal()) + amount
    return whole
