"""What a debrief needs, what filing it does, and who reviews it."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from coaching.models import Debrief, DebriefReview
from coaching.models.debrief import DebriefContent, LineResult
from lib.versions import Stale
from people.models import User
from pipeline.models import BuyerAction, Call
from tests.factories import NOW, TODAY, a_call, a_deal, a_debrief, a_plan, an_account

OVER = NOW + timedelta(days=2)


def test_filing_names_each_missing_thing(rosa: User) -> None:
    call = a_call(rosa)
    a_plan(call)
    draft = Debrief.write_for(call, DebriefContent(), by=rosa, at=OVER)
    with pytest.raises(ValidationError) as refused:
        draft.file(by=rosa, at=OVER)
    assert set(refused.value.message_dict) == {"results", "as_prepared", "score", "next_step"}
    assert not Debrief.objects.get().is_filed


def test_a_reason_stands_in_for_the_next_step(rosa: User) -> None:
    debrief = a_debrief(
        a_call(rosa), next_step="", next_step_on=None, no_next_step_reason="They chose another"
    )
    assert debrief.is_filed


def test_a_next_step_needs_its_date(rosa: User) -> None:
    with pytest.raises(ValidationError) as refused:
        a_debrief(a_call(rosa), next_step_on=None)
    assert "next_step_on" in refused.value.message_dict


@pytest.mark.parametrize("score", [0, 11, -1])
def test_a_score_is_from_1_to_10(rosa: User, score: int) -> None:
    with pytest.raises(ValidationError) as refused:
        a_debrief(a_call(rosa), score=score)
    assert "score" in refused.value.message_dict


def test_a_call_without_a_plan_is_debriefed_without_lines(rosa: User) -> None:
    debrief = a_debrief(a_call(rosa), as_prepared="")
    assert debrief.is_filed
    assert debrief.plan_lines() == []


def test_nothing_is_filed_before_the_call_begins(rosa: User) -> None:
    call = a_call(rosa)
    with pytest.raises(ValidationError):
        a_debrief(call, at=call.starts_at - timedelta(minutes=1))
    assert not Debrief.objects.get().is_filed


def test_there_is_nothing_to_debrief_on_a_call_that_did_not_take_place(rosa: User) -> None:
    missed, cancelled = a_call(rosa), a_call(rosa)
    missed.miss(by=rosa, at=OVER)
    cancelled.cancel(by=rosa, at=OVER)
    for call in (missed, cancelled):
        with pytest.raises(ValidationError):
            a_debrief(call)


def test_only_the_author_writes_and_files(rosa: User, mia: User, pia: User) -> None:
    call = a_call(rosa)
    draft = a_debrief(call, file=False)
    for other in (mia, pia):
        with pytest.raises(PermissionDenied):
            Debrief.write_for(call, DebriefContent(), by=other, at=OVER)
        with pytest.raises(PermissionDenied):
            draft.file(by=other, at=OVER)


def test_lines_of_another_plan_are_refused(rosa: User) -> None:
    call, other = a_call(rosa), a_call(rosa)
    a_plan(call)
    foreign = a_plan(other).lines.first()
    assert foreign is not None
    content = DebriefContent(results={foreign.pk: LineResult("yes", "Mine now")})
    with pytest.raises(ValidationError):
        Debrief.write_for(call, content, by=rosa, at=OVER)
    foreign.refresh_from_db()
    assert (foreign.outcome, foreign.note) == ("", "")


def test_something_given_is_not_partly_given(rosa: User) -> None:
    call = a_call(rosa)
    line = a_plan(call).lines.get(part="give")
    content = DebriefContent(results={line.pk: LineResult("partly")})
    with pytest.raises(ValidationError):
        Debrief.write_for(call, content, by=rosa, at=OVER)


def test_a_filed_debrief_no_longer_changes(rosa: User) -> None:
    debrief = a_debrief(a_call(rosa))
    with pytest.raises(ValidationError):
        debrief.write(DebriefContent(worked="Rewritten"), by=rosa, at=OVER)
    with pytest.raises(ValidationError):
        debrief.file(by=rosa, at=OVER)
    assert Debrief.objects.get().worked == "The opening question"


def test_two_tabs_that_both_begin_a_debrief_do_not_overwrite_each_other(rosa: User) -> None:
    call = a_call(rosa)
    Debrief.write_for(call, DebriefContent(worked="First"), by=rosa, at=OVER, version=0)
    with pytest.raises(Stale):
        Debrief.write_for(call, DebriefContent(worked="Second"), by=rosa, at=OVER, version=0)
    assert Debrief.objects.get().worked == "First"


def test_filing_holds_the_call_with_its_minutes(rosa: User) -> None:
    call = a_call(rosa)
    a_debrief(call, actual_minutes=50)
    call.refresh_from_db()
    assert (call.status, call.actual_minutes) == (Call.HELD, 50)


def test_a_closed_deal_keeps_its_next_step_and_gets_the_evidence(rosa: User) -> None:
    deal = a_deal(rosa, account=an_account())
    call = a_call(rosa, opportunity=deal)
    deal.win(by=rosa, at=OVER, on=TODAY)
    debrief = a_debrief(call, buyer_actions=["Signed"], at=OVER)
    deal.refresh_from_db()
    assert debrief.is_filed
    assert deal.next_step != "Send the agenda"
    assert BuyerAction.objects.get().what == "Signed"


def test_only_a_manager_above_the_rep_reviews(
    rosa: User, pia: User, max_: User, ada: User, eva: User
) -> None:
    debrief = a_debrief(a_call(rosa))
    for stranger in (rosa, pia, max_, ada):
        with pytest.raises(PermissionDenied):
            DebriefReview.give(debrief, by=stranger, at=OVER, score=5)
    assert DebriefReview.give(debrief, by=eva, at=OVER, score=9).gap == 2


def test_a_debrief_is_reviewed_once_and_only_when_filed(rosa: User, mia: User) -> None:
    filed, draft = a_debrief(a_call(rosa)), a_debrief(a_call(rosa), file=False)
    DebriefReview.give(filed, by=mia, at=OVER, score=5)
    for debrief in (filed, draft):
        with pytest.raises(ValidationError):
            DebriefReview.give(debrief, by=mia, at=OVER, score=6)
    assert [review.score for review in DebriefReview.objects.all()] == [5]


def test_the_oldest_debrief_is_reviewed_first(rosa: User, mia: User) -> None:
    first = a_debrief(a_call(rosa), at=OVER)
    second = a_debrief(a_call(rosa), at=OVER + timedelta(hours=1))
    reviewed = a_debrief(a_call(rosa), at=OVER)
    a_debrief(a_call(rosa), file=False)
    DebriefReview.give(reviewed, by=mia, at=OVER, score=5)
    waiting = Debrief.objects.visible_to(mia).of_reports(mia).awaiting_review()
    assert list(waiting) == [first, second]
