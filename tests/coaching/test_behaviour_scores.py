"""The rep scores what the call could show, the manager beside them; the gap is kept."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from coaching.models import BehaviourScore, Debrief, DebriefReview
from coaching.models.behaviour_score import Seen
from coaching.models.debrief import DebriefContent
from tests.factories import NOW, a_behaviour, a_call, a_debrief, a_plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def asks(ada):
    return a_behaviour("Asks", ada)


@pytest.fixture
def closes(ada):
    return a_behaviour("Closes", ada)


def a_held_call(rosa):
    call = a_call(rosa, NOW - timedelta(hours=5))
    a_plan(call, NOW - timedelta(hours=6))
    return call


def test_both_scores_stand_side_by_side_with_their_gap(rosa, mia, asks, closes):
    debrief = a_debrief(a_held_call(rosa), NOW, own_scores={asks.pk: 8})
    seen = {asks.pk: Seen(5, "Told the price first"), closes.pk: Seen(6)}
    DebriefReview.give(debrief, by=mia, at=NOW, score=6, seen=seen)
    rows = BehaviourScore.objects.visible_to(rosa).order_by("behaviour")
    assert [(row.behaviour, row.own_score, row.manager_score, row.gap) for row in rows] == [
        (asks, 8, 5, -3),
        (closes, None, 6, None),
    ]
    assert (rows[0].note, rows[0].by) == ("Told the price first", mia)
    assert {row.at for row in rows} == {debrief.call.starts_at}


def test_nothing_has_to_be_scored(rosa, mia, asks):
    debrief = a_debrief(a_held_call(rosa), NOW)
    DebriefReview.give(debrief, by=mia, at=NOW, score=6)
    assert not BehaviourScore.objects.exists()


def test_a_draft_is_nobodys_score_yet(rosa, asks):
    debrief = a_debrief(a_held_call(rosa), NOW, file=False, own_scores={asks.pk: 8})
    assert (debrief.drafted_scores, BehaviourScore.objects.count()) == ({asks.pk: 8}, 0)
    debrief.file(by=rosa, at=NOW)
    assert (debrief.drafted_scores, BehaviourScore.objects.count()) == ({}, 1)


def test_a_behaviour_retired_while_the_debrief_was_a_draft_is_not_scored(rosa, ada, asks, closes):
    scores = {asks.pk: 8, closes.pk: 7}
    debrief = a_debrief(a_held_call(rosa), NOW, file=False, own_scores=scores)
    asks.retire(by=ada, at=NOW)
    debrief.file(by=rosa, at=NOW)
    assert BehaviourScore.objects.get().behaviour == closes


@pytest.mark.parametrize("score", [0, 11, -3])
def test_scores_are_from_one_to_ten(rosa, mia, asks, score):
    call = a_held_call(rosa)
    with pytest.raises(ValidationError, match="from 1 to 10"):
        Debrief.write_for(call, DebriefContent(own_scores={asks.pk: score}), by=rosa, at=NOW)
    debrief = a_debrief(call, NOW)
    with pytest.raises(ValidationError):
        DebriefReview.give(debrief, by=mia, at=NOW, score=6, seen={asks.pk: Seen(score)})
    assert not DebriefReview.objects.exists()
    assert not BehaviourScore.objects.exists()


def test_a_behaviour_of_others_is_refused_and_nothing_is_kept(rosa, mia, max_):
    theirs = a_behaviour("Southern charm", max_, max_.teams_led.get())
    call = a_held_call(rosa)
    with pytest.raises(ValidationError, match="not expected of Rosa"):
        Debrief.write_for(call, DebriefContent(own_scores={theirs.pk: 5}), by=rosa, at=NOW)
    debrief = a_debrief(call, NOW)
    with pytest.raises(ValidationError, match="not expected of Rosa"):
        DebriefReview.give(debrief, by=mia, at=NOW, score=6, seen={theirs.pk: Seen(5)})
    assert not DebriefReview.objects.exists()


def test_a_behaviour_is_scored_once_at_a_call(rosa, asks):
    debrief = a_debrief(a_held_call(rosa), NOW, own_scores={asks.pk: 8})
    row = BehaviourScore.objects.get()
    row.pk = None
    with pytest.raises(IntegrityError):
        row.save()
    assert debrief.behaviour_scores.model is BehaviourScore


def test_only_the_rep_and_their_line_see_scores(rosa, pia, mia, eva, max_, otto, ada, asks):
    a_debrief(a_held_call(rosa), NOW, own_scores={asks.pk: 8})
    everybody = (rosa, pia, mia, eva, max_, otto, ada)
    rows = BehaviourScore.objects.all()
    assert [who for who in everybody if rows.visible_to(who)] == [rosa, mia, eva]
