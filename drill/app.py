"""The Celery app of the drill: that of Touchline, with all waits shortened by the pace."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from typing import Any

from celery.signals import beat_init, worker_process_init

from config.celery import app
from drill.pace import PACE, hurry

__all__ = ["app"]

if PACE != 1:
    for entry in app.conf.beat_schedule.values():
        entry["schedule"] /= PACE
        entry["options"]["expires"] /= PACE


@worker_process_init.connect
def in_worker(**_: Any) -> None:
    hurry()


@beat_init.connect
def in_beat(**_: Any) -> None:
    hurry()
