"""Behaviours in the debrief, in its review, and side by side where both are read."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from coaching.models import Behaviour, BehaviourScore, Debrief, DebriefReview, Focus
from coaching.models.behaviour_score import Seen
from people.models import User
from pipeline.models import Call
from tests.factories import NOW, a_behaviour, a_call, a_debrief, a_scored_call

JSON = {"Accept": "application/json"}
OPEN, SHUT = '<details class="fold behaviours" open>', '<details class="fold behaviours">'


@pytest.fixture
def asking(ada: User) -> Behaviour:
    return a_behaviour("Asks before telling", ada)


@pytest.fixture
def closing(asking: Behaviour, ada: User) -> Behaviour:
    return a_behaviour("Gets commitments", ada)


@pytest.fixture
def call(rosa: User) -> Call:
    return a_call(rosa, timezone.now() - timedelta(hours=1))


@pytest.fixture
def filed(call: Call, asking: Behaviour, closing: Behaviour) -> Debrief:
    """Rosa scored the first of the two."""
    return a_debrief(call, own_scores={asking.pk: 6})


def url(call: Call, verb: str = "") -> str:
    return f"/calls/{call.pk}/debrief/{verb}"


def complete(**other: Any) -> dict[str, Any]:
    done = {"score": "7", "no_next_step_reason": "Nothing to do", "actual_minutes": "30"}
    return {"version": 0, **done, **other}


def page_of(answer: Any) -> str:
    return str(answer.content.decode())


def test_none_has_to_be_scored(as_: Any, rosa: User, call: Call, asking: Behaviour) -> None:
    client = as_.page(rosa)
    page = page_of(client.get(url(call)))
    assert SHUT in page
    assert "Behaviours, as far as the call showed them" in page
    assert "7 — In most calls" in page
    assert client.post(url(call, "filing/"), complete()).status_code == 302
    assert not BehaviourScore.objects.exists()


def test_without_a_set_nothing_is_asked(as_: Any, rosa: User, call: Call) -> None:
    assert "Behaviours" not in page_of(as_.page(rosa).get(url(call)))


def test_scores_save_themselves_and_are_handed_in(
    as_: Any, rosa: User, call: Call, asking: Behaviour, closing: Behaviour
) -> None:
    client, name = as_.page(rosa), f"own_{asking.pk}"
    saved = client.post(url(call), {"version": 0, name: "6"}, headers=JSON)
    page = page_of(client.get(url(call)))
    assert OPEN in page
    assert f'id="id_{name}_6" value="6" checked' in page
    taken_away = {"version": saved.json()["version"], name: ""}
    version = client.post(url(call), taken_away, headers=JSON).json()["version"]
    assert Debrief.objects.get().drafted_scores == {}
    sent = complete(version=version, **{name: "6", f"own_{closing.pk}": ""})
    first = client.post(url(call, "filing/"), sent)
    assert client.post(url(call, "filing/"), sent)["Location"] == first["Location"]
    assert [(row.behaviour, row.own_score) for row in BehaviourScore.objects.all()] == [(asking, 6)]


@pytest.mark.parametrize("wrong", ["0", "11", "x"])
def test_no_score_is_taken_for_another(
    as_: Any, rosa: User, call: Call, asking: Behaviour, wrong: str
) -> None:
    sent = {"version": 0, f"own_{asking.pk}": wrong, "worked": "Kept words"}
    answer = as_.page(rosa).post(url(call), sent)
    assert answer.status_code == 400
    assert "Choose 1 to 10, or leave it out." in page_of(answer)
    assert "Kept words" in page_of(answer)


def test_of_two_tabs_neither_loses_a_score(
    as_: Any, rosa: User, call: Call, asking: Behaviour
) -> None:
    client, name = as_.page(rosa), f"own_{asking.pk}"
    client.post(url(call), {"version": 0, name: "6"}, headers=JSON)
    answer = client.post(url(call), {"version": 0, name: "4"}, headers=JSON)
    page = page_of(answer)
    assert answer.status_code == 412
    assert f"Two answers: {asking.name}" in page
    assert f'id="id_{name}_4" value="4" checked' in page
    assert Debrief.objects.get().drafted_scores == {asking.pk: 6}


def test_one_retired_meanwhile_is_left_out(
    as_: Any, rosa: User, ada: User, call: Call, asking: Behaviour, closing: Behaviour
) -> None:
    closing.retire(by=ada, at=NOW)
    sent = complete(**{f"own_{asking.pk}": "6", f"own_{closing.pk}": "5"})
    assert as_.page(rosa).post(url(call, "filing/"), sent).status_code == 302
    assert BehaviourScore.objects.get().behaviour == asking


def test_what_the_rep_works_on_stands_open(
    as_: Any, rosa: User, mia: User, call: Call, asking: Behaviour
) -> None:
    Focus.start(rosa, asking, by=mia, at=NOW)
    page = page_of(as_.page(rosa).get(url(call)))
    assert OPEN in page
    assert "<mark>In focus</mark>" in page


def test_the_last_score_is_underlined(
    as_: Any, rosa: User, mia: User, call: Call, asking: Behaviour
) -> None:
    earlier = a_debrief(a_call(rosa, NOW - timedelta(days=9)), own_scores={asking.pk: 5})
    a_debrief(a_call(rosa, NOW - timedelta(days=10)), own_scores={asking.pk: 3})
    seen = {asking.pk: Seen(8, "")}
    DebriefReview.give(earlier, by=mia, at=NOW, score=7, seen=seen)
    assert "last time 5" in page_of(as_.page(rosa).get(url(call)))
    filed = a_debrief(call, own_scores={asking.pk: 6})
    page = page_of(as_.page(mia).get(f"/debriefs/{filed.pk}/"))
    assert "Rosa Rep says 6 · last time 8" in page


def test_the_manager_scores_beside_the_rep(
    as_: Any, rosa: User, mia: User, ada: User, filed: Debrief, asking: Behaviour,
    closing: Behaviour,
) -> None:  # fmt: skip
    asking.change(anchors={"4": "New", "7": "New", "9": "New"}, by=ada, at=NOW)
    client, where = as_.page(mia), f"/debriefs/{filed.pk}/"
    page = page_of(client.get(where))
    assert OPEN in page
    assert page.count("7 — In most calls") == 2
    sent = {
        "score": "5",
        f"seen_{asking.pk}": "4",
        f"note_{asking.pk}": "Told them first",
        f"seen_{closing.pk}": "7",
    }
    assert client.post(f"{where}review/", sent).status_code == 302
    read = page_of(as_.page(rosa).get(where))
    for text in ("gap <b>-2</b>", "4 — Only when prompted", "7 — In most calls", "Told them first"):
        assert text in read
    assert "— New" not in read


def test_a_note_without_a_score_is_not_lost(
    as_: Any, mia: User, filed: Debrief, closing: Behaviour
) -> None:
    sent = {"score": "5", f"note_{closing.pk}": "Asked for the date"}
    answer = as_.page(mia).post(f"/debriefs/{filed.pk}/review/", sent)
    page = page_of(answer)
    assert answer.status_code == 400
    assert "Score what your note is about." in page
    assert f'href="#id_seen_{closing.pk}"' in page
    assert "Asked for the date" in page
    assert not DebriefReview.objects.exists()


def test_the_pages_take_the_same_few_statements(
    as_: Any, rosa: User, mia: User, ada: User, call: Call, filed: Debrief, asking: Behaviour
) -> None:
    other = a_call(rosa, timezone.now() - timedelta(hours=3))
    pages = [(rosa, url(other)), (mia, f"/debriefs/{filed.pk}/"), (rosa, f"/debriefs/{filed.pk}/")]

    def counted() -> list[int]:
        found = []
        for user, where in pages:
            client = as_.page(user)
            client.get(where)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(where).status_code == 200
            found.append(len(queries))
        return found

    few = counted()
    for n in range(3):
        a_behaviour(f"Behaviour {n}", ada)
    for n in range(6):
        at: datetime = NOW - timedelta(days=n + 2)
        a_scored_call(rosa, 5, mia, at, {asking.pk: Seen(n + 1, "Seen")})
    assert counted() == few
    assert max(few) <= 12, few
