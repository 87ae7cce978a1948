"""Facts about customers and deals, and what happened to them."""

from pipeline.models.account import Account, Contact
from pipeline.models.buyer import BuyerAction, BuyerAnswer, BuyingRole
from pipeline.models.call import Call, CallAttendee, CallReschedule
from pipeline.models.catalogue import ExitCriterion, Product, Stage
from pipeline.models.changes import (
    AmountChange,
    CloseDateChange,
    NextStepChange,
    OutcomeChange,
    OwnerChange,
    StageChange,
)
from pipeline.models.criteria import CriterionMet
from pipeline.models.hold import Hold
from pipeline.models.imports import Import, ImportProblem
from pipeline.models.opportunity import Opportunity
from pipeline.models.proposal import Proposal
from pipeline.models.saved_view import SavedView
from pipeline.models.stall_rules import StallRules

__all__ = [
    "Account",
    "AmountChange",
    "BuyerAction",
    "BuyerAnswer",
    "BuyingRole",
    "Call",
    "CallAttendee",
    "CallReschedule",
    "CloseDateChange",
    "Contact",
    "CriterionMet",
    "ExitCriterion",
    "Hold",
    "Import",
    "ImportProblem",
    "NextStepChange",
    "Opportunity",
    "OutcomeChange",
    "OwnerChange",
    "Product",
    "Proposal",
    "SavedView",
    "Stage",
    "StageChange",
    "StallRules",
]
