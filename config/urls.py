"""Addresses: includes only."""

from django.urls import include, path

urlpatterns = [
    path("", include("pages.urls")),
    path("", include("pipeline.urls")),
    path("", include("coaching.urls")),
    path("", include("reviews.urls")),
    path("settings/", include("people.urls")),
    path("auth/", include("allauth.urls")),
    path("api/", include("api.urls")),
]
