"""What is to be won in a quarter, until the metrics have targets."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models

from lib.money import CURRENCIES
from lib.versions import Versioned


class QuarterlyGoal(Versioned):
    """A schedule with a goal: money to be won in a fiscal quarter, in major units."""

    quarterly_goal = models.DecimalField(
        "Goal a quarter",
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.01"))],
    )
    currency = models.CharField(max_length=3, default="EUR")

    class Meta:
        abstract = True

    def clean(self) -> None:
        if self.currency not in CURRENCIES:
            raise ValidationError({"currency": f"Choose one of {', '.join(CURRENCIES)}."})
