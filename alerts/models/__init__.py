from alerts.models.alert import Alert
from alerts.models.heartbeat import Heartbeat, Sweep
from alerts.models.mail import AlertMail, Digest
from alerts.models.notification import Notification
from alerts.models.preference import AlertPreference, DeliveryHours
from alerts.models.question import AlertQuestion
from alerts.models.rule import AlertRule
from alerts.models.webhook import WebhookDelivery, WebhookEndpoint

__all__ = [
    "Alert",
    "AlertMail",
    "AlertPreference",
    "AlertQuestion",
    "AlertRule",
    "DeliveryHours",
    "Digest",
    "Heartbeat",
    "Notification",
    "Sweep",
    "WebhookDelivery",
    "WebhookEndpoint",
]
