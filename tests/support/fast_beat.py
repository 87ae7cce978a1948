"""The Celery app with everything due each second, for a scheduler in a process of its own.

Only that process imports this module: it changes the schedule.
"""

from tests.support.worker import app

for entry in app.conf.beat_schedule.values():
    entry["schedule"] = 1

__all__ = ["app"]
