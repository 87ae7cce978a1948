from reviews.models.agreement import Agreement
from reviews.models.pipeline_call import PipelineCall, PipelineCallAttendee
from reviews.models.pipeline_call_deal import PipelineCallDeal
from reviews.models.pipeline_call_decision import PipelineCallDecision
from reviews.models.pipeline_call_schedule import PipelineCallSchedule
from reviews.models.review import Review
from reviews.models.review_deal import ReviewDeal
from reviews.models.review_decision import ReviewDecision
from reviews.models.review_note import ReviewNote
from reviews.models.review_part import ReviewPart
from reviews.models.review_preparation import ReviewPreparation
from reviews.models.review_read import ReviewRead
from reviews.models.review_remark import ReviewRemark
from reviews.models.review_schedule import ReviewSchedule
from reviews.models.review_snapshot import ReviewSnapshot
from reviews.models.review_time_change import ReviewTimeChange

__all__ = [
    "Agreement",
    "PipelineCall",
    "PipelineCallAttendee",
    "PipelineCallDeal",
    "PipelineCallDecision",
    "PipelineCallSchedule",
    "Review",
    "ReviewDeal",
    "ReviewDecision",
    "ReviewNote",
    "ReviewPart",
    "ReviewPreparation",
    "ReviewRead",
    "ReviewRemark",
    "ReviewSchedule",
    "ReviewSnapshot",
    "ReviewTimeChange",
]
