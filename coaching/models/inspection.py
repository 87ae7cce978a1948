"""The manager's answer to a plan, before the call."""

from datetime import datetime
from typing import ClassVar, Self

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models

from coaching.models.plan import CallPlan
from coaching.models.plan_content import PARTS
from coaching.visibility import CoachingQuerySet
from lib.events import publish
from people.models import User
from pipeline.models import Call
from playbook.models import MaterialUse
from playbook.use import note_uses


class InspectionQuerySet(CoachingQuerySet):
    OWNER = "plan__call__owner"

    def on(self, call: Call) -> Self:
        """The answers to this call's plan, newest first, with who gave them."""
        return self.filter(plan__call=call).select_related("by")


class Inspection(models.Model):
    """A verdict on a plan as it was in `plan_version`; `part` is the one to change."""

    VERDICTS: ClassVar = [
        (CallPlan.GOOD, "Good to go"),
        (CallPlan.CHANGE, "Change this"),
        (CallPlan.TALK, "Let's talk"),
    ]

    plan = models.ForeignKey(CallPlan, models.CASCADE, related_name="inspections")
    verdict = models.CharField(max_length=6, choices=VERDICTS)
    part = models.CharField(max_length=11, choices=PARTS, blank=True)
    comment = models.TextField(max_length=2_000, blank=True)
    at = models.DateTimeField(editable=False)
    by = models.ForeignKey(User, models.PROTECT, related_name="inspections", editable=False)
    plan_version = models.PositiveIntegerField(editable=False)

    objects = InspectionQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["at", "plan"], name="inspection_by_day")]

    def __str__(self) -> str:
        return self.get_verdict_display()

    @classmethod
    def give(
        cls,
        plan: CallPlan,
        verdict: str,
        *,
        by: User,
        at: datetime,
        part: str = "",
        comment: str = "",
        version: int | None = None,
    ) -> "Inspection":
        """Answer a filed plan; the rep sees it at once.

        Raises PermissionDenied for anybody but a manager above the rep; ValidationError for a
        draft, after the call began, and for "change this" or "let's talk" without part or words.
        """
        if not by.leads(plan.call.owner):
            raise PermissionDenied("Only a manager of this rep inspects the plan.")
        if verdict == CallPlan.CHANGE and not part:
            raise ValidationError({"part": "Say which part to change."})
        if verdict != CallPlan.GOOD and not comment.strip():
            raise ValidationError({"comment": "Say what to change or talk about."})
        with plan.editing(version):
            cls._require_inspectable(plan, at)
            answer = cls(
                plan=plan,
                verdict=verdict,
                by=by,
                at=at,
                comment=comment.strip(),
                part=part if verdict == CallPlan.CHANGE else "",
                plan_version=plan.version,
            )
            answer.full_clean()
            answer.save()
            answer._mark_plan()
            note_uses([answer.comment], MaterialUse.INSPECTION, answer.pk, by=by, at=at)
            publish("given", answer, by, at)
        return answer

    @staticmethod
    def may_be_given(plan: CallPlan, at: datetime) -> bool:
        """Whether the plan is filed and its call yet to begin; the last answer given counts."""
        return plan.is_filed and plan.call.is_planned and at < plan.call.starts_at

    @classmethod
    def _require_inspectable(cls, plan: CallPlan, at: datetime) -> None:
        if not plan.is_filed:
            raise ValidationError("This plan is not filed yet.")
        if not cls.may_be_given(plan, at):
            raise ValidationError("The call has begun; review its debrief instead.")

    def _mark_plan(self) -> None:
        plan = self.plan
        plan.state, plan.sent_back_part = self.verdict, self.part
        every = [part for part, _ in PARTS]
        plan.validated_parts = every if self.verdict == CallPlan.GOOD else []
        plan.save(update_fields=["state", "sent_back_part", "validated_parts"])
