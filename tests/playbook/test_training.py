"""Modules of training are assigned, taken with a sentence, moved and withdrawn."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from lib.versions import Stale
from people.models import User
from playbook.models import TrainingAssignment, TrainingModule
from tests.factories import NOW, TODAY, a_training_module

WEEK = timedelta(days=7)


@pytest.fixture
def asking(db: None) -> TrainingModule:
    return a_training_module("Asking first")


@pytest.fixture
def hers(asking: TrainingModule, rosa: User, mia: User) -> TrainingAssignment:
    """Rosa's, by mia."""
    return TrainingAssignment.assign(
        rosa, asking, TODAY + WEEK, by=mia, at=NOW, why="For the calls with Acme"
    )


def test_whoever_leads_somebody_or_they_themselves_assign(
    asking: TrainingModule, rosa: User, eva: User, pia: User, ada: User
) -> None:
    for by in (pia, ada):
        with pytest.raises(ValidationError, match="somebody you lead"):
            TrainingAssignment.assign(rosa, asking, TODAY, by=by, at=NOW)
    own = TrainingAssignment.assign(rosa, asking, TODAY, by=rosa, at=NOW)
    own.withdraw(by=rosa, at=NOW)
    assert TrainingAssignment.assign(rosa, asking, TODAY, by=eva, at=NOW).assigned_by == eva


def test_a_module_is_to_be_taken_once_at_a_time(
    hers: TrainingAssignment, asking: TrainingModule, rosa: User, mia: User
) -> None:
    with pytest.raises(ValidationError, match="already"):
        TrainingAssignment.assign(rosa, asking, TODAY, by=mia, at=NOW)
    hers.finish(takeaway="Ask, then wait", by=rosa, at=NOW)
    again = TrainingAssignment.assign(rosa, asking, TODAY, by=mia, at=NOW)
    with pytest.raises(ValidationError, match="already"):
        hers.reopen(by=rosa, at=NOW)
    assert again.is_open


def test_a_retired_module_is_not_assigned_and_what_was_stays(
    hers: TrainingAssignment, asking: TrainingModule, pia: User, mia: User, ada: User
) -> None:
    asking.retire(by=ada, at=NOW)
    with pytest.raises(ValidationError, match="retired"):
        TrainingAssignment.assign(pia, asking, TODAY, by=mia, at=NOW)
    assert TrainingAssignment.objects.visible_to(mia).open().get() == hers


def test_nobody_gets_training_after_they_left(
    asking: TrainingModule, rosa: User, mia: User
) -> None:
    rosa.deactivate(on=TODAY)
    with pytest.raises(ValidationError, match="deactivated"):
        TrainingAssignment.assign(rosa, asking, TODAY, by=mia, at=NOW)


def test_only_who_takes_it_finishes_it_and_says_what_they_take_from_it(
    hers: TrainingAssignment, rosa: User, mia: User
) -> None:
    with pytest.raises(PermissionDenied):
        hers.finish(takeaway="She knows it", by=mia, at=NOW)
    with pytest.raises(ValidationError, match="in a sentence"):
        hers.finish(takeaway=" ", by=rosa, at=NOW)
    hers.finish(takeaway=" Ask, then wait ", by=rosa, at=NOW)
    assert (hers.state, hers.done_at, hers.takeaway) == ("done", NOW, "Ask, then wait")
    with pytest.raises(ValidationError, match="done already"):
        hers.finish(takeaway="Again", by=rosa, at=NOW)


def test_what_is_done_is_opened_again_with_its_words(hers: TrainingAssignment, rosa: User) -> None:
    hers.finish(takeaway="Ask, then wait", by=rosa, at=NOW)
    hers.reopen(by=rosa, at=NOW)
    assert (hers.is_open, hers.takeaway) == (True, "Ask, then wait")
    with pytest.raises(ValidationError, match="still to be taken"):
        hers.reopen(by=rosa, at=NOW)


VERBS: list[tuple[str, dict[str, Any]]] = [
    ("withdraw", {}),
    ("reschedule", {"due_on": TODAY}),
]


@pytest.mark.parametrize(("verb", "said"), VERBS)
def test_what_a_manager_assigned_only_managers_move_and_withdraw(
    hers: TrainingAssignment, rosa: User, eva: User, verb: str, said: dict[str, Any]
) -> None:
    with pytest.raises(PermissionDenied):
        getattr(hers, verb)(**said, by=rosa, at=NOW)
    getattr(hers, verb)(**said, by=eva, at=NOW)


def test_what_was_withdrawn_only_they_bring_back(
    hers: TrainingAssignment, rosa: User, mia: User
) -> None:
    hers.withdraw(by=mia, at=NOW)
    with pytest.raises(PermissionDenied):
        hers.reopen(by=rosa, at=NOW)
    hers.reopen(by=mia, at=NOW)
    assert hers.is_open


def test_of_two_who_change_it_at_once_the_second_is_told(
    hers: TrainingAssignment, mia: User
) -> None:
    hers.reschedule(TODAY, by=mia, at=NOW, version=1)
    with pytest.raises(Stale):
        hers.withdraw(by=mia, at=NOW, version=1)


def test_the_person_and_the_managers_above_see_it_and_nobody_else(
    hers: TrainingAssignment, rosa: User, mia: User, eva: User, pia: User, max_: User, ada: User
) -> None:
    seeing = {
        user.first_name: TrainingAssignment.objects.visible_to(user).count()
        for user in (rosa, mia, eva, pia, max_, ada)
    }
    assert seeing == {"Rosa": 1, "Mia": 1, "Eva": 1, "Pia": 0, "Max": 0, "Ada": 0}


def test_it_is_overdue_the_day_after(hers: TrainingAssignment) -> None:
    rows = TrainingAssignment.objects.all()
    assert not rows.overdue(hers.due_on)
    assert list(rows.overdue(hers.due_on + timedelta(days=1))) == [hers]
