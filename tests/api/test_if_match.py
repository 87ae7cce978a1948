"""What two people edit carries a version: a stale save is refused with the saved state."""

import pytest

from people.models import User
from pipeline.models import Opportunity
from tests.factories import a_call, a_deal, a_plan


def test_a_read_gives_the_etag_that_a_write_sends_back(rosa: User, as_) -> None:
    deal, client = a_deal(rosa), as_.api(rosa)
    path = f"/api/v1/opportunities/{deal.pk}/"
    tag = client.get(path)["ETag"]
    assert tag == '"1"'
    answer = client.patch(path, {"name": "Better"}, headers={"if-match": tag})
    assert (answer.status_code, answer["ETag"], answer.data["name"]) == (200, '"2"', "Better")


def test_the_stale_of_two_writers_gets_what_is_saved(rosa: User, mia: User, as_, sends) -> None:
    deal = a_deal(rosa)
    path = f"opportunities/{deal.pk}/"
    assert sends(as_.api(rosa)).patch(path, {"name": "Rosa's"}, version=1).status_code == 200
    answer = sends(as_.api(mia)).patch(path, {"name": "Mia's"}, version=1)
    assert answer.status_code == 412
    assert answer.json()["errors"][0]["code"] == "stale"
    assert (answer.json()["version"], answer.json()["current"]["name"]) == (2, "Rosa's")
    assert answer["ETag"] == '"2"'
    assert Opportunity.objects.get().name == "Rosa's"


@pytest.mark.parametrize(
    ("method", "noun", "body"),
    [
        ("patch", "", {"name": "x"}),
        ("post", "stage-changes/", {"stage": 2}),
        ("post", "close-date-changes/", {"close_date": None}),
        ("post", "amount-changes/", {"amount": "5"}),
        ("post", "closure/", {"status": "won"}),
        ("put", "next-step/", {"next_step": "", "next_step_on": None}),
    ],
)
def test_writes_need_if_match(rosa: User, as_, sends, attrs, method, noun, body) -> None:
    deal = a_deal(rosa)
    send = getattr(sends(as_.api(rosa)), method)
    path = f"opportunities/{deal.pk}/{noun}"
    assert send(path, body).status_code == 428
    for odd in ("1", '"x"', '"1", "2"', '"-1"', '""'):
        malformed = send(path, body, version=odd)
        assert (malformed.status_code, attrs(malformed)) == (400, ["If-Match"])
    assert send(path, body, version=7).status_code == 412
    deal.refresh_from_db()
    assert deal.version == 1


def test_a_tag_that_compression_made_weak_is_understood(rosa: User, as_, sends) -> None:
    deal = a_deal(rosa)
    answer = sends(as_.api(rosa)).patch(f"opportunities/{deal.pk}/", {"name": "x"}, version='W/"1"')
    assert answer.status_code == 200


def test_a_star_overwrites_whatever_is_there(rosa: User, as_, sends) -> None:
    deal = a_deal(rosa)
    answer = sends(as_.api(rosa)).patch(f"opportunities/{deal.pk}/", {"name": "x"}, version="*")
    assert answer.status_code == 200


def test_an_inspection_answers_the_plan_that_was_read(rosa: User, mia: User, as_, sends) -> None:
    plan = a_plan(a_call(rosa))
    sender = sends(as_.api(mia))
    verdict = {"plan": plan.pk, "verdict": "good"}
    assert sender.post("inspections/", verdict).status_code == 428
    stale = sender.post("inspections/", verdict, version=plan.version - 1)
    assert stale.status_code == 412
    assert stale.json()["current"]["purpose"] == plan.purpose


def test_a_second_plan_for_a_call_is_refused_and_names_the_first(rosa: User, as_, sends) -> None:
    plan = a_plan(a_call(rosa))
    answer = sends(as_.api(rosa)).post("call-plans/", {"call": plan.call_id})
    assert answer.status_code == 400
    assert str(plan.pk) in answer.json()["errors"][0]["detail"]
