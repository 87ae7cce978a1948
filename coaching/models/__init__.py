"""The coaching loop around a call, and help with a deal."""

from coaching.models.behaviour import Behaviour, BehaviourVersion
from coaching.models.behaviour_score import BehaviourScore
from coaching.models.coaching_rules import CoachingRules
from coaching.models.debrief import Debrief, DebriefReview
from coaching.models.diagnosis import Diagnosis, DiagnosisEvidence
from coaching.models.focus import Focus, FocusStep
from coaching.models.help_request import HelpRequest
from coaching.models.inspection import Inspection
from coaching.models.inspection_level import InspectionLevel, LevelChange
from coaching.models.plan import CallPlan, PlanContact, PlanLine
from coaching.models.ride_along import RideAlong

__all__ = [
    "Behaviour",
    "BehaviourScore",
    "BehaviourVersion",
    "CallPlan",
    "CoachingRules",
    "Debrief",
    "DebriefReview",
    "Diagnosis",
    "DiagnosisEvidence",
    "Focus",
    "FocusStep",
    "HelpRequest",
    "Inspection",
    "InspectionLevel",
    "LevelChange",
    "PlanContact",
    "PlanLine",
    "RideAlong",
]
