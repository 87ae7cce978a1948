"""The coaching loop around a call, and help with a deal."""

from coaching.models.debrief import Debrief, DebriefReview
from coaching.models.help_request import HelpRequest
from coaching.models.inspection import Inspection
from coaching.models.plan import CallPlan, PlanContact, PlanLine

__all__ = [
    "CallPlan",
    "Debrief",
    "DebriefReview",
    "HelpRequest",
    "Inspection",
    "PlanContact",
    "PlanLine",
]
