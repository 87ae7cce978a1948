"""Addresses that take a verb back. What they need travels in them, signed: nothing is kept."""

from typing import Any

from django.core import signing
from django.http import Http404
from django.urls import reverse

SALT = "pipeline.removal"
UNDO_SECONDS = 60 * 60 * 24


def undo_url(kind: str, deal: int, what: dict[str, Any]) -> str:
    """Where to post to bring back `what` on that deal."""
    token = signing.dumps([kind, deal, what], salt=SALT, compress=True)
    return reverse("opportunity_restoration", args=[deal, token])


def read_undo(token: str, deal: int) -> tuple[str, dict[str, Any]]:
    """The kind and what it needs. Raises Http404 for a forged or old one, or another deal's."""
    try:
        kind, of, what = signing.loads(token, salt=SALT, max_age=UNDO_SECONDS)
    except signing.BadSignature:
        raise Http404 from None
    if of != deal:
        raise Http404
    return kind, what
