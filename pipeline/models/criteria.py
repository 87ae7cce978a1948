"""Exit criteria that a deal has met: what its buyer did before it leaves a stage."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import models

from lib.calendar import local_date
from lib.events import publish
from people.models import Organisation, User
from pipeline.models.buyer import OnOpportunityQuerySet
from pipeline.models.catalogue import ExitCriterion

if TYPE_CHECKING:
    from pipeline.models.opportunity import Opportunity


class CriterionMet(models.Model):
    """`on` is a date on the organisation's calendar.

    `text` is the criterion as it was then: it tells the past when administrators have taken the
    criterion away.
    """

    opportunity = models.ForeignKey(
        "pipeline.Opportunity", models.CASCADE, related_name="criteria_met"
    )
    criterion = models.ForeignKey(ExitCriterion, models.SET_NULL, null=True, related_name="+")
    text = models.CharField(max_length=300, editable=False)
    on = models.DateField()
    at = models.DateTimeField(editable=False)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", editable=False)

    objects = OnOpportunityQuerySet.as_manager()

    class Meta:
        ordering = ["on", "pk"]
        verbose_name_plural = "criteria met"
        constraints = [
            models.UniqueConstraint(
                fields=["opportunity", "criterion"], name="a_criterion_is_met_once"
            )
        ]

    def __str__(self) -> str:
        return f"Met: {self.text}"

    @classmethod
    def meet(
        cls,
        deal: "Opportunity",
        criterion: ExitCriterion,
        *,
        by: User,
        at: datetime,
        on: date | None = None,
        version: int | None = None,
    ) -> "CriterionMet":
        """The buyer has done it, on that date (today unless given). The first tick stays.

        Raises ValidationError for a day yet to come and for a closed deal; `version` is the deal's.
        """
        today = local_date(at, Organisation.current().zone)
        if on and on > today:
            raise ValidationError({"on": "That day has not come yet."})
        with deal.editing(version):
            deal.require_open("ticked off")
            said = {"text": criterion.text, "on": on or today, "at": at, "by": by}
            tick, is_new = cls.objects.get_or_create(
                opportunity=deal, criterion=criterion, defaults=said
            )
            if is_new:
                publish("met", tick, by, at)
        return tick

    def remove(self, *, version: int | None = None) -> None:
        """Take the tick back: it was a mistake. `version` is the deal's."""
        with self.opportunity.editing(version):
            self.opportunity.require_open("changed")
            publish("removed", self, gone=True)
            self.delete()
