"""Signing in, by allauth. E-mail addresses are changed by administrators, on the person's page."""

from django.urls import include, path
from django.views.generic import RedirectView

to_profile = RedirectView.as_view(pattern_name="settings_profile")

urlpatterns = [
    path("email/", to_profile),
    path("", include("allauth.urls")),
]
