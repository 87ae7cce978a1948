"""Counts and sums of deals, plain and weighted."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet, Sum

from lib.money import money
from pipeline import filters
from pipeline.models import Stage
from pipeline.models.opportunity import OpportunityQuerySet
from pipeline.stalls import StallCheck

CENT = Decimal("0.01")


@dataclass
class Total:
    """So many deals, and what they come to by currency, in major units.

    Weighted is by the probability of each deal's stage, rounded to cents once and not in its parts.
    Sums leave out deals without an amount.
    """

    count: int = 0
    sums: dict[str, Decimal] = field(default_factory=dict)
    hundredfold: dict[str, Decimal] = field(default_factory=dict)  # of the weighted sums

    def add(self, count: int, currency: str, amount: Decimal | None, probability: int) -> None:
        """So many more deals, the sum of their amounts and how much of it to expect, in percent."""
        self.count += count
        if amount is not None:
            _increase(self.sums, currency, amount)
            _increase(self.hundredfold, currency, amount * probability)

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
        return self.weighted_in(self.currency) if self.currency else None

    def weighted_in(self, currency: str) -> Decimal:
        """The weighted sum of the deals in one of the currencies."""
        return (self.hundredfold[currency] / 100).quantize(CENT)

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
    rows: OpportunityQuerySet, *by: str, stages: Iterable[Stage] | None = None
) -> list[dict[Any, Total]]:
    """For each of these columns of the deals: a total for each of its values.

    Two statements (one, given the stages), so that the large one needs nothing but the index on
    open deals when it is by stage alone.
    """
    chances = _chances(stages)
    made: list[dict[Any, Total]] = [{} for _ in by]
    groups = rows.order_by().values(*dict.fromkeys((*by, "stage", "currency")))
    for row in groups.annotate(deals=Count("*"), total=Sum("amount")):
        for column, of_column in zip(by, made, strict=True):
            total = of_column.setdefault(row[column], Total())
            total.add(row["deals"], row["currency"], row["total"], chances[row["stage"]])
    return made


def stalled_totals(
    rows: OpportunityQuerySet, check: StallCheck, reason: str, stages: Iterable[Stage] | None = None
) -> tuple[dict[int, Total], dict[str, int]]:
    """By stage, of the deals with this reason ("any" and "none" as in filters); beside it, how
    many of all the deals each reason has. In as many statements as `totals`.
    """
    chances = _chances(stages)
    by_stage: dict[int, Total] = {}
    counts = _no_counts(check)
    groups = _flagged(rows, check).values_list("flags", "stage", "currency")
    summed = groups.annotate(deals=Count("*"), total=Sum("amount"))
    for flags, stage, currency, deals, amount in summed:
        found = _with_reasons(flags, check)
        for name in found:
            counts[name] += deals
        if reason in found:
            by_stage.setdefault(stage, Total()).add(deals, currency, amount, chances[stage])
    return by_stage, counts


def reason_counts(rows: OpportunityQuerySet, check: StallCheck) -> dict[str, int]:
    """How many of the deals have each stall reason that is switched on, "any", and "none"."""
    counts = _no_counts(check)
    for flags, deals in _flagged(rows, check).values_list("flags").annotate(deals=Count("*")):
        for name in _with_reasons(flags, check):
            counts[name] += deals
    return counts


def _chances(stages: Iterable[Stage] | None) -> dict[int, int]:
    known = Stage.objects.all() if stages is None else stages
    return {stage.pk: stage.probability for stage in known}


def _flagged(rows: OpportunityQuerySet, check: StallCheck) -> "QuerySet[Any]":
    return rows.open().order_by().annotate(flags=check.flags())


def _with_reasons(flags: int, check: StallCheck) -> list[str]:
    """The values of the filter that find an open deal with these flags."""
    return [*check.flagged(flags), filters.ANY_REASON if flags else filters.NO_REASON]


def _no_counts(check: StallCheck) -> dict[str, int]:
    return dict.fromkeys((*check.names, filters.ANY_REASON, filters.NO_REASON), 0)


def together(parts: Iterable[Total]) -> Total:
    """All of them in one."""
    whole = Total()
    for part in parts:
        whole.count += part.count
        for mine, theirs in ((whole.sums, part.sums), (whole.hundredfold, part.hundredfold)):
            for currency, amount in theirs.items():
                _increase(mine, currency, amount)
    return whole


def _increase(sums: dict[str, Decimal], currency: str, by: Decimal) -> None:
    sums[currency] = sums.get(currency, Decimal()) + by
