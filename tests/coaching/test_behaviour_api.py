"""Behaviours, their scores and the rules of coaching by REST."""

from datetime import timedelta
from typing import Any

import pytest

from coaching.models import Behaviour, BehaviourScore, CoachingRules, DebriefReview
from coaching.models.behaviour_score import Seen
from people.models import User
from tests.factories import (
    NOW,
    a_behaviour,
    a_call,
    a_debrief,
    a_scored_call,
    a_training_module,
)

API = "/api/v1/"
ANCHORS = {"4": "Only when prompted", "7": "In most calls", "9": "In every call"}


def if_match(version: int) -> dict[str, str]:
    return {"if-match": f'"{version}"'}


@pytest.fixture
def asking(ada: User) -> Behaviour:
    return a_behaviour("Asks before telling", ada)


def test_a_manager_defines_changes_and_retires_one(as_: Any, mia: User, rosa: User) -> None:
    client, url = as_.api(mia), f"{API}behaviours/"
    words = {"name": "Asks", "expected": "Buyer first", "anchors": ANCHORS, "team": rosa.team_id}
    made = client.post(url, words)
    assert (made.status_code, made.data["minimum"], made.data["place"]) == (201, 7, 1)
    here = f"{url}{made.data['id']}/"
    changed = client.patch(here, {"minimum": 8}, headers=if_match(made.data["version"]))
    assert [each["minimum"] for each in changed.data["versions"]] == [7, 8]
    assert client.patch(here, {"weight": 2}, headers=if_match(1)).status_code == 412
    client.post(url, {**words, "name": "Listens"})
    placed = client.post(f"{here}placement/", {"position": 2})
    assert placed.data["place"] == 2
    retired = client.post(f"{here}retirement/", headers=if_match(changed.data["version"]))
    assert retired.data["retired_at"]
    back = client.delete(f"{here}retirement/", headers=if_match(retired.data["version"]))
    assert back.data["retired_at"] is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"anchors": {**ANCHORS, "11": "More"}},
        {"anchors": {"4": "Some"}},
        {"anchors": "none"},
        {"minimum": 11},
        {"weight": 0},
        {"name": ""},
        {"team": 999_999},
        {"place": 1},
    ],
)
def test_what_is_wrong_is_named(as_: Any, ada: User, wrong: dict[str, Any]) -> None:
    words = {"name": "Asks", "expected": "Buyer first", "anchors": ANCHORS}
    answer = as_.api(ada).post(f"{API}behaviours/", {**words, **wrong})
    assert answer.status_code == 400
    assert {error["attr"].split(".")[0] for error in answer.json()["errors"]} == wrong.keys()


def test_the_set_of_a_rep_is_found(
    as_: Any, mia: User, rosa: User, otto: User, asking: Behaviour
) -> None:
    own = a_behaviour("Listens", team=rosa.team)
    client = as_.api(mia)

    def found(query: str) -> list[int]:
        return [row["id"] for row in client.get(f"{API}behaviours/?{query}").data["results"]]

    assert found(f"expected_of={rosa.pk}") == [own.pk]
    assert found(f"expected_of={otto.pk}") == []
    assert found("organisation=true") == [asking.pk]
    assert found(f"team={rosa.team_id}") == [own.pk]
    own.retire(by=mia, at=NOW)
    assert found("retired=true") == [own.pk]


def test_a_debrief_takes_scores_and_its_review_the_managers(
    as_: Any, rosa: User, mia: User, ada: User, asking: Behaviour
) -> None:
    call, rep = a_call(rosa, NOW - timedelta(hours=2)), as_.api(rosa)
    scored = {"behaviour": asking.pk, "score": 6}
    done = {"score": 7, "no_next_step_reason": "Done", "behaviours": [scored]}
    made = rep.post(f"{API}debriefs/", {"call": call.pk, **done})
    assert [row["score"] for row in made.data["behaviours"]] == [6]
    here = f"{API}debriefs/{made.data['id']}/"
    rep.post(f"{here}filing/", headers=if_match(made.data["version"]))
    asking.change(name="Asks first", anchors={**ANCHORS, "4": "New"}, by=ada, at=NOW)
    said = [{"behaviour": asking.pk, "score": 4, "note": "Told them first"}]
    review = as_.api(mia).post(f"{here}review/", {"score": 5, "behaviours": said})
    assert review.status_code == 201, review.data
    (row,) = rep.get(here).data["behaviours"]
    assert (row["score"], row["manager_score"], row["gap"]) == (6, 4, -2)
    assert (row["name"], row["behaviour_version"]) == ("Asks before telling", 1)
    assert (row["anchors"]["4"], row["note"]) == ("Only when prompted", "Told them first")


def test_one_scored_twice_or_not_expected_is_refused(
    as_: Any, rosa: User, mia: User, otto: User, asking: Behaviour
) -> None:
    elsewhere = a_behaviour("Listens", team=otto.team)
    call, once = a_call(rosa, NOW), {"behaviour": asking.pk, "score": 6}
    filed = a_debrief(a_call(rosa, NOW))
    sent: list[tuple[Any, str, dict[str, Any]]] = [
        (rosa, "debriefs/", {"call": call.pk}),
        (mia, f"debriefs/{filed.pk}/review/", {"score": 5}),
    ]
    for user, path, body in sent:
        for wrong in ([once, once], [{**once, "behaviour": elsewhere.pk}], [{**once, "score": 11}]):
            answer = as_.api(user).post(f"{API}{path}", {**body, "behaviours": wrong})
            assert answer.status_code == 400
            assert answer.json()["errors"][0]["attr"].startswith("behaviours")
    assert not BehaviourScore.objects.exists()


def test_scores_are_the_reps_and_the_lines(
    as_: Any, rosa: User, pia: User, mia: User, eva: User, otto: User, max_: User, ada: User,
    asking: Behaviour,
) -> None:  # fmt: skip
    a_scored_call(rosa, 6, mia, NOW, {asking.pk: Seen(4, "Told them first")})
    for user in (rosa, mia, eva):
        (row,) = as_.api(user).get(f"{API}behaviour-scores/").data["results"]
        assert (row["manager_score"], row["own_score"], row["gap"]) == (4, None, None)
    for user in (pia, otto, max_, ada):
        assert as_.api(user).get(f"{API}behaviour-scores/").data["results"] == []
    assert as_.api(mia).post(f"{API}behaviour-scores/", {}).status_code == 405


def test_scores_are_narrowed(as_: Any, rosa: User, pia: User, mia: User, asking: Behaviour) -> None:
    first = a_scored_call(rosa, 6, mia, NOW, {asking.pk: Seen(4)}).debrief
    a_scored_call(pia, 6, mia, NOW + timedelta(days=1), {asking.pk: Seen(5)})
    a_debrief(a_call(pia, NOW + timedelta(days=2)), own_scores={asking.pk: 6})
    client = as_.api(mia)

    def found(query: str) -> list[int]:
        rows = client.get(f"{API}behaviour-scores/?ordering=at&{query}").data["results"]
        return [row["manager_score"] or row["own_score"] for row in rows]

    assert found("") == [4, 5, 6]
    assert found(f"rep={pia.pk}") == [5, 6]
    assert found(f"behaviour={asking.pk}&by_manager=true") == [4, 5]
    assert found(f"debrief={first.pk}") == [4]
    assert found("ride_along=1") == []
    assert found("at_from=2026-11-19T00:00:00Z&at_before=2026-11-20T00:00:00Z") == [5]


def test_administrators_change_the_minimum_of_a_call(
    as_: Any, rosa: User, mia: User, ada: User
) -> None:
    url, client = f"{API}coaching-rules/", as_.api(ada)
    seen = as_.api(rosa).get(url).data
    assert seen["minimum"] == 7
    answer = client.patch(url, {"minimum": 6}, headers=if_match(seen["version"]))
    assert (answer.status_code, CoachingRules.current().minimum) == (200, 6)
    assert client.patch(url, {"minimum": 5}, headers=if_match(seen["version"])).status_code == 412
    review = a_scored_call(rosa, 6, mia)
    assert DebriefReview.objects.get(pk=review.pk).minimum == 6


def test_modules_that_teach_it_are_said_by_their_ids(as_: Any, ada: User, rosa: User) -> None:
    module = a_training_module("Asking")
    anchors = {"4": "Rarely", "7": "Often", "9": "Always"}
    said = {"name": "Asks", "expected": "Asks first.", "anchors": anchors, "training": [module.pk]}
    made = as_.api(ada).post("/api/v1/behaviours/", said, format="json")
    assert made.status_code == 201, made.data
    address = f"/api/v1/behaviours/{made.data['id']}/"
    assert as_.api(rosa).get(address).data["training"] == [module.pk]
    client = as_.api(ada)
    client.patch(address, {"training": []}, format="json", HTTP_IF_MATCH='"1"')
    assert client.get(address).data["training"] == []
    unknown = client.patch(address, {"training": [9]}, format="json", HTTP_IF_MATCH="*")
    assert unknown.status_code == 400
