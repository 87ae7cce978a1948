"""What the organisation sells, and the stages a deal goes through."""

from typing import Any, Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from lib.searching import fold
from lib.versions import Versioned
from people.models import User


class SharedQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """Everybody sees what the organisation sells and how; administrators change it."""
        return self

    def search(self, text: str) -> Self:
        return self.filter(name_key__contains=fold(text))


class Product(Versioned):
    """Something the organisation sells; the list price is in the organisation's currency."""

    name = models.CharField(max_length=200)
    series = models.CharField(max_length=100, blank=True)
    list_price = models.DecimalField(
        max_digits=14, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    is_active = models.BooleanField("Offered", default=True)
    is_sample = models.BooleanField(default=False, editable=False)
    name_key = models.CharField(max_length=400, unique=True, editable=False)

    objects = SharedQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.name_key = fold(self.name)
        super().save(*args, **kwargs)

    def clean(self) -> None:
        if Product.objects.filter(name_key=fold(self.name)).exclude(pk=self.pk).exists():
            raise ValidationError({"name": "There is a product of that name already."})


class Stage(Versioned):
    """A step of the sale. Won and lost are outcomes, not stages.

    Probability is in percent. Patience is how many working days a deal may stay here before it
    counts as stalled.
    """

    name = models.CharField(max_length=100)
    order = models.PositiveSmallIntegerField()
    probability = models.PositiveSmallIntegerField(default=10, validators=[MaxValueValidator(100)])
    patience = models.PositiveSmallIntegerField(
        default=15, validators=[MinValueValidator(1), MaxValueValidator(730)]
    )
    name_key = models.CharField(max_length=200, unique=True, editable=False)

    objects = SharedQuerySet.as_manager()

    class Meta:
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.name_key = fold(self.name)
        super().save(*args, **kwargs)

    def clean(self) -> None:
        if Stage.objects.filter(name_key=fold(self.name)).exclude(pk=self.pk).exists():
            raise ValidationError({"name": "There is a stage of that name already."})

    @classmethod
    def first(cls) -> "Stage":
        """Where a new deal begins. Raises ValidationError when there are no stages yet."""
        stage = cls.objects.first()
        if stage is None:
            raise ValidationError(
                "There are no stages yet. An administrator adds them in settings."
            )
        return stage


class ExitCriterion(models.Model):
    """What the buyer must have done before a deal leaves its stage."""

    stage = models.ForeignKey(Stage, models.CASCADE, related_name="exit_criteria")
    text = models.CharField(max_length=300)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.text
