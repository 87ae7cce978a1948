"""By e-mail: at once where a person wants a kind so, and the day's digest."""

import smtplib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template.loader import render_to_string
from django.utils import timezone

from alerts.addresses import absolute, unsubscribe_path
from alerts.line import days_off
from alerts.models import AlertMail, DeliveryHours, Digest, Notification
from alerts.models.outbox import Refused, TryLater
from alerts.models.preference import AT_ONCE, Preferences
from alerts.sending import ring_for
from people.models import User

PERMANENT = range(500, 600)  # what a mail server answers for good: RFC 5321, 4.2.1


def queue(notifications: Sequence[Notification], preferences: Preferences, now: datetime) -> None:
    """A mail for each whose person wants its kind at once; not in their quiet hours."""
    wanted = [n for n in notifications if preferences.mail(n.person_id, n.alert.kind) == AT_ONCE]
    if not wanted:
        return
    speaks_from = _speaks_from({n.person_id for n in wanted}, now)
    mails = [
        AlertMail.of(n, n.alert, max(speaks_from[n.person_id], n.app_at or now), now)
        for n in wanted
        if n.person_id in speaks_from
    ]
    if AlertMail.write(mails, now):
        ring_for(AlertMail)


def _speaks_from(people: set[int], now: datetime) -> dict[int, datetime]:
    """When each of those who have an address may be mailed."""
    users = User.objects.get_queryset().active().filter(pk__in=people).exclude(email=None)
    rows = DeliveryHours.objects.filter(person__in=people)
    chosen = {row.person_id: row for row in rows}
    off = days_off(people, now)
    found = {}
    for user in users:
        own = chosen.get(user.pk) or DeliveryHours()
        own.person = user
        found[user.pk] = own.hours(off[user.pk]).speaks_from(now)
    return found


@contextmanager
def alert_mails() -> Iterator[Callable[[AlertMail], None]]:
    """Sends mails of alerts over one connection."""
    with _connection() as post:
        yield lambda mail: post(_alert_mail(mail))


@contextmanager
def digests() -> Iterator[Callable[[Digest], None]]:
    """Sends digests over one connection."""
    with _connection() as post:
        yield lambda digest: post(_digest_mail(digest))


@contextmanager
def _connection() -> Iterator[Callable[[EmailMultiAlternatives], None]]:
    connection = get_connection()

    def post(message: EmailMultiAlternatives) -> None:
        message.connection = connection
        try:
            message.send()
        except smtplib.SMTPRecipientsRefused as refused:
            code, words = next(iter(refused.recipients.values()))
            raise _answered(code, words) from refused
        except smtplib.SMTPResponseException as answer:
            connection.close()
            raise _answered(answer.smtp_code, answer.smtp_error) from answer
        except (OSError, smtplib.SMTPException) as trouble:
            with suppress(OSError, smtplib.SMTPException):
                connection.close()
            raise TryLater(f"The mail server: {trouble or type(trouble).__name__}") from trouble

    try:
        yield post
    finally:
        with suppress(OSError, smtplib.SMTPException):
            connection.close()


def _answered(code: int, words: bytes | str) -> TryLater | Refused:
    text = words.decode(errors="replace") if isinstance(words, bytes) else words
    return (Refused if code in PERMANENT else TryLater)(f"{code} {text}")


def _alert_mail(mail: AlertMail) -> EmailMultiAlternatives:
    found = Notification.objects.select_related("alert__about", "person")
    notification = found.get(pk=mail.notification_id)
    alert, person = notification.alert, _reachable(notification.person)
    if not Notification.objects.visible_to(person).filter(pk=notification.pk).exists():
        raise Refused("They no longer answer for whom it is about.")
    name = "many" if alert.is_summary else alert.kind
    unsubscribe = absolute(unsubscribe_path(person, alert.kind))
    context = {
        "alert": alert,
        "kind": alert.of_kind,
        "person": person,
        "sentence": alert.sentence(),
        "url": absolute(alert.path_for(person)),
        "inbox": absolute(notification.get_absolute_url()),
        "unsubscribe": unsubscribe,
    }
    message = _message(f"alerts/{name}", context, person, str(mail.uid))
    message.extra_headers |= _unsubscribe_headers(unsubscribe)
    episode = f"<alert-{alert.pk}@{_host()}>"
    message.extra_headers |= {"References": episode, "In-Reply-To": episode}
    return message


def _digest_mail(digest: Digest) -> EmailMultiAlternatives:
    person = _reachable(digest.person)
    unsubscribe = absolute(unsubscribe_path(person, "digest"))
    context = {
        "digest": digest,
        "person": person,
        "lines": [line | {"url": absolute(line["path"])} for line in digest.lines],
        "inbox": absolute("/alerts/"),
        "unsubscribe": unsubscribe,
    }
    message = _message("alerts/digest", context, person, str(digest.uid))
    message.extra_headers |= _unsubscribe_headers(unsubscribe)
    return message


def _reachable(person: User) -> User:
    if not person.is_active or not person.email:
        raise Refused("They have no address to be mailed at any more.")
    return person


def _message(
    template: str, context: dict[str, Any], person: User, uid: str
) -> EmailMultiAlternatives:
    """Text and HTML, in the person's own time zone; its Message-ID is the same at each attempt."""
    with timezone.override(person.zone):
        subject = " ".join(render_to_string(f"{template}.subject.txt", context).split())
        text = render_to_string(f"{template}.txt", context)
        html = render_to_string(f"{template}.html", context)
    message = EmailMultiAlternatives(subject[:200], text, to=[str(person.email)])
    message.attach_alternative(html, "text/html")
    message.extra_headers |= {
        "Message-ID": f"<{uid}@{_host()}>",
        "Auto-Submitted": "auto-generated",
    }
    return message


def _unsubscribe_headers(url: str) -> dict[str, str]:
    return {"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def _host() -> str:
    return urlsplit(settings.SITE_URL).hostname or "localhost"
