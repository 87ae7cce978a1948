"""Touchline's addresses and those of the floor."""

from django.urls import include, path

from bench import floor

urlpatterns = [
    path("floor/<slug:name>/", floor.by_sql),
    path("floor/<slug:name>/orm/", floor.by_orm),
    path("", include("config.urls")),
]
