from django.urls import path

from pages import opportunity, views

urlpatterns = [
    path("", views.today, name="today"),
    path("settings/sample/", views.sample, name="settings_sample"),
    path("opportunities/<int:pk>/", opportunity.opportunity, name="opportunity"),
    path("healthz", views.healthz, name="healthz"),
]
