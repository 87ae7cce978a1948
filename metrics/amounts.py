"""Amounts of measures and periods of metrics, in words."""

from decimal import Decimal

from lib.money import money
from metrics.measures import MEASURES, MONEY, PERCENT, Measure
from metrics.periods import FISCAL_YEAR, MONTH, QUARTER, WEEK

PER = {
    WEEK: "per week",
    MONTH: "per month",
    QUARTER: "per quarter",
    FISCAL_YEAR: "per fiscal year",
}


def in_unit(amount: Decimal, measure: Measure, currency: str) -> str:
    """ "6 plans", "1 plan", "€48,000", "80 %"; money in the organisation's currency."""
    if measure.unit == MONEY:
        return money(amount, currency)
    number = f"{amount:,.2f}".rstrip("0").rstrip(".")
    if measure.unit == PERCENT:
        return f"{number} %"
    one = amount == 1 and measure.name in MEASURES and " " not in measure.unit
    return f"{number} {measure.unit.removesuffix('s') if one else measure.unit}"


def unit_in_words(measure: Measure, currency: str) -> str:
    """ "plans", "EUR", "percent": in what a number of this measure is typed."""
    return {MONEY: currency, PERCENT: "percent"}.get(measure.unit, measure.unit)
