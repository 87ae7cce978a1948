from django.urls import path

from reviews.views import (
    agreements,
    pipeline_calls,
    review,
    review_agreements,
    review_deals,
    review_meeting,
    review_schedules,
    review_texts,
    reviews,
)

urlpatterns = [
    path("agreements/", agreements.agreements, name="agreements"),
    path("agreements/<int:pk>/completion/", agreements.completion, name="agreement_completion"),
    path("agreements/<int:pk>/drop/", agreements.drop, name="agreement_drop"),
    path("agreements/<int:pk>/restoration/", agreements.restoration, name="agreement_restoration"),
    path("pipeline-calls/", pipeline_calls.pipeline_calls, name="pipeline_calls"),
    path(
        "pipeline-calls/schedule/<int:pk>/",
        pipeline_calls.pipeline_call_schedule,
        name="pipeline_call_schedule",
    ),
    path("pipeline-calls/<int:pk>/", pipeline_calls.pipeline_call, name="pipeline_call"),
    path(
        "pipeline-calls/<int:pk>/decisions/",
        pipeline_calls.pipeline_call_decisions,
        name="pipeline_call_decisions",
    ),
    path(
        "pipeline-calls/<int:pk>/notes/",
        pipeline_calls.pipeline_call_notes,
        name="pipeline_call_notes",
    ),
    path(
        "pipeline-calls/<int:pk>/closing/",
        pipeline_calls.pipeline_call_closing,
        name="pipeline_call_closing",
    ),
    path(
        "pipeline-calls/<int:pk>/acknowledgement/",
        pipeline_calls.pipeline_call_acknowledgement,
        name="pipeline_call_acknowledgement",
    ),
    path("reviews/", reviews.reviews, name="reviews"),
    path("reviews/new/", review_schedules.review_new, name="review_new"),
    path("reviews/schedule/<int:pk>/", review_schedules.review_schedule, name="review_schedule"),
    path("reviews/<int:pk>/time/", review_schedules.review_time, name="review_time"),
    path("reviews/<int:pk>/excuse/", review_schedules.review_excuse, name="review_excuse"),
    path(
        "reviews/<int:pk>/restoration/",
        review_schedules.review_restoration,
        name="review_restoration",
    ),
    path(
        "reviews/<int:pk>/invitation.ics",
        review_schedules.review_invitation,
        name="review_invitation",
    ),
    path("reviews/<int:pk>/", review.review, name="review"),
    path("reviews/<int:pk>/news/", review.review_news, name="review_news"),
    path("reviews/<int:pk>/read-through/", review.review_read_through, name="review_read_through"),
    path("reviews/<int:pk>/start/", review_meeting.review_start, name="review_start"),
    path(
        "reviews/<int:pk>/current-part/",
        review_meeting.review_current_part,
        name="review_current_part",
    ),
    path("reviews/<int:pk>/pause/", review_meeting.review_pause, name="review_pause"),
    path(
        "reviews/<int:pk>/resumption/", review_meeting.review_resumption, name="review_resumption"
    ),
    path("reviews/<int:pk>/consent/", review_meeting.review_consent, name="review_consent"),
    path(
        "reviews/<int:pk>/consent/withdrawal/",
        review_meeting.review_consent_withdrawal,
        name="review_consent_withdrawal",
    ),
    path("reviews/<int:pk>/closing/", review_meeting.review_closing, name="review_closing"),
    path("reviews/<int:pk>/remarks/", review_meeting.review_remarks, name="review_remarks"),
    path("reviews/<int:pk>/parts/<int:number>/", review_texts.review_part, name="review_part"),
    path(
        "reviews/<int:pk>/preparation/", review_texts.review_preparation, name="review_preparation"
    ),
    path("reviews/<int:pk>/note/", review_texts.review_note, name="review_note"),
    path(
        "reviews/<int:pk>/agreements/",
        review_agreements.review_agreements,
        name="review_agreements",
    ),
    path(
        "reviews/<int:pk>/agreements/<int:agreement_pk>/split/",
        review_agreements.review_agreement_split,
        name="review_agreement_split",
    ),
    path(
        "agreements/<int:pk>/removal/",
        review_agreements.review_agreement_removal,
        name="review_agreement_removal",
    ),
    path("reviews/<int:pk>/deals/<int:deal>/", review_deals.review_deal, name="review_deal"),
    path(
        "reviews/<int:pk>/deals/<int:deal>/decisions/",
        review_deals.review_deal_decisions,
        name="review_deal_decisions",
    ),
    path(
        "reviews/<int:pk>/deals/<int:deal>/answer/",
        review_deals.review_deal_answer,
        name="review_deal_answer",
    ),
]
