"""One person hears of one alert: in the app once, and what they say to it."""

from datetime import date, datetime, timedelta
from typing import ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse

from alerts.models.alert import Alert
from people import reporting_line
from people.models import User

OPEN, SNOOZED, SETTLED, CLOSED = "open", "snoozed", "settled", "closed"
REASON_LENGTH = 500
LONGEST_SNOOZE = timedelta(days=366)


class NotificationQuerySet(models.QuerySet["Notification"]):
    def visible_to(self, user: User) -> Self:
        """One's own, about oneself and those one answers for now."""
        return self.filter(person=user, alert__about__in=reporting_line.ids_below(user))

    def in_state(self, state: str, today: date) -> Self:
        """Those in one of STATES; `today` is the person's."""
        if state == CLOSED:
            return self.filter(alert__closed_at__isnull=False)
        lasting = self.filter(alert__closed_at=None)
        if state == SETTLED:
            return lasting.filter(settled_at__isnull=False)
        awake = Q(snoozed_until=None) | Q(snoozed_until__lte=today)
        return lasting.filter(awake if state == OPEN else ~awake, settled_at=None)

    def heard(self, now: datetime) -> Self:
        """In the app by now; those told of by a summary are within it."""
        return self.filter(app_at__lte=now, summary=None)

    def to_do(self, now: datetime, today: date) -> Self:
        """Heard, open, and neither settled nor snoozed: what the bell counts and the inbox lists.

        `today` is the person's.
        """
        return self.heard(now).in_state(OPEN, today)

    def unread(self, now: datetime, today: date) -> Self:
        return self.to_do(now, today).filter(read_at=None)

    def snoozed(self, now: datetime, today: date) -> Self:
        return self.heard(now).in_state(SNOOZED, today)

    def done(self, now: datetime) -> Self:
        """Settled by the person, or ended by themselves."""
        over = Q(settled_at__isnull=False) | Q(alert__closed_at__isnull=False)
        return self.heard(now).filter(over)

    def of_alert(self, alert: int | None) -> Self:
        return self.filter(alert=alert)

    def parts_of(self, summary: Alert | int) -> Self:
        """What was told by that summary."""
        return self.filter(summary=summary)

    def for_list(self) -> Self:
        return self.select_related("alert__about")

    def mark_read(self, at: datetime) -> None:
        """Their person has seen them; the first time counts."""
        keys = self.order_by().values("pk")
        Notification.objects.filter(pk__in=keys, read_at=None).update(read_at=at)


class Notification(models.Model):
    """What one person was told of an alert; unique, so in the app exactly once.

    `app_at` is when it stands in their inbox, `digest_on` the first day whose digest may have it,
    on the person's calendar; None is never. `summary` is the alert that tells of it together with
    many others.
    """

    STATES: ClassVar = [
        (OPEN, "To do"),
        (SNOOZED, "Snoozed"),
        (SETTLED, "Done"),
        (CLOSED, "Ended by itself"),
    ]

    alert = models.ForeignKey(Alert, models.CASCADE, related_name="notifications")
    person = models.ForeignKey(User, models.CASCADE, related_name="+", db_index=False)
    summary = models.ForeignKey(Alert, models.SET_NULL, null=True, related_name="parts")
    app_at = models.DateTimeField(null=True)
    digest_on = models.DateField(null=True)
    read_at = models.DateTimeField(null=True)
    acted_at = models.DateTimeField(null=True)
    snoozed_until = models.DateField(null=True)
    snooze_reason = models.CharField(max_length=REASON_LENGTH, blank=True)
    settled_at = models.DateTimeField(null=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ["-app_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["alert", "person"], name="told_once")]
        indexes = [
            models.Index(fields=["person", "app_at", "id"], name="notification_inbox"),
            models.Index(
                fields=["person", "app_at"],
                condition=Q(settled_at=None, summary=None),
                name="notification_to_do",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.alert}"

    def get_absolute_url(self) -> str:
        return reverse("alert", args=[self.alert_id])

    def state(self, today: date) -> str:
        """One of STATES; what comes later in them counts first. `today` is the person's."""
        if self.alert.closed_at:
            return CLOSED
        if self.settled_at:
            return SETTLED
        return SNOOZED if self.snoozed_until and self.snoozed_until > today else OPEN

    @classmethod
    def bring_up(cls, alert: Alert, person: User, at: datetime) -> None:
        """Somebody wrote to them about it: it stands in their inbox, unread and awake."""
        Notification.objects.bulk_create(
            [Notification(alert=alert, person=person, app_at=at)], ignore_conflicts=True
        )
        cls.objects.filter(alert=alert, person=person).update(
            app_at=at, summary=None, read_at=None, snoozed_until=None, settled_at=None
        )

    # Verbs, each by the person whose it is; of a summary they hold for all it tells of.

    def read(self, at: datetime) -> None:
        """They have seen it; the first time counts."""
        Notification.objects.filter(pk=self.pk, read_at=None).update(read_at=at)
        self.refresh_from_db(fields=["read_at"])

    def act(self, at: datetime) -> None:
        """They are on it: others who hear of it see that."""
        self._require_open()
        self._set(acted_at=self.acted_at or at, read_at=self.read_at or at)

    def snooze(self, until: date, reason: str, *, at: datetime) -> None:
        """Quiet until that day. Raises ValidationError for a day that is not to come, no reason."""
        today = self.person.today(at)
        errors = {}
        if until <= today:
            errors["until"] = "Choose a day to come."
        elif until - today > LONGEST_SNOOZE:
            errors["until"] = "At most a year ahead."
        if not reason.strip():
            errors["reason"] = "Say why it can wait."
        elif len(reason.strip()) > REASON_LENGTH:
            errors["reason"] = f"At most {REASON_LENGTH} characters."
        if errors:
            raise ValidationError(errors)
        self._require_open()
        self._set(snoozed_until=until, snooze_reason=reason.strip(), read_at=self.read_at or at)

    def wake(self) -> None:
        """Take the snooze back."""
        self._set(snoozed_until=None, snooze_reason="")

    def settle(self, at: datetime) -> None:
        """Done with it: this episode stays quiet for this person until it ends."""
        self._require_open()
        self._set(settled_at=self.settled_at or at, read_at=self.read_at or at)

    def restore(self) -> None:
        """Take the settling back."""
        self._set(settled_at=None)

    def _require_open(self) -> None:
        if not self.alert.is_open:
            raise ValidationError("This alert has ended by itself.")

    @transaction.atomic
    def _set(self, **values: object) -> None:
        rows = Notification.objects.filter(pk=self.pk)
        if self.alert.is_summary:
            rows |= Notification.objects.filter(person=self.person_id, summary=self.alert_id)
        rows.update(**values)
        self.refresh_from_db()
