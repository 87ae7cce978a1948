"""A strategy for an account: one goal, steps over time, each with somebody who does it."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from lib.versions import Stale
from pages.due_tasks import due_tasks
from people.models import User
from pipeline.models import Account
from playbook.models import AccountStrategy, StrategyStep, TrainingAssignment
from playbook.models.strategy import FUTURE, STRATEGIC, TACTICAL
from reviews.models import Agreement
from tests.factories import NOW, TODAY, a_training_module, an_account

DAY = timedelta(days=1)


@pytest.fixture
def acme(rosa: User) -> Account:
    return an_account("Acme", owner=rosa)


@pytest.fixture
def strategy(acme: Account, rosa: User) -> AccountStrategy:
    return AccountStrategy.of(acme, by=rosa, at=NOW)


def a_step(strategy: AccountStrategy, owner: User, **said: object) -> StrategyStep:
    values = {"kind": TACTICAL, "text": "Lunch with the CFO", "due_on": TODAY, **said}
    return strategy.add_step(owner=owner, by=owner, at=NOW, **values)  # type: ignore[arg-type]


def test_an_account_has_one_strategy(strategy: AccountStrategy, acme: Account, mia: User) -> None:
    assert AccountStrategy.of(acme, by=mia, at=NOW) == strategy


def test_the_goal_is_a_sentence_that_two_may_write(
    strategy: AccountStrategy, rosa: User, mia: User
) -> None:
    strategy.write_goal(" First choice for all plants ", by=rosa, at=NOW, version=1)
    assert strategy.goal == "First choice for all plants"
    with pytest.raises(Stale):
        strategy.write_goal("Another", by=mia, at=NOW, version=1)
    with pytest.raises(ValidationError):
        strategy.write_goal(" ", by=rosa, at=NOW)


def test_steps_come_one_after_another_and_leave_the_goal_to_who_writes_it(
    strategy: AccountStrategy, rosa: User
) -> None:
    steps = [a_step(strategy, rosa, kind=kind) for kind in (TACTICAL, STRATEGIC, FUTURE)]
    assert [step.place for step in steps] == [1, 2, 3]
    strategy.write_goal("First choice", by=rosa, at=NOW, version=1)


def test_only_a_future_step_has_no_date(strategy: AccountStrategy, rosa: User) -> None:
    for kind in (TACTICAL, STRATEGIC):
        with pytest.raises(ValidationError, match="Say by when"):
            a_step(strategy, rosa, kind=kind, due_on=None)
    later = a_step(strategy, rosa, kind=FUTURE, due_on=None)
    with pytest.raises(ValidationError, match="Say by when"):
        later.change(kind=TACTICAL, by=rosa, at=NOW)


def test_nobody_who_left_is_given_a_step(strategy: AccountStrategy, rosa: User, pia: User) -> None:
    step = a_step(strategy, pia)
    pia.deactivate(on=TODAY)
    step.change(owner=pia, text="Dinner with the CFO", by=rosa, at=NOW)
    with pytest.raises(ValidationError, match="deactivated"):
        a_step(strategy, pia)


def test_a_step_is_ticked_opened_again_and_taken_out(strategy: AccountStrategy, rosa: User) -> None:
    step = a_step(strategy, rosa)
    step.finish(by=rosa, at=NOW)
    with pytest.raises(ValidationError, match="done already"):
        step.finish(by=rosa, at=NOW)
    step.reopen(by=rosa, at=NOW)
    assert step.done_at is None
    with pytest.raises(Stale):
        step.remove(by=rosa, at=NOW, version=1)
    step.remove(by=rosa, at=NOW, version=3)
    assert not strategy.steps.exists()


def test_it_is_seen_by_whoever_sees_the_account(
    strategy: AccountStrategy, rosa: User, mia: User, pia: User, otto: User, ada: User
) -> None:
    a_step(strategy, rosa)
    for model in (AccountStrategy, StrategyStep):
        seeing = [
            user.first_name
            for user in (rosa, mia, pia, otto, ada)
            if model.objects.visible_to(user).exists()
        ]
        assert seeing == ["Rosa", "Mia", "Ada"]


def test_steps_and_training_stand_with_agreements_among_what_is_due(
    strategy: AccountStrategy, rosa: User, mia: User, django_assert_num_queries: object
) -> None:
    Agreement.make(text="Call Acme", owner=rosa, due_on=TODAY, by=mia, at=NOW)
    a_step(strategy, rosa, due_on=TODAY - DAY)
    a_step(strategy, rosa, text="Far away", due_on=TODAY + 8 * DAY)
    a_step(strategy, rosa, text="Some day", kind=FUTURE, due_on=None)
    a_step(strategy, mia, text="Mia's own")
    a_step(strategy, rosa, text="Done").finish(by=rosa, at=NOW)
    module = a_training_module("Asking first")
    TrainingAssignment.assign(rosa, module, TODAY + 3 * DAY, by=mia, at=NOW)
    with django_assert_num_queries(1):  # type: ignore[operator]
        tasks = list(due_tasks(rosa, TODAY, 50))
    assert [(task.kind, task.title, task.sub, task.chip) for task in tasks] == [
        ("warn", "Lunch with the CFO", "Strategy for Acme, due Tue 17 Nov", "1 d late"),
        ("idle", "Call Acme", "Agreed with Mia Manager, due Wed 18 Nov", "Today"),
        ("idle", "Training: Asking first", "Due Sat 21 Nov", "In 3 d"),
    ]
    assert tasks[2].url == f"/playbook/training/{module.pk}/"
