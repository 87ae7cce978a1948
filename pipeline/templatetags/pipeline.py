"""How facts of the pipeline are written on pages."""

from datetime import date
from decimal import Decimal
from typing import Protocol

from django import template

from lib.calendar import in_short, in_words
from lib.money import money

register = template.Library()
register.filter("day", in_words)  # {{ deal.close_date|day }}
register.filter("day_near", in_short)  # {{ deal.close_date|day_near:today }}


class Priced(Protocol):
    amount: Decimal | None
    currency: str


@register.filter
def amount(priced: Priced) -> str:
    """`{{ deal|amount }}`: "€48,000"; "" without an amount."""
    return money(priced.amount, priced.currency)


@register.filter
def days_past(today: date, when: date | None) -> int:
    """`{{ today|days_past:deal.close_date }}`: calendar days since then; 0 while it is to come."""
    return max((today - when).days, 0) if when else 0
