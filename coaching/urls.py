from django.urls import path

from coaching.views import debriefs, inspections

urlpatterns = [
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
