"""The jobs of metrics: the database says what is due, so a tick more or less is nothing."""

from datetime import timedelta

import pytest
from django.utils import timezone

from config.celery import app
from metrics import tasks
from metrics.models import CheckpointDay, DailyTally, Foretelling, Metric, TallyCheck, Touch
from people.models import User
from tests.support.posted_world import a_chain, count

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("task", "seconds"),
    [("roll_up", 20), ("take_checkpoints", 600), ("check_tallies", 3600)],
)
def test_it_is_on_the_schedule_and_does_not_pile_up(task: str, seconds: int) -> None:
    name = f"metrics.tasks.{task}"
    (entry,) = [each for each in app.conf.beat_schedule.values() if each["task"] == name]
    assert name in app.tasks
    assert entry["schedule"] == seconds
    assert entry["options"]["expires"] < seconds


@pytest.mark.django_db
def test_what_was_noted_is_counted(rosa: User) -> None:
    a_chain("dials")
    day = timezone.now().date() - DAY
    count(rosa, "dials", 4, day)
    for _ in range(2):
        tasks.roll_up()
        assert not Touch.objects.exists()
        assert DailyTally.objects.get(person=rosa).number == 4
    count(rosa, "dials", 6, day)
    tasks.roll_up()
    assert DailyTally.objects.get(person=rosa).number == 6


@pytest.mark.django_db
def test_days_that_are_over_are_judged_once() -> None:
    """By the real clock: a week has two of them, and eight days back lie one or two weeks' ends."""
    a_chain("dials")
    today = timezone.now().date()
    CheckpointDay.objects.create(day=today - 15 * DAY, taken_at=timezone.now())
    tasks.take_checkpoints()
    days = set(CheckpointDay.objects.values_list("day", flat=True))
    assert len(days) >= 1 + 4
    assert max(days) < today
    tasks.take_checkpoints()
    assert set(CheckpointDay.objects.values_list("day", flat=True)) == days


@pytest.mark.django_db
def test_the_nightly_job_checks_and_tells_what_foretells_what_once() -> None:
    tasks.check_tallies()
    assert TallyCheck.objects.count() == 1
    precursors = Metric.objects.filter(role="precursor").count()
    assert Foretelling.objects.count() == 13 * precursors
    Foretelling.objects.all().delete()
    tasks.check_tallies()
    assert (TallyCheck.objects.count(), Foretelling.objects.count()) == (1, 0)
