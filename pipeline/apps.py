from django.apps import AppConfig


class PipelineConfig(AppConfig):
    name = "pipeline"

    def ready(self) -> None:
        from alerts.kinds import register as register_alerts
        from lib import events
        from pipeline.alert_kinds import StalledDeal
        from pipeline.events import SUBJECTS

        events.register(*SUBJECTS)
        register_alerts(StalledDeal())
