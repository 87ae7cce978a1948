from django.urls import path

from metrics.views import metric, rows

urlpatterns = [
    path("<int:pk>/", metric.metric, name="metric"),
    path("people/<int:pk>/rows/", rows.person_rows, name="person_rows"),
    path("teams/<int:pk>/rows/", rows.team_rows, name="team_rows"),
]
