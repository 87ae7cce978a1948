"""How facts of the pipeline are written on pages."""

from datetime import date
from decimal import Decimal
from typing import Protocol

from django import template

from lib.calendar import in_words
from lib.money import money

register = template.Library()
register.filter("day", in_words)  # {{ deal.close_date|day }}


class Priced(Protocol):
    amount: Decimal | None
    currency: str


@register.filter
def amount(priced: Priced) -> str:
    """`{{ deal|amount }}`: "€48,000"; "" without an amount."""
    return money(priced.amount, priced.currency)


@register.filter
def days_until(today: date, when: date | None) -> int | None:
    """`{{ today|days_until:deal.close_date }}`: calendar days, negative once it has passed."""
    return (when - today).days if when else None
