"""A deal that waits for a known reason until a date."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from lib.calendar import in_words, local_date
from lib.events import publish, publishing
from people.models import Organisation, User
from pipeline.models.buyer import OnOpportunityQuerySet

if TYPE_CHECKING:
    from pipeline.models.opportunity import Opportunity


class HoldQuerySet(OnOpportunityQuerySet):
    def running(self, on: date) -> Self:
        """Neither ended nor past their date."""
        return self.filter(ended_at=None, resume_on__gt=on)

    def served(self) -> Self:
        """Those that count as one; a hold taken back on the day it began was a mistake."""
        return self.filter(Q(ended_on=None) | ~Q(ended_on=F("began_on")))


class Hold(models.Model):
    """Until `resume_on` the deal is not called stalled for resting.

    It never hides a close date that was pushed or has passed (product.md 5).
    """

    opportunity = models.ForeignKey("pipeline.Opportunity", models.CASCADE, related_name="holds")
    reason = models.CharField(max_length=500)
    resume_on = models.DateField()
    at = models.DateTimeField(editable=False)
    began_on = models.DateField(editable=False)
    by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="holds_begun", editable=False
    )
    ended_at = models.DateTimeField(null=True, editable=False)
    ended_on = models.DateField(null=True, editable=False)
    ended_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="holds_ended", editable=False
    )

    objects = HoldQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["opportunity"],
                condition=Q(ended_at=None),
                name="one_hold_not_ended_a_deal",
            )
        ]

    def __str__(self) -> str:
        return f"On hold until {in_words(self.resume_on)}: {self.reason}"

    def is_running(self, on: date) -> bool:
        return self.ended_at is None and self.resume_on > on

    @classmethod
    def begin(
        cls,
        deal: "Opportunity",
        reason: str,
        resume_on: date | None,
        *,
        by: User,
        at: datetime,
        version: int | None = None,
    ) -> "Hold":
        """Let the deal wait. A hold that still runs gives way to the new one.

        Raises ValidationError without a reason or a day to come, for a closed deal, and for a
        second hold by anybody but a manager of the owner. `version` is the deal's.
        """
        today = local_date(at, Organisation.current().zone)
        with deal.editing(version):
            deal.require_open("put on hold")
            cls._refuse_second(deal, by)
            if resume_on is None or resume_on <= today:
                raise ValidationError({"resume_on": "Choose a day to come."})
            hold = cls(opportunity=deal, reason=reason.strip(), resume_on=resume_on)
            hold.at, hold.began_on, hold.by = at, today, by
            hold.full_clean(exclude=["opportunity"], validate_constraints=False)
            cls._end_all(deal, by=by, at=at)
            hold.save()
            deal.refresh_clocks()
            publish("began", hold, by, at)
        return hold

    def end(self, *, by: User, at: datetime, version: int | None = None) -> None:
        """The deal no longer waits. `version` is the deal's."""
        with self.opportunity.editing(version):
            self.refresh_from_db(fields=["ended_at", "resume_on"])
            today = local_date(at, Organisation.current().zone)
            if not self.is_running(today):
                raise ValidationError("This hold is over already.")
            with publishing(self, "ended", by, at):
                self._end_all(self.opportunity, by=by, at=at)
                self.refresh_from_db()
            self.opportunity.refresh_clocks()

    @classmethod
    def end_with(cls, deal: "Opportunity", *, by: User | None, at: datetime) -> None:
        """A closed deal waits for nothing."""
        if cls._end_all(deal, by=by, at=at):
            deal.refresh_clocks()

    @classmethod
    def _end_all(cls, deal: "Opportunity", *, by: User | None, at: datetime) -> int:
        """End what was not ended; one whose date had come ended by itself on that date."""
        today = local_date(at, Organisation.current().zone)
        held: Any = cls.objects.filter(opportunity=deal, ended_at=None)
        running = held.filter(resume_on__gt=today)
        ended: int = running.update(ended_at=at, ended_on=today, ended_by=by)
        return ended + int(held.update(ended_at=at, ended_on=F("resume_on")))

    @classmethod
    def _refuse_second(cls, deal: "Opportunity", by: User) -> None:
        if not cls.objects.filter(opportunity=deal).served().exists():
            return
        if deal.owner.reports_to_id is not None and not by.leads(deal.owner):
            raise ValidationError(
                "This deal was on hold before. A second hold is for a manager of its owner: ask "
                f"{deal.owner.reports_to}."
            )
