"""How one wants to hear of alerts, over REST: by kind, and at which hours. Only one's own."""

from collections.abc import Iterator
from datetime import time
from typing import Any

import pytest
import time_machine

from alerts.kinds import KINDS
from alerts.models import AlertPreference, AlertRule, DeliveryHours
from people.models import User
from tests.factories import NOW

pytestmark = pytest.mark.django_db
OVERDUE = "alert-preferences/debrief_overdue/"
HOURS = "delivery-hours/"


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def send(as_: Any) -> Any:
    """`send(rosa, "patch", HOURS, {...}, version=1)`."""

    def sender(user: User, method: str, path: str, data: Any = None, version: object = None) -> Any:
        headers = {} if version is None else {"if-match": f'"{version}"'}
        return getattr(as_.api(user), method)(f"/api/v1/{path}", data, headers=headers)

    return sender


def wrong(answer: Any) -> list[str]:
    assert answer.status_code == 400, answer.data
    return sorted(error["attr"] for error in answer.json()["errors"])


# By kind.


def test_every_kind_is_listed_also_those_of_which_nothing_was_said(rosa: User, send) -> None:
    AlertPreference.choose(rosa, "debrief_overdue", mail="at_once")
    rows = send(rosa, "get", "alert-preferences/").data["results"]
    assert [row["kind"] for row in rows] == list(KINDS)
    told = {row["kind"]: (row["mail"], row["is_muted"]) for row in rows}
    assert told.pop("debrief_overdue") == ("at_once", False)
    assert set(told.values()) == {("digest", False)}


def test_one_kind_is_said_whole_or_in_part(rosa: User, mia: User, send) -> None:
    AlertPreference.choose(mia, "debrief_overdue", mail="at_once")
    whole = send(rosa, "put", OVERDUE, {"mail": "never", "is_muted": True})
    assert whole.data == {
        "kind": "debrief_overdue",
        "label": "Debrief overdue",
        "explains": KINDS["debrief_overdue"].explains,
        "mail": "never",
        "is_muted": True,
        "is_mandatory": False,
    }
    part = send(rosa, "patch", OVERDUE, {"is_muted": False})
    assert (part.data["mail"], part.data["is_muted"]) == ("never", False)
    assert send(rosa, "get", OVERDUE).data == part.data
    assert send(mia, "get", OVERDUE).data["mail"] == "at_once"


@pytest.mark.parametrize(("field", "value"), [("is_muted", True), ("mail", "never")])
def test_what_everybody_is_to_hear_is_muted_by_nobody(
    rosa: User, send, field: str, value: object
) -> None:
    AlertRule.of(KINDS["debrief_overdue"]).change(is_mandatory=True)
    assert wrong(send(rosa, "patch", OVERDUE, {field: value})) == [field]
    kept = send(rosa, "get", OVERDUE).data
    assert (kept["mail"], kept["is_muted"], kept["is_mandatory"]) == ("digest", False, True)


@pytest.mark.parametrize(
    ("method", "body", "attrs"),
    [
        ("put", {}, ["is_muted", "mail"]),
        ("put", {"mail": "never"}, ["is_muted"]),
        ("patch", {"mail": "by pigeon"}, ["mail"]),
        ("patch", {"mail": ["never"]}, ["mail"]),
        ("patch", {"mail": None}, ["mail"]),
        ("patch", {"is_muted": "perhaps"}, ["is_muted"]),
        ("patch", {"person": 1}, ["person"]),
    ],
)
def test_what_is_no_wish_is_refused(
    rosa: User, send, method: str, body: dict[str, Any], attrs: list[str]
) -> None:
    assert wrong(send(rosa, method, OVERDUE, body)) == attrs
    assert not AlertPreference.objects.exists()


def test_a_kind_that_is_none_is_not_there(rosa: User, send) -> None:
    path = "alert-preferences/nothing/"
    for method in ("get", "put", "patch"):
        assert send(rosa, method, path, {}).status_code == 404


# Hours.


def test_hours_stand_as_they_are_for_everybody_until_one_says_others(rosa: User, send) -> None:
    answer = send(rosa, "get", HOURS)
    assert (answer.status_code, answer["ETag"]) == (200, '"1"')
    assert answer.data == {
        "has_digest": True,
        "digest_at": "08:00",
        "weekdays": [0, 1, 2, 3, 4],
        "quiet_from": "19:00",
        "quiet_until": "07:00",
        "next_digest_at": "2026-11-19T08:00:00Z",
        "version": 1,
    }


def test_one_says_ones_own_hours(rosa: User, mia: User, send) -> None:
    said = {"digest_at": "16:30", "weekdays": [4, 2, 2], "quiet_from": "20:00"}
    answer = send(rosa, "patch", HOURS, said, version=1)
    assert (answer.status_code, answer["ETag"]) == (200, '"2"')
    assert (answer.data["digest_at"], answer.data["weekdays"]) == ("16:30", [2, 4])
    assert answer.data["next_digest_at"] == "2026-11-18T16:30:00Z"
    assert DeliveryHours.of(rosa, NOW).quiet_from == time(20)
    assert DeliveryHours.of(mia, NOW).digest_at == time(8)


def test_without_a_digest_none_is_to_come(rosa: User, send) -> None:
    answer = send(rosa, "patch", HOURS, {"has_digest": False}, version=1)
    assert (answer.data["has_digest"], answer.data["next_digest_at"]) == (False, None)


def test_a_stale_change_of_hours_gets_what_is_saved(rosa: User, send) -> None:
    assert send(rosa, "patch", HOURS, {"has_digest": False}).status_code == 428
    send(rosa, "patch", HOURS, {"has_digest": False}, version=1)
    stale = send(rosa, "patch", HOURS, {"has_digest": True}, version=1)
    assert (stale.status_code, stale.json()["current"]["has_digest"]) == (412, False)


@pytest.mark.parametrize(
    ("body", "attr"),
    [
        ({"digest_at": "25:00"}, "digest_at"),
        ({"digest_at": "08:00:30"}, "digest_at"),
        ({"digest_at": None}, "digest_at"),
        ({"quiet_from": 7}, "quiet_from"),
        ({"weekdays": []}, "weekdays"),
        ({"weekdays": [7]}, "weekdays.0"),
        ({"weekdays": [0, "Friday"]}, "weekdays.1"),
        ({"weekdays": [[0]]}, "weekdays.0"),
        ({"weekdays": 3}, "weekdays"),
        ({"weekdays": list(range(7)) * 2}, "weekdays"),
        ({"has_digest": "perhaps"}, "has_digest"),
        ({"next_digest_at": "2026-11-18T16:30:00Z"}, "next_digest_at"),
        ({"zone": "UTC"}, "zone"),
    ],
)
def test_hours_that_are_none_are_refused(rosa: User, send, body: dict[str, Any], attr: str) -> None:
    assert wrong(send(rosa, "patch", HOURS, body, version=1)) == [attr]
    assert DeliveryHours.of(rosa, NOW).version == 1
