"""Addresses of the API. What is no address here is a 404 in the API's own shape."""

from typing import Any

from django.urls import URLPattern, URLResolver, path, re_path
from rest_framework.renderers import JSONRenderer
from rest_framework.routers import SimpleRouter

from api.account_strategies import AccountStrategies, StrategySteps
from api.accounts import Accounts
from api.agreements import Agreements
from api.alert_preferences import AlertPreferences, TheDeliveryHours
from api.alert_rules import AlertRules
from api.alerts import AlertAnswers, AlertParts, Alerts
from api.behaviours import Behaviours, BehaviourScores, TheCoachingRules
from api.buyer_actions import BuyerActions
from api.buyer_answers import BuyerAnswers
from api.buying_roles import BuyingRoles
from api.calendar import Absences, Holidays, TheOrganisation
from api.call_plans import CallPlans
from api.calls import Calls, Reschedules
from api.checkpoints import Checkpoints
from api.contacts import Contacts
from api.coverage import CoverageFigures, CoveragePeople, CoverageRows
from api.deal_changes import (
    AmountChanges,
    CloseDateChanges,
    NextStepChanges,
    OutcomeChanges,
    OwnerChanges,
    StageChanges,
)
from api.debriefs import Debriefs
from api.diagnoses import Diagnoses, OfferedEvidence
from api.differentiators import Differentiators
from api.documents import Docs, Schema
from api.errors import Nothing
from api.exit_criteria import CriteriaMet, ExitCriteria
from api.focuses import Focuses
from api.help_requests import HelpRequests
from api.holds import Holds
from api.icp_criteria import IcpCriteria
from api.imports import CsvRenderer, ImportProblems, Imports
from api.inspection_levels import InspectionLevels
from api.inspections import Inspections
from api.measures import Measures, PostedMeasures
from api.metric_counts import MetricCounts
from api.metric_values import MetricValues
from api.metrics import ForetellingOfMetrics, Metrics
from api.onboarding_plans import OnboardingPlans, OnboardingSteps
from api.opportunities import Opportunities
from api.pipeline_calls import PipelineCallDecisions, PipelineCalls, PipelineCallSchedules
from api.pipeline_summary import PipelineSummary
from api.priorities import Priorities
from api.products import Products
from api.proposals import Proposals
from api.questions import Questions
from api.review_counts import ReviewCounts
from api.review_deals import ReviewDeals, ReviewDecisions
from api.review_schedules import ReviewSchedules
from api.review_texts import Notes, Preparations, ReviewParts, ReviewRemarks
from api.reviews import Reviews
from api.ride_alongs import RideAlongs
from api.saved_views import SavedViews
from api.scorecards import Scorecards
from api.stages import Stages
from api.stall_reasons import StallReasons
from api.stall_rules import TheStallRules
from api.targets import RampTables, Targets
from api.teams import Teams
from api.timeline import Timeline
from api.tokens import Tokens
from api.training_assignments import TrainingAssignments
from api.training_modules import TrainingModules
from api.users import Me, Users
from api.webhooks import WebhookDeliveries, WebhookEndpoints, WebhookEventTypes

RESOURCES = {
    "users": Users,
    "teams": Teams,
    "accounts": Accounts,
    "contacts": Contacts,
    "products": Products,
    "stages": Stages,
    "opportunities": Opportunities,
    "buying-roles": BuyingRoles,
    "buyer-answers": BuyerAnswers,
    "buyer-actions": BuyerActions,
    "proposals": Proposals,
    "holds": Holds,
    "exit-criteria": ExitCriteria,
    "criteria-met": CriteriaMet,
    "saved-views": SavedViews,
    "calls": Calls,
    "call-plans": CallPlans,
    "inspections": Inspections,
    "inspection-levels": InspectionLevels,
    "focuses": Focuses,
    "diagnoses": Diagnoses,
    "debriefs": Debriefs,
    "agreements": Agreements,
    "behaviours": Behaviours,
    "behaviour-scores": BehaviourScores,
    "help-requests": HelpRequests,
    "ride-alongs": RideAlongs,
    "pipeline-calls": PipelineCalls,
    "pipeline-call-schedules": PipelineCallSchedules,
    "review-schedules": ReviewSchedules,
    "reviews": Reviews,
    "review-deals": ReviewDeals,
    "review-parts": ReviewParts,
    "review-remarks": ReviewRemarks,
    "training-modules": TrainingModules,
    "training-assignments": TrainingAssignments,
    "onboarding-plans": OnboardingPlans,
    "onboarding-steps": OnboardingSteps,
    "account-strategies": AccountStrategies,
    "strategy-steps": StrategySteps,
    "posted-measures": PostedMeasures,
    "metrics": Metrics,
    "ramp-tables": RampTables,
    "targets": Targets,
    "metric-counts": MetricCounts,
    "checkpoints": Checkpoints,
    "foretelling": ForetellingOfMetrics,
    "alerts": Alerts,
    "icp-criteria": IcpCriteria,
    "differentiators": Differentiators,
    "priorities": Priorities,
    "questions": Questions,
    "absences": Absences,
    "holidays": Holidays,
    "imports": Imports,
    "tokens": Tokens,
    "webhook-endpoints": WebhookEndpoints,
    "webhook-deliveries": WebhookDeliveries,
}
OF_A_DEAL = {
    "stage-changes": StageChanges,
    "close-date-changes": CloseDateChanges,
    "amount-changes": AmountChanges,
    "owner-changes": OwnerChanges,
    "outcome-changes": OutcomeChanges,
    "next-step-changes": NextStepChanges,
    "stall-reasons": StallReasons,
    "timeline": Timeline,
}

router = SimpleRouter()
for noun, resource in RESOURCES.items():
    router.register(f"v1/{noun}", resource, f"api-{noun}")
for noun, history in OF_A_DEAL.items():
    router.register(rf"v1/opportunities/(?P<opportunity_pk>[^/.]+)/{noun}", history, f"api-{noun}")
router.register(r"v1/calls/(?P<call_pk>[^/.]+)/reschedules", Reschedules, "api-reschedules")
router.register(
    r"v1/pipeline-calls/(?P<pipeline_call_pk>[^/.]+)/decisions",
    PipelineCallDecisions,
    "api-pipeline-call-decisions",
)
router.register(
    r"v1/reviews/(?P<review_pk>[^/.]+)/decisions", ReviewDecisions, "api-review-decisions"
)

ONE: dict[str, Any] = {"get": "retrieve", "patch": "partial_update"}

urlpatterns: list[URLPattern | URLResolver] = [
    path("schema/", Schema.as_view(), name="api_schema"),
    path("docs/", Docs.as_view(), name="api_docs"),
    path("v1/users/me/", Me.as_view(ONE), name="api-me"),
    path("v1/organisation/", TheOrganisation.as_view(ONE), name="api-organisation"),
    path("v1/coaching-rules/", TheCoachingRules.as_view(ONE), name="api-coaching-rules"),
    path("v1/stall-rules/", TheStallRules.as_view(ONE), name="api-stall-rules"),
    path(
        "v1/pipeline/summary/",
        PipelineSummary.as_view({"get": "retrieve"}),
        name="api-pipeline-summary",
    ),
    path(
        "v1/imports/<str:import_pk>/problems/",
        ImportProblems.as_view({"get": "list"}),
        name="api-import-problems",
    ),
    path(
        "v1/imports/<str:pk>/problems.csv",
        Imports.as_view({"get": "problems_file"}, renderer_classes=[JSONRenderer, CsvRenderer]),
        name="api-import-problems-file",
    ),
    path(
        "v1/reviews/<str:review_pk>/preparation/",
        Preparations.as_view(ONE),
        name="api-review-preparation",
    ),
    path("v1/reviews/<str:review_pk>/note/", Notes.as_view(ONE), name="api-review-note"),
    path("v1/review-counts/", ReviewCounts.as_view({"get": "list"}), name="api-review-counts"),
    path(
        "v1/diagnosis-evidence/",
        OfferedEvidence.as_view({"get": "list"}),
        name="api-diagnosis-evidence",
    ),
    path("v1/measures/", Measures.as_view({"get": "list"}), name="api-measures"),
    path(
        "v1/webhook-event-types/",
        WebhookEventTypes.as_view({"get": "list"}),
        name="api-webhook-event-types",
    ),
    path("v1/scorecards/", Scorecards.as_view({"get": "retrieve"}), name="api-scorecards"),
    path("v1/coverage/", CoverageFigures.as_view({"get": "retrieve"}), name="api-coverage"),
    path(
        "v1/coverage/people/",
        CoveragePeople.as_view({"get": "list"}),
        name="api-coverage-people",
    ),
    path("v1/coverage/rows/", CoverageRows.as_view({"get": "list"}), name="api-coverage-rows"),
    path("v1/metric-values/", MetricValues.as_view({"get": "list"}), name="api-metric-values"),
    path(
        "v1/alerts/<str:alert_pk>/parts/",
        AlertParts.as_view({"get": "list"}),
        name="api-alerts-parts",
    ),
    path(
        "v1/alerts/<str:alert_pk>/questions/<str:question_pk>/answer/",
        AlertAnswers.as_view({"post": "create"}),
        name="api-alerts-answer",
    ),
    path("v1/alert-rules/", AlertRules.as_view({"get": "list"}), name="api-alert-rules-list"),
    path("v1/alert-rules/<str:kind>/", AlertRules.as_view(ONE), name="api-alert-rules-detail"),
    path(
        "v1/alert-preferences/",
        AlertPreferences.as_view({"get": "list"}),
        name="api-alert-preferences-list",
    ),
    path(
        "v1/alert-preferences/<str:kind>/",
        AlertPreferences.as_view({**ONE, "put": "update"}),
        name="api-alert-preferences-detail",
    ),
    path("v1/delivery-hours/", TheDeliveryHours.as_view(ONE), name="api-delivery-hours"),
    *router.urls,
    re_path(r"", Nothing.as_view(), name="api_nothing"),
]
