from django.urls import path

from pages import views

urlpatterns = [
    path("", views.today, name="today"),
    path("settings/sample/", views.sample, name="settings_sample"),
    path("healthz", views.healthz, name="healthz"),
]
