"""Which plans are inspected can be worked out again by anybody, and is fair."""

import hashlib
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coaching.models import CallPlan, InspectionLevel
from coaching.sampling import LEVELS, Sample
from tests.factories import NOW, a_call, a_plan

ONE_IN = {"continuous": 1, "frequent": 2, "intermittent": 5, "spot": 10}
LEVEL = st.sampled_from(list(ONE_IN))
ID = st.integers(1, 2**40)


@given(rep=ID, level=LEVEL, changes=st.integers(0, 10_000), run=st.integers(0, 10_000))
def test_each_run_of_plans_has_exactly_one_that_is_inspected(rep, level, changes, run):
    size = ONE_IN[level]
    numbers = range(run * size + 1, run * size + size + 1)
    samples = [Sample(rep, level, changes, number) for number in numbers]
    (inspected,) = [sample for sample in samples if sample.is_inspected]
    assert {sample.picked for sample in samples} == {inspected.number}
    assert {sample.run for sample in samples} == {run + 1}


@given(rep=ID, level=LEVEL, changes=st.integers(0, 10_000), number=st.integers(1, 10**6))
def test_anyone_can_work_it_out_again(rep, level, changes, number):
    """As docs/coaching.md tells it, by nothing of ours."""
    k = ONE_IN[level]
    run = -(-number // k)
    drawn = int(hashlib.sha256(f"{rep}/{changes}/{run}".encode()).hexdigest(), 16) % k
    expected = number == (run - 1) * k + drawn + 1
    assert Sample(rep, level, changes, number).is_inspected is expected
    assert Sample(rep, level, changes, number).is_inspected is expected


@pytest.mark.parametrize("level", [level for level, _ in LEVELS])
def test_no_place_in_a_run_is_drawn_more_often_than_another(level):
    size, runs = ONE_IN[level], 2_000
    drawn = [0] * size
    for run in range(runs):
        drawn[(Sample(7, level, 3, run * size + 1).picked - 1) % size] += 1
    fair = runs / size
    assert all(0.7 * fair < count < 1.3 * fair for count in drawn)


@pytest.mark.django_db
def test_a_rep_at_one_in_five_has_two_of_ten_plans_inspected(rosa, mia):
    InspectionLevel.kept(rosa).set_by_hand("intermittent", "She is good", by=mia, at=NOW)
    plans = [a_plan(a_call(rosa, NOW + timedelta(days=n + 1))) for n in range(10)]
    assert [plan.sample.number for plan in plans] == list(range(1, 11))
    inspected = [plan for plan in plans if plan.to_inspect]
    assert [plan.sample.run for plan in inspected] == [1, 2]
    assert all(plan.to_inspect == plan.sample.is_inspected for plan in plans)
    waiting = CallPlan.objects.visible_to(mia).awaiting_inspection(NOW)
    assert list(waiting) == inspected


@pytest.mark.django_db
def test_a_plan_keeps_what_was_decided_when_it_was_first_filed(rosa, mia):
    plan = a_plan(a_call(rosa))
    InspectionLevel.kept(rosa).set_by_hand("spot", "She is good", by=mia, at=NOW)
    plan.refresh_from_db()
    assert (plan.to_inspect, plan.inspection_level, plan.sample.number) == (True, "continuous", 1)
    later = a_plan(a_call(rosa, NOW + timedelta(days=2)))
    assert (later.inspection_level, later.level_number, later.sample.number) == ("spot", 1, 1)


@pytest.mark.django_db
def test_a_draft_is_not_counted(rosa):
    a_plan(a_call(rosa), file=False)
    assert a_plan(a_call(rosa, NOW + timedelta(days=2))).sample.number == 1
