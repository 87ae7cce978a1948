"""Lucide's icons in templates, `{% load icons %}`: each is drawn once, not once a page."""

from functools import lru_cache

from django import template
from django.utils.safestring import SafeString, mark_safe
from lucide.templatetags import lucide as icons

register = template.Library()


@register.simple_tag
@lru_cache(maxsize=1_000)
def lucide(name: str, *, size: int | None = 24, **attributes: str) -> SafeString:
    """The icon as inline SVG, with these attributes (`aria_hidden` for `aria-hidden`)."""
    return mark_safe(icons.lucide(name, size=size, **attributes))  # noqa: S308 - Lucide's own
