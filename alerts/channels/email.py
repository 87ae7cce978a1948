"""By e-mail: at once where a person wants a kind so, and the day's digest."""

import smtplib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from alerts.addresses import DIGEST, absolute, unsubscribe_path
from alerts.kinds import MANY, RISK
from alerts.models import (
    Alert,
    AlertMail,
    AlertPreference,
    DeliveryHours,
    Digest,
    Notification,
)
from alerts.models.alert import in_units
from alerts.models.notification import OPEN
from alerts.models.outbox import Needless, Refused, TryLater
from alerts.models.preference import AT_ONCE, Preferences
from alerts.sending import ring_for
from alerts.speaking import hours_of
from lib.calendar import local_date
from lib.money import money
from people.calendar import Calendar
from people.models import User

PERMANENT = range(500, 600)  # what a mail server answers for good: RFC 5321, 4.2.1
MOST_SILENCES = 2  # in a row, then the others that were claimed are not tried
SUBJECT_LENGTH = 200


def queue(notifications: Sequence[Notification], preferences: Preferences, now: datetime) -> None:
    """A mail for each whose person wants its kind at once; not in their quiet hours."""
    wanted = [n for n in notifications if preferences.mail(n.person_id, n.alert.kind) == AT_ONCE]
    if not wanted:
        return
    hours = hours_of({n.person_id for n in wanted}, now)
    mails = []
    for told in wanted:
        if told.person_id in hours:
            due_at = hours[told.person_id].speaks_from(max(now, told.app_at or now))
            mails.append(AlertMail.of(told, told.alert, due_at, now))
    if AlertMail.write(mails, now):
        ring_for(AlertMail)


@contextmanager
def alert_mails() -> Iterator[Callable[[AlertMail], None]]:
    """Sends mails of alerts over one connection."""
    with _connection() as post:
        yield lambda mail: post(alert_mail(mail))


@contextmanager
def digests() -> Iterator[Callable[[Digest], None]]:
    """Sends digests over one connection."""
    with _connection() as post:
        yield lambda digest: post(digest_mail(digest))


# Over the wire.


@contextmanager
def _connection() -> Iterator[Callable[[EmailMultiAlternatives], None]]:
    post = Post()
    try:
        yield post
    finally:
        post.close()


class Post:
    """One connection to the mail server, opened by the first mail and anew after a trouble."""

    def __init__(self) -> None:
        self.connection = get_connection()
        self.silences = 0

    def __call__(self, message: EmailMultiAlternatives) -> None:
        """Send one. Raises TryLater, or Refused where the server will never have this mail."""
        if self.silences >= MOST_SILENCES:
            raise TryLater("The mail server gave no answer to others a moment ago.")
        self._open()
        message.connection = self.connection
        try:
            message.send()
        except smtplib.SMTPRecipientsRefused as refused:
            self.close()
            code, words = next(iter(refused.recipients.values()))
            raise _answered(code, words) from refused
        except smtplib.SMTPDataError as answer:
            self.close()
            raise _answered(answer.smtp_code, answer.smtp_error) from answer
        except OSError as trouble:  # its errors are smtplib's too
            self.close()
            self.silences += 1
            raise TryLater(_said(trouble)) from trouble
        except ValueError as wrong:  # an address or a header that no mail can have
            raise Refused(f"It cannot be written as a mail: {wrong}") from wrong
        self.silences = 0

    def close(self) -> None:
        with suppress(OSError):
            self.connection.close()

    def _open(self) -> None:
        """No server, or none that lets us in, is not the fault of the mail: others wait as well."""
        try:
            self.connection.open()
        except OSError as trouble:
            self.close()
            self.silences = MOST_SILENCES
            raise TryLater(_said(trouble)) from trouble


def _said(trouble: OSError) -> str:
    return f"The mail server: {trouble or type(trouble).__name__}"


def _answered(code: int, words: bytes | str) -> TryLater | Refused:
    text = words.decode(errors="replace") if isinstance(words, bytes) else words
    return (Refused if code in PERMANENT else TryLater)(f"{code} {text}")


# What is written.


def alert_mail(mail: AlertMail) -> EmailMultiAlternatives:
    """As it stands on the day it is due. Raises Needless when there is nothing left to tell."""
    told, person, calendar = _told(mail), mail.person, Calendar.current()
    alert = told[0].alert
    unsubscribe = absolute(unsubscribe_path(person, alert.kind))
    today = local_date(mail.due_at, calendar.zone)
    context = {
        "alert": alert,
        "kind": alert.of_kind,
        "person": person,
        "is_own": alert.about_id == person.pk,
        "sentence": alert.sentence(today, calendar.holidays),
        "others": [each.alert.sentence(today, calendar.holidays) for each in told[1:]],
        "limit": _limit(alert),
        "money": money(alert.money, alert.currency),
        "url": absolute(alert.path_for(person)),
        "inbox": absolute(told[0].get_absolute_url()),
        "unsubscribe": unsubscribe,
    }
    name = "many" if alert.is_summary else alert.kind
    message = _message(f"alerts/{name}", context, person, str(mail.uid))
    episode = f"<alert-{alert.pk}@{_host()}>"
    message.extra_headers |= {"References": episode, "In-Reply-To": episode}
    return message


def _limit(alert: Alert) -> str:
    """ "14 days"; "" where none can be said of it."""
    sayable = alert.limit and alert.unit and not alert.is_summary
    return in_units(alert.limit, alert.unit) if sayable else ""


def digest_mail(digest: Digest) -> EmailMultiAlternatives:
    """As it was made, but for those its person answers for no longer. Raises Needless."""
    person = _reachable(digest.person)
    chosen = DeliveryHours.objects.filter(person=person).first()
    about = [line["about"] for line in digest.lines]
    led = User.objects.led_by(person).filter(pk__in=about)
    theirs = set(led.values_list("pk", flat=True))
    lines = [dict(line) for line in digest.lines if line["about"] in theirs]
    if not lines or (chosen and not chosen.has_digest):
        raise Needless
    inbox, own = absolute(reverse("alerts")), [line["alert"] for line in lines if line["alert"]]
    paths = {alert.pk: alert.path_for(person) for alert in Alert.objects.filter(pk__in=own)}
    for line in lines:
        path = paths.get(line["alert"])
        line["url"] = absolute(path) if path else f"{inbox}?about={line['about']}"
    context = {
        "digest": digest,
        "person": person,
        "lines": lines,
        "url": inbox,
        "unsubscribe": absolute(unsubscribe_path(person, DIGEST)),
    }
    return _message("alerts/digest", context, person, str(digest.uid))


def _told(mail: AlertMail) -> list[Notification]:
    """What they were told of this thing and is still so, the gravest first: by other rules too, and
    a later episode of what ended, for neither has a mail of its own.
    """
    person = _reachable(mail.person)
    same = Notification.objects.visible_to(person).in_state(OPEN, person.today(mail.due_at))
    same = same.filter(alert__kind=mail.kind, alert__subject_id=mail.subject_id, summary=None)
    is_summary = Q(alert__rule=MANY)
    told = same.filter(is_summary if mail.rule == MANY else ~is_summary).exclude(app_at=None)
    found = sorted(told.for_list(), key=lambda each: (each.alert.severity != RISK, each.alert_id))
    preferences = AlertPreference.of([person.pk], [mail.kind])
    if not found or preferences.mail(person.pk, mail.kind) != AT_ONCE:
        raise Needless
    return found


def _reachable(person: User) -> User:
    if not person.is_active or not person.email or person.is_sample:  # no sample has a mailbox
        raise Needless
    return person


def _message(
    template: str, context: dict[str, Any], person: User, uid: str
) -> EmailMultiAlternatives:
    """Text and HTML, in the person's own time zone; its Message-ID is the same at each attempt."""
    with timezone.override(person.zone):
        subject = " ".join(render_to_string(f"{template}.subject.txt", context).split())
        context["subject"] = subject
        text = render_to_string(f"{template}.txt", context)
        html = render_to_string(f"{template}.html", context)
    message = EmailMultiAlternatives(subject[:SUBJECT_LENGTH], text, to=[str(person.email)])
    message.attach_alternative(html, "text/html")
    message.extra_headers |= {
        "Message-ID": f"<{uid}@{_host()}>",
        "Auto-Submitted": "auto-generated",
        "List-Unsubscribe": f"<{context['unsubscribe']}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    return message


def _host() -> str:
    return urlsplit(settings.SITE_URL).hostname or "localhost"
