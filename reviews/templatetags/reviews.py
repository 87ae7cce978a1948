"""How 1-on-1s are written on pages."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

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


@register.simple_tag
def deal_verbs(
    review: int, deal: int, part: int, kinds: Mapping[str, str], form: Any = None
) -> SafeString:
    """A link for each verb of a deal; that of the open form is marked. A page has hundreds."""
    at = reverse("review_deal", args=[review, deal])
    chosen = form.kind if form and form.deal.pk == deal else ""
    return format_html_join(
        "",
        '<a class="btn small plain{}" href="{}?part={}&amp;decide={}#deal-{}">{}</a>',
        (
            (" chosen" if kind == chosen else "", at, part, kind, deal, label)
            for kind, label in kinds.items()
        ),
    )


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
