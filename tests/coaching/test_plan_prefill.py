"""What stands on a plan before anybody wrote on it, and what is offered."""

from datetime import timedelta

import pytest
from django.utils import timezone

from coaching.models import CallPlan
from coaching.models.debrief import LineResult
from coaching.models.plan_content import PlanContent, TextLine, WhoLine
from coaching.prefill import people_for, prefilled, suggestions
from people.models import User
from pipeline.models import Account, BuyerAnswer, BuyingRole, Call, Contact, Opportunity
from tests.factories import (
    NOW,
    TODAY,
    a_call,
    a_contact,
    a_deal,
    a_debrief,
    a_plan,
    a_product,
    an_account,
)

DAY = timedelta(days=1)


@pytest.fixture
def account(db: None) -> Account:
    return an_account()


@pytest.fixture
def deal(rosa: User, account: Account) -> Opportunity:
    return a_deal(rosa, account=account)


def held(call: Call, outcome: str = "no", **debrief: object) -> None:
    """The call was planned and held, and each line of its plan came to this."""
    plan = a_plan(call, at=call.starts_at - DAY)
    results = {line.pk: LineResult(outcome) for line in plan.lines.all()}
    fields = {"next_step": "", "next_step_on": None, "no_next_step_reason": "-"}
    a_debrief(call, results=results, **{**fields, **debrief})


def offered(call: Call) -> PlanContent:
    return prefilled(call, people_for(call, call.owner), call.owner)


def texts(lines: list[TextLine]) -> list[str]:
    return [line.text for line in lines]


def test_a_first_call_starts_empty(rosa: User, deal: Opportunity) -> None:
    assert offered(a_call(rosa, NOW + DAY, opportunity=deal)) == PlanContent()


@pytest.mark.parametrize(("outcome", "comes_back"), [("no", True), ("yes", False)])
def test_what_the_last_call_left_open_comes_back(
    rosa: User, deal: Opportunity, outcome: str, comes_back: bool
) -> None:
    held(a_call(rosa, NOW - DAY, opportunity=deal), outcome)
    content = offered(a_call(rosa, NOW + DAY, opportunity=deal))
    back = TextLine("What have they tried so far?", "evaluation")
    assert (back in content.learn) is comes_back
    assert bool(content.give) is comes_back
    assert bool(content.commitments) is comes_back


def test_partly_learned_is_still_open(rosa: User, deal: Opportunity) -> None:
    first = a_call(rosa, NOW - DAY, opportunity=deal)
    held(first, "yes")
    first.plan.lines.filter(part="learn").update(outcome="partly")
    content = offered(a_call(rosa, NOW + DAY, opportunity=deal))
    assert texts(content.learn) == ["What have they tried so far?"]


def test_what_was_forgotten_is_asked_now_a_line_each(rosa: User, deal: Opportunity) -> None:
    forgot = "Budget?\n\n Who signs? \nbudget?"
    held(a_call(rosa, NOW - DAY, opportunity=deal), "yes", forgot=forgot)
    content = offered(a_call(rosa, NOW + DAY, opportunity=deal))
    assert texts(content.learn) == ["Budget?", "Who signs?"]


def test_a_long_forgotten_text_is_broken_not_cut(rosa: User, deal: Opportunity) -> None:
    held(a_call(rosa, NOW - DAY, opportunity=deal), "yes", forgot="word " * 300)
    lines = texts(offered(a_call(rosa, NOW + DAY, opportunity=deal)).learn)
    assert max(map(len, lines)) <= 500
    assert lines


def test_only_the_latest_debriefed_call_before_this_one_counts(
    rosa: User, deal: Opportunity
) -> None:
    held(a_call(rosa, NOW - 3 * DAY, opportunity=deal), "yes", forgot="Old")
    held(a_call(rosa, NOW - 2 * DAY, opportunity=deal), "yes", forgot="Latest")
    held(a_call(rosa, NOW + 9 * DAY, opportunity=deal), "yes", forgot="Later than this call")
    a_debrief(a_call(rosa, NOW - DAY, opportunity=deal), file=False, forgot="A draft")
    assert texts(offered(a_call(rosa, NOW, opportunity=deal)).learn) == ["Latest"]


def test_another_deal_with_the_account_stays_apart(
    rosa: User, deal: Opportunity, account: Account
) -> None:
    other = a_deal(rosa, "Another", account=account)
    held(a_call(rosa, NOW - DAY, opportunity=other), "yes", forgot="About the other")
    assert offered(a_call(rosa, NOW, opportunity=deal)).learn == []
    assert texts(offered(a_call(rosa, NOW, account=account)).learn) == ["About the other"]
    held(a_call(rosa, NOW - DAY, account=account), "yes", forgot="About no deal")
    assert texts(offered(a_call(rosa, NOW, opportunity=deal)).learn) == ["About no deal"]


def test_a_colleagues_debrief_is_not_read_out(rosa: User, pia: User, deal: Opportunity) -> None:
    held(a_call(pia, NOW - DAY, opportunity=deal), "no", forgot="Pia's words")
    assert offered(a_call(rosa, NOW, opportunity=deal)).learn == []


@pytest.mark.parametrize(("days", "given"), [(-3, True), (1, True), (2, False)])
def test_a_next_step_due_by_the_day_of_the_call_is_given(
    rosa: User, deal: Opportunity, days: int, given: bool
) -> None:
    deal.set_next_step("Send the agenda", TODAY + timedelta(days), by=rosa, at=NOW)
    content = offered(a_call(rosa, NOW + DAY, opportunity=deal))
    assert texts(content.give) == (["Send the agenda"] if given else [])


def test_attendees_and_buying_roles_are_to_be_seen(
    rosa: User, deal: Opportunity, account: Account
) -> None:
    people = [a_contact(account, name) for name in ("Ann", "Bob", "Cem")]
    ann, bob, _ = people
    BuyingRole.objects.create(opportunity=deal, contact=ann, role="champion")
    earlier = a_call(rosa, NOW - DAY, opportunity=deal, attendees=[bob])
    call = a_call(rosa, NOW + DAY, opportunity=deal, attendees=[bob])
    assert offered(call).who == [WhoLine(bob, "Bob"), WhoLine(ann, "Ann", "champion")]
    earlier.hold(by=rosa, at=NOW)
    assert offered(call).who[0].met_before
    rest = suggestions(call, offered(call), people_for(call, rosa)).who
    assert [who.name for who in rest] == ["Cem"]


def test_met_before_means_by_this_rep_before_this_call(
    rosa: User, pia: User, deal: Opportunity, account: Account
) -> None:
    bob = a_contact(account, "Bob")
    a_call(pia, NOW - DAY, opportunity=deal, attendees=[bob]).hold(by=pia, at=NOW)
    a_call(rosa, NOW + 2 * DAY, account=account, attendees=[bob]).hold(by=rosa, at=NOW + 3 * DAY)
    call = a_call(rosa, NOW + DAY, opportunity=deal, attendees=[bob])
    assert not offered(call).who[0].met_before


def test_people_one_may_not_see_are_not_offered(rosa: User, otto: User) -> None:
    theirs = an_account("Elsewhere", owner=otto)
    a_contact(theirs, "Sven")
    call = a_call(rosa, NOW + DAY, account=theirs)
    assert people_for(call, rosa) == []
    assert len(people_for(call, otto)) == 1


def test_a_call_with_no_account_offers_nobody(rosa: User, account: Account) -> None:
    Contact.objects.create(account=account, name="Elsewhere")
    call = a_call(rosa, NOW + DAY, opportunity=a_deal(rosa, "No account yet"))
    assert people_for(call, rosa) == []


def test_only_unanswered_buyer_questions_are_offered(rosa: User, deal: Opportunity) -> None:
    BuyerAnswer.objects.create(opportunity=deal, question="problem", answer="Costs", at=NOW)
    BuyerAnswer.objects.create(opportunity=deal, question="criteria", answer="", at=NOW)
    call = a_call(rosa, NOW + DAY, opportunity=deal)
    content = PlanContent(learn=[TextLine("Who decides?", "decision")])
    lines = suggestions(call, content, []).lines["learn"]
    assert [line.question for line in lines] == ["criteria", "evaluation"]


def test_purposes_follow_kind_and_stage(rosa: User, account: Account) -> None:
    deal = a_deal(rosa, account=account, product=a_product("Platform"))
    call = a_call(rosa, NOW + DAY, opportunity=deal, kind="negotiation")
    lines = suggestions(call, PlanContent(), []).lines
    assert "Agree who signs, and when" in texts(lines["purpose"])
    assert "Get to: A problem we can solve is named by the buyer" in texts(lines["purpose"])
    assert texts(lines["give"]) == ["What sets Platform apart, with proof"]
    said = PlanContent(purpose="agree who SIGNS, and when")
    assert "Agree who signs, and when" not in texts(suggestions(call, said, []).lines["purpose"])


def test_prefilling_saves_nothing(rosa: User, deal: Opportunity) -> None:
    offered(a_call(rosa, timezone.now() + DAY, opportunity=deal))
    assert not CallPlan.objects.exists()
