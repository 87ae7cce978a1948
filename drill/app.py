"""The Celery app of the drill: that of Touchline, with all waits shortened by the pace."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from typing import Any

from celery.signals import celeryd_after_setup

from config.celery import app
from drill.pace import PACE, hurry

__all__ = ["app"]

if PACE != 1:
    for entry in app.conf.beat_schedule.values():
        if entry["task"].startswith("alerts."):
            entry["schedule"] /= PACE
            entry["options"]["expires"] /= PACE


@celeryd_after_setup.connect
def in_worker(**_: Any) -> None:
    """Before the worker has children."""
    hurry()
