"""How a person wants to hear: by kind, and at which hours."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, time
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction

from alerts.hours import Hours
from alerts.kinds import KINDS
from alerts.models.alert import Alert
from alerts.models.rule import AlertRule
from lib.versions import Versioned
from people import reporting_line
from people.models import User
from people.zones import validate_zone

DIGEST, AT_ONCE, NEVER = "digest", "at_once", "never"


def workdays() -> list[int]:
    """Monday to Friday."""
    return [0, 1, 2, 3, 4]


class OwnQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """One's own."""
        return self.filter(person=user)


class AlertPreference(models.Model):
    """What one person wants of one kind; without a row: in the app and in the digest."""

    MAIL: ClassVar = [
        (DIGEST, "In the digest"),
        (AT_ONCE, "At once, and in the digest"),
        (NEVER, "Not by e-mail"),
    ]

    person = models.ForeignKey(
        User, models.CASCADE, related_name="alert_preferences", db_index=False
    )
    kind = models.CharField(max_length=40)
    mail = models.CharField("E-mail", max_length=7, choices=MAIL, default=DIGEST)
    is_muted = models.BooleanField("Mute", default=False)

    objects = OwnQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["person", "kind"], name="prefers_once")]

    def __str__(self) -> str:
        return f"{self.kind} for {self.person}"

    @classmethod
    @transaction.atomic
    def choose(
        cls, person: User, kind: str, *, mail: str | None = None, is_muted: bool | None = None
    ) -> "AlertPreference":
        """Say how this person hears of a kind. What is muted is neither in the app nor mailed.

        Raises ValidationError for an unknown kind, and where the organisation lets nobody mute.
        """
        if kind not in KINDS:
            raise ValidationError({"kind": "There is no such kind of alert."})
        own, _ = cls.objects.get_or_create(person=person, kind=kind)
        was_muted = own.is_muted
        own.mail = own.mail if mail is None else mail
        own.is_muted = own.is_muted if is_muted is None else is_muted
        own.clean_fields()
        if (own.is_muted or own.mail == NEVER) and AlertRule.of(KINDS[kind]).is_mandatory:
            field = "is_muted" if own.is_muted else "mail"
            raise ValidationError({field: "The organisation wants everybody to hear of this."})
        own.save()
        if was_muted and not own.is_muted:  # they hear of what is open by now
            about = Alert.objects.open_of(kind).filter(about__in=reporting_line.ids_below(person))
            about.update(climbs_at=models.F("opened_at"))
        return own

    @classmethod
    def of(cls, people: Collection[int], kinds: Iterable[str] | None = None) -> "Preferences":
        """Those of these people, in one statement."""
        rows = cls.objects.filter(person__in=people)
        if kinds is not None:
            rows = rows.filter(kind__in=kinds)
        mandatory = AlertRule.objects.filter(is_mandatory=True).values_list("kind", flat=True)
        return Preferences({(row.person_id, row.kind): row for row in rows}, set(mandatory))


class Preferences:
    """Those of several people; what is mandatory overrules them."""

    def __init__(
        self, rows: dict[tuple[int, str], AlertPreference], mandatory: Collection[str]
    ) -> None:
        self.rows, self.mandatory = rows, mandatory

    def hears(self, person: int, kind: str) -> bool:
        row = self.rows.get((person, kind))
        return row is None or not row.is_muted or kind in self.mandatory

    def mail(self, person: int, kind: str) -> str:
        """DIGEST, AT_ONCE or NEVER."""
        row = self.rows.get((person, kind))
        if row is None or not self.hears(person, kind):
            return DIGEST if row is None else NEVER
        return DIGEST if row.mail == NEVER and kind in self.mandatory else row.mail


class DeliveryHours(Versioned):
    """When a person's digest comes, and when they are left alone; made with its defaults.

    `next_digest_at` is the deadline that the tick looks for, reckoned in `zone`.
    """

    CHANGEABLE = frozenset({"has_digest", "digest_at", "weekdays", "quiet_from", "quiet_until"})

    person = models.OneToOneField(User, models.CASCADE, related_name="delivery_hours")
    has_digest = models.BooleanField("Send me a digest", default=True)
    digest_at = models.TimeField("At", default=time(8))
    weekdays = models.JSONField("On", default=workdays)
    quiet_from = models.TimeField("Quiet from", default=time(19))
    quiet_until = models.TimeField("until", default=time(7))
    zone = models.CharField(max_length=64, editable=False, validators=[validate_zone])
    next_digest_at = models.DateTimeField(null=True, editable=False, db_index=True)

    objects = OwnQuerySet.as_manager()

    def __str__(self) -> str:
        return f"Hours of {self.person}"

    @classmethod
    def of(cls, person: User, now: datetime) -> "DeliveryHours":
        """This person's, made when there are none."""
        found = DeliveryHours.objects.filter(person=person).first()
        if found is None:
            made = DeliveryHours(person=person, zone=person.time_zone)
            made.next_digest_at = made.hours().next_digest(now)
            DeliveryHours.objects.bulk_create([made], ignore_conflicts=True)
            found = DeliveryHours.objects.get(person=person)
        return found

    def hours(self, off: Collection[date] = ()) -> Hours:
        """In the zone in which the person lives by now."""
        return Hours(
            self.person.zone,
            self.digest_at,
            self.weekdays,
            self.quiet_from,
            self.quiet_until,
            off,
        )

    def clean(self) -> None:
        days = self.weekdays
        if not isinstance(days, list) or not set(days) <= set(range(7)):
            raise ValidationError({"weekdays": "Choose days of the week, 0 is Monday."})
        if self.has_digest and not days:
            raise ValidationError({"weekdays": "Choose at least one day."})
        self.weekdays = sorted(set(days))

    def change(self, *, at: datetime, version: int | None = None, **values: Any) -> None:
        """Change some of CHANGEABLE. Raises ValidationError, and `Stale` like all verbs."""
        if unknown := values.keys() - self.CHANGEABLE:
            raise TypeError(f"{sorted(unknown)} cannot be changed")
        with self.editing(version):
            for name, value in values.items():
                setattr(self, name, value)
            self.full_clean()
            self.plan(at)
            self.save()

    def plan(self, after: datetime) -> None:
        """Reckon the next digest's time after this one; saved by the caller.

        Whether it is a day off is asked when it has come: holidays and absences change until then.
        """
        self.zone = self.person.time_zone
        self.next_digest_at = self.hours().next_digest(after) if self.has_digest else None
