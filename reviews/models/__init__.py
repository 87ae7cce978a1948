from reviews.models.agreement import Agreement
from reviews.models.pipeline_call import PipelineCall, PipelineCallAttendee
from reviews.models.pipeline_call_deal import PipelineCallDeal
from reviews.models.pipeline_call_decision import PipelineCallDecision
from reviews.models.pipeline_call_schedule import PipelineCallSchedule

__all__ = [
    "Agreement",
    "PipelineCall",
    "PipelineCallAttendee",
    "PipelineCallDeal",
    "PipelineCallDecision",
    "PipelineCallSchedule",
]
