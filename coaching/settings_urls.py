from django.urls import path

from coaching.views import behaviours

urlpatterns = [
    path("behaviours/", behaviours.behaviours, name="settings_behaviours"),
    path("behaviours/new/", behaviours.behaviour_new, name="settings_behaviour_new"),
    path("behaviours/<int:pk>/", behaviours.behaviour, name="settings_behaviour"),
    path(
        "behaviours/<int:pk>/position/",
        behaviours.behaviour_position,
        name="settings_behaviour_position",
    ),
    path(
        "behaviours/<int:pk>/retirement/",
        behaviours.behaviour_retirement,
        name="settings_behaviour_retirement",
    ),
    path(
        "behaviours/<int:pk>/restoration/",
        behaviours.behaviour_restoration,
        name="settings_behaviour_restoration",
    ),
    path(
        "behaviours/<int:pk>/versions/",
        behaviours.behaviour_versions,
        name="settings_behaviour_versions",
    ),
    path("coaching-rules/", behaviours.coaching_rules, name="settings_coaching_rules"),
]
