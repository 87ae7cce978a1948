"""What happened to a deal, one row an event: from, to, when, by whom and why."""

from typing import Any, Self

from django.db import models

from lib.calendar import in_words
from lib.money import money
from people import reporting_line
from people.models import User


class ChangeQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """The history of the deals one sees."""
        if user.is_administrator:
            return self
        return self.filter(opportunity__owner_id__in=reporting_line.ids_below(user))


class Change(models.Model):
    """An event on a deal. `at` is when it happened, not when the row was written."""

    opportunity = models.ForeignKey(
        "pipeline.Opportunity", models.CASCADE, related_name="%(class)ss"
    )
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    why = models.CharField(max_length=500, blank=True)

    objects = ChangeQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["opportunity", "at"], name="%(class)s_history")]

    def __str__(self) -> str:
        return f"{self.sentence} on {self.at:%Y-%m-%d}"

    @property
    def sentence(self) -> str:
        raise NotImplementedError


class StageChange(Change):
    from_stage = models.ForeignKey("pipeline.Stage", models.PROTECT, null=True, related_name="+")
    to_stage = models.ForeignKey("pipeline.Stage", models.PROTECT, related_name="+")

    @property
    def sentence(self) -> str:
        if self.from_stage is None:
            return f"Entered {self.to_stage}"
        return f"Moved from {self.from_stage} to {self.to_stage}"


class CloseDateChange(Change):
    from_date = models.DateField(null=True)
    to_date = models.DateField(null=True)

    @property
    def sentence(self) -> str:
        if not self.from_date or not self.to_date:
            return (
                f"Close date set to {in_words(self.to_date)}"
                if self.to_date
                else "Close date taken away"
            )
        days = (self.to_date - self.from_date).days
        verb = f"pushed {days} d" if days > 0 else f"pulled in {-days} d"
        return f"Close date {verb}, from {in_words(self.from_date)} to {in_words(self.to_date)}"


class AmountChange(Change):
    """Amounts are in major units of `currency`."""

    from_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    to_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    currency = models.CharField(max_length=3)

    @property
    def sentence(self) -> str:
        if self.to_amount is None:
            return "Amount taken away"
        was, now = (money(each, self.currency) for each in (self.from_amount, self.to_amount))
        return f"Amount from {was} to {now}" if was else f"Amount set to {now}"


class OutcomeChange(Change):
    """A deal was won, lost or opened again. `on` is the business date of the outcome."""

    from_status = models.CharField(max_length=4)
    to_status = models.CharField(max_length=4)
    on = models.DateField(db_index=True)

    @property
    def sentence(self) -> str:
        return {"won": "Won", "lost": "Lost", "open": "Opened again"}[self.to_status]


class OwnerChange(Change):
    from_owner = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    to_owner = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    @property
    def sentence(self) -> str:
        return f"Given from {self.from_owner} to {self.to_owner}"


class NextStepChange(Change):
    next_step = models.CharField(max_length=500, blank=True)
    next_step_on = models.DateField(null=True)

    @property
    def sentence(self) -> str:
        if not self.next_step:
            return "Next step taken away"
        return f"Next step: {self.next_step}, by {in_words(self.next_step_on)}"
