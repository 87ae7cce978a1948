"""Who answers a plan, when, and with what."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from coaching.inspection_queue import InspectionQueue
from coaching.models import CallPlan, Inspection
from lib.versions import Stale
from people.models import User
from tests.factories import NOW, a_call, a_plan, an_account, plan_content


def test_the_soonest_call_comes_first(rosa: User, pia: User, mia: User) -> None:
    late = a_plan(a_call(rosa, NOW + timedelta(days=2)))
    soon = a_plan(a_call(pia, NOW + timedelta(hours=3)))
    queue = InspectionQueue(mia, NOW)
    assert [row.plan for row in queue.waiting] == [soon, late]
    assert [row.begins for row in queue.waiting] == ["in 3 h", "in 2 days"]
    assert {row.why for row in queue.waiting} == {"Every plan"}


def test_drafts_and_answered_plans_do_not_wait(rosa: User, mia: User) -> None:
    a_plan(a_call(rosa), file=False)
    Inspection.give(a_plan(a_call(rosa)), "good", by=mia, at=NOW)
    assert InspectionQueue(mia, NOW).left == 0


def test_direct_reports_by_default_and_everybody_on_request(
    rosa: User, otto: User, eva: User, mia: User
) -> None:
    theirs = [a_plan(a_call(rosa)), a_plan(a_call(otto))]
    managers = a_plan(a_call(mia))
    assert [row.plan for row in InspectionQueue(eva, NOW).waiting] == [managers]
    everybody = InspectionQueue(eva, NOW, everybody=True)
    assert {row.plan for row in everybody.waiting} == {managers, *theirs}


def test_nobody_inspects_their_own_plan(mia: User) -> None:
    plan = a_plan(a_call(mia))
    assert InspectionQueue(mia, NOW, everybody=True).left == 0
    with pytest.raises(PermissionDenied):
        Inspection.give(plan, "good", by=mia, at=NOW)


def test_only_a_manager_above_the_rep_answers(
    rosa: User, pia: User, max_: User, ada: User, eva: User
) -> None:
    plan = a_plan(a_call(rosa))
    for stranger in (pia, max_, ada, rosa):
        with pytest.raises(PermissionDenied):
            Inspection.give(plan, "good", by=stranger, at=NOW)
    assert Inspection.give(plan, "good", by=eva, at=NOW).by == eva


def test_change_this_needs_a_part_and_words(rosa: User, mia: User) -> None:
    plan = a_plan(a_call(rosa))
    with pytest.raises(ValidationError) as no_part:
        Inspection.give(plan, "change", by=mia, at=NOW, comment="Sharper")
    with pytest.raises(ValidationError) as no_words:
        Inspection.give(plan, "talk", by=mia, at=NOW, comment="  ")
    assert list(no_part.value.message_dict) == ["part"]
    assert list(no_words.value.message_dict) == ["comment"]
    assert not Inspection.objects.exists()


def test_an_answer_can_be_replaced_until_the_call_begins(rosa: User, mia: User) -> None:
    call = a_call(rosa)
    plan = a_plan(call)
    Inspection.give(plan, "good", by=mia, at=NOW)
    Inspection.give(plan, "change", by=mia, at=NOW, part="who", comment="Who else?")
    assert plan.state == CallPlan.CHANGE
    assert plan.validated_parts == []
    with pytest.raises(ValidationError):
        Inspection.give(plan, "good", by=mia, at=call.starts_at)
    assert Inspection.objects.count() == 2


def test_only_the_last_answer_of_a_plan_can_be_changed(rosa: User, mia: User) -> None:
    plan = a_plan(a_call(rosa))
    Inspection.give(plan, "talk", by=mia, at=NOW, comment="Call me")
    Inspection.give(plan, "good", by=mia, at=NOW + timedelta(minutes=1))
    answers = InspectionQueue(mia, NOW + timedelta(minutes=2)).answered
    assert [(row.inspection.verdict, row.open) for row in answers] == [
        ("good", True),
        ("talk", False),
    ]


def test_the_answer_was_to_the_text_the_manager_saw(rosa: User, mia: User) -> None:
    plan = a_plan(a_call(rosa))
    seen = plan.version
    plan.write(plan_content(purpose="Something else"), by=rosa, at=NOW)
    with pytest.raises(Stale):
        Inspection.give(plan, "good", by=mia, at=NOW, version=seen)
    assert not Inspection.objects.exists()


def test_a_call_that_began_without_an_answer_is_the_managers_debt(rosa: User, mia: User) -> None:
    call = a_call(rosa, NOW + timedelta(hours=1))
    plan = a_plan(call)
    assert InspectionQueue(mia, NOW).missed == []
    later = InspectionQueue(mia, call.starts_at)
    assert later.missed == [plan]
    assert later.left == 0


def test_a_plan_filed_too_late_is_not_the_managers_debt(rosa: User, mia: User) -> None:
    call = a_call(rosa, NOW - timedelta(hours=1))
    a_plan(call, at=NOW)
    assert InspectionQueue(mia, NOW).missed == []


def test_a_debt_leaves_the_page_after_two_weeks(rosa: User, mia: User) -> None:
    call = a_call(rosa, NOW + timedelta(hours=1))
    a_plan(call)
    assert InspectionQueue(mia, call.starts_at + timedelta(days=13)).missed
    assert not InspectionQueue(mia, call.starts_at + timedelta(days=15)).missed


def test_after_an_answer_comes_the_next_by_time_then_the_soonest(rosa: User, mia: User) -> None:
    an_account()
    first, second, third = (
        a_plan(a_call(rosa, NOW + timedelta(hours=hours))) for hours in (1, 2, 3)
    )
    queue = InspectionQueue(mia, NOW)
    assert queue.neighbours(second) == (first, third)
    assert queue.next_after(second) == third
    assert queue.next_after(third) == first
