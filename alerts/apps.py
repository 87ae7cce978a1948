from django.apps import AppConfig


class AlertsConfig(AppConfig):
    name = "alerts"

    def ready(self) -> None:
        from alerts.events import SUBJECTS
        from alerts.models import AlertMail, Digest, WebhookDelivery
        from alerts.publishing import deliver
        from alerts.sending import register
        from alerts.waking import wake
        from lib import events

        register(AlertMail, Digest, WebhookDelivery)
        events.register(*SUBJECTS)
        events.listen(deliver)
        events.listen(wake)
