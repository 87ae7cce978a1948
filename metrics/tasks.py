"""Jobs of this app; see `config/celery.py` for when they run."""

from celery import shared_task
from django.utils import timezone

from metrics import checkpoints, foretelling, rollups, tally_check


@shared_task
def roll_up() -> None:
    """Bring the tallies up to date with what has happened."""
    rollups.catch_up()


@shared_task
def take_checkpoints() -> None:
    """Judge the days that are over on the organisation's calendar."""
    checkpoints.take_due(timezone.now())


@shared_task
def check_tallies() -> None:
    """Count a sample again, and what foretells what; once a night, whoever comes first."""
    if tally_check.check_tonight(now := timezone.now()):
        foretelling.work_out(now)
