"""Plan, inspect, debrief, review: the verbs in their order."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from coaching.agenda import coming_calls, debriefs_owed, needs_plan
from coaching.models import CallPlan, Debrief, DebriefReview, Inspection
from lib.versions import Stale
from people.models import User
from pipeline.models import BuyerAction, BuyerAnswer
from tests.factories import NOW, a_call, a_deal, a_debrief, a_plan, an_account, plan_content


def test_a_plan_goes_through_the_whole_loop(rosa: User, mia: User) -> None:
    deal = a_deal(rosa, account=an_account())
    call = a_call(rosa, opportunity=deal)
    coming = coming_calls(rosa, NOW, NOW + timedelta(days=2))
    assert [each for each in coming if needs_plan(each)] == [call]

    plan = a_plan(call)
    assert plan.timeliness == CallPlan.ON_TIME
    assert list(CallPlan.objects.visible_to(mia).awaiting_inspection(NOW)) == [plan]

    Inspection.give(plan, "change", by=mia, at=NOW, part="learn", comment="Ask about budget")
    assert [state for _, _, state in plan.strip].count("sent_back") == 1
    plan.write(plan_content(purpose="Other"), by=rosa, at=NOW)
    plan.file(by=rosa, at=NOW)
    Inspection.give(plan, "good", by=mia, at=NOW)
    assert {state for _, _, state in plan.strip} == {"validated"}

    after = call.ends_at + timedelta(minutes=5)
    call.refresh_from_db()
    assert list(debriefs_owed(rosa, after)) == [call]
    debrief = a_debrief(call, buyer_actions=["Asked for a contract"])
    call.refresh_from_db()
    assert call.status == "held"
    assert BuyerAction.objects.get().what == "Asked for a contract"
    assert BuyerAnswer.objects.get().question == "evaluation"
    deal.refresh_from_db()
    assert deal.next_step == "Send the agenda"
    assert not debriefs_owed(rosa, after).exists()

    review = DebriefReview.give(debrief, by=mia, at=after, score=5, modify="Slow down")
    assert review.gap == -2


def test_the_stale_of_two_writers_is_told_so(rosa: User) -> None:
    plan = a_plan(a_call(rosa), file=False)
    seen = plan.version
    plan.write(plan_content(purpose="First"), by=rosa, at=NOW, version=seen)
    with pytest.raises(Stale):
        plan.write(plan_content(purpose="Second"), by=rosa, at=NOW, version=seen)
    assert CallPlan.objects.get().purpose == "First"


def test_a_debrief_needs_its_next_step(rosa: User) -> None:
    call = a_call(rosa)
    with pytest.raises(ValidationError) as refused:
        a_debrief(call, next_step="", next_step_on=None)
    assert "next_step" in refused.value.message_dict
    assert not Debrief.objects.get().is_filed


def test_a_peer_sees_nothing(rosa: User, pia: User, otto: User, mia: User, ada: User) -> None:
    plan = a_plan(a_call(rosa))
    for stranger in (pia, otto, ada):
        assert not CallPlan.objects.visible_to(stranger).exists()
    assert list(CallPlan.objects.visible_to(mia.reports_to)) == [plan]
