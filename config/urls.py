"""Addresses: includes only."""

from django.urls import include, path

urlpatterns = [
    path("", include("pages.urls")),
    path("", include("pipeline.urls")),
    path("", include("playbook.urls")),
    path("", include("coaching.urls")),
    path("", include("reviews.urls")),
    path("alerts/", include("alerts.urls")),
    path("metrics/", include("metrics.urls")),
    path("settings/", include("people.urls")),
    path("settings/", include("alerts.settings_urls")),
    path("settings/", include("pipeline.catalogue_urls")),
    path("settings/", include("coaching.settings_urls")),
    path("settings/", include("metrics.settings_urls")),
    path("people/", include("people.options_urls")),
    path("auth/", include("people.auth_urls")),
    path("api/", include("api.urls")),
]
