"""Counts and sums of deals, plain and weighted."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Sum

from lib.money import money
from pipeline.models.opportunity import OpportunityQuerySet


@dataclass
class Total:
    """So many deals, and what they come to by currency, in major units.

    Weighted is by the probability of each deal's stage. Sums leave out deals without an amount.
    """

    count: int = 0
    sums: dict[str, Decimal] = field(default_factory=dict)
    weighted_sums: dict[str, Decimal] = field(default_factory=dict)

    def add(self, count: int, currency: str, amount: Decimal | None, weighted: Any) -> None:
        self.count += count
        if amount is not None:
            self.sums[currency] = self.sums.get(currency, Decimal()) + amount
            more = Decimal(weighted).quantize(Decimal("0.01"))
            self.weighted_sums[currency] = self.weighted_sums.get(currency, Decimal()) + more

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


def totals(rows: OpportunityQuerySet, by: str = "stage") -> dict[Any, Total]:
    """A total for each value of a column of the deals; one statement."""
    weighted = Sum(F("amount") * F("stage__probability")) / Decimal(100)
    found = (
        rows.order_by()
        .values_list(by, "currency")
        .annotate(deals=Count("pk"), amount=Sum("amount"), weighted=weighted)
    )
    made: dict[Any, Total] = {}
    for value, currency, deals, amount, share in found:
        made.setdefault(value, Total()).add(deals, currency, amount, share)
    return made


def together(parts: Iterable[Total]) -> Total:
    """All of them in one."""
    whole = Total()
    for part in parts:
        whole.count += part.count
        for mine, theirs in ((whole.sums, part.sums), (whole.weighted_sums, part.weighted_sums)):
            for currency, amount in theirs.items():
                mine[currency] = mine.get(currency, Decimal()) + amount
    return whole
