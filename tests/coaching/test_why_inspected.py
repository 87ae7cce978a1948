"""Why a plan is inspected or not, in words that anyone can check."""

import hashlib
import re
from datetime import timedelta

import pytest

from coaching.models import InspectionLevel
from coaching.why_inspected import for_queue, on_filing, why
from tests.factories import NOW, a_call, a_plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def plans(rosa, mia):
    """The five plans of the first run at 1 in 5."""
    InspectionLevel.of(rosa).set_by_hand("intermittent", "Goes well", by=mia, at=NOW)
    return [a_plan(a_call(rosa, NOW + timedelta(days=n + 1))) for n in range(5)]


def test_of_each_run_one_plan_is_the_one_and_the_others_name_it(plans, rosa, mia):
    (inspected,) = [plan for plan in plans if plan.to_inspect]
    number = inspected.sample_number
    told = why(inspected, mia)
    assert told.sentence == (
        f"1 in 5: this is plan {number} at Rosa's level, and of plans 1 to 5 it is the one."
    )
    assert for_queue(inspected) == f"1 in 5: number {number} of plans 1 to 5"
    assert on_filing(inspected) == ""
    for plan in plans:
        if plan != inspected:
            assert on_filing(plan) == "Not inspected: you have earned 1 in 5."
            assert why(plan, rosa).sentence.endswith(f"at your level number {number} is.")
            assert "you have" not in why(plan, mia).sentence


def test_the_sum_that_is_shown_comes_to_what_is_said(plans, rosa):
    for plan in plans:
        said = " ".join(why(plan, rosa).steps)
        seed, one_in, drawn, picked = re.search(
            r'SHA-256 of "([^"]+)" modulo (\d+) is (\d+): number (\d+)', said
        ).groups()
        assert int(hashlib.sha256(seed.encode()).hexdigest(), 16) % int(one_in) == int(drawn)
        assert plan.to_inspect == (plan.sample_number == int(picked))


def test_at_the_first_level_nothing_is_drawn(rosa, mia):
    plan = a_plan(a_call(rosa))
    assert why(plan, rosa).sentence == "Inspected: at your level every plan is."
    assert why(plan, mia).sentence == "Inspected: at Rosa's level every plan is."
    assert for_queue(plan) == "Every plan"


def test_a_draft_has_no_reason_yet(rosa):
    assert why(a_plan(a_call(rosa), file=False), rosa) is None


def test_a_plan_from_before_there_were_levels_says_so(rosa):
    plan = a_plan(a_call(rosa))
    plan.sample_number = None
    assert why(plan, rosa).sentence == "Inspected: every plan was, when it was filed."
    assert why(plan, rosa).steps == []
