"""Addresses that leave the house: with the host in front, and signed where nobody signs in."""

from django.conf import settings
from django.core import signing
from django.urls import reverse

from people.models import User

SALT = "alerts.unsubscribe"
DIGEST = "digest"


def absolute(path: str) -> str:
    """A path of this site as a mail or another program needs it."""
    return f"{settings.SITE_URL}{path}"


def unsubscribe_path(person: User, kind: str) -> str:
    """Where one click ends the mails of a kind, or the digest (DIGEST), without signing in."""
    return reverse("unsubscribe", args=[unsubscribe_token(person, kind)])


def unsubscribe_token(person: User, kind: str) -> str:
    """Signed: whoever has the mail may end it, nobody else."""
    return signing.dumps([person.pk, kind], salt=SALT)


def read_unsubscribe(token: str) -> tuple[int, str] | None:
    """The person and the kind; None for a token that is not ours."""
    try:
        person, kind = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    return person, kind
