"""Scores, diagnoses, focus, levels and ride-alongs are for the rep and the managers above them.

`test_access.py` asks for rosa's things where they are; here every address that there is, whatever
it is about, is asked by those who may not know: her peer, another manager, the administrator. Then
what leaves the house: files, mails, and what programs are told.
"""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from alerts import digests
from alerts.climb import climb
from alerts.kinds import KINDS
from alerts.models import AlertMail, AlertPreference, Digest, WebhookDelivery, WebhookEndpoint
from alerts.models.preference import AT_ONCE
from alerts.sending import send_some
from alerts.sweep import sweep
from coaching.models import (
    BehaviourScore,
    DebriefReview,
    Diagnosis,
    DiagnosisEvidence,
    Focus,
    FocusStep,
    InspectionLevel,
    LevelChange,
    RideAlong,
)
from people.models import User
from tests.access_table import TABLE
from tests.access_world import World, make_world
from tests.conftest import As
from tests.factories import a_scored_call
from tests.support.smtp import MailServer
from tests.support.smtp import mail_server as mail_server

pytestmark = [pytest.mark.once, pytest.mark.django_db]
SECRET = "Quetzalcoatl"  # in every text of rosa's coaching, and nowhere else
WRITTEN = [
    (Focus, ["goal", "outcome_reason"]),
    (FocusStep, ["evidence"]),
    (Diagnosis, ["skill_reason", "will_reason"]),
    (DiagnosisEvidence, ["said"]),
    (BehaviourScore, ["note"]),
    (LevelChange, ["reason"]),
    (RideAlong, ["about", "notes", "comment"]),
    (DebriefReview, ["modify", "help"]),
]


@pytest.fixture(scope="module")
def world(kept_rows: None) -> World:
    world = make_world()
    for model, names in WRITTEN:
        rows = model._default_manager.all()
        assert rows.exists()
        rows.update(**dict.fromkeys(names, SECRET))
    return world


@pytest.fixture(scope="module")
def bodies(world: World) -> dict[str, dict[str, str]]:
    """By person and address: what they are answered."""
    rosa, pia, mia, max_, _, ada = world.actors
    people = {"rosa": rosa, "mia": mia, "pia": pia, "max": max_, "ada": ada}
    return {name: dict(_answers(world, user)) for name, user in people.items()}


def _answers(world: World, user: User) -> Iterator[tuple[str, str]]:
    page, program = As.page(user), As.api(user, "read")
    for name, route in TABLE.items():
        if "GET" in route.methods:
            url = world.address(name, route)
            answer = (program if url.startswith("/api/") else page).get(url)
            body = b"".join(answer) if answer.streaming else answer.content
            yield name, body.decode(errors="replace")


@pytest.mark.parametrize("who", ["pia", "max", "ada"])
def test_no_address_tells_it_to_anybody_else(bodies: dict[str, dict[str, str]], who: str) -> None:
    assert [name for name, body in bodies[who].items() if SECRET in body] == []


@pytest.mark.parametrize("who", ["rosa", "mia"])
def test_the_rep_and_their_manager_read_it_in_pages_and_by_programs(
    bodies: dict[str, dict[str, str]], who: str
) -> None:
    told = {name for name, body in bodies[who].items() if SECRET in body}
    assert told >= {
        "person",
        "person_diagnoses",
        "inspection_level",
        "focus",
        "ride_along",
        "api-focuses-detail",
        "api-diagnoses-detail",
        "api-behaviour-scores-list",
        "api-ride-alongs-detail",
        "api-inspection-levels-detail",
    }


def test_mails_and_digests_say_none_of_it_even_to_the_line(
    world: World, mail_server: MailServer
) -> None:
    now = timezone.now()
    for person in world.actors:
        for kind in KINDS:
            AlertPreference.choose(person, kind, mail=AT_ONCE)
    for kind in KINDS:
        sweep(KINDS[kind], now)
    climb(now)
    digests.make_due(now + timedelta(days=1))
    assert AlertMail.objects.exists()
    assert Digest.objects.exists()
    days = (now.replace(hour=10) + timedelta(days=n) for n in range(2, 9))
    office_hours = next(day for day in days if day.weekday() == 2)
    for outbox in (AlertMail, Digest):
        while send_some(outbox, lambda: office_hours, lambda: None):
            pass
    assert mail_server.taken
    for each in mail_server.taken:
        for kind in ("plain", "html"):
            assert SECRET not in each.header("Subject") + each.part(kind)


def test_programs_of_others_are_told_nothing_of_it(world: World) -> None:
    rosa, pia, mia, max_, eva, ada = world.actors
    now = timezone.now()
    heard = {}
    for user in (rosa, pia, mia, max_, eva, ada):
        url = f"https://hooks.example.com/{user.pk}"
        heard[user] = WebhookEndpoint.add(by=user, at=now, url=url, description="All of it")
    Focus.objects.get(rep=rosa).take_step("train", SECRET, by=mia, at=now)
    InspectionLevel.of(rosa).set_by_hand("spot", SECRET, by=mia, at=now)
    a_scored_call(rosa, 8, mia, now)
    ride = RideAlong.plan(rosa, by=mia, at=now, starts_at=now, about=SECRET)
    ride.hold(by=mia, at=now, notes=SECRET, seen={})
    kinds = ("focus.", "inspection_level.", "diagnosis.", "ride_along.", "debrief_review.")
    told = {
        user
        for user, endpoint in heard.items()
        for delivery in WebhookDelivery.objects.filter(endpoint=endpoint)
        if delivery.event_type.startswith(kinds)
    }
    assert told == {rosa, mia, eva}
    assert not [each for each in WebhookDelivery.objects.all() if SECRET in str(each.payload)]
