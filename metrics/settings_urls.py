from django.urls import path

from metrics.views import metrics, posted_measures, ramps, targets

urlpatterns = [
    path("metrics/", metrics.metrics, name="settings_metrics"),
    path("metrics/new/", metrics.metric_new, name="settings_metric_new"),
    path("metrics/<int:pk>/", metrics.metric, name="settings_metric"),
    path("metrics/<int:pk>/position/", metrics.metric_position, name="settings_metric_position"),
    path(
        "metrics/<int:pk>/retirement/", metrics.metric_retirement, name="settings_metric_retirement"
    ),
    path(
        "metrics/<int:pk>/restoration/",
        metrics.metric_restoration,
        name="settings_metric_restoration",
    ),
    path("targets/", targets.targets, name="settings_targets"),
    path("targets/new/", targets.target_new, name="settings_target_new"),
    path("targets/<int:pk>/end/", targets.target_end, name="settings_target_end"),
    path("ramps/", ramps.ramps, name="settings_ramps"),
    path("ramps/new/", ramps.ramp_new, name="settings_ramp_new"),
    path("ramps/<int:pk>/", ramps.ramp, name="settings_ramp"),
    path("ramps/<int:pk>/removal/", ramps.ramp_removal, name="settings_ramp_removal"),
    path("posted-measures/", posted_measures.posted_measures, name="settings_posted_measures"),
    path(
        "posted-measures/new/",
        posted_measures.posted_measure_new,
        name="settings_posted_measure_new",
    ),
    path(
        "posted-measures/<int:pk>/", posted_measures.posted_measure, name="settings_posted_measure"
    ),
]
