"""An alert is an episode: it begins when a condition becomes true and ends when it no longer is."""

from collections.abc import Collection, Iterator
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse

from alerts.kinds import IDLE, KINDS, MANY, RISK, WARN
from lib.calendar import working_days_between
from lib.events import SUBJECTS
from people.models import Organisation, User

if TYPE_CHECKING:
    from alerts.kinds import Kind

SEVERITIES = [(RISK, "Needs a decision"), (WARN, "Needs attention"), (IDLE, "To know")]
AT_ONCE = 1_000  # episodes a statement
NUMBER = "{number}"  # where a sentence says the measured value


class AlertQuerySet(models.QuerySet["Alert"]):
    def visible_to(self, user: User) -> Self:
        """Those this person was told of, as long as they answer for whom it is about."""
        from alerts.models.notification import Notification

        told = Notification.objects.visible_to(user).order_by().values("alert")
        return self.filter(pk__in=told)

    def open(self) -> Self:
        """The condition still holds, whatever people said to it."""
        return self.filter(closed_at=None)

    def open_of(self, kind: str, rule: str | None = None) -> Self:
        rows = self.open().filter(kind=kind)
        return rows if rule is None else rows.filter(rule=rule)

    def summaries(self) -> Self:
        """Of many that began at once."""
        return self.filter(rule=MANY)

    def one_by_one(self) -> Self:
        """All but the summaries, which count them a second time."""
        return self.exclude(rule=MANY)

    def climbing(self, now: datetime) -> Self:
        """Somebody is to hear of them by now."""
        climbing = self.open().exclude(rule=MANY).filter(climbs_at__lte=now)
        return climbing.order_by("climbs_at", "pk")


class Alert(models.Model):
    """An episode of one rule about one subject; never two open ones at once.

    `value` and `limit` are in `unit`, as measured when it opened; `said` is its sentence with
    NUMBER where the value stands. The clock started on `clock_on`, or at `clock_at` where the
    instant is known, with `clock_event`. `money` is what is at risk, in major units of `currency`.
    `about` is the person whose work it is. `climbs_at` is when somebody next hears of it.
    """

    SEVERITIES: ClassVar = SEVERITIES

    kind = models.CharField(max_length=40)
    rule = models.CharField(max_length=40, blank=True)
    subject_id = models.BigIntegerField()
    about = models.ForeignKey(User, models.CASCADE, related_name="alerts", db_index=False)
    title = models.CharField(max_length=300)
    said = models.CharField(max_length=600)
    severity = models.CharField(max_length=4, choices=SEVERITIES, default=WARN)
    value = models.DecimalField(max_digits=18, decimal_places=4)
    limit = models.DecimalField(max_digits=18, decimal_places=4)
    unit = models.CharField(max_length=30)
    clock_on = models.DateField(null=True)
    clock_at = models.DateTimeField(null=True)
    clock_event = models.CharField(max_length=200, blank=True)
    money = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    currency = models.CharField(max_length=3, blank=True)
    opened_at = models.DateTimeField()
    opened_on = models.DateField()
    closed_at = models.DateTimeField(null=True)
    climbs_at = models.DateTimeField(null=True)

    objects = AlertQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject_id", "rule"],
                condition=Q(closed_at=None),
                name="one_open_episode",
            )
        ]
        indexes = [
            models.Index(
                fields=["climbs_at", "id"],
                condition=Q(closed_at=None, climbs_at__isnull=False),
                name="alert_climbing",
            ),
            models.Index(fields=["about", "kind"], name="alert_by_person"),
            models.Index(fields=["kind", "subject_id", "opened_at"], name="alert_by_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.title}: {self.sentence()}"

    # What it says of itself.

    @property
    def of_kind(self) -> "Kind":
        return KINDS[self.kind]

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def is_summary(self) -> bool:
        return self.rule == MANY

    @property
    def label(self) -> str:
        """ "Stalled deal"; its rule is `rule_label`."""
        return self.of_kind.label

    @property
    def rule_label(self) -> str:
        return self.of_kind.rules.get(self.rule, "")

    @property
    def action(self) -> str:
        """What stands on the one button that leads to `path_for`."""
        return "See them all" if self.is_summary else self.of_kind.action

    @property
    def subject_type(self) -> str:
        """The noun of its subject in events; "" where it has none. Of a summary it is a person."""
        return SUBJECTS[User].noun if self.is_summary else self.of_kind.subject

    @property
    def subject_key(self) -> int:
        """The id of its subject; `subject_id` of a summary is one of a person and a day."""
        return self.about_id if self.is_summary else self.subject_id

    @property
    def subject_address(self) -> str:
        """Where its subject is in the API; "" for nowhere."""
        found = (each for each in SUBJECTS.values() if each.noun == self.subject_type)
        return next((each.address_of(self.subject_key) for each in found), "")

    def value_on(self, day: date, holidays: Collection[date] = ()) -> Decimal:
        """The measured value on a day while it lasts: what counts days has grown since."""
        if self.unit == "days":
            return self.value + max((day - self.opened_on).days, 0)
        if self.unit == "working days":
            return self.value + working_days_between(self.opened_on, day, holidays)
        return self.value

    def sentence(self, day: date | None = None, holidays: Collection[date] = ()) -> str:
        """What is so, with number and limit; as of a day, or of the one on which it opened."""
        value = self.value if day is None or not self.is_open else self.value_on(day, holidays)
        return self.said.replace(NUMBER, in_units(value, self.unit))

    def path_for(self, person: User) -> str:
        """Where this person resolves it, or reads what began at one time."""
        if self.is_summary:
            return reverse("alert", args=[self.pk])
        kind = self.of_kind
        return kind.path(self) if person.pk == self.about_id else kind.path_for_others(self)

    # Beginning and ending: by the sweep only.

    @classmethod
    def begin(cls, episodes: Iterator["Alert"], now: datetime) -> int:
        """Open these, but for those that have an open episode by now; returns how many."""
        today, opened = Organisation.current().today(now), 0
        while some := list(islice(episodes, AT_ONCE)):
            some.sort(key=lambda each: (each.subject_id, each.rule))  # two wait for one another
            for each in some:
                each.opened_at, each.opened_on, each.climbs_at = now, today, now
            cls.objects.bulk_create(some, ignore_conflicts=True)
            opened += len(some)
        return opened

    @classmethod
    @transaction.atomic
    def end(cls, over: AlertQuerySet, now: datetime) -> int:
        """The system closes these, because they are no longer so; returns how many."""
        from alerts import telling

        closed = {"closed_at": now, "climbs_at": None}
        if not telling.is_anybody_listening():
            return over.update(**closed)
        locked = over.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True)
        keys = list(locked)
        telling.ended(keys, now)
        return cls.objects.filter(pk__in=keys).update(**closed)


def in_units(value: Decimal, unit: str) -> str:
    """ "3 days", "1 working day", "0.4"; a unit is given in its plural."""
    number = f"{value.normalize():f}"
    if not unit:
        return number
    return f"{number} {unit.removesuffix('s') if value == 1 else unit}"
