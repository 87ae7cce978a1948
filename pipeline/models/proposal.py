"""An offer sent to the customer."""

from django.core.validators import MinValueValidator
from django.db import models

from people.models import User
from pipeline.models.buyer import OnOpportunityQuerySet


class Proposal(models.Model):
    """Amounts are in major units of `currency`."""

    opportunity = models.ForeignKey(
        "pipeline.Opportunity", models.CASCADE, related_name="proposals"
    )
    title = models.CharField(max_length=200)
    sent_on = models.DateField()
    amount = models.DecimalField(
        max_digits=14, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    currency = models.CharField(max_length=3, default="EUR")
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", editable=False)

    objects = OnOpportunityQuerySet.as_manager()

    class Meta:
        ordering = ["-sent_on", "-pk"]

    def __str__(self) -> str:
        return self.title
