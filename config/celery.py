"""The Celery app, its queues and the whole schedule, in one place.

Every entry is a tick: what is due is decided from the database, so a tick that runs twice, late
or not at all loses nothing. `expires` keeps ticks from piling up while a worker is away.
"""

import os
from typing import Any

from celery import Celery, signals
from kombu import Queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("touchline")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# What waits for other people's servers has a queue and a worker of its own: however long mail
# servers hang, there is always somebody for the ticks. A worker told no queues serves both.
app.conf.task_queues = [Queue("celery", routing_key="celery"), Queue("out", routing_key="out")]
app.conf.task_routes = {"alerts.tasks.send": {"queue": "out"}}
app.conf.beat_schedule = {
    "resume imports": {
        "task": "pipeline.tasks.resume_imports",
        "schedule": 60,
        "options": {"expires": 55},
    },
    "plan reviews": {
        "task": "reviews.tasks.plan_reviews",
        "schedule": 3600,
        "options": {"expires": 3500},
    },
    "record reviews not held": {
        "task": "reviews.tasks.record_reviews_not_held",
        "schedule": 900,
        "options": {"expires": 880},
    },
    "roll up metrics": {
        "task": "metrics.tasks.roll_up",
        "schedule": 20,
        "options": {"expires": 18},
    },
    "take checkpoints": {
        "task": "metrics.tasks.take_checkpoints",
        "schedule": 600,
        "options": {"expires": 580},
    },
    "check tallies": {
        "task": "metrics.tasks.check_tallies",
        "schedule": 3600,
        "options": {"expires": 3500},
    },
    "assign onboarding": {
        "task": "playbook.tasks.assign_onboarding",
        "schedule": 3600,
        "options": {"expires": 3500},
    },
    "forget webhook deliveries": {
        "task": "alerts.tasks.forget_webhook_deliveries",
        "schedule": 3600,
        "options": {"expires": 3500},
    },
    "look after alerts": {
        "task": "alerts.tasks.tick",
        "schedule": 60,
        "options": {"expires": 55},
    },
    "send what is due": {
        "task": "alerts.tasks.offer",
        "schedule": 15,
        "options": {"expires": 14},
    },
    "tell new managers": {
        "task": "alerts.tasks.look_again",
        "schedule": 3600,
        "options": {"expires": 3500},
    },
    "forget what expired": {
        "task": "people.tasks.forget_expired",
        "schedule": 3600,
        "options": {"expires": 3500},
    },
}


@signals.beat_init.connect
def show_that_beat_lives(**_: Any) -> None:
    """In the scheduler's process only: it says so whenever it has something done."""
    from config.beating import Pulse

    pulse = Pulse()
    pulse()
    signals.before_task_publish.connect(pulse, weak=False)
