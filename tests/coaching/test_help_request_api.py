"""Programs ask, answer and read by the same verbs."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from coaching.models import HelpRequest
from people.models import User
from pipeline.models import Opportunity
from tests.conftest import As
from tests.factories import NOW, TODAY, a_contact, a_deal, an_account

PATH = "/api/v1/help-requests/"


@pytest.fixture
def deal(rosa: User) -> Opportunity:
    return a_deal(rosa, account=an_account())


@pytest.fixture
def attrs() -> Any:
    """The names an error answer points to."""
    return lambda answer: sorted(error["attr"] for error in answer.json()["errors"])


def body(deal: Opportunity, **said: Any) -> dict[str, Any]:
    soon = (timezone.now() + timedelta(days=2)).date().isoformat()
    fields = {"kind": "opinion", "how_it_helps": "She knows them", "wanted_on": soon}
    return {"opportunity": deal.pk, **fields, **said}


def test_rosa_asks_and_the_synopsis_is_written_for_her(
    deal: Opportunity, rosa: User, mia: User, as_: type[As]
) -> None:
    answer = as_.api(rosa).post(PATH, body(deal))
    assert answer.status_code == 201
    assert answer.data["asked_of"] == mia.pk
    assert answer.data["synopsis"]
    assert answer.data["was_stalled"] is True  # it has no next step
    own_words = as_.api(rosa).post(PATH, body(deal, synopsis="As you know"))
    assert own_words.data["synopsis"] == "As you know"


def test_mia_steps_in_and_rosa_cannot(
    deal: Opportunity, rosa: User, mia: User, ada: User, as_: type[As]
) -> None:
    sent = body(deal, origin="stepped_in")
    del sent["wanted_on"]
    answer = as_.api(mia).post(PATH, sent)
    assert answer.status_code == 201
    assert (answer.data["origin"], answer.data["state"]) == ("stepped_in", "accepted")
    for person in (rosa, ada):
        assert as_.api(person).post(PATH, sent).status_code == 403
    for person in (mia, ada):
        assert as_.api(person).post(PATH, body(deal)).status_code == 403


def test_what_is_wrong_is_named(
    deal: Opportunity, rosa: User, otto: User, as_: type[As], attrs: Any
) -> None:
    client = as_.api(rosa)
    missing = {"opportunity": deal.pk, "kind": "call_person", "how_it_helps": "x"}
    assert attrs(client.post(PATH, missing)) == ["wanted_on"]
    assert attrs(client.post(PATH, body(deal, kind="call_person"))) == ["contact"]
    assert attrs(client.post(PATH, body(deal, wanted_on="2020-01-01"))) == ["wanted_on"]
    assert attrs(client.post(PATH, body(a_deal(otto)))) == ["opportunity"]
    assert attrs(client.post(PATH, body(deal, state="done"))) == ["state"]


def test_the_answers_are_nouns_and_take_the_version(
    deal: Opportunity, rosa: User, mia: User, as_: type[As]
) -> None:
    rep, manager = as_.api(rosa), as_.api(mia)
    pk = rep.post(PATH, body(deal)).data["id"]

    def send(client: Any, noun: str, version: int, data: Any = None, method: str = "post") -> Any:
        headers = {"if-match": f'"{version}"'}
        return getattr(client, method)(f"{PATH}{pk}/{noun}/", data, headers=headers)

    assert send(rep, "acceptance", 1).status_code == 403
    assert send(manager, "acceptance", 1).data["state"] == "accepted"
    assert send(manager, "decline", 1, {"reason": "x"}).status_code == 412
    assert send(manager, "decline", 2, {"reason": "x"}).data["state"] == "declined"
    assert send(manager, "decline", 3, method="delete").data["state"] == "accepted"
    assert send(rep, "withdrawal", 4).data["state"] == "withdrawn"
    assert send(rep, "withdrawal", 5, method="delete").data["state"] == "accepted"
    assert send(manager, "outcome", 6, {"outcome": ""}).status_code == 400
    assert send(manager, "outcome", 6, {"outcome": "She signs"}).data["outcome"] == "She signs"
    assert send(rep, "acknowledgement", 7).data["seen_at"]


def test_lists_are_filtered_and_hold_what_one_may_see(
    deal: Opportunity, rosa: User, mia: User, max_: User, ada: User, as_: type[As]
) -> None:
    done = HelpRequest.ask(
        deal,
        by=rosa,
        at=NOW,
        kind="call_person",
        contact=a_contact(deal.account),  # type: ignore[arg-type]
        how_it_helps="x",
        wanted_on=TODAY,
    )
    done.do("Done so", by=mia, at=NOW)
    HelpRequest.step_in(deal, by=mia, at=NOW, kind="opinion", what="x", was_stalled=True)
    client = as_.api(mia)

    def count(query: str, who: Any = client) -> int:
        return len(who.get(f"{PATH}?{query}").data["results"])

    assert (count(""), count("state=done"), count("origin=stepped_in")) == (2, 1, 1)
    assert (count(f"asked_of={mia.pk}"), count(f"asked_of={max_.pk}")) == (2, 0)
    assert (count(f"opportunity={deal.pk}"), count("opportunity=0")) == (2, 0)
    assert (count("was_stalled=true"), count("wanted_to=2026-11-17")) == (1, 0)
    for person in (max_, ada):
        assert count("", as_.api(person)) == 0
    assert client.get(f"{PATH}?state=gone").status_code == 400
