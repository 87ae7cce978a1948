"""The timeline of a deal by the API: everything that happened, newest first, as far as one sees."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from api.timeline import KINDS
from coaching.models import HelpRequest
from people.models import User
from pipeline.history import History
from pipeline.models import BuyerAction, BuyerAnswer, Hold, Opportunity, Proposal
from tests.factories import NOW, TODAY, a_call, a_deal, a_stage


@pytest.fixture
def deal(rosa: User, mia: User) -> Opportunity:
    """Something of every kind happened on it."""
    deal = a_deal(rosa, at=NOW - timedelta(days=30), next_step="Call", next_step_on=TODAY)
    deal.move_to(a_stage(2), by=rosa, at=NOW - timedelta(days=20))
    deal.push(date(2027, 3, 1), by=rosa, at=NOW - timedelta(days=9), why="Budget moves")
    deal.set_amount(60_000, by=rosa, at=NOW - timedelta(days=8))
    BuyerAnswer.give(deal, "problem", "Too slow", by=rosa, at=NOW - timedelta(days=7))
    BuyerAction.record(deal, "Asked for terms", TODAY - timedelta(days=6), by=rosa, at=NOW)
    Proposal.record(deal, "Offer", TODAY - timedelta(days=5), by=rosa, at=NOW)
    call = a_call(rosa, NOW - timedelta(days=4), opportunity=deal)
    call.hold(by=rosa, at=NOW - timedelta(days=4) + timedelta(hours=1))
    a_call(rosa, NOW + timedelta(days=1_500), opportunity=deal)
    help_wanted = {"kind": "opinion", "how_it_helps": "She decides", "wanted_on": TODAY}
    HelpRequest.ask(deal, by=rosa, at=NOW - timedelta(days=3), **help_wanted)
    held = Hold.begin(deal, "Budget", date(2030, 4, 1), by=mia, at=NOW - timedelta(days=2))
    held.end(by=mia, at=NOW - timedelta(days=1))
    deal.win(by=rosa, at=NOW)
    return deal


def kinds(answer) -> list[str]:
    assert answer.status_code == 200, answer.data
    return [row["kind"] for row in answer.data["results"]]


def test_it_tells_everything_newest_first(rosa: User, deal, as_) -> None:
    answer = as_.api(rosa).get(f"/api/v1/opportunities/{deal.pk}/timeline/")
    assert kinds(answer)[:11] == [
        "outcome",
        "hold_end",
        "hold",
        "help",
        "call",
        "proposal",
        "buyer_action",
        "answer",
        "amount",
        "close_date",
        "stage",
    ]
    assert sorted(kinds(answer)[11:]) == ["next_step", "stage"]
    push = answer.data["results"][9]
    assert (push["by"], push["why"], push["side"]) == ("Rosa Rep", "Budget moves", "changes")
    assert push["at"] == "2026-11-09T09:00:00Z"
    did = answer.data["results"][6]
    assert (did["at"], did["on"], did["side"]) == (None, "2026-11-12", "buyer")


def test_one_kind_is_shown_alone(rosa: User, deal, as_, attrs) -> None:
    client, path = as_.api(rosa), f"/api/v1/opportunities/{deal.pk}/timeline/"
    for kind in KINDS:
        assert set(kinds(client.get(f"{path}?kind={kind}"))) <= {kind}
    assert kinds(client.get(f"{path}?kind=call")) == ["call"]
    assert attrs(client.get(f"{path}?kind=gossip")) == ["kind"]
    assert attrs(client.get(f"{path}?ordering=at")) == ["ordering"]


def test_every_kind_that_happened_is_one_that_can_be_asked_for(rosa: User, deal) -> None:
    happened = {entry.kind for entry in History.of(deal, rosa.zone).entries}
    assert happened <= set(KINDS)


def test_an_administrator_sees_no_help_in_it(ada: User, rosa: User, deal, as_) -> None:
    path = f"/api/v1/opportunities/{deal.pk}/timeline/"
    assert "help" in kinds(as_.api(rosa).get(path))
    assert "help" not in kinds(as_.api(ada).get(path))


def test_strangers_find_nothing_there(otto: User, deal, as_) -> None:
    for noun in ("timeline", "stall-reasons"):
        answer = as_.api(otto).get(f"/api/v1/opportunities/{deal.pk}/{noun}/")
        assert answer.status_code == 404
        assert as_.api(otto).get(f"/api/v1/opportunities/x/{noun}/").status_code == 404


@pytest.mark.parametrize("size", [1, 2, 5])
def test_every_event_is_met_once_there_and_back(rosa: User, deal, as_, size: int) -> None:
    client, path = as_.api(rosa), f"/api/v1/opportunities/{deal.pk}/timeline/"
    whole = client.get(path).data["results"]
    there, url = [], f"{path}?page_size={size}"
    while url:
        last = client.get(url).data
        there.append(last["results"])
        url = last["next"]
    assert [row for page in there for row in page] == whole
    back, page = [there[-1]], last
    while page["previous"]:
        page = client.get(page["previous"]).data
        back.append(page["results"])
    assert back == there[::-1]


def test_what_happens_meanwhile_moves_no_page(rosa: User, deal, as_, attrs) -> None:
    client, path = as_.api(rosa), f"/api/v1/opportunities/{deal.pk}/timeline/"
    first = client.get(f"{path}?page_size=3").data
    expected = client.get(first["next"]).data["results"]
    deal.reopen(why="They came back", by=rosa, at=NOW + timedelta(hours=1))
    assert client.get(first["next"]).data["results"] == expected
    other = a_deal(rosa, "Another")
    foreign = first["next"].replace(f"/{deal.pk}/", f"/{other.pk}/")
    assert attrs(client.get(foreign)) == ["cursor"]
    assert attrs(client.get(f"{path}?cursor=nonsense")) == ["cursor"]
    assert attrs(client.get(f"{path}?page_size=0")) == ["page_size"]


def test_a_stall_reason_names_the_event_that_started_it(rosa: User, as_) -> None:
    deal = a_deal(rosa, at=NOW - timedelta(days=100))
    deal.move_to(a_stage(2), by=rosa, at=NOW - timedelta(days=90))
    answer = as_.api(rosa).get(f"/api/v1/opportunities/{deal.pk}/stall-reasons/?on={TODAY}")
    reasons = {row["name"]: row for row in answer.data["results"]}
    moved = reasons["stage_age"]["started_by"]
    assert (moved["kind"], moved["by"], moved["on"]) == ("stage", "Rosa Rep", "2026-08-20")
    assert reasons["stage_age"]["clock"] == "2026-08-20"
    assert reasons["silent"]["started_by"]["on"] == "2026-08-10"


def test_a_deal_without_a_past_has_reasons_without_events(rosa: User, as_) -> None:
    deal = a_deal(rosa)
    deal.stagechanges.all().delete()
    answer = as_.api(rosa).get(f"/api/v1/opportunities/{deal.pk}/stall-reasons/?on={TODAY}")
    assert [row["started_by"] for row in answer.data["results"]] == [None]


def test_it_takes_the_same_few_queries_however_much_happened(rosa: User, as_) -> None:
    deal, client = a_deal(rosa), as_.api(rosa)
    path = f"/api/v1/opportunities/{deal.pk}"

    def count(noun: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(f"{path}/{noun}/")
        return len(queries)

    def happen(times: range) -> None:
        for n in times:
            deal.push(date(2027, 1, 1) + timedelta(days=n), by=rosa, at=NOW)
            BuyerAction.record(deal, f"Asked {n}", TODAY, by=rosa, at=NOW)
            a_call(rosa, NOW - timedelta(hours=n), opportunity=deal)

    happen(range(1, 4))
    count("stall-reasons")  # makes the rules and takes the medians, once
    few = count("timeline"), count("stall-reasons")
    happen(range(4, 31))
    assert (count("timeline"), count("stall-reasons")) == few
    assert few[0] <= 5
    assert few[1] <= 12
