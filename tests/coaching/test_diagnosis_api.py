"""Diagnoses over the API."""

import pytest

from tests.factories import a_behaviour, a_scored_call

pytestmark = pytest.mark.django_db
URL = "/api/v1/diagnoses/"


@pytest.fixture
def sent(rosa, mia):
    return {
        "rep": rosa.pk,
        "behaviour": a_behaviour(team=rosa.team).pk,
        "skill": "high",
        "skill_reason": "Does it when watched",
        "will": "low",
        "will_reason": "Sees no use in it",
        "evidence": [f"debrief:{a_scored_call(rosa, 5, mia).debrief_id}"],
    }


def test_a_manager_gives_one_and_the_rep_reads_it(as_, rosa, mia, sent):
    made = as_.api(mia).post(URL, sent, format="json")
    assert made.status_code == 201
    assert made.data["what_to_do"] == "motivate"
    (read,) = as_.api(rosa).get(f"{URL}?behaviour={sent['behaviour']}").data["results"]
    assert [piece["kind"] for piece in read["evidence"]] == ["debrief"]


def test_without_evidence_there_is_none(as_, mia, sent):
    answer = as_.api(mia).post(URL, sent | {"evidence": []}, format="json")
    assert answer.status_code == 400
    assert answer.data["errors"][0]["attr"] == "evidence"


def test_what_it_may_rest_on_is_listed_for_managers(as_, rosa, mia, pia, sent):
    query = f"/api/v1/diagnosis-evidence/?rep={rosa.pk}&behaviour={sent['behaviour']}"
    (piece,) = as_.api(mia).get(query).data["results"]
    assert piece["key"] == sent["evidence"][0]
    assert as_.api(rosa).get(query).status_code == 400
    assert as_.api(pia).get(query).status_code == 400


@pytest.mark.parametrize("who", ["pia", "max_", "ada"])
def test_nobody_else_finds_it(as_, mia, sent, who, request):
    pk = as_.api(mia).post(URL, sent, format="json").data["id"]
    client = as_.api(request.getfixturevalue(who))
    assert client.get(f"{URL}{pk}/").status_code == 404
    assert client.get(URL).data["results"] == []
    if who != "ada":  # who sees all people, and leads none
        assert client.post(URL, sent, format="json").status_code == 400
