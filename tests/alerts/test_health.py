"""`/healthz?deep=1` says whether all of it works, to whoever asks, even when nothing does."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from alerts.models import Digest, Heartbeat, Sweep
from alerts.models.heartbeat import PARTS, SENDER
from metrics.models import TallyCheck
from people.models import User
from tests.factories import TODAY
from tests.support.away import away

MINUTE = timedelta(minutes=1)


def asked(client: Client | None = None) -> tuple[int, Any]:
    answer = (client or Client()).get("/healthz?deep=1")
    return answer.status_code, answer.json()


@pytest.fixture
def all_live(db: None) -> None:
    Heartbeat.expect(timezone.now())


def a_digest(person: User, due: timedelta, **fields: Any) -> Digest:
    at = timezone.now() + due
    return Digest.objects.create(person=person, day=TODAY, made_at=at, due_at=at, **fields)


def test_all_is_well(all_live: None) -> None:
    status, said = asked()
    assert (status, said["status"]) == (200, "ok")
    assert said["checks"]["database"] == {"status": "ok"}
    assert said["checks"]["heartbeats"]["parts"]["scheduler"]["age"] < 60
    assert said["checks"]["queue"]["status"] == "ok"
    assert said["checks"]["tallies"]["last"] == "none"


def test_a_part_that_never_ran_or_fell_silent_is_late(rosa: User) -> None:
    status, said = asked()
    assert (status, said["status"]) == (503, "late")
    assert said["checks"]["heartbeats"]["parts"]["worker"] == {"status": "late", "age": None}
    Heartbeat.expect(timezone.now())
    Heartbeat.objects.filter(part=SENDER).update(at=timezone.now() - 3 * MINUTE)
    status, said = asked()
    parts = said["checks"]["heartbeats"]["parts"]
    assert status == 503
    assert [parts[name]["status"] for name in PARTS] == ["ok", "ok", "late"]
    assert 180 <= parts["sender"]["age"] < 240


@pytest.mark.parametrize(
    ("due", "fields", "status"),
    [
        (-14 * MINUTE, {}, "ok"),
        (-16 * MINUTE, {}, "late"),
        (16 * MINUTE, {}, "ok"),
        (-16 * MINUTE, {"sent_at": timezone.now()}, "ok"),
        (-16 * MINUTE, {"gave_up_at": timezone.now()}, "ok"),
    ],
)
def test_what_is_due_and_unsent_for_long_is_late(
    all_live: None, rosa: User, due: timedelta, fields: dict[str, Any], status: str
) -> None:
    a_digest(rosa, due, **fields)
    outboxes = asked()[1]["checks"]["outbox"]
    assert outboxes["status"] == outboxes["outboxes"]["digest"]["status"] == status
    assert outboxes["outboxes"]["alertmail"]["oldest_due"] == 0


def test_a_kind_that_nobody_searches_is_late(all_live: None) -> None:
    now = timezone.now()
    Sweep.objects.create(kind="stalled_deal", due_at=now - 11 * MINUTE)
    Sweep.objects.create(kind="plan_waiting", due_at=now - 9 * MINUTE)
    Sweep.objects.create(kind="no longer there", due_at=now - 99 * MINUTE)
    status, said = asked()
    assert (status, said["checks"]["sweeps"]) == (503, {"status": "late", "late": ["stalled_deal"]})


def test_tallies_that_differed_are_told_and_are_no_delay(all_live: None) -> None:
    TallyCheck.objects.create(day=TODAY, at=timezone.now(), checked=70, differed=2)
    status, said = asked()
    assert status == 200
    assert said["checks"]["tallies"] == {
        "status": "ok",
        "last": "differed",
        "day": TODAY.isoformat(),
    }


def test_a_queue_that_is_away_is_down_and_quickly_so(
    all_live: None, settings: Any, tmp_path: Path
) -> None:
    settings.REDIS_URL = f"unix://{tmp_path}/nobody.sock"
    began = timezone.now()
    status, said = asked()
    assert (status, said["status"]) == (503, "down")
    assert said["checks"]["queue"] == {"status": "down", "jobs": None}
    assert timezone.now() - began < timedelta(seconds=2)


def test_a_database_that_is_away_is_down_whoever_asks(as_: Any, ada: User) -> None:
    signed_in = as_.page(ada)
    with connection.execute_wrapper(away):
        for client in (Client(), signed_in):
            status, said = asked(client)
            assert (status, said["status"]) == (503, "down")
            assert said["checks"]["database"] == {"status": "down"}
            assert said["checks"]["heartbeats"] == {"status": "unknown"}


def test_it_names_nobody(all_live: None, rosa: User) -> None:
    a_digest(rosa, -MINUTE, last_error="550 no such person as Rosa")
    text = Client().get("/healthz?deep=1").content.decode()
    assert "osa" not in text


def test_the_short_answer_asks_one_thing(
    as_: Any, ada: User, django_assert_num_queries: Any
) -> None:
    client = as_.page(ada)
    with django_assert_num_queries(1):
        assert client.get("/healthz").json() == {"status": "ok"}
