"""Focuses over the API."""

import pytest

from coaching.models import Focus
from tests.factories import NOW, a_behaviour

pytestmark = pytest.mark.django_db
URL = "/api/v1/focuses/"


@pytest.fixture
def behaviour(rosa):
    return a_behaviour(team=rosa.team)


def test_a_manager_starts_one_takes_a_step_and_ends_it(as_, rosa, mia, behaviour):
    client = as_.api(mia)
    made = client.post(URL, {"rep": rosa.pk, "behaviour": behaviour.pk}, format="json")
    assert made.status_code == 201
    one, guard = f"{URL}{made.data['id']}/", {"If-Match": made["ETag"]}
    sent = {"step": "train", "evidence": "Explained"}
    assert client.post(f"{one}steps/", sent, format="json", headers=guard).status_code == 201
    assert client.post(f"{one}steps/", sent, format="json", headers=guard).status_code == 412
    read = as_.api(rosa).get(one)
    assert [each["step"] for each in read.data["steps"]] == ["train"]
    ended = client.post(
        f"{one}ending/",
        {"outcome": "paused", "reason": "On leave"},
        format="json",
        headers={"If-Match": read["ETag"]},
    )
    assert ended.data["outcome"] == "paused"


def test_there_is_one_at_a_time(as_, rosa, mia, behaviour):
    Focus.start(rosa, behaviour, by=mia, at=NOW)
    sent = {"rep": rosa.pk, "behaviour": behaviour.pk}
    assert as_.api(mia).post(URL, sent, format="json").status_code == 400


def test_those_that_run_are_told_from_those_that_ended(as_, rosa, mia, behaviour):
    Focus.start(rosa, behaviour, by=mia, at=NOW).leave("left", "Done", by=mia, at=NOW)
    running = Focus.start(rosa, behaviour, by=mia, at=NOW)
    rows = as_.api(mia).get(f"{URL}?running=true&rep={rosa.pk}").data["results"]
    assert [row["id"] for row in rows] == [running.pk]


@pytest.mark.parametrize("who", ["pia", "max_", "ada"])
def test_nobody_else_finds_it(as_, rosa, mia, behaviour, who, request):
    focus = Focus.start(rosa, behaviour, by=mia, at=NOW)
    client = as_.api(request.getfixturevalue(who))
    assert client.get(f"{URL}{focus.pk}/").status_code == 404
    assert client.get(URL).data["results"] == []


def test_a_token_that_only_reads_starts_nothing(as_, rosa, mia, behaviour):
    sent = {"rep": rosa.pk, "behaviour": behaviour.pk}
    assert as_.api(mia, "read").post(URL, sent, format="json").status_code == 403
