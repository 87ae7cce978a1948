from django.apps import AppConfig


class AlertsConfig(AppConfig):
    name = "alerts"

    def ready(self) -> None:
        from alerts.alert_kinds import kinds
        from alerts.events import SUBJECTS
        from alerts.kinds import register as register_alerts
        from alerts.models import AlertMail, Digest, WebhookDelivery
        from alerts.publishing import deliver
        from alerts.sending import register
        from alerts.waking import wake
        from lib import events

        register(AlertMail, Digest, WebhookDelivery)
        events.register(*SUBJECTS)
        events.listen(deliver)
        events.listen(wake)
        register_alerts(*kinds())
