"""Training, onboarding and account strategies over REST."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from people.models import User
from playbook.models import AccountStrategy, OnboardingPlan, StrategyStep, TrainingAssignment
from tests.conftest import As
from tests.factories import a_training_module, an_account

API = "/api/v1"
DUE = "2027-01-31"


def send(client: Any, method: str, path: str, body: Any = None, version: int | None = None) -> Any:
    headers = {} if version is None else {"If-Match": f'"{version}"'}
    return getattr(client, method)(f"{API}/{path}", body, format="json", headers=headers)


def test_an_administrator_keeps_the_modules(as_: type[As], ada: User, rosa: User) -> None:
    client = as_.api(ada)
    said = {"title": "Asking first", "outcome": "Ask before telling"}
    made = send(client, "post", "training-modules/", said)
    assert (made.status_code, made.json()["minutes"], made.json()["place"]) == (201, 20, 1)
    one = f"training-modules/{made.json()['id']}/"
    assert send(client, "patch", one, {"minutes": 30}, 1).json()["version"] == 2
    assert send(client, "patch", one, {"minutes": 40}, 1).status_code == 412
    assert send(client, "patch", one, {"minutes": 0}, 2).status_code == 400
    assert send(client, "post", f"{one}retirement/", {}, 2).json()["retired_at"]
    assert send(client, "get", "training-modules/?retired=false").json()["results"] == []
    assert send(client, "delete", f"{one}retirement/", None, 3).json()["retired_at"] is None
    assert send(as_.api(rosa), "get", "training-modules/?search=ask").json()["results"]
    assert send(as_.api(rosa), "post", "training-modules/", said).status_code == 403


def test_training_is_assigned_moved_taken_and_withdrawn(
    as_: type[As], rosa: User, mia: User, otto: User
) -> None:
    module = a_training_module()
    said = {"person": rosa.pk, "module": module.pk, "due_on": DUE, "why": "Acme"}
    made = send(as_.api(mia), "post", "training-assignments/", said)
    assert (made.status_code, made.json()["state"]) == (201, "open")
    assert made.json()["assigned_by"] == mia.pk
    assert send(as_.api(mia), "post", "training-assignments/", said).status_code == 400
    refused = send(as_.api(mia), "post", "training-assignments/", {**said, "person": otto.pk})
    assert (refused.status_code, "person" in str(refused.json())) == (400, True)
    one = f"training-assignments/{made.json()['id']}/"
    moved = send(as_.api(mia), "patch", one, {"due_on": "2027-02-28"}, 1)
    assert (moved.json()["due_on"], moved.json()["version"]) == ("2027-02-28", 2)
    assert send(as_.api(rosa), "patch", one, {"due_on": DUE}, 2).status_code == 403
    empty = send(as_.api(rosa), "post", f"{one}completion/", {"takeaway": ""}, 2)
    assert empty.status_code == 400
    taken = send(as_.api(rosa), "post", f"{one}completion/", {"takeaway": "Wait"}, 2)
    assert (taken.json()["state"], taken.json()["takeaway"]) == ("done", "Wait")
    assert send(as_.api(rosa), "delete", f"{one}completion/", None, 3).json()["state"] == "open"
    gone = send(as_.api(mia), "post", f"{one}withdrawal/", {}, 4)
    assert gone.json()["state"] == "withdrawn"
    assert send(as_.api(mia), "delete", f"{one}withdrawal/", None, 5).json()["state"] == "open"


def test_assignments_are_filtered(as_: type[As], rosa: User, pia: User, mia: User) -> None:
    now = timezone.now()
    module, other = a_training_module("One"), a_training_module("Two")
    late = mia.today(now) - timedelta(days=2)
    hers = TrainingAssignment.assign(rosa, module, late, by=mia, at=now)
    hers_too = TrainingAssignment.assign(rosa, other, late + timedelta(days=9), by=mia, at=now)
    pias = TrainingAssignment.assign(pia, module, late, by=mia, at=now)
    pias.finish(takeaway="Ask", by=pia, at=now)

    def found(query: str) -> set[int]:
        answer = send(as_.api(mia), "get", f"training-assignments/?{query}").json()
        return {row["id"] for row in answer["results"]}

    assert found(f"person={rosa.pk}") == {hers.pk, hers_too.pk}
    assert found(f"module={module.pk}") == {hers.pk, pias.pk}
    assert found("open=true") == {hers.pk, hers_too.pk}
    assert found("open=false") == {pias.pk}
    assert found("overdue=true") == {hers.pk}
    assert found("overdue=false") == {hers_too.pk, pias.pk}
    assert found(f"due_from={late + timedelta(days=1)}") == {hers_too.pk}


def test_onboarding_is_planned(as_: type[As], ada: User, rosa: User) -> None:
    client, module = as_.api(ada), a_training_module()
    made = send(client, "post", "onboarding-plans/", {"name": "First weeks", "team": None})
    assert (made.status_code, made.json()["steps"]) == (201, [])
    assert send(client, "post", "onboarding-plans/", {"name": "Other"}).status_code == 400
    one, step = f"onboarding-plans/{made.json()['id']}/", {"module": module.pk, "after_days": 3}
    assert send(client, "post", f"{one}steps/", step, 1).status_code == 201
    assert send(client, "post", f"{one}steps/", step, 1).status_code == 412
    [kept] = send(client, "get", one).json()["steps"]
    assert (kept["module"], kept["after_days"]) == (module.pk, 3)
    assert send(client, "delete", f"onboarding-steps/{kept['id']}/").status_code == 204
    assert send(client, "patch", one, {"is_active": False}, 3).json()["is_active"] is False
    assert send(as_.api(rosa), "get", "onboarding-plans/").json()["results"] == []
    assert OnboardingPlan.objects.count() == 1


def test_an_account_has_one_strategy_with_steps(
    as_: type[As], rosa: User, mia: User, otto: User
) -> None:
    acme, client = an_account("Acme", owner=rosa), as_.api(rosa)
    said = {"account": acme.pk, "goal": "First choice"}
    made = send(client, "post", "account-strategies/", said)
    assert (made.status_code, made.json()["goal"]) == (201, "First choice")
    again = send(client, "post", "account-strategies/", said)
    assert (again.status_code, "change that" in str(again.json())) == (400, True)
    assert send(as_.api(otto), "post", "account-strategies/", said).status_code == 400
    version = made.json()["version"]
    one = f"account-strategies/{made.json()['id']}/"
    goal = send(as_.api(mia), "patch", one, {"goal": "Only choice"}, version)
    assert goal.json()["goal"] == "Only choice"
    step = {"kind": "tactical", "text": "Lunch", "owner": rosa.pk, "due_on": DUE}
    undated = send(client, "post", f"{one}steps/", {**step, "due_on": None})
    assert (undated.status_code, "due_on" in str(undated.json())) == (400, True)
    assert send(client, "post", f"{one}steps/", {**step, "owner": mia.pk}).status_code == 400
    added = send(client, "post", f"{one}steps/", step).json()
    [found] = send(client, "get", f"account-strategies/?account={acme.pk}").json()["results"]
    assert found["steps"] == [added]
    assert send(as_.api(otto), "get", "account-strategies/").json()["results"] == []


def test_steps_are_changed_ticked_and_removed(as_: type[As], rosa: User, mia: User) -> None:
    now = timezone.now()
    strategy = AccountStrategy.of(an_account("Acme", owner=rosa), by=rosa, at=now)
    late = rosa.today(now) - timedelta(days=1)
    said: dict[str, Any] = {"owner": rosa, "by": rosa, "at": now}
    step = strategy.add_step(kind="tactical", text="Lunch", due_on=late, **said)
    some_day = strategy.add_step(kind="future", text="Board", **said)
    client, one = as_.api(mia), f"strategy-steps/{step.pk}/"

    def found(query: str) -> list[int]:
        rows = send(client, "get", f"strategy-steps/?{query}").json()["results"]
        return [row["id"] for row in rows]

    assert found("overdue=true") == [step.pk]
    assert found("kind=future") == found("overdue=false") == [some_day.pk]
    assert found(f"account={strategy.account_id}&owner={rosa.pk}") == [step.pk, some_day.pk]
    assert send(client, "patch", one, {"text": "Dinner"}, 1).json()["text"] == "Dinner"
    assert send(client, "post", f"{one}completion/", {}, 2).json()["done_at"]
    assert found("open=true") == [some_day.pk]
    assert send(client, "delete", f"{one}completion/", None, 3).json()["done_at"] is None
    assert send(client, "delete", one, None, 3).status_code == 412
    assert send(client, "delete", one, None, 4).status_code == 204
    assert list(StrategyStep.objects.all()) == [some_day]


@pytest.mark.parametrize("noun", ["training-assignments", "strategy-steps", "account-strategies"])
def test_what_one_may_not_see_is_not_there(as_: type[As], ada: User, noun: str) -> None:
    assert send(as_.api(ada), "get", f"{noun}/999999999/").status_code == 404
