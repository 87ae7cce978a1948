from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    name = "reviews"

    def ready(self) -> None:
        from alerts.kinds import register as register_alerts
        from lib import events
        from reviews import coverage_figures
        from reviews.alert_kinds import kinds
        from reviews.events import SUBJECTS

        events.register(*SUBJECTS)
        register_alerts(*kinds())
        coverage_figures.register()
