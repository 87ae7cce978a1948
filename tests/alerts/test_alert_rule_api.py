"""Alert rules over REST: everybody reads why they are told what, administrators change it."""

from typing import Any

import pytest

from alerts.kinds import KINDS
from alerts.models import AlertRule
from people.models import User

pytestmark = pytest.mark.django_db
STALLED = "alert-rules/stalled_deal/"


@pytest.fixture
def send(as_: Any) -> Any:
    """`send(ada, "patch", {...}, version=1)` of the rule of stalled deals, or of another path."""

    def sender(
        user: User, method: str, data: Any = None, version: object = None, path: str = STALLED
    ) -> Any:
        headers = {} if version is None else {"if-match": f'"{version}"'}
        return getattr(as_.api(user), method)(f"/api/v1/{path}", data, headers=headers)

    return sender


def test_everybody_reads_the_rule_of_every_kind(rosa: User, send) -> None:
    rows = send(rosa, "get", path="alert-rules/").data["results"]
    assert [row["kind"] for row in rows] == list(KINDS)
    one = send(rosa, "get")
    assert one.data in rows
    assert one["ETag"] == '"1"'
    first = KINDS["stalled_deal"]
    assert one.data == {
        "kind": "stalled_deal",
        "label": "Stalled deal",
        "explains": first.explains,
        "days_label": "",
        "has_money": True,
        "is_on": True,
        "is_mandatory": False,
        "days": 0,
        "minimum_money": None,
        "person_app": first.ladder.person_app,
        "person_digest": first.ladder.person_digest,
        "manager_app": first.ladder.manager_app,
        "manager_digest": first.ladder.manager_digest,
        "above_app": first.ladder.above_app,
        "above_digest": first.ladder.above_digest,
        "version": 1,
    }


def test_an_administrator_changes_it(ada: User, send) -> None:
    said = {"is_mandatory": True, "minimum_money": "5000.00", "above_app": 3, "person_app": None}
    answer = send(ada, "patch", said, version=1)
    assert (answer.status_code, answer["ETag"]) == (200, '"2"')
    assert {name: answer.data[name] for name in said} == said
    rule = AlertRule.of(KINDS["stalled_deal"])
    assert (rule.minimum_money, rule.above_app, rule.person_app) == (5000, 3, None)


def test_nobody_else_does(rosa: User, mia: User, send) -> None:
    for person in (rosa, mia):
        assert send(person, "patch", {"is_on": False}, version=1).status_code == 403
    assert AlertRule.of(KINDS["stalled_deal"]).is_on


def test_a_stale_change_gets_what_is_saved(ada: User, send) -> None:
    assert send(ada, "patch", {"is_on": False}).status_code == 428
    send(ada, "patch", {"is_on": False}, version=1)
    stale = send(ada, "patch", {"is_on": True}, version=1)
    assert (stale.status_code, stale["ETag"]) == (412, '"2"')
    assert stale.json()["current"]["is_on"] is False
    assert stale.json()["current"]["label"] == "Stalled deal"


@pytest.mark.parametrize(
    ("kind", "body", "attr"),
    [
        ("stalled_deal", {"person_app": 366}, "person_app"),
        ("stalled_deal", {"person_app": -1}, "person_app"),
        ("stalled_deal", {"above_digest": "soon"}, "above_digest"),
        ("stalled_deal", {"minimum_money": "-1"}, "minimum_money"),
        ("stalled_deal", {"minimum_money": "1.234"}, "minimum_money"),
        ("stalled_deal", {"is_on": "perhaps"}, "is_on"),
        ("stalled_deal", {"is_on": None}, "is_on"),
        ("stalled_deal", {"days": None}, "days"),
        ("stalled_deal", {"days": 3}, "days"),
        ("stalled_deal", {"kind": "review_due"}, "kind"),
        ("review_due", {"minimum_money": "5"}, "minimum_money"),
        ("review_due", {"days": 366}, "days"),
    ],
)
def test_what_cannot_be_set_is_refused(
    ada: User, send, kind: str, body: dict[str, Any], attr: str
) -> None:
    answer = send(ada, "patch", body, version=1, path=f"alert-rules/{kind}/")
    assert answer.status_code == 400
    assert [error["attr"] for error in answer.json()["errors"]] == [attr]
    assert AlertRule.of(KINDS[kind]).version == 1


@pytest.mark.parametrize("kind", ["nothing", "1", "STALLED_DEAL"])
def test_a_kind_that_is_none_is_not_there(ada: User, send, kind: str) -> None:
    path = f"alert-rules/{kind}/"
    assert send(ada, "get", path=path).status_code == 404
    assert send(ada, "patch", {"is_on": True}, version=1, path=path).status_code == 404
