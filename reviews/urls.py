from django.urls import path

from reviews.views import agreements, pipeline_calls

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
]
