"""Skill x will of a rep in a behaviour: no verdict without evidence, product.md 9."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from coaching import evidence
from coaching.models import Diagnosis, RideAlong
from coaching.models.behaviour_score import Seen
from metrics.models import Metric
from tests.factories import NOW, a_behaviour, a_checkpoint, a_scored_call

pytestmark = pytest.mark.django_db


@pytest.fixture
def asks(ada):
    return a_behaviour("Asks", ada)


def a_scored_debrief(rosa, mia, asks, score=4):
    return a_scored_call(rosa, 5, mia, seen={asks.pk: Seen(score)}).debrief


def a_diagnosis(rosa, mia, asks, *keys, **said):
    verdict = {
        "skill": "low",
        "skill_reason": "Talks over the buyer",
        "will": "high",
        "will_reason": "Asks me for feedback",
        **said,
    }
    return Diagnosis.give(rosa, asks, by=mia, at=NOW, evidence_keys=keys, **verdict)


@pytest.mark.parametrize(
    ("skill", "will", "what"),
    [
        ("low", "high", "Train"),
        ("low", "low", "Coach"),
        ("high", "low", "Motivate"),
        ("high", "high", "Delegate"),
    ],
)
def test_what_to_do_follows_from_it(rosa, mia, asks, skill, will, what):
    debrief = a_scored_debrief(rosa, mia, asks)
    verdict = a_diagnosis(rosa, mia, asks, f"debrief:{debrief.pk}", skill=skill, will=will)
    assert verdict.what_to_do_label == what
    assert verdict.how


def test_it_rests_on_scored_calls_ride_alongs_and_checkpoints(rosa, mia, asks):
    debrief = a_scored_debrief(rosa, mia, asks)
    ride = RideAlong.plan(rosa, by=mia, at=NOW, starts_at=NOW, about="Ghent")
    ride.hold(by=mia, at=NOW + timedelta(hours=1), notes="Talked a lot", seen={asks.pk: Seen(4)})
    missed = a_checkpoint(Metric.objects.first(), person=rosa)
    keys = {f"debrief:{debrief.pk}", f"ride_along:{ride.pk}", f"checkpoint:{missed.pk}"}
    assert {each.key for each in evidence.offered(rosa, asks, mia)} == keys
    verdict = a_diagnosis(rosa, mia, asks, *keys)
    kept = verdict.evidence.all()
    assert {f"{each.kind}:{each.subject_id}" for each in kept} == keys
    assert all(each.said and each.path for each in kept)


def test_its_evidence_is_kept_as_it_was_said_then(rosa, mia, asks):
    debrief = a_scored_debrief(rosa, mia, asks)
    verdict = a_diagnosis(rosa, mia, asks, f"debrief:{debrief.pk}")
    before = verdict.evidence.get().said
    debrief.call.account.change(name="Acme under another name")
    assert verdict.evidence.get().said == before


@pytest.mark.parametrize(
    ("keys", "refusal"),
    [
        ([], "No verdict without evidence"),
        (["debrief:999999"], "no evidence about this rep"),
        (["rumour:1"], "no evidence about this rep"),
        (["debrief:x"], "no evidence about this rep"),
        (["debrief:99999999999999999999"], "no evidence about this rep"),
        ([""], "no evidence about this rep"),
        ([f"debrief:{n}" for n in range(21)], "At most 20"),
    ],
)
def test_there_is_no_verdict_without_evidence(rosa, mia, asks, keys, refusal):
    with pytest.raises(ValidationError, match=refusal):
        a_diagnosis(rosa, mia, asks, *keys)
    assert not Diagnosis.objects.exists()


def test_somebody_elses_calls_and_drafts_are_no_evidence(rosa, pia, mia, asks):
    of_pia = a_scored_debrief(pia, mia, asks)
    with pytest.raises(ValidationError, match="no evidence about this rep"):
        a_diagnosis(rosa, mia, asks, f"debrief:{of_pia.pk}")
    planned = RideAlong.plan(rosa, by=mia, at=NOW, starts_at=NOW, about="Ghent")
    with pytest.raises(ValidationError, match="no evidence about this rep"):
        a_diagnosis(rosa, mia, asks, f"ride_along:{planned.pk}")


@pytest.mark.parametrize("missing", ["skill_reason", "will_reason", "skill", "will"])
def test_each_verdict_has_its_reason(rosa, mia, asks, missing):
    debrief = a_scored_debrief(rosa, mia, asks)
    with pytest.raises(ValidationError) as refused:
        a_diagnosis(rosa, mia, asks, f"debrief:{debrief.pk}", **{missing: " "})
    assert set(refused.value.error_dict) == {missing}
    assert not Diagnosis.objects.exists()


def test_a_later_one_takes_its_place_and_the_earlier_stays(rosa, mia, asks):
    key = f"debrief:{a_scored_debrief(rosa, mia, asks).pk}"
    first, second = a_diagnosis(rosa, mia, asks, key), a_diagnosis(rosa, mia, asks, key, will="low")
    assert list(Diagnosis.objects.visible_to(rosa)) == [second, first]


def test_only_managers_above_diagnose_what_is_expected_of_the_rep(
    rosa, pia, mia, max_, eva, ada, asks
):
    key = f"debrief:{a_scored_debrief(rosa, mia, asks).pk}"
    for stranger in (rosa, pia, max_, ada):
        with pytest.raises(PermissionDenied):
            a_diagnosis(rosa, stranger, asks, key)
    theirs = a_behaviour("Southern charm", max_, max_.teams_led.get())
    with pytest.raises(ValidationError, match="not expected of Rosa"):
        a_diagnosis(rosa, mia, theirs, key)
    assert a_diagnosis(rosa, eva, asks, key).by == eva


def test_only_the_rep_and_their_line_see_it(rosa, pia, mia, eva, max_, otto, ada, asks):
    verdict = a_diagnosis(rosa, mia, asks, f"debrief:{a_scored_debrief(rosa, mia, asks).pk}")
    everybody = (rosa, pia, mia, eva, max_, otto, ada)
    for rows in (Diagnosis.objects.all(), verdict.evidence.all()):
        assert [who for who in everybody if rows.visible_to(who)] == [rosa, mia, eva]
