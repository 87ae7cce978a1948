"""Amounts of measures and periods of metrics, in words."""

from decimal import Decimal

from lib.money import money
from metrics.measures import MONEY, PERCENT, Measure
from metrics.periods import FISCAL_YEAR, MONTH, QUARTER, WEEK

PER = {
    WEEK: "per week",
    MONTH: "per month",
    QUARTER: "per quarter",
    FISCAL_YEAR: "per fiscal year",
}


def in_unit(amount: Decimal, measure: Measure, currency: str) -> str:
    """ "6 plans", "€48,000", "80 %"; money in the organisation's currency."""
    if measure.unit == MONEY:
        return money(amount, currency)
    number = f"{amount:,.0f}" if amount == amount.to_integral_value() else f"{amount:,.2f}"
    return f"{number} %" if measure.unit == PERCENT else f"{number} {measure.unit}"


def unit_in_words(measure: Measure, currency: str) -> str:
    """ "plans", "EUR", "percent": in what a number of this measure is typed."""
    return {MONEY: currency, PERCENT: "percent"}.get(measure.unit, measure.unit)
