from django.urls import path

from coaching.views import calls, debriefs, inspections, plans

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
]
