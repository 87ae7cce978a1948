"""An offer sent to the customer."""

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models, transaction

from lib.calendar import local_date
from lib.events import publish
from people.models import Organisation, User
from pipeline.models.buyer import OnOpportunityQuerySet

if TYPE_CHECKING:
    from pipeline.models.opportunity import Opportunity


class Proposal(models.Model):
    """Amounts are in major units of `currency`. `owner` is whose deal it was then."""

    opportunity = models.ForeignKey(
        "pipeline.Opportunity", models.CASCADE, related_name="proposals"
    )
    owner = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", editable=False, db_index=False
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
        indexes = [
            models.Index(fields=["owner", "sent_on"], name="proposal_by_owner"),
            models.Index(fields=["sent_on", "owner"], name="proposal_by_day"),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.owner_id:
            self.owner_id = self.opportunity.owner_id
        super().save(*args, **kwargs)

    @classmethod
    def record(
        cls,
        deal: "Opportunity",
        title: str,
        sent_on: date,
        *,
        by: User | None,
        at: datetime,
        amount: Decimal | None = None,
        currency: str | None = None,
    ) -> "Proposal":
        """Write down that an offer was sent; the currency is the deal's unless given."""
        if sent_on > local_date(at, Organisation.current().zone):
            raise ValidationError({"sent_on": "That day has not come yet."})
        proposal = cls(
            opportunity=deal,
            owner_id=deal.owner_id,
            title=title.strip(),
            sent_on=sent_on,
            amount=amount,
            currency=currency or deal.currency,
            by=by,
        )
        proposal.full_clean()
        with transaction.atomic():
            proposal.save()
            deal.refresh_clocks()
            publish("sent", proposal, by, at)
        return proposal

    @transaction.atomic
    def remove(self) -> None:
        """Take it back: it was written down by mistake."""
        publish("removed", self, gone=True)
        self.delete()
        self.opportunity.refresh_clocks()
