"""Puts what was told in the app into the outboxes of the other channels, in the same transaction."""

from collections.abc import Sequence
from datetime import datetime

from alerts.channels import email
from alerts.models import Notification
from alerts.models.preference import Preferences


def queue(notifications: Sequence[Notification], preferences: Preferences, now: datetime) -> None:
    """For each channel, what each person wants by it. The notifications are saved already."""
    heard = [each for each in notifications if each.app_at is not None]
    if heard:
        email.queue(heard, preferences, now)
