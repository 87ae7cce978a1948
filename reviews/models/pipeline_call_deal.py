"""A deal as it stood when a pipeline call was closed."""

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.db import models

from people import reporting_line
from people.models import User
from pipeline.models import Opportunity, Stage
from pipeline.models.opportunity import FORECAST_CATEGORIES

if TYPE_CHECKING:
    from reviews.models.pipeline_call import PipelineCall

AT_ONCE = 1_000  # rows a statement
COMPARED = (
    "stage_name",
    "stage_order",
    "probability",
    "was_open",
    "was_stage_order",
    "was_stage_name",
    "was_close_date",
    "was_amount",
    "was_currency",
    "section",
)
COPIED = (
    "owner_id",
    "name",
    "stage_id",
    "status",
    "amount",
    "currency",
    "close_date",
    "forecast_category",
    "next_step",
    "next_step_on",
)


class PipelineCallDealQuerySet(models.QuerySet["PipelineCallDeal"]):
    def visible_to(self, user: User) -> Self:
        """Those whose owner, at the time, is oneself or under one; administrators see all."""
        if user.is_administrator:
            return self
        return self.filter(owner_id__in=reporting_line.ids_below(user))


class PipelineCallDeal(models.Model):
    """Never written again. `was_` columns say what it was at the call before (see
    `reviews/window.py`); names are kept in words, whatever becomes of what they name.

    `section` is the place on the agenda (`reviews/call_agenda.py`); `reasons` are the stall
    reasons: name, kind, short, sentence.
    """

    call = models.ForeignKey("reviews.PipelineCall", models.CASCADE, related_name="frozen_deals")
    opportunity = models.ForeignKey(
        Opportunity, models.SET_NULL, null=True, related_name="frozen_on_calls"
    )
    owner = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    owner_name = models.CharField(max_length=200)
    name = models.CharField(max_length=200)
    account_name = models.CharField(max_length=200, blank=True)
    stage = models.ForeignKey(Stage, models.SET_NULL, null=True, related_name="+")
    stage_name = models.CharField(max_length=200)
    stage_order = models.PositiveSmallIntegerField()
    probability = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=4, choices=Opportunity.STATUSES)
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    currency = models.CharField(max_length=3)
    close_date = models.DateField(null=True)
    forecast_category = models.CharField(max_length=9, choices=FORECAST_CATEGORIES)
    next_step = models.CharField(max_length=500, blank=True)
    next_step_on = models.DateField(null=True)
    was_open = models.BooleanField()
    was_stage_order = models.PositiveSmallIntegerField(null=True)
    was_stage_name = models.CharField(max_length=200, blank=True)
    was_close_date = models.DateField(null=True)
    was_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    was_currency = models.CharField(max_length=3, blank=True)
    section = models.PositiveSmallIntegerField()
    reasons = models.JSONField(default=list)

    objects = PipelineCallDealQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["call", "opportunity"], name="one_picture_a_call")
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def freeze(cls, call: "PipelineCall", day: date) -> None:
        """Write the picture: one reading statement, and one writing for each AT_ONCE deals."""
        from pipeline.stalls import StallCheck
        from reviews.call_agenda import live_rows

        check = StallCheck.on(day)
        batch: list[Opportunity] = []
        rows = live_rows(call, None, check).select_related("account", "owner").order_by()
        for deal in rows.iterator(chunk_size=AT_ONCE):
            batch.append(deal)
            if len(batch) == AT_ONCE:
                cls._write(call, batch, check)
                batch = []
        cls._write(call, batch, check)

    @classmethod
    def _write(cls, call: "PipelineCall", deals: list[Opportunity], check: Any) -> None:
        check.prepare(deals)
        pictures: Any = [cls._picture(call, deal, check) for deal in deals]
        cls.objects.bulk_create(pictures)

    @classmethod
    def _picture(cls, call: "PipelineCall", deal: Any, check: Any) -> "PipelineCallDeal":
        values = {name: getattr(deal, name) for name in (*COPIED, *COMPARED)}
        for name in ("was_stage_name", "was_currency"):
            values[name] = values[name] or ""
        return cls(
            call=call,
            opportunity_id=deal.pk,
            owner_name=deal.owner.name,
            account_name=deal.account.name if deal.account else "",
            reasons=[reason_as_data(reason) for reason in check.reasons(deal)],
            **values,
        )


def reason_as_data(reason: Any) -> dict[str, str]:
    """What is said of a stall reason on a call."""
    return {name: str(getattr(reason, name)) for name in ("name", "kind", "short", "sentence")}
