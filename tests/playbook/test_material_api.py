"""The playbook as data: everybody reads it, administrators write it."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from people.models import User
from playbook.models import Differentiator
from playbook.use import note_uses
from tests.factories import (
    NOW,
    TODAY,
    a_criterion,
    a_differentiator,
    a_priority,
    a_product,
    a_question,
    a_stage,
    an_account,
)

BODIES: dict[str, dict[str, Any]] = {
    "differentiators": {"text": "Live in a week", "proof": "The study"},
    "questions": {"text": "Who signs?", "situation": "plan"},
    "priorities": {"title": "Renewals", "reason": "They go", "first_day": "2026-11-01"},
    "icp-criteria": {
        "name": "Region", "fact": "location", "condition": "one_of", "texts": ["Germany"],
        "why": "We are there",
    },
}  # fmt: skip


@pytest.fixture
def ada_api(as_: Any, ada: User) -> APIClient:
    client: APIClient = as_.api(ada)
    return client


def results(client: APIClient, path: str) -> list[Any]:
    rows: list[Any] = client.get(f"/api/v1/{path}").json()["results"]
    return rows


@pytest.mark.parametrize("noun", BODIES)
def test_a_piece_is_written_changed_retired_and_offered_again(
    ada_api: APIClient, rosa: User, as_: Any, noun: str
) -> None:
    made = ada_api.post(f"/api/v1/{noun}/", BODIES[noun], format="json")
    assert made.status_code == 201, made.json()
    url, row = made["Location"], made.json()
    assert {name: row[name] for name in BODIES[noun]} == BODIES[noun]
    name = next(iter(BODIES[noun]))
    said = {name: "In other words"}
    changed = ada_api.patch(url, said, format="json", headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.json()[name]) == (200, "In other words")
    assert ada_api.patch(url, said, format="json", headers={"If-Match": '"1"'}).status_code == 412
    retired = ada_api.post(f"{url}retirement/", headers={"If-Match": '"2"'})
    assert retired.json()["retired_at"] is not None
    assert [each["id"] for each in results(ada_api, f"{noun}/?retired=true")] == [row["id"]]
    again = ada_api.delete(f"{url}retirement/", headers={"If-Match": '"3"'})
    assert again.json()["retired_at"] is None
    assert results(as_.api(rosa), f"{noun}/?retired=false&search=words") == [again.json()]


@pytest.mark.parametrize("noun", BODIES)
def test_a_piece_that_is_there_already_is_refused(ada_api: APIClient, noun: str) -> None:
    for code in (201, 400):
        answer = ada_api.post(f"/api/v1/{noun}/", BODIES[noun], format="json")
        assert answer.status_code == code, answer.json()


def test_it_takes_a_place_among_those_for_the_same(ada_api: APIClient) -> None:
    a_differentiator("First")
    body = {"text": "Before it", "place": 1}
    assert ada_api.post("/api/v1/differentiators/", body, format="json").json()["place"] == 1
    rows = Differentiator.objects.order_by("place")
    assert [each.text for each in rows] == ["Before it", "First"]


def test_dead_material_is_found(ada_api: APIClient, rosa: User) -> None:
    used, _ = a_question("Who signs?"), a_question("Why now?")
    note_uses(["Who signs?"], "plan", 1, by=rosa, at=NOW)
    [row] = results(ada_api, f"questions/?unused_since={TODAY}")
    assert (row["text"], row["uses"], row["last_used_on"]) == ("Why now?", 0, None)
    row = ada_api.get(f"/api/v1/questions/{used.pk}/").json()
    assert (row["uses"], row["last_used_on"]) == (1, str(TODAY))


def test_lists_are_narrowed(ada_api: APIClient) -> None:
    platform, stage = a_product(), a_stage(2)
    a_differentiator("Own", product=platform)
    a_differentiator("General")
    a_question("Stage?", stage=stage)
    a_question("Rep?", situation="review")
    a_priority("Now")
    a_priority("Over", first_day="2026-01-01", last_day="2026-01-31")
    a_criterion("Known", fact="parent", condition="known")
    a_criterion()
    for path, names in {
        f"differentiators/?product={platform.pk}": ["Own"],
        f"questions/?stage={stage.pk}": ["Stage?"],
        "questions/?situation=review": ["Rep?"],
        f"priorities/?in_force_on={TODAY}": ["Now"],
        "priorities/?in_force_on=2026-01-31": ["Over"],
        "icp-criteria/?fact=parent": ["Known"],
    }.items():
        found = results(ada_api, path)
        assert [each.get("text") or each.get("title") or each["name"] for each in found] == names


@pytest.mark.parametrize(
    ("noun", "field", "value"),
    [
        ("questions", "situation", "lunch"),
        ("questions", "stage", 999_999),
        ("questions", "text", "x" * 501),
        ("differentiators", "product", 999_999),
        ("differentiators", "uses", 7),
        ("priorities", "last_day", "2026-10-31"),
        ("icp-criteria", "weight", 0),
        ("icp-criteria", "texts", [5]),
        ("icp-criteria", "texts", ["a"] * 31),
        ("icp-criteria", "condition", "at_least"),
    ],
)
def test_what_is_wrong_is_said_of_its_field(
    ada_api: APIClient, noun: str, field: str, value: Any
) -> None:
    answer = ada_api.post(f"/api/v1/{noun}/", {**BODIES[noun], field: value}, format="json")
    assert answer.status_code == 400
    assert field in str(answer.json())


def test_the_fit_of_an_account_says_why(as_: Any, rosa: User, otto: User) -> None:
    acme = an_account(owner=rosa, employees=60)
    a_criterion("Mid-sized", weight=3)
    a_criterion("Old", fact="year_established", condition="at_most", most=1990)
    url = f"/api/v1/accounts/{acme.pk}/fit/"
    fit = as_.api(rosa).get(url).json()
    assert fit["percent"] == 100
    assert [(each["name"], each["state"], each["wanted"]) for each in fit["reasons"]] == [
        ("Old", "not_known", "at most 1990"),
        ("Mid-sized", "met", "at least 50"),
    ]
    assert as_.api(otto).get(url).status_code == 404


def test_without_a_profile_no_fit_is_claimed(as_: Any, rosa: User) -> None:
    acme = an_account(owner=rosa)
    answer = as_.api(rosa).get(f"/api/v1/accounts/{acme.pk}/fit/")
    assert answer.json() == {"percent": None, "reasons": []}
