from django.urls import path

from pages import (
    accounts,
    coverage,
    delivery,
    opportunity,
    person,
    person_metrics,
    team_dashboard,
    views,
)

urlpatterns = [
    path("", views.today, name="today"),
    path("today/precursors/", views.today_precursors, name="today_precursors"),
    path("settings/delivery/", delivery.delivery, name="settings_delivery"),
    path("settings/sample/", views.sample, name="settings_sample"),
    path("accounts/", accounts.accounts, name="accounts"),
    path("accounts/<int:pk>/", accounts.account, name="account"),
    path("opportunities/<int:pk>/", opportunity.opportunity, name="opportunity"),
    path("metrics/", team_dashboard.metrics, name="metrics"),
    path("metrics/teams/<int:pk>/", team_dashboard.team_dashboard, name="team_dashboard"),
    path("metrics/people/<int:pk>/", person_metrics.person_metrics, name="person_metrics"),
    path("coaching/", person.own, name="coaching"),
    path("people/<int:pk>/", person.person, name="person"),
    path("people/<int:pk>/training/", person.training, name="person_training"),
    path("people/<int:pk>/precursors/", views.person_precursors, name="person_precursors"),
    path("coverage/", coverage.coverage, name="coverage"),
    path("coverage/<int:pk>/", coverage.manager_coverage, name="manager_coverage"),
    path("coverage/<int:pk>/<slug:name>/", coverage.rows, name="coverage_rows"),
    path("healthz", views.healthz, name="healthz"),
]
