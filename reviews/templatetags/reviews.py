"""How 1-on-1s are written on pages."""

from datetime import date

from django import template

from lib.calendar import in_words
from reviews.models import Agreement
from reviews.review_page import ReviewPage
from reviews.window import KINDS

register = template.Library()


@register.filter
def times_carried(page: ReviewPage, agreement: Agreement) -> str:
    """`{{ page|times_carried:agreement }}`: "carried 2x"; "" for one that was not."""
    times = page.times_carried(agreement)
    return f"carried {times}x" if times else ""


@register.filter
def kind_label(name: str) -> str:
    """ "moved back", of a kind of change."""
    return KINDS[name].lower()


@register.filter
def beyond(count: int, limit: int) -> int:
    """How many of so many are left out when `limit` are shown."""
    return max(count - limit, 0)


@register.filter
def iso_day(text: str) -> str:
    """ "4 Dec 2026" of "2026-12-04"."""
    return in_words(date.fromisoformat(text))


@register.filter
def minutes(seconds: int) -> int:
    """Whole minutes, rounded."""
    return round(seconds / 60)
