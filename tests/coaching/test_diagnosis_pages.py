"""The pages of skill x will: given with evidence, read by the rep and the managers above."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from coaching import evidence
from coaching.models import Diagnosis
from coaching.models.behaviour_score import Seen
from coaching.skill_will import squares
from metrics.models import Metric
from tests.factories import NOW, a_behaviour, a_checkpoint, a_scored_call

pytestmark = pytest.mark.django_db
SAID = {"skill": "low", "skill_reason": "New to it", "will": "high", "will_reason": "Asks for it"}


@pytest.fixture
def behaviour(rosa):
    return a_behaviour("Asks before telling", team=rosa.team)


@pytest.fixture
def review(rosa, mia, behaviour):
    return a_scored_call(rosa, 5, mia, seen={behaviour.pk: Seen(4, "He told")})


def address(rep, behaviour):
    return f"/people/{rep.pk}/diagnoses/new/?behaviour={behaviour.pk}"


def test_it_rests_on_the_debriefs_that_were_scored(as_, rosa, mia, behaviour, review):
    key = f"debrief:{review.debrief_id}"
    offered = as_.page(mia).get(address(rosa, behaviour)).content.decode()
    assert f'value="{key}"' in offered
    assert "Scored 4 (minimum 7) at" in offered
    assert (
        as_.page(mia).post(address(rosa, behaviour), SAID | {"evidence": [key]}).status_code == 302
    )
    read = as_.page(rosa).get(f"/people/{rosa.pk}/diagnoses/").content.decode()
    assert "New to it" in read
    assert "Wants to and cannot yet" in read
    assert f'href="/debriefs/{review.debrief_id}/"' in read


def test_without_evidence_there_is_no_verdict_and_the_text_stays(as_, rosa, mia, behaviour, review):
    answer = as_.page(mia).post(address(rosa, behaviour), SAID)
    assert answer.status_code == 400
    assert "No verdict without evidence" in answer.content.decode()
    assert "Asks for it" in answer.content.decode()
    assert not Diagnosis.objects.exists()


def test_every_kind_of_evidence_is_offered(rosa, mia, behaviour, review):
    missed = a_checkpoint(Metric.objects.chain()[0], person=rosa)
    kinds = {each.kind for each in evidence.offered(rosa, behaviour, mia)}
    assert kinds == {"debrief", "checkpoint"}
    assert evidence.path("checkpoint", missed.pk, rosa.pk) == f"/metrics/people/{rosa.pk}/"


def test_somebody_elses_debrief_is_no_evidence(as_, rosa, pia, mia, behaviour):
    other = a_scored_call(pia, 5, mia)
    sent = SAID | {"evidence": [f"debrief:{other.debrief_id}"]}
    assert as_.page(mia).post(address(rosa, behaviour), sent).status_code == 400


def test_a_behaviour_that_is_not_expected_does_not_exist_here(as_, rosa, otto, mia):
    foreign = a_behaviour("Elsewhere", team=otto.team)
    assert as_.page(mia).get(address(rosa, foreign)).status_code == 404


@pytest.mark.parametrize("who", ["pia", "max_", "ada"])
def test_nobody_else_reads_or_writes_it(as_, rosa, behaviour, who, request):
    client = as_.page(request.getfixturevalue(who))
    assert client.get(f"/people/{rosa.pk}/diagnoses/").status_code == 404
    assert client.post(address(rosa, behaviour), SAID).status_code == 404


def test_the_square_has_the_newest_and_a_trail_of_four(rosa, mia, behaviour, review):
    for skill in ("low", "low", "low", "low", "high", "high"):
        said = SAID | {"skill": skill}
        keys = [f"debrief:{review.debrief_id}"]
        Diagnosis.give(rosa, behaviour, by=mia, at=NOW, evidence_keys=keys, **said)
    (square,) = squares(rosa, mia)
    assert len(square.dots) == 5
    assert (square.dots[0].x, square.dots[0].y) == (150, 50)
    assert len({(dot.x, dot.y) for dot in square.dots}) == 5


def test_thirty_cost_as_many_queries_as_three(as_, rosa, mia, behaviour, review):
    client = as_.page(mia)

    def cost(rows):
        while Diagnosis.objects.count() < rows:
            keys = [f"debrief:{review.debrief_id}"]
            Diagnosis.give(rosa, behaviour, by=mia, at=NOW, evidence_keys=keys, **SAID)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/people/{rosa.pk}/diagnoses/").status_code == 200
        return len(queries)

    assert cost(3) == cost(30) <= 12
