"""What this app itself alerts to: webhooks that were switched off because they did not work."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from django.urls import reverse

from alerts.kinds import WARN, KindOfRows, Ladder, Rows
from alerts.models import Alert, AlertRule, WebhookEndpoint
from alerts.models.alert import NUMBER
from alerts.models.webhook import FAILING, GONE, GONE_STATUS, MOST_FAILURES, SWITCHED_OFF


class WebhookSwitchedOff(KindOfRows):
    """About its owner. Whoever is above sees no endpoint of theirs, so nobody else is told."""

    name: ClassVar = SWITCHED_OFF
    label: ClassVar = "Webhook switched off"
    explains: ClassVar = (
        "A program of yours did not take what it was sent, so nothing more is sent to it. "
        "Switching it on again or removing it ends the alert."
    )
    action: ClassVar = "Open the endpoint"
    one: ClassVar = "webhook switched off"
    many: ClassVar = "webhooks switched off"
    rules: ClassVar = {FAILING: "It fails", GONE: "It is gone for good"}

    def path(self, alert: Alert) -> str:
        return reverse("settings_webhook", args=[alert.subject_id])

    def path_for_others(self, alert: Alert) -> str:
        return reverse("settings_webhooks")

    def standing(self, rule: AlertRule, now: datetime) -> Mapping[str, Rows]:
        stopped = WebhookEndpoint.objects.stopped().filter(owner__is_active=True)
        return {name: stopped.filter(off_because=name) for name in self.rules}

    def episode(self, name: str, row: WebhookEndpoint, rule: AlertRule, now: datetime) -> Alert:
        gone = name == GONE
        return Alert(
            kind=self.name,
            rule=name,
            subject_id=row.pk,
            about_id=row.owner_id,
            title=f"Webhook to {row.host}",
            said=f"Switched off: it answered {NUMBER}, gone for good."
            if gone
            else f"Switched off after {NUMBER} in a row, {MOST_FAILURES} over an hour are enough.",
            severity=WARN,
            value=Decimal(GONE_STATUS if gone else row.failures),
            limit=Decimal(GONE_STATUS if gone else MOST_FAILURES),
            unit="" if gone else "failures",
            clock_at=row.off_at if gone else row.failing_since,
            clock_event="It answered so" if gone else "The first of them",
        )


def kinds() -> list[KindOfRows]:
    """As they stand in settings."""
    return [WebhookSwitchedOff(Ladder(person_digest=0, manager_app=None, manager_digest=None))]
