"""Inspection levels over the API."""

import pytest

from coaching.models import InspectionLevel
from tests.factories import NOW, a_call, a_plan

pytestmark = pytest.mark.django_db
URL = "/api/v1/inspection-levels/"


def test_everybody_below_has_one_without_ever_having_filed_a_plan(as_, rosa, pia, mia, otto):
    rows = as_.api(mia).get(URL).data["results"]
    assert {row["id"] for row in rows} == {rosa.pk, pia.pk, mia.pk}
    assert {row["level"] for row in rows} == {"continuous"}


def test_a_manager_sets_one_and_the_change_is_kept(as_, rosa, mia):
    client, one = as_.api(mia), f"{URL}{rosa.pk}/"
    tag = client.get(one)["ETag"]
    sent = {"level": "spot", "reason": "Ten years of practice"}
    assert client.post(f"{one}override/", sent, format="json").status_code == 428
    answer = client.post(f"{one}override/", sent, format="json", headers={"If-Match": tag})
    assert answer.status_code == 200
    assert answer.data["level"] == "spot"
    (change,) = answer.data["changes"]
    assert (change["reason"], change["by"]) == ("Ten years of practice", mia.pk)
    assert answer.data["progress"]["needed"] == 5
    again = client.post(
        f"{one}override/", sent | {"level": "frequent"}, format="json", headers={"If-Match": tag}
    )
    assert again.status_code == 412


@pytest.mark.parametrize("who", ["pia", "max_", "ada"])
def test_nobody_else_finds_it(as_, rosa, who, request):
    assert as_.api(request.getfixturevalue(who)).get(f"{URL}{rosa.pk}/").status_code == 404


def test_a_plan_says_how_it_was_drawn(as_, rosa, mia):
    InspectionLevel.of(rosa).set_by_hand("frequent", "Goes well", by=mia, at=NOW)
    plan = a_plan(a_call(rosa))
    sample = as_.api(rosa).get(f"/api/v1/call-plans/{plan.pk}/").data["sample"]
    assert sample["seed"] == f"{rosa.pk}/1/1"
    assert sample["picked"] in (1, 2)
    assert sample["is_inspected"] == plan.to_inspect
