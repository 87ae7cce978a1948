from django.urls import path

from coaching.views import calls, debriefs, help_requests, inspections, plans

urlpatterns = [
    path("calls/", calls.calls, name="calls"),
    path("calls/week/", calls.calls_week, name="calls_week"),
    path("calls/new/", calls.call_new, name="call_new"),
    path("calls/<int:pk>/", calls.call, name="call"),
    path("calls/<int:pk>/time/", calls.call_time, name="call_time"),
    path("calls/<int:pk>/details/", calls.call_details, name="call_details"),
    path("calls/<int:pk>/cancellation/", calls.call_cancellation, name="call_cancellation"),
    path("calls/<int:pk>/no-show/", calls.call_no_show, name="call_no_show"),
    path("calls/<int:pk>/restoration/", calls.call_restoration, name="call_restoration"),
    path("calls/<int:pk>/plan/", plans.call_plan, name="call_plan"),
    path("calls/<int:pk>/plan/filing/", plans.call_plan_filing, name="call_plan_filing"),
    path("inspections/", inspections.inspections, name="inspections"),
    path("call-plans/<int:pk>/", plans.plan, name="plan"),
    path("call-plans/<int:pk>/inspection/", inspections.inspection, name="inspection"),
    path("calls/<int:pk>/debrief/", debriefs.call_debrief, name="call_debrief"),
    path(
        "calls/<int:pk>/debrief/filing/",
        debriefs.call_debrief_filing,
        name="call_debrief_filing",
    ),
    path("debriefs/", debriefs.debriefs, name="debriefs"),
    path("debriefs/<int:pk>/", debriefs.debrief, name="debrief"),
    path("debriefs/<int:pk>/review/", debriefs.debrief_review, name="debrief_review"),
    path(
        "opportunities/<int:pk>/help-requests/",
        help_requests.opportunity_help_requests,
        name="opportunity_help_requests",
    ),
    path("help-requests/", help_requests.help_requests, name="help_requests"),
    path("help-requests/<int:pk>/", help_requests.help_request, name="help_request"),
    path(
        "help-requests/<int:pk>/acceptance/",
        help_requests.acceptance,
        name="help_request_acceptance",
    ),
    path(
        "help-requests/<int:pk>/outcome/",
        help_requests.outcome,
        name="help_request_outcome",
    ),
    path(
        "help-requests/<int:pk>/decline/",
        help_requests.decline,
        name="help_request_decline",
    ),
    path(
        "help-requests/<int:pk>/withdrawal/",
        help_requests.withdrawal,
        name="help_request_withdrawal",
    ),
    path(
        "help-requests/<int:pk>/restoration/",
        help_requests.restoration,
        name="help_request_restoration",
    ),
    path(
        "help-requests/<int:pk>/acknowledgement/",
        help_requests.acknowledgement,
        name="help_request_acknowledgement",
    ),
]
