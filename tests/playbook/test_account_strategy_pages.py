"""The strategy on the page of an account, and its steps on Today."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from people.models import Organisation, User
from pipeline.models import Account
from playbook.models import AccountStrategy, StrategyStep
from playbook.models.strategy import KINDS, TACTICAL
from tests.conftest import As
from tests.factories import an_account

STEP = {"text": "Lunch with the CFO", "kind": "tactical", "owner": "Rosa Rep", "due_on": ""}


@pytest.fixture
def acme(rosa: User) -> Account:
    return an_account("Acme", owner=rosa)


def a_step(acme: Account, owner: User, **said: Any) -> StrategyStep:
    now = timezone.now()
    strategy = AccountStrategy.of(acme, by=owner, at=now)
    values = {"kind": TACTICAL, "text": "Lunch", "due_on": owner.today(now), **said}
    return strategy.add_step(owner=owner, by=owner, at=now, **values)


def test_the_goal_is_written_and_a_stale_one_is_kept_beside_the_saved(
    as_: type[As], rosa: User, mia: User, acme: Account
) -> None:
    address, page = f"/accounts/{acme.pk}/strategy/", f"/accounts/{acme.pk}/"
    assert "What is to be reached" in as_.page(rosa).get(page).content.decode()
    first = as_.page(rosa).post(address, {"goal": "First choice", "version": "1"})
    assert first.url == f"{page}#strategy"
    second = as_.page(mia).post(address, {"goal": "Second choice", "version": "1"})
    assert second.status_code == 412
    assert "First choice" in second.content.decode()
    assert "Second choice" in second.content.decode()
    assert "First choice" in as_.page(mia).get(page).content.decode()


def test_a_step_is_added_changed_ticked_and_ticked_back(
    as_: type[As], rosa: User, acme: Account
) -> None:
    page, address = as_.page(rosa), f"/accounts/{acme.pk}/strategy-steps/"
    refused = page.post(address, STEP)
    assert (refused.status_code, b"Say by when" in refused.content) == (400, True)
    assert b"Lunch with the CFO" in refused.content
    assert page.post(address, {**STEP, "due_on": "2027-01-31"}).status_code == 302
    step = StrategyStep.objects.get()
    changed = {**STEP, "kind": "future", "version": "1"}
    assert page.post(f"/strategy-steps/{step.pk}/", changed).status_code == 302
    assert page.post(f"/strategy-steps/{step.pk}/", changed).status_code == 412
    done = page.post(f"/strategy-steps/{step.pk}/completion/", follow=True)
    assert f"/strategy-steps/{step.pk}/reopening/" in done.content.decode()
    assert 'aria-checked="true"' in done.content.decode()
    page.post(f"/strategy-steps/{step.pk}/reopening/")
    page.post(f"/strategy-steps/{step.pk}/removal/")
    assert not StrategyStep.objects.exists()


def test_who_has_a_step_keeps_it_when_somebody_else_changes_it(
    as_: type[As], rosa: User, mia: User, acme: Account
) -> None:
    """Rosa cannot give mia work, but may correct the words of a step of hers."""
    step = a_step(acme, mia)
    sent = {**STEP, "owner": "", "due_on": "2027-01-31", "version": "1"}
    assert as_.page(rosa).post(f"/strategy-steps/{step.pk}/", sent).status_code == 302
    step.refresh_from_db()
    assert (step.owner, step.text) == (mia, "Lunch with the CFO")
    assert as_.page(rosa).post(f"/accounts/{acme.pk}/strategy-steps/", sent).status_code == 400


def test_whoever_does_not_see_the_account_does_not_see_its_strategy(
    as_: type[As], rosa: User, otto: User, acme: Account
) -> None:
    step = a_step(acme, rosa)
    for address in (f"/accounts/{acme.pk}/strategy/", f"/strategy-steps/{step.pk}/"):
        assert as_.page(otto).get(address).status_code == 404


def test_a_step_that_is_due_is_done_from_today(as_: type[As], rosa: User, acme: Account) -> None:
    step, page = a_step(acme, rosa), as_.page(rosa)
    assert "Strategy for Acme" in page.get("/").content.decode()
    assert page.post(f"/strategy-steps/{step.pk}/completion/", {"today": ""}).url == "/"
    assert "Strategy for Acme" not in page.get("/").content.decode()


def statements(as_: type[As], rosa: User, acme: Account, rows: int) -> tuple[int, int]:
    for n in range(rows):
        for kind, _ in KINDS:
            if StrategyStep.objects.count() < 60:
                a_step(acme, rosa, kind=kind, text=f"Step {n}")
    Organisation.current()  # made the first time it is asked for
    found = []
    client = as_.page(rosa)
    for address in (f"/accounts/{acme.pk}/", "/"):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        found.append(len(captured))
    return found[0], found[1]


def test_the_account_and_today_take_the_same_statements_for_3_steps_and_for_30(
    as_: type[As], rosa: User, acme: Account
) -> None:
    few = statements(as_, rosa, acme, 1)
    assert statements(as_, rosa, acme, 10) == few
    assert max(few) <= 12


def test_steps_stand_in_their_group_open_ones_first(
    as_: type[As], rosa: User, acme: Account
) -> None:
    today = rosa.today(timezone.now())
    a_step(acme, rosa, text="Done").finish(by=rosa, at=timezone.now())
    a_step(acme, rosa, text="Later", due_on=today + timedelta(days=9))
    a_step(acme, rosa, text="Sooner", due_on=today - timedelta(days=1))
    page = as_.page(rosa).get(f"/accounts/{acme.pk}/")
    groups = {
        kind: [str(each) for each in steps] for kind, _, _, steps in page.context["strategy_groups"]
    }
    assert groups == {"tactical": ["Sooner", "Later", "Done"], "strategic": [], "future": []}
    assert "Overdue" in page.content.decode()
