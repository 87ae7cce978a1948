"""The pipeline call for programs: begun, read, decided on and closed as on the page."""

from datetime import timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from people.models import Team, User
from pipeline.models import Opportunity
from reviews.models import PipelineCall, PipelineCallDecision, PipelineCallSchedule
from tests.conftest import As
from tests.factories import NOW, a_deal

CALLS = "/api/v1/pipeline-calls/"


def north() -> Team:
    return Team.objects.get(name="North")


def start(client: APIClient, **said: Any) -> Any:
    return client.post(CALLS, {"team": north().pk, **said}, format="json")


def decide(client: APIClient, call: int, deal: Opportunity, version: int, **said: Any) -> Any:
    body = {"opportunity": deal.pk, **said}
    url = f"{CALLS}{call}/decisions/"
    return client.post(url, body, format="json", HTTP_IF_MATCH=f'"{version}"')


def test_a_call_is_begun_once_and_read_with_all_that_the_page_shows(
    rosa: User, mia: User, as_: type[As]
) -> None:
    a_deal(rosa, "Globex", at=NOW - timedelta(days=2))
    api = as_.api(mia)
    first, again = start(api), start(api)
    assert (first.status_code, first.data["id"]) == (201, again.data["id"])
    shown = api.get(f"{CALLS}{first.data['id']}/").data
    assert [line["name"] for line in shown["agenda"]] == ["Globex"]
    assert shown["agenda"][0]["section"] == "stuck"
    assert "no_next_step" in shown["agenda"][0]["stall_reasons"]
    assert shown["stages"][0]["amount"] == "48000.00"
    assert {each["name"] for each in shown["since_last_call"]} >= {"new", "pushed", "won"}
    assert shown["coverage"] is None


def test_a_decision_is_made_on_the_version_that_was_read(
    rosa: User, mia: User, as_: type[As]
) -> None:
    deal, api = a_deal(rosa), as_.api(mia)
    call = start(api).data["id"]
    said = {"kind": "step", "note": "Call Ann", "on": "2099-01-05"}
    for _ in range(2):
        assert decide(api, call, deal, deal.version, **said).status_code == 201
    assert PipelineCallDecision.objects.count() == 1
    stale = decide(api, call, deal, deal.version, kind="leave")
    assert stale.status_code == 412
    assert stale.json()["current"]["next_step"] == "Call Ann"
    wrong = decide(api, call, deal, stale.json()["version"], kind="hold", note="Budget")
    assert wrong.status_code == 400
    assert wrong.json()["errors"][0]["attr"] == "on"
    assert len(api.get(f"{CALLS}{call}/decisions/").data["results"]) == 1


def test_it_is_closed_with_its_version_and_stays_as_it_was(
    rosa: User, mia: User, as_: type[As]
) -> None:
    deal, api = a_deal(rosa, "Globex"), as_.api(mia)
    call = start(api)
    url = f"{CALLS}{call.data['id']}/"
    notes = api.patch(url, {"notes": "Well"}, format="json", HTTP_IF_MATCH=call["ETag"])
    assert notes.data["notes"] == "Well"
    closed = api.post(f"{url}closing/", HTTP_IF_MATCH=notes["ETag"])
    assert closed.data["closed_by"] == mia.pk
    deal.describe(name="Renamed")
    assert api.get(url).data["agenda"][0]["name"] == "Globex"
    assert api.post(f"{url}closing/", HTTP_IF_MATCH="*").status_code == 400
    assert as_.api(rosa).post(f"{url}acknowledgement/").status_code == 200
    assert not PipelineCall.objects.unread_by(rosa)


def test_a_rep_reads_what_is_theirs_and_decides_nothing(
    rosa: User, pia: User, mia: User, otto: User, as_: type[As]
) -> None:
    mine, hers = a_deal(rosa, "Globex"), a_deal(pia, "Initech")
    call = start(as_.api(mia)).data["id"]
    decide(as_.api(mia), call, hers, hers.version, kind="leave", note="Secret")
    shown = as_.api(rosa).get(f"{CALLS}{call}/").data
    assert [line["name"] for line in shown["agenda"]] == ["Globex"]
    assert shown["decisions"] == []
    assert decide(as_.api(rosa), call, mine, 1, kind="leave").status_code == 403
    assert start(as_.api(rosa)).status_code == 403
    assert as_.api(otto).get(f"{CALLS}{call}/").status_code == 404
    assert start(as_.api(otto)).status_code == 400


@pytest.mark.parametrize("who", ["mia", "rosa"])
def test_a_schedule_is_set_by_who_leads_the_team(
    rosa: User, mia: User, as_: type[As], who: str
) -> None:
    api = as_.api({"mia": mia, "rosa": rosa}[who])
    url = "/api/v1/pipeline-call-schedules/"
    said = {"team": north().pk, "weekday": 1, "time": "09:30"}
    made = api.post(url, said, format="json")
    assert made.status_code == (201 if who == "mia" else 403)
    if who == "mia":
        one = f"{url}{made.data['id']}/"
        changed = api.patch(one, {"minutes": 45}, format="json", HTTP_IF_MATCH=made["ETag"])
        assert changed.data["minutes"] == 45
        assert PipelineCallSchedule.objects.get().weekday == 1
