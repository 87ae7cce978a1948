"""Mails on their way out: an alert that was wanted at once, and a day's digest."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any, Self

from django.db import models

from alerts.models.alert import Alert
from alerts.models.notification import Notification
from alerts.models.outbox import Outbox, OutboxQuerySet
from people.models import User

AGAIN_AFTER = timedelta(hours=24)


class OwnMailQuerySet(OutboxQuerySet):
    def visible_to(self, user: User) -> Self:
        """One's own; administrators see of all that they go out, not what they say."""
        return self if user.is_administrator else self.filter(person=user)


class AlertMail(Outbox):
    """The mail of one notification to whoever wants its kind at once."""

    notification = models.OneToOneField(Notification, models.CASCADE, related_name="mail")
    person = models.ForeignKey(User, models.CASCADE, related_name="+")
    # The episode's, to find what was mailed about the same thing within a day.
    kind = models.CharField(max_length=40)
    rule = models.CharField(max_length=40, blank=True)
    subject_id = models.BigIntegerField()

    objects = OwnMailQuerySet.as_manager()

    class Meta(Outbox.Meta):
        indexes = [
            *Outbox.Meta.indexes,
            models.Index(fields=["kind", "subject_id", "made_at"], name="alertmail_by_subject"),
        ]

    def __str__(self) -> str:
        return f"Mail to {self.person}: {self.kind}"

    @classmethod
    def write(cls, mails: "list[AlertMail]", now: datetime) -> int:
        """Put them into the outbox, but for what the same person was mailed about within a day:
        something that ends and begins twenty times is mailed once. Returns how many went in.
        """
        subjects = {mail.subject_id for mail in mails}
        recent = cls.objects.filter(subject_id__in=subjects, made_at__gt=now - AGAIN_AFTER)
        told = set(recent.values_list("person", "kind", "rule", "subject_id"))
        fresh = [mail for mail in mails if mail.about_what not in told]
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
    def about_what(self) -> tuple[int, str, str, int]:
        return self.person_id, self.kind, self.rule, self.subject_id

    @classmethod
    def opened(cls) -> AbstractContextManager[Callable[[Any], None]]:
        from alerts.channels.email import alert_mails

        return alert_mails()


class Digest(Outbox):
    """What one person is told on one day, of their own calendar; one a day at most.

    `lines` is frozen when it is made, so that what is sent twice says the same.
    """

    person = models.ForeignKey(User, models.CASCADE, related_name="digests", db_index=False)
    day = models.DateField()
    lines = models.JSONField(default=list)
    more = models.PositiveIntegerField(default=0)

    objects = OwnMailQuerySet.as_manager()

    class Meta(Outbox.Meta):
        constraints = [models.UniqueConstraint(fields=["person", "day"], name="one_digest_a_day")]

    def __str__(self) -> str:
        return f"Digest of {self.person} on {self.day}"

    @classmethod
    def opened(cls) -> AbstractContextManager[Callable[[Any], None]]:
        from alerts.channels.email import digests

        return digests()
