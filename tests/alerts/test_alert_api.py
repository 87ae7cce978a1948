"""Alerts over REST: what one was told of, and what one says to it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alerts.climb import climb
from alerts.kinds import KINDS, MANY
from alerts.models import Alert, AlertQuestion, Notification
from alerts.sweep import sweep
from lib.events import SUBJECTS
from people.models import Holiday, User
from tests.factories import NOW, TODAY, a_call, a_deal, a_plan, an_alert

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def ask(as_: Any) -> Any:
    """`ask(rosa, "post", "7/snooze/", {...})` below /api/v1/alerts/."""

    def send(user: User, method: str, path: str = "", data: Any = None, **headers: str) -> Any:
        address = f"/api/v1/alerts/{path}"
        return getattr(as_.api(user), method)(address, data, headers=headers)

    return send


def ids(answer: Any) -> list[int]:
    assert answer.status_code == 200, answer.data
    return [row["id"] for row in answer.data["results"]]


def wrong(answer: Any) -> list[str]:
    assert answer.status_code == 400, answer.data
    assert answer.json()["type"] == "validation_error"
    return sorted(error["attr"] for error in answer.json()["errors"])


# Reading.


def test_an_alert_says_what_is_so_and_what_the_asker_was_told(
    rosa: User, mia: User, ask, clock
) -> None:
    deal = a_deal(rosa, "Rollout", amount=48_000, close_date=TODAY + 300 * DAY)
    clock.move_to(NOW + 14 * DAY)
    sweep(KINDS["stalled_deal"], NOW + 14 * DAY, only=[deal.pk])
    climb(NOW + 14 * DAY)
    clock.move_to(NOW + 16 * DAY)
    silent = Alert.objects.get(rule="silent")
    told = ask(mia, "get", f"{silent.pk}/").data
    assert told == {
        "id": silent.pk,
        "kind": "stalled_deal",
        "kind_label": "Stalled deal",
        "rule": "silent",
        "rule_label": silent.rule_label,
        "severity": silent.severity,
        "title": "Rollout",
        "sentence": "No activity for 16 days; the limit is 14.",
        "subject": {
            "type": "opportunity",
            "id": deal.pk,
            "path": f"/api/v1/opportunities/{deal.pk}/",
        },
        "about": {"id": rosa.pk, "name": "Rosa Rep"},
        "value": "14.0000",
        "value_today": "16.0000",
        "limit": "14.0000",
        "unit": "days",
        "clock": {"on": "2026-11-18", "at": None, "event": "The deal was opened"},
        "money": "48000.00",
        "currency": "EUR",
        "opened_at": "2026-12-02T09:00:00Z",
        "closed_at": None,
        "is_summary": False,
        "summary": None,
        "state": "open",
        "told_at": "2026-12-02T09:00:00Z",
        "read_at": None,
        "acted_at": None,
        "snoozed_until": None,
        "snooze_reason": "",
        "settled_at": None,
        "action": {"label": "Open the deal", "path": f"/opportunities/{deal.pk}/"},
        "questions": [],
    }
    listed = ask(mia, "get", "?rule=silent").data["results"]
    assert listed == [told]


def test_a_closed_alert_says_what_it_said_when_it_opened(rosa: User, ask, clock) -> None:
    alert = an_alert(
        rosa, rosa, unit="days", value=3, limit=2, said="Late for {number}.", closed_at=NOW + DAY
    )
    clock.move_to(NOW + 2 * DAY)
    told = ask(rosa, "get", f"{alert.pk}/").data
    assert (told["sentence"], told["value_today"]) == ("Late for 3 days.", None)
    assert (told["state"], told["closed_at"]) == ("closed", "2026-11-19T09:00:00Z")


def test_working_days_leave_holidays_out(rosa: User, ask, clock) -> None:
    alert = an_alert(rosa, rosa, unit="working days", value=5, said="In it for {number}.")
    Holiday.add(TODAY + DAY, "Founders' day")
    clock.move_to(NOW + 2 * DAY)
    assert ask(rosa, "get", f"{alert.pk}/").data["sentence"] == "In it for 6 working days."


def test_each_hears_of_the_same_alert_with_their_own_side(rosa: User, mia: User, ask) -> None:
    plan = a_plan(a_call(rosa))
    alert = an_alert(rosa, rosa, mia, kind="plan_waiting", subject_id=plan.pk)
    assert ask(mia, "post", f"{alert.pk}/reading/").data["read_at"] == "2026-11-18T09:00:00Z"
    own, hers = (ask(who, "get", f"{alert.pk}/").data for who in (rosa, mia))
    assert (own["read_at"], hers["read_at"]) == (None, "2026-11-18T09:00:00Z")
    assert own["action"]["path"] == f"/call-plans/{plan.pk}/"
    assert hers["action"]["path"] == f"/inspections/?plan={plan.pk}"
    assert own["subject"]["path"] == hers["subject"]["path"] == f"/api/v1/call-plans/{plan.pk}/"


def test_the_list_is_the_inbox_newest_first(rosa: User, mia: User, otto: User, ask) -> None:
    first = an_alert(rosa, rosa, mia, at=NOW - DAY)
    second = an_alert(rosa, rosa, mia)
    by_digest = an_alert(rosa, rosa)
    Notification.objects.create(alert=by_digest, person=mia, digest_on=TODAY)
    to_come = an_alert(rosa, mia, at=NOW + DAY)
    an_alert(otto, otto)
    assert ids(ask(mia, "get")) == [second.pk, first.pk]
    assert ids(ask(rosa, "get")) == [by_digest.pk, second.pk, first.pk]
    assert ask(mia, "get", f"{by_digest.pk}/").data["told_at"] is None
    assert to_come.pk not in ids(ask(mia, "get"))


def test_what_is_about_somebody_who_left_the_line_is_no_longer_ones_own(
    rosa: User, mia: User, otto: User, ask
) -> None:
    alert = an_alert(rosa, rosa, mia)
    rosa.join(otto.team)
    assert ids(ask(mia, "get")) == []
    assert ask(mia, "get", f"{alert.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=open", ["late"]),
        ("state=snoozed", ["snoozed"]),
        ("state=settled", ["settled"]),
        ("state=closed", ["closed"]),
        ("kind=stalled_deal", ["settled"]),
        ("kind=stalled_deal&rule=silent", ["settled"]),
        ("kind=stalled_deal&rule=pushed", []),
        ("rule=silent", ["settled"]),
        ("severity=risk", ["closed"]),
        ("severity=idle", []),
        ("about={pia}", ["snoozed"]),
        ("about=987654", []),
        ("opened_after=2026-11-16T09:00:00Z", ["late", "snoozed"]),
        ("opened_before=2026-11-16T09:00:00Z", ["closed"]),
        ("ordering=told_at&page_size=1", ["closed"]),
    ],
)
def test_a_list_is_narrowed(
    rosa: User, pia: User, mia: User, ask, query: str, found: list[str]
) -> None:
    an_alert(rosa, mia, title="late")
    snoozed = an_alert(pia, mia, title="snoozed", at=NOW - DAY)
    settled = an_alert(rosa, mia, title="settled", at=NOW - 2 * DAY, kind="stalled_deal")
    Alert.objects.filter(pk=settled.pk).update(rule="silent")
    an_alert(rosa, mia, title="closed", at=NOW - 3 * DAY, severity="risk", closed_at=NOW)
    mine = Notification.objects.filter(person=mia)
    mine.get(alert=snoozed).snooze(TODAY + DAY, "On holiday", at=NOW)
    mine.get(alert=settled).settle(NOW)
    answer = ask(mia, "get", "?" + query.format(pia=pia.pk))
    assert [row["title"] for row in answer.data["results"]] == found


@pytest.mark.parametrize(
    "query",
    [
        "state=asleep",
        "kind=nothing",
        "severity=bad",
        "about=rosa",
        "opened_after=2026-11-18",
        "opened_before=soon",
        "ordering=money",
        "cursor=made-up",
        "snoozed=true",
    ],
)
def test_what_means_nothing_in_a_query_is_refused(rosa: User, ask, query: str) -> None:
    assert wrong(ask(rosa, "get", f"?{query}")) == [query.partition("=")[0]]


def test_a_long_list_is_cut_into_pages(rosa: User, as_, ask) -> None:
    told = [an_alert(rosa, rosa, at=NOW - n * DAY).pk for n in range(5)]
    first = ask(rosa, "get", "?page_size=3")
    second = as_.api(rosa).get(first.data["next"])
    assert ids(first) + ids(second) == told
    assert second.data["next"] is None
    assert ids(as_.api(rosa).get(second.data["previous"])) == told[:3]


def test_a_list_takes_the_same_few_statements_for_3_rows_and_for_30(
    rosa: User, mia: User, as_
) -> None:
    client = as_.api(rosa)
    client.get("/api/v1/users/me/")  # notes the use of the token, once a minute

    def count(rows: int) -> int:
        for _ in range(rows):
            plan = a_plan(a_call(rosa))
            alert = an_alert(rosa, rosa, mia, kind="plan_waiting", subject_id=plan.pk)
            AlertQuestion.ask(alert, "When?", by=mia, at=NOW)
        with CaptureQueriesContext(connection) as statements:
            answer = client.get("/api/v1/alerts/?page_size=50")
        assert all(row["questions"] for row in answer.data["results"])
        return len(statements)

    assert count(3) == count(27) <= 5


def test_every_kind_says_where_its_subject_is() -> None:
    nouns = {subject.noun for subject in SUBJECTS.values() if subject.path}
    elsewhere = {kind.name for kind in KINDS.values() if kind.subject not in nouns}
    assert elsewhere <= {"webhook_switched_off"}  # webhooks are not told of webhooks


# Many at once.


@pytest.fixture
def summary(rosa: User, mia: User) -> Alert:
    """Of two alerts that began at once, for mia."""
    summary = an_alert(mia, mia, rule=MANY, subject_id=mia.pk, unit="", value=2, title="Two")
    for _ in range(2):
        part = an_alert(rosa, rosa, mia)
        Notification.objects.filter(alert=part, person=mia).update(summary=summary)
    return summary


def test_many_at_once_are_one_row_and_its_parts(mia: User, summary: Alert, ask) -> None:
    [row] = ask(mia, "get").data["results"]
    assert (row["id"], row["is_summary"], row["subject"]["type"]) == (summary.pk, True, "user")
    assert row["action"] == {"label": "See them all", "path": f"/alerts/{summary.pk}/"}
    parts = ask(mia, "get", f"{summary.pk}/parts/").data["results"]
    assert [part["summary"] for part in parts] == [summary.pk] * 2
    one = ask(mia, "get", f"{parts[0]['id']}/")
    assert one.data == parts[0]


def test_what_is_said_to_a_summary_holds_for_its_parts(mia: User, summary: Alert, ask) -> None:
    ask(mia, "post", f"{summary.pk}/settlement/")
    assert ids(ask(mia, "get", f"{summary.pk}/parts/?state=open")) == []
    ask(mia, "delete", f"{summary.pk}/settlement/")
    assert len(ids(ask(mia, "get", f"{summary.pk}/parts/?state=open"))) == 2


def test_what_is_no_summary_has_no_parts(rosa: User, summary: Alert, ask) -> None:
    assert ids(ask(rosa, "get", f"{an_alert(rosa, rosa).pk}/parts/")) == []
    assert ask(rosa, "get", f"{summary.pk}/parts/").status_code == 404


# What one says to it.


def test_acting_is_noted_and_reads_it(rosa: User, ask) -> None:
    alert = an_alert(rosa, rosa)
    told = ask(rosa, "post", f"{alert.pk}/action/").data
    assert (told["acted_at"], told["read_at"]) == ("2026-11-18T09:00:00Z",) * 2
    assert told["state"] == "open"


def test_a_snooze_lasts_until_its_day_or_until_it_is_taken_back(rosa: User, ask, clock) -> None:
    alert = an_alert(rosa, rosa)
    wait = {"until": "2026-11-20", "reason": "  They are on holiday "}
    told = ask(rosa, "post", f"{alert.pk}/snooze/", wait).data
    assert (told["state"], told["snoozed_until"]) == ("snoozed", "2026-11-20")
    assert told["snooze_reason"] == "They are on holiday"
    clock.move_to(NOW + 2 * DAY)
    assert ask(rosa, "get", f"{alert.pk}/").data["state"] == "open"
    clock.move_to(NOW)
    woken = ask(rosa, "delete", f"{alert.pk}/snooze/").data
    assert (woken["state"], woken["snoozed_until"], woken["snooze_reason"]) == ("open", None, "")


def test_what_is_settled_may_be_taken_back(rosa: User, ask) -> None:
    alert = an_alert(rosa, rosa)
    told = ask(rosa, "post", f"{alert.pk}/settlement/").data
    assert (told["state"], told["settled_at"]) == ("settled", "2026-11-18T09:00:00Z")
    assert ask(rosa, "delete", f"{alert.pk}/settlement/").data["state"] == "open"


@pytest.mark.parametrize(
    ("body", "attrs"),
    [
        ({}, ["reason", "until"]),
        ({"until": "2026-11-18", "reason": "Later"}, ["until"]),
        ({"until": "2026-11-01", "reason": "Later"}, ["until"]),
        ({"until": "2027-11-30", "reason": "Later"}, ["until"]),
        ({"until": "2027-02-31", "reason": "Later"}, ["until"]),
        ({"until": "31 January", "reason": "Later"}, ["until"]),
        ({"until": "0001-01-01", "reason": "Later"}, ["until"]),
        ({"until": 20_270_131, "reason": "Later"}, ["until"]),
        ({"until": None, "reason": None}, ["reason", "until"]),
        ({"until": ["2026-11-20"], "reason": ["Later"]}, ["reason", "until"]),
        ({"until": "2026-11-20", "reason": " "}, ["reason"]),
        ({"until": "2026-11-20", "reason": 5}, ["reason"]),
        ({"until": "2026-11-20", "reason": "a" * 501}, ["reason"]),
        ({"until": "2026-11-20", "reason": "a\x00b"}, ["reason"]),
        ({"until": "2026-11-20", "reason": "Later", "person": 1}, ["person"]),
    ],
)
def test_a_snooze_wants_a_day_to_come_and_a_reason(
    rosa: User, ask, body: dict[str, Any], attrs: list[str]
) -> None:
    alert = an_alert(rosa, rosa)
    assert wrong(ask(rosa, "post", f"{alert.pk}/snooze/", body)) == attrs
    assert Notification.objects.get().snoozed_until is None


def test_the_end_of_january_is_a_day_like_any(rosa: User, ask) -> None:
    alert = an_alert(rosa, rosa)
    wait = {"until": "2027-01-31", "reason": "Budget"}
    assert ask(rosa, "post", f"{alert.pk}/snooze/", wait).data["snoozed_until"] == "2027-01-31"


@pytest.mark.parametrize(
    ("noun", "body"),
    [
        ("action", {}),
        ("snooze", {"until": "2026-11-20", "reason": "Later"}),
        ("settlement", {}),
        ("question", {"text": "When?"}),
    ],
)
def test_what_has_ended_by_itself_wants_nothing_said(
    rosa: User, mia: User, ask, noun: str, body: dict[str, str]
) -> None:
    alert = an_alert(rosa, rosa, mia, closed_at=NOW)
    answer = ask(mia, "post", f"{alert.pk}/{noun}/", body)
    assert answer.status_code == 400
    [error] = answer.json()["errors"]
    assert error["detail"] == "This alert has ended by itself."


@pytest.mark.parametrize("noun", ["action", "settlement", "reading"])
def test_a_verb_without_words_takes_none(rosa: User, ask, noun: str) -> None:
    alert = an_alert(rosa, rosa)
    assert wrong(ask(rosa, "post", f"{alert.pk}/{noun}/", {"at": "2020-01-01"})) == ["at"]


def test_the_same_key_acts_once(rosa: User, ask, clock) -> None:
    alert = an_alert(rosa, rosa)
    path, key = f"{alert.pk}/settlement/", {"idempotency-key": "one"}
    first = ask(rosa, "post", path, {}, **key)
    ask(rosa, "delete", path)
    again = ask(rosa, "post", path, {}, **key)
    assert (again.data, again["Idempotency-Replayed"]) == (first.data, "true")
    assert Notification.objects.get().settled_at is None


@pytest.mark.parametrize("pk", ["0", "987654", "x", "-1", "1.5", "9" * 30, "٣"])
def test_what_is_no_alert_of_ones_own_is_not_there(rosa: User, ask, pk: str) -> None:
    for method, noun in (("get", ""), ("post", "action/"), ("delete", "snooze/")):
        assert ask(rosa, method, f"{pk}/{noun}").status_code == 404


# Questions.


def test_a_manager_asks_and_reads_the_answer(rosa: User, mia: User, ask) -> None:
    alert = an_alert(rosa, rosa, mia)
    asked = ask(mia, "post", f"{alert.pk}/question/", {"text": " When will you call? "})
    assert (asked.status_code, asked.data["text"]) == (201, "When will you call?")
    assert (asked.data["asked_by"], asked.data["answer"]) == (mia.pk, "")
    assert ask(rosa, "get", f"{alert.pk}/").data["questions"] == [asked.data]
    path = f"{alert.pk}/questions/{asked.data['id']}/answer/"
    answered = ask(rosa, "post", path, {"answer": "Today"})
    assert (answered.status_code, answered.data["answer"]) == (200, "Today")
    assert ask(mia, "get", f"{alert.pk}/").data["questions"] == [answered.data]
    again = ask(rosa, "post", path, {"answer": "Tomorrow"})
    assert (again.status_code, AlertQuestion.objects.get().answer) == (400, "Today")


def test_only_who_leads_asks_and_only_who_is_asked_answers(
    rosa: User, mia: User, eva: User, ask
) -> None:
    alert = an_alert(rosa, rosa, mia, eva)
    other = an_alert(rosa, rosa)
    question = AlertQuestion.ask(alert, "When?", by=mia, at=NOW)
    path = f"questions/{question.pk}/answer/"
    assert ask(rosa, "post", f"{alert.pk}/question/", {"text": "Why?"}).status_code == 403
    assert ask(mia, "post", f"{alert.pk}/{path}", {"answer": "Soon"}).status_code == 403
    assert ask(eva, "post", f"{alert.pk}/{path}", {"answer": "Soon"}).status_code == 404
    assert ask(rosa, "post", f"{other.pk}/{path}", {"answer": "Soon"}).status_code == 404
    assert ask(rosa, "post", f"{alert.pk}/questions/x/answer/", {"answer": "x"}).status_code == 404
    assert ask(eva, "get", f"{alert.pk}/").data["questions"] == []


@pytest.mark.parametrize("words", ["", "  ", None, 7, "a" * 501, "a\x00b"])
def test_questions_and_answers_are_texts_of_some_length(
    rosa: User, mia: User, ask, words: object
) -> None:
    alert = an_alert(rosa, rosa, mia)
    question = AlertQuestion.ask(alert, "When?", by=mia, at=NOW)
    assert wrong(ask(mia, "post", f"{alert.pk}/question/", {"text": words})) == ["text"]
    path = f"{alert.pk}/questions/{question.pk}/answer/"
    assert wrong(ask(rosa, "post", path, {"answer": words})) == ["answer"]
