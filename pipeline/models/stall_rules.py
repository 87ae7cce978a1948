"""When the organisation calls a deal stalled: each reason's switch and limits."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from lib.events import publishing
from lib.versions import Versioned
from pipeline.models.catalogue import SharedQuerySet

DAYS = [MinValueValidator(1), MaxValueValidator(730)]


class StallRules(Versioned):
    """One row. Days are calendar days; product.md 5 gives the reasons and their first limits.

    A stage's patience, in working days, belongs to the stage. `history_era` is another one after
    each change to what was already past (a deal won with an older date, an import): medians that
    were taken before no longer hold then.
    """

    NOT_CHANGEABLE = frozenset({"id", "version", "history_era"})

    stage_age = models.BooleanField("Too long in its stage", default=True)
    median_factor = models.DecimalField(
        "Times the median of won deals",
        max_digits=4,
        decimal_places=2,
        default=Decimal("1.5"),
        validators=[MinValueValidator(Decimal(1)), MaxValueValidator(Decimal(10))],
    )
    median_won = models.PositiveSmallIntegerField(
        "Won deals needed before their median counts",
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(1000)],
    )
    silent = models.BooleanField("No activity", default=True)
    silent_days = models.PositiveSmallIntegerField(
        "Days without any activity", default=14, validators=DAYS
    )
    silent_days_closing = models.PositiveSmallIntegerField(
        "Days when the close date is near", default=7, validators=DAYS
    )
    closing_days = models.PositiveSmallIntegerField(
        "Near is so many days ahead", default=30, validators=DAYS
    )
    buyer_silent = models.BooleanField("No buyer action though the rep is active", default=True)
    buyer_silent_days = models.PositiveSmallIntegerField(
        "Days without a buyer action", default=21, validators=DAYS
    )
    no_next_step = models.BooleanField("No next step", default=True)
    overdue_step = models.BooleanField("Next step overdue", default=True)
    pushed = models.BooleanField("Close date pushed", default=True)
    pushes_warning = models.PositiveSmallIntegerField(
        "Pushes that warn", default=2, validators=[MinValueValidator(1), MaxValueValidator(50)]
    )
    pushes_critical = models.PositiveSmallIntegerField(
        "Pushes that are critical",
        default=3,
        validators=[MinValueValidator(1), MaxValueValidator(50)],
    )
    past_close = models.BooleanField("Close date has passed", default=True)
    single_threaded = models.BooleanField("Too few people engaged", default=True)
    people_needed = models.PositiveSmallIntegerField(
        "People needed on a deal above the team's median amount",
        default=2,
        validators=[MinValueValidator(2), MaxValueValidator(20)],
    )
    went_backwards = models.BooleanField("Went back a stage", default=True)
    backwards_days = models.PositiveSmallIntegerField(
        "Without a 1-on-1, compared with its stage so many days ago", default=30, validators=DAYS
    )
    history_era = models.UUIDField(default=uuid4, editable=False)

    objects = SharedQuerySet.as_manager()

    def __str__(self) -> str:
        return "When deals are stalled"

    @classmethod
    def current(cls) -> "StallRules":
        """The organisation's rules, made with the first limits when there are none."""
        return cls.objects.first() or cls.objects.get_or_create(pk=1)[0]

    @classmethod
    def changeable(cls) -> list[str]:
        """The names of all switches and limits, in their order."""
        names = (field.name for field in cls._meta.concrete_fields)
        return [name for name in names if name not in cls.NOT_CHANGEABLE]

    def clean(self) -> None:
        if self.silent_days_closing > self.silent_days:
            raise ValidationError(
                {"silent_days_closing": "Near the close date the limit is not the longer one."}
            )
        if self.pushes_critical <= self.pushes_warning:
            raise ValidationError({"pushes_critical": "Critical takes more pushes than a warning."})

    def change(self, *, version: int | None = None, **values: Any) -> None:
        """Change some switches and limits. Raises ValidationError, and `Stale` like all verbs."""
        if unknown := values.keys() - set(self.changeable()):
            raise TypeError(f"{sorted(unknown)} cannot be changed")
        with self.editing(version), publishing(self, "changed"):
            for name, value in values.items():
                setattr(self, name, value)
            self.full_clean()
            self.save(update_fields=list(values))

    @classmethod
    def past_changed(cls) -> None:
        """What was past has changed: medians of won deals are taken anew."""
        cls.current()
        cls.objects.update(history_era=uuid4())
