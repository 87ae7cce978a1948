"""The coaching loop around a call: plan, inspection, debrief, review of the debrief."""

from coaching.models.debrief import Debrief, DebriefReview
from coaching.models.inspection import Inspection
from coaching.models.plan import CallPlan, PlanContact, PlanLine

__all__ = ["CallPlan", "Debrief", "DebriefReview", "Inspection", "PlanContact", "PlanLine"]
