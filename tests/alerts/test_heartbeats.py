"""The parts that keep alerts running say that they live; who falls silent is told of."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from alerts.models import Heartbeat
from alerts.models.heartbeat import LATE_AFTER, PARTS, SCHEDULER, SENDER, WORKER
from alerts.tasks import send, tick
from config import up
from config.beating import Pulse
from config.celery import app
from people.models import User
from tests.factories import NOW
from tests.support.away import away
from tests.support.beat import beat
from tests.support.process import wait_until
from tests.support.worker import worker

# Named for the reason that tests/pipeline/test_clocks.py gives.
ALL_APPS = [config.name for config in apps.get_app_configs()]
committed = pytest.mark.django_db(transaction=True, available_apps=ALL_APPS)
LONG_AGO = timedelta(hours=30)


def heard(part: str) -> datetime | None:
    return Heartbeat.objects.filter(part=part).values_list("at", flat=True).first()


@pytest.mark.django_db
def test_a_late_word_of_an_earlier_beat_changes_nothing() -> None:
    Heartbeat.beat(WORKER, NOW)
    Heartbeat.beat(WORKER, NOW - timedelta(seconds=5))
    assert heard(WORKER) == NOW


@pytest.mark.django_db
def test_a_part_that_never_starts_is_late_and_a_night_off_is_no_delay(ada: User) -> None:
    Heartbeat.beat(WORKER, NOW - LONG_AGO)
    Heartbeat.expect(NOW)
    assert not Heartbeat.objects.late_for(ada, NOW + LATE_AFTER).exists()
    late = NOW + LATE_AFTER + timedelta(seconds=1)
    Heartbeat.beat(SCHEDULER, late)
    assert {each.part for each in Heartbeat.objects.late_for(ada, late)} == {WORKER, SENDER}


@pytest.mark.django_db
def test_a_start_never_takes_back_a_sign_of_life() -> None:
    Heartbeat.beat(SENDER, NOW)
    Heartbeat.expect(NOW - timedelta(minutes=1))
    assert heard(SENDER) == NOW


@pytest.mark.django_db
def test_the_tick_says_that_the_worker_lives_and_sending_that_the_sender_does() -> None:
    tick()
    assert (heard(WORKER) is None, heard(SENDER) is None) == (False, True)
    send("digest")
    assert heard(SENDER) is not None


# The banner.


def late_since(at: datetime, *parts: str) -> None:
    for part in PARTS:
        Heartbeat.beat(part, at if part in parts else timezone.now())


def test_managers_and_administrators_are_told_on_every_page_reps_are_not(
    as_: Any, mia: User, ada: User, rosa: User
) -> None:
    words = "Alerts are late."
    assert words not in as_.page(mia).get("/accounts/").content.decode()
    late_since(timezone.now() - LATE_AFTER - timedelta(seconds=1), SCHEDULER)
    for person, told in ((mia, True), (ada, True), (rosa, False)):
        for url in ("/accounts/", "/settings/profile/"):
            assert (words in as_.page(person).get(url).content.decode()) == told


def test_the_banner_costs_no_statement(as_: Any, ada: User) -> None:
    client, counts = as_.page(ada), []
    for late in (False, True):
        if late:
            late_since(timezone.now() - LONG_AGO, *PARTS)
        client.get("/accounts/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/accounts/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_it_says_which_part_and_since_when_in_ones_own_time(as_: Any, ada: User) -> None:
    ada.time_zone = "Asia/Tokyo"
    ada.save()
    at = timezone.now() - timedelta(minutes=5)
    late_since(at, SCHEDULER)
    words = as_.page(ada).get("/alerts/lateness/").content.decode()
    assert (
        f"Alerts are late: the scheduler has not been heard of since "
        f"{timezone.localtime(at, ada.zone):%H:%M}." in words
    )


def test_it_names_all_that_are_late_and_the_day_when_it_is_long_ago(as_: Any, ada: User) -> None:
    at = timezone.now() - LONG_AGO
    late_since(at, SCHEDULER, WORKER, SENDER)
    words = as_.page(ada).get("/alerts/lateness/").content.decode()
    assert re.search(r"the \w+, the \w+ and the \w+ have not been heard of since \d+ \w+ \d", words)
    assert "/settings/delivery/" in words


def test_what_came_back_meanwhile_is_said_too(as_: Any, ada: User) -> None:
    late_since(timezone.now())
    assert b"on time again" in as_.page(ada).get("/alerts/lateness/").content


# Queues.


def queues_of(command: list[str]) -> set[str]:
    return set(command[command.index("-Q") + 1].split(","))


@pytest.mark.once
def test_sending_has_a_worker_of_its_own_wherever_touchline_runs() -> None:
    """However long mail servers hang, there is always somebody for the ticks."""
    services = yaml.safe_load((settings.BASE_DIR / "docker-compose.yml").read_text())["services"]
    in_containers = [services[name]["command"] for name in ("worker", "sender")]
    for worker_command, sender in ([up.WORKER, up.SENDER], in_containers):
        assert queues_of(worker_command) | queues_of(sender) == set(app.amqp.queues)
        assert app.amqp.router.route({}, "alerts.tasks.send")["queue"].name in queues_of(sender)
        assert app.amqp.router.route({}, "alerts.tasks.tick")["queue"].name in queues_of(
            worker_command
        )
        assert not queues_of(worker_command) & queues_of(sender)


# Real processes.


@pytest.mark.slow
@pytest.mark.worker
@committed
def test_a_scheduler_and_a_worker_say_that_they_live(tmp_path: Path) -> None:
    began = timezone.now()
    with worker(tmp_path) as process, beat(tmp_path, "one"):
        wait_until(
            lambda: Heartbeat.objects.count() == len(PARTS), process, tmp_path / "worker.log"
        )
    assert all(moment and moment >= began for moment in map(heard, PARTS))


@pytest.mark.slow
@pytest.mark.once
def test_a_scheduler_goes_on_while_the_database_is_away(tmp_path: Path) -> None:
    nowhere = str(tmp_path / "away" / "db.sqlite3")
    with beat(tmp_path, "lonely", TEST_DATABASE_NAME=nowhere) as log:
        assert "The scheduler cannot say that it lives" in log.read_text()


@committed
def test_the_scheduler_says_so_once_in_a_while_and_goes_on_without_a_database() -> None:
    pulse = Pulse()
    with connection.execute_wrapper(away):
        pulse()
    assert heard(SCHEDULER) is None
    pulse()
    assert heard(SCHEDULER) is None  # not before the next turn
    pulse.next = 0
    pulse(sender="alerts.tasks.tick")
    assert heard(SCHEDULER) is not None
