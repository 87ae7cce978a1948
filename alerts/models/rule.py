"""What an administrator sets for each kind of alert: whether, when, and who hears."""

from decimal import Decimal
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from alerts.kinds import KINDS, Kind
from lib.versions import Versioned
from people.models import User

RUNGS = ["person", "manager", "above"]
RUNG_WORDS = {
    "person": "whoever it is about",
    "manager": "their manager",
    "above": "the manager above",
}
STEPS = [f"{rung}_{where}" for rung in RUNGS for where in ("app", "digest")]
MOST_DAYS = 365


def after_days(label: str) -> Any:
    return models.PositiveSmallIntegerField(
        label, null=True, blank=True, validators=[MaxValueValidator(MOST_DAYS)]
    )


class AlertRuleQuerySet(models.QuerySet["AlertRule"]):
    def visible_to(self, user: User) -> Self:
        """Everybody sees why they are told what; administrators change it."""
        return self


class AlertRule(Versioned):
    """One row a kind. The ladder's steps are days after the alert opened; empty is never.

    `person` is whom it is about, `manager` whoever they report to, `above` the next one up.
    `days` means what the kind says. `minimum_money` is in major units of the organisation's
    currency; deals in others are not held against it.
    """

    CHANGEABLE = frozenset({"is_on", "is_mandatory", "days", "minimum_money", *STEPS})

    kind = models.CharField(max_length=40, unique=True, editable=False)
    is_on = models.BooleanField("Alert to this", default=True)
    is_mandatory = models.BooleanField("Nobody may mute it", default=False)
    days = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(MOST_DAYS)])
    minimum_money = models.DecimalField(
        "Deals from",
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
    )
    person_app = after_days("The person, in the app")
    person_digest = after_days("The person, in the digest")
    manager_app = after_days("Their manager, in the app")
    manager_digest = after_days("Their manager, in the digest")
    above_app = after_days("The manager above, in the app")
    above_digest = after_days("The manager above, in the digest")

    objects = AlertRuleQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.of_kind.label if self.kind in KINDS else self.kind

    @property
    def of_kind(self) -> Kind:
        return KINDS[self.kind]

    @classmethod
    def of(cls, kind: Kind) -> "AlertRule":
        """The kind's rule, made with its first settings when there is none."""
        return cls.all_known()[kind.name]

    @classmethod
    def all_known(cls) -> dict[str, "AlertRule"]:
        """By kind, those of all kinds there are, in their order; made when they are missing."""
        found = {rule.kind: rule for rule in cls.objects.all()}
        missing = [kind for name, kind in KINDS.items() if name not in found]
        if missing:
            AlertRule.objects.bulk_create(
                [cls._first(kind) for kind in missing], ignore_conflicts=True
            )
            found = {rule.kind: rule for rule in cls.objects.all()}
        return {name: found[name] for name in KINDS}

    @classmethod
    def _first(cls, kind: Kind) -> "AlertRule":
        rule = cls(kind=kind.name)
        for name, value in rule.first_settings.items():
            setattr(rule, name, value)
        return rule

    @property
    def first_settings(self) -> dict[str, Any]:
        """What a new organisation has, by CHANGEABLE."""
        kind = self.of_kind
        said = {"is_on": True, "is_mandatory": kind.is_mandatory, "days": kind.days}
        ladder = {step: getattr(kind.ladder, step) for step in STEPS}
        return said | {"minimum_money": None} | ladder

    def steps(self, rung: str) -> tuple[int | None, int | None]:
        """After how many days that person hears in the app, and in the digest."""
        return getattr(self, f"{rung}_app"), getattr(self, f"{rung}_digest")

    @property
    def who_hears(self) -> str:
        """ "Whoever it is about at once and in the digest after 1 day, their manager at once"."""
        told = [(RUNG_WORDS[rung], _when(*self.steps(rung))) for rung in RUNGS]
        words = ", ".join(f"{who} {when}" for who, when in told if when)
        return words[:1].upper() + words[1:] or "Nobody"

    def clean(self) -> None:
        if self.minimum_money is not None and not self.of_kind.has_money:
            raise ValidationError({"minimum_money": "No money belongs to this kind."})
        if self.days and not self.of_kind.days_label:
            raise ValidationError({"days": "No number of days belongs to this kind."})

    def change(self, *, version: int | None = None, **values: Any) -> None:
        """Change some of CHANGEABLE. Open alerts climb the new ladder from the next minute on.

        Raises ValidationError, and `Stale` like all verbs.
        """
        from alerts.models.alert import Alert

        if unknown := values.keys() - self.CHANGEABLE:
            raise TypeError(f"{sorted(unknown)} cannot be changed")
        with self.editing(version):
            for name, value in values.items():
                setattr(self, name, value)
            self.full_clean()
            self.save(update_fields=list(values))
            Alert.objects.open_of(self.kind).update(climbs_at=models.F("opened_at"))


def _when(app: int | None, digest: int | None) -> str:
    """ "at once and in the digest after 1 day"; "" for never."""
    words = []
    if app is not None:
        words.append(f"after {_days(app)}" if app else "at once")
    if digest is not None:
        words.append(f"in the digest after {_days(digest)}" if digest else "in the next digest")
    return " and ".join(words)


def _days(number: int) -> str:
    return "1 day" if number == 1 else f"{number} days"
