"""Mails on their way out: an alert that was wanted at once, and a day's digest."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import CharField, F, Value

from alerts.kinds import RISK
from alerts.models.alert import Alert
from alerts.models.notification import Notification
from alerts.models.outbox import Outbox, OutboxQuerySet
from people.models import User

AGAIN_AFTER = timedelta(hours=24)
LATE = timedelta(hours=1)  # after when it was due, it asks anew whether it may


class OwnMailQuerySet(OutboxQuerySet):
    def visible_to(self, user: User) -> Self:
        """One's own; administrators see of all that they go out, not what they say."""
        return self if user.is_administrator else self.filter(person=user)


class Mail(Outbox):
    """For one person, who is left alone in their quiet hours and on their days off."""

    class Meta(Outbox.Meta):
        abstract = True

    person_id: int

    def renew(self, now: datetime) -> bool:
        """As any; but what is late, or tried again, waits until its person may be spoken to."""
        from alerts.speaking import hours_of

        if self.attempts > 1 or now - self.due_at > LATE:
            own = hours_of([self.person_id], now).get(self.person_id)
            speaks_from = own.speaks_from(now) if own else now
            if speaks_from > now:
                free = {"lease": None, "leased_until": None, "attempts": self.attempts - 1}
                self._if_ours(due_at=speaks_from, **free)
                return False
        return super().renew(now)


class AlertMail(Mail):
    """The mail of one notification to whoever wants its kind at once."""

    plural: ClassVar = "Mails of alerts"
    receiver: ClassVar = F("person__name")
    what: ClassVar = F("kind")

    notification = models.OneToOneField(Notification, models.CASCADE, related_name="mail")
    person = models.ForeignKey(User, models.CASCADE, related_name="+")
    # The episode's, to find what was mailed about the same thing within a day.
    kind = models.CharField(max_length=40)
    rule = models.CharField(max_length=40, blank=True)
    subject_id = models.BigIntegerField()

    objects = OwnMailQuerySet.as_manager()

    class Meta(Mail.Meta):
        indexes = [
            *Mail.Meta.indexes,
            models.Index(fields=["kind", "subject_id", "made_at"], name="alertmail_by_subject"),
        ]

    def __str__(self) -> str:
        return f"Mail to {self.person}: {self.kind}"

    @classmethod
    def write(cls, mails: "list[AlertMail]", now: datetime) -> int:
        """Put them into the outbox, but for what the same person was mailed about within a day:
        something that ends and begins twenty times, by one rule or another, is mailed once. Of
        several reasons at once the worst is. Returns how many went in.
        """
        subjects = {mail.subject_id for mail in mails}
        recent = cls.objects.filter(subject_id__in=subjects, made_at__gt=now - AGAIN_AFTER)
        told = set(recent.values_list("person", "kind", "subject_id"))
        fresh = []
        for mail in sorted(mails, key=lambda each: each.notification.alert.severity != RISK):
            if mail.about_what not in told:
                told.add(mail.about_what)
                fresh.append(mail)
        AlertMail.objects.bulk_create(fresh, ignore_conflicts=True)
        return len(fresh)

    @classmethod
    def of(cls, notification: Notification, alert: Alert, due_at: datetime, now: datetime) -> Self:
        """Unsaved; `notification` is saved already."""
        return cls(
            notification=notification,
            person_id=notification.person_id,
            kind=alert.kind,
            rule=alert.rule,
            subject_id=alert.subject_id,
            made_at=now,
            due_at=due_at,
        )

    @property
    def about_what(self) -> tuple[int, str, int]:
        return self.person_id, self.kind, self.subject_id

    @classmethod
    def opened(cls) -> AbstractContextManager[Callable[[Any], None]]:
        from alerts.channels.email import alert_mails

        return alert_mails()


class Digest(Mail):
    """What one person is told on one day, of their own calendar; one a day at most.

    `lines` is frozen when it is made, so that what is sent twice says the same. `changed` counts
    what is new since the one before it; `newest` is the last notification that there was.
    """

    plural: ClassVar = "Digests"
    receiver: ClassVar = F("person__name")
    what: ClassVar = Value("Digest", CharField())

    person = models.ForeignKey(User, models.CASCADE, related_name="digests", db_index=False)
    day = models.DateField()
    lines = models.JSONField(default=list)
    more = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    newest = models.BigIntegerField(default=0)

    objects = OwnMailQuerySet.as_manager()

    class Meta(Mail.Meta):
        constraints = [models.UniqueConstraint(fields=["person", "day"], name="one_digest_a_day")]

    def renew(self, now: datetime) -> bool:
        """As any mail; that of a day that is over is withdrawn: the next one says what still is."""
        if now - self.made_at > LATE and self.person.today(now) > self.day:
            self.withdraw()
            return False
        return super().renew(now)

    def __str__(self) -> str:
        return f"Digest of {self.person} on {self.day}"

    @classmethod
    def opened(cls) -> AbstractContextManager[Callable[[Any], None]]:
        from alerts.channels.email import digests

        return digests()
