"""Alerts around calls: a plan that waits, a call that nobody planned, a debrief that is missing."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from alerts.models import Alert, Notification
from coaching.models import CallPlan, Inspection
from people.models import User
from pipeline.models import Call
from tests.factories import NOW, a_call, a_debrief, a_plan, an_account
from tests.support.alerting import inbox, is_open, look, one, set_rule

pytestmark = pytest.mark.django_db
HOUR, DAY, MINUTE = timedelta(hours=1), timedelta(days=1), timedelta(minutes=1)
INSTANT = timedelta(microseconds=1)
START = NOW + 3 * DAY


def a_waiting_plan(rosa: User) -> CallPlan:
    return a_plan(a_call(rosa, START))


# A plan waits for inspection.


def test_a_plan_is_alerted_to_from_a_day_before_its_call(rosa: User) -> None:
    plan = a_waiting_plan(rosa)
    look(START - DAY - INSTANT, "plan_waiting")
    assert not is_open("plan_waiting", plan.pk)
    look(START - DAY, "plan_waiting")
    alert = one("plan_waiting")
    assert (alert.value, alert.limit, alert.unit) == (24, 24, "hours")
    assert (alert.clock_at, alert.clock_event) == (plan.submitted_at, "The plan was filed")
    assert (alert.about, alert.severity, alert.money) == (rosa, "warn", None)


def test_hours_are_whole_ones_rounded_down(rosa: User) -> None:
    a_waiting_plan(rosa)
    look(START - 5 * HOUR - 59 * MINUTE, "plan_waiting")
    assert one("plan_waiting").value == 5


def test_a_plan_that_need_not_be_inspected_waits_for_nobody(rosa: User) -> None:
    plan = a_waiting_plan(rosa)
    CallPlan.objects.filter(pk=plan.pk).update(to_inspect=False)
    look(START - DAY, "plan_waiting")
    assert not Alert.objects.exists()


def test_only_a_manager_is_told_of_a_plan_that_waits(rosa: User, mia: User, eva: User) -> None:
    plan = a_waiting_plan(rosa)
    look(START - DAY, "plan_waiting")
    assert set(Notification.objects.values_list("person", flat=True)) == {mia.pk}
    assert one("plan_waiting").path_for(mia) == f"/inspections/?plan={plan.pk}"


def answered(verdict: str) -> Callable[[CallPlan, User], None]:
    def answer(plan: CallPlan, mia: User) -> None:
        Inspection.give(
            plan, verdict, by=mia, at=START - DAY, part="purpose", comment="Say who decides"
        )

    return answer


@pytest.mark.parametrize(
    "end",
    [
        answered(CallPlan.GOOD),
        answered(CallPlan.CHANGE),
        answered(CallPlan.TALK),
        lambda plan, mia: plan.call.cancel(by=mia, at=START - DAY),
        lambda plan, mia: plan.call.reschedule(START + DAY, by=mia, at=START - DAY),
        lambda plan, mia: plan.rep.deactivate(),
    ],
    ids=["good", "change", "talk", "cancelled", "moved", "left"],
)
def test_an_answer_ends_it_and_so_does_a_call_that_is_not_held(
    rosa: User, mia: User, end: Callable[[CallPlan, User], None]
) -> None:
    plan = a_waiting_plan(rosa)
    look(START - DAY, "plan_waiting")
    end(plan, mia)
    look(START - DAY + MINUTE, "plan_waiting")
    assert not is_open("plan_waiting", plan.pk)


def test_it_ends_the_instant_the_call_begins(rosa: User) -> None:
    plan = a_waiting_plan(rosa)
    look(START - INSTANT, "plan_waiting")
    assert is_open("plan_waiting", plan.pk)
    look(START, "plan_waiting")
    assert not is_open("plan_waiting", plan.pk)


def test_a_plan_that_was_sent_back_and_filed_again_waits_anew(rosa: User, mia: User) -> None:
    plan = a_waiting_plan(rosa)
    look(START - DAY, "plan_waiting")
    answered(CallPlan.CHANGE)(plan, mia)
    look(START - DAY + MINUTE, "plan_waiting")
    plan.file(by=rosa, at=START - DAY + HOUR)
    look(START - DAY + HOUR, "plan_waiting")
    assert one("plan_waiting").clock_at == START - DAY + HOUR
    assert Alert.objects.count() == 2


# A call about to be held unplanned.


def test_a_call_is_alerted_to_from_a_day_before_while_its_plan_is_not_filed(rosa: User) -> None:
    call = a_call(rosa, START)
    a_plan(call, file=False)
    look(START - DAY - INSTANT, "call_unplanned")
    assert not is_open("call_unplanned", call.pk)
    look(START - DAY, "call_unplanned")
    alert = one("call_unplanned")
    assert (alert.value, alert.limit, alert.unit, alert.clock_at) == (24, 24, "hours", START)


def test_the_days_before_are_the_administrators(rosa: User) -> None:
    call = a_call(rosa, START)
    set_rule("call_unplanned", days=2)
    look(START - 2 * DAY, "call_unplanned")
    assert one("call_unplanned").limit == 48
    set_rule("call_unplanned", days=1)
    look(START - 2 * DAY + MINUTE, "call_unplanned")
    assert not is_open("call_unplanned", call.pk)


def test_the_rep_plans_it_and_the_manager_looks_at_the_call(rosa: User, mia: User) -> None:
    call = a_call(rosa, START)
    look(START - DAY, "call_unplanned")
    alert = one("call_unplanned")
    assert alert.path_for(rosa) == f"/calls/{call.pk}/plan/"
    assert alert.path_for(mia) == f"/calls/{call.pk}/"


@pytest.mark.parametrize(
    "end",
    [
        lambda call: a_plan(call, at=START - HOUR),
        lambda call: call.cancel(by=call.owner, at=START - HOUR),
        lambda call: call.reschedule(START + 2 * DAY, by=call.owner, at=START - HOUR),
        lambda call: call.owner.deactivate(),
    ],
    ids=["planned", "cancelled", "moved", "left"],
)
def test_planning_moving_or_cancelling_ends_it(rosa: User, end: Callable[[Call], object]) -> None:
    call = a_call(rosa, START)
    look(START - DAY, "call_unplanned")
    end(call)
    look(START - HOUR, "call_unplanned")
    assert not is_open("call_unplanned", call.pk)


def test_a_call_that_began_is_no_longer_about_to_be_held(rosa: User) -> None:
    call = a_call(rosa, START)
    look(START - DAY, "call_unplanned")
    look(START, "call_unplanned")
    assert not is_open("call_unplanned", call.pk)


# A debrief that is missing.


@pytest.mark.parametrize("settle", [None, "hold"])
def test_a_debrief_is_overdue_24_hours_after_the_end(rosa: User, settle: str | None) -> None:
    call = a_call(rosa, START, planned_minutes=45)
    if settle:
        call.hold(by=rosa, at=START)
    a_debrief(call, at=START + HOUR, file=False)  # a draft is none
    end = START + 45 * MINUTE
    look(end + DAY - INSTANT, "debrief_overdue")
    assert not is_open("debrief_overdue", call.pk)
    look(end + DAY, "debrief_overdue")
    alert = one("debrief_overdue")
    assert (alert.value, alert.limit, alert.unit, alert.severity) == (24, 24, "hours", "risk")
    assert (alert.clock_at, alert.clock_event) == (end, "The call ended")


@pytest.mark.parametrize(
    "end",
    [
        lambda call: a_debrief(call, at=START + 2 * DAY),
        lambda call: call.miss(by=call.owner, at=START + 2 * DAY),
        lambda call: call.cancel(by=call.owner, at=START + 2 * DAY),
        lambda call: call.owner.deactivate(),
    ],
    ids=["filed", "missed", "cancelled", "left"],
)
def test_filing_it_or_saying_that_there_was_no_call_ends_it(
    rosa: User, end: Callable[[Call], object]
) -> None:
    call = a_call(rosa, START)
    look(START + 2 * DAY, "debrief_overdue")
    end(call)
    look(START + 2 * DAY + MINUTE, "debrief_overdue")
    assert not is_open("debrief_overdue", call.pk)


def test_a_call_of_ninety_days_ago_is_not_remembered(rosa: User) -> None:
    call = a_call(rosa, START)
    look(START + 90 * DAY - INSTANT, "debrief_overdue")
    assert is_open("debrief_overdue", call.pk)
    look(START + 90 * DAY, "debrief_overdue")
    assert not is_open("debrief_overdue", call.pk)


def test_the_manager_hears_of_a_missing_debrief_a_day_later(rosa: User, mia: User) -> None:
    an_account()
    a_call(rosa, START)
    begins = START + DAY + 30 * MINUTE
    look(begins, "debrief_overdue")
    assert (inbox(rosa, begins).count(), inbox(mia, begins).count()) == (1, 0)
    midnight = (begins + DAY).replace(hour=0, minute=0)
    look(midnight - INSTANT, "debrief_overdue")
    assert not inbox(mia, midnight).exists()
    look(midnight, "debrief_overdue")
    assert inbox(mia, midnight).count() == 1
