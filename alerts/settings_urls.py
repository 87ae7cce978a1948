from django.urls import path

from alerts.views import delivery, preferences, rules, webhooks

urlpatterns = [
    path("notifications/", preferences.preferences, name="alert_preferences"),
    path("notifications/hours/", preferences.hours, name="alert_hours"),
    path("alerts/", rules.rules, name="settings_alert_rules"),
    path("alerts/<str:kind>/", rules.rule, name="settings_alert_rule"),
    path("delivery/retries/", delivery.retry_all, name="settings_delivery_retry_all"),
    path("delivery/<str:outbox>/<int:pk>/retry/", delivery.retry, name="settings_delivery_retry"),
    path("delivery/test-mail/", delivery.test_mail, name="settings_delivery_test_mail"),
    path("webhooks/", webhooks.webhooks, name="settings_webhooks"),
    path("webhooks/new/", webhooks.webhook_new, name="settings_webhook_new"),
    path("webhooks/<int:pk>/", webhooks.webhook, name="settings_webhook"),
    path(
        "webhooks/<int:pk>/description/",
        webhooks.webhook_description,
        name="settings_webhook_description",
    ),
    path("webhooks/<int:pk>/secret/", webhooks.webhook_secret, name="settings_webhook_secret"),
    path("webhooks/<int:pk>/test/", webhooks.webhook_test, name="settings_webhook_test"),
    path(
        "webhooks/<int:pk>/deactivation/",
        webhooks.webhook_deactivation,
        name="settings_webhook_deactivation",
    ),
    path(
        "webhooks/<int:pk>/activation/",
        webhooks.webhook_activation,
        name="settings_webhook_activation",
    ),
    path("webhooks/<int:pk>/removal/", webhooks.webhook_removal, name="settings_webhook_removal"),
    path(
        "webhook-deliveries/<int:pk>/resend/",
        webhooks.webhook_resend,
        name="settings_webhook_resend",
    ),
]
