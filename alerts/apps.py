from django.apps import AppConfig


class AlertsConfig(AppConfig):
    name = "alerts"

    def ready(self) -> None:
        from alerts.models import AlertMail, Digest, WebhookDelivery
        from alerts.publishing import deliver
        from alerts.sending import register
        from lib import events

        register(AlertMail, Digest, WebhookDelivery)
        events.listen(deliver)
