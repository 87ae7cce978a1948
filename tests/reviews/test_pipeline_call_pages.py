"""The pages of the pipeline call: the list, the walk, two screens, notes, the summary."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from coaching.models import HelpRequest
from people.models import Team, User
from pipeline.models import Opportunity
from reviews.models import PipelineCall, PipelineCallDecision
from reviews.models.deal_decision import LEAVE, STEP, Said
from tests.conftest import As
from tests.factories import a_deal, a_money_target, an_account

HTMX = {"HX-Request": "true"}


@pytest.fixture
def now() -> Any:
    return timezone.now()


@pytest.fixture
def call(mia: User, now: Any) -> PipelineCall:
    return PipelineCall.start(Team.objects.get(name="North"), by=mia, at=now)


def address(call: PipelineCall, more: str = "") -> str:
    return f"/pipeline-calls/{call.pk}/{more}"


def posted(deal: Opportunity, kind: str, **said: Any) -> dict[str, Any]:
    return {"deal": deal.pk, "kind": kind, "version": deal.version, **said}


def text(page: Client, url: str, **headers: Any) -> str:
    answer = page.get(url, headers=headers or None)
    assert answer.status_code == 200
    return answer.content.decode()


def test_who_leads_the_team_starts_the_call_from_the_list(
    rosa: User, mia: User, otto: User, as_: type[As]
) -> None:
    team = Team.objects.get(name="North")
    assert "Start now" not in text(as_.page(rosa), "/pipeline-calls/")
    assert as_.page(rosa).post("/pipeline-calls/", {"team": team.pk}).status_code == 403
    assert as_.page(otto).post("/pipeline-calls/", {"team": team.pk}).status_code == 404
    answer = as_.page(mia).post("/pipeline-calls/", {"team": team.pk})
    assert answer["Location"] == address(PipelineCall.objects.get())
    for who in (rosa, mia):
        assert "Running since" in text(as_.page(who), "/pipeline-calls/")


def test_the_agenda_is_filtered_by_person_and_by_change(
    rosa: User, pia: User, mia: User, call: PipelineCall, now: Any, as_: type[As]
) -> None:
    a_deal(rosa, "Globex", at=now)
    a_deal(pia, "Initech", at=now).win(by=pia, at=now)
    page = as_.page(mia)
    both = text(page, address(call))
    assert "Globex" in both
    assert "Initech" in both
    hers = text(page, address(call, f"?owner={rosa.pk}"))
    assert "Globex" in hers
    assert "Initech" not in hers
    won = text(page, address(call, "?change=won"))
    assert "Initech" in won
    assert "Globex" not in won


def test_nonsense_in_the_address_is_not_said(mia: User, call: PipelineCall, as_: type[As]) -> None:
    for query in ("?deal=x&owner=-1&change=magic", "?deal=99999999999999999999", "?decide=help"):
        text(as_.page(mia), address(call, query))


def test_a_deal_that_one_may_not_see_is_not_walked_to(
    rosa: User, pia: User, mia: User, call: PipelineCall, now: Any, as_: type[As]
) -> None:
    deal = a_deal(rosa, "Globex", at=now)
    assert "Globex" in text(as_.page(rosa), address(call, f"?deal={deal.pk}"))
    assert "Globex" not in text(as_.page(pia), address(call, f"?deal={deal.pk}"))


def test_a_decision_leads_on_to_the_next_deal(
    rosa: User, mia: User, call: PipelineCall, now: Any, as_: type[As]
) -> None:
    first = a_deal(rosa, "First", at=now, amount=9_000)
    second = a_deal(rosa, "Second", at=now, amount=5_000)
    page = as_.page(mia)
    form = text(page, address(call, f"?deal={first.pk}&decide=step"))
    assert "What happens next?" in form
    said = posted(first, STEP, note="Call Ann", on="2099-01-05")
    answer = page.post(address(call, "decisions/"), said)
    assert answer["Location"] == address(call, f"?deal={second.pk}")
    first.refresh_from_db()
    assert first.next_step == "Call Ann"
    answer = page.post(address(call, "decisions/"), posted(second, LEAVE))
    assert answer["Location"] == address(call)


def test_wrong_input_keeps_what_was_typed(
    rosa: User, mia: User, call: PipelineCall, now: Any, as_: type[As]
) -> None:
    deal = a_deal(rosa, at=now)
    answer = as_.page(mia).post(
        address(call, "decisions/"), posted(deal, "hold", note="Their budget", on="2020-01-01")
    )
    assert answer.status_code == 400
    assert "Their budget" in answer.content.decode()
    assert "Choose a day to come." in answer.content.decode()


def test_a_screen_that_is_behind_sees_what_the_other_decided_and_loses_nothing(
    rosa: User, mia: User, eva: User, call: PipelineCall, now: Any, as_: type[As]
) -> None:
    deal = a_deal(rosa, at=now)
    mine, hers = posted(deal, STEP, note="Call Ann", on="2099-01-05"), posted(deal, LEAVE)
    as_.page(eva).post(address(call, "decisions/"), {**hers, "note": "Already called"})
    answer = as_.page(mia).post(address(call, "decisions/"), mine, headers=HTMX)
    body = answer.content.decode()
    assert answer.status_code == 412
    assert "Already called" in body
    assert "Call Ann" in body
    deal.refresh_from_db()
    assert deal.next_step == ""
    assert f'name="version" value="{deal.version}"' in body
    again = as_.page(mia).post(address(call, "decisions/"), {**mine, "version": deal.version})
    assert again.status_code == 302
    assert PipelineCallDecision.objects.count() == 2


def test_a_repeated_post_is_the_same_decision(
    rosa: User, mia: User, call: PipelineCall, now: Any, as_: type[As]
) -> None:
    deal = a_deal(rosa, at=now)
    said = posted(deal, "help", note="I call them", how="unblock")
    for _ in range(2):
        assert as_.page(mia).post(address(call, "decisions/"), said).status_code == 302
    assert PipelineCallDecision.objects.count() == HelpRequest.objects.count() == 1


def test_the_other_screen_asks_for_decisions_and_is_told_only_of_new_ones(
    rosa: User, mia: User, call: PipelineCall, now: Any, as_: type[As]
) -> None:
    deal = a_deal(rosa, "Globex", at=now)
    page, url = as_.page(mia), address(call, "decisions/")
    nothing = "none/0/open"
    assert page.get(url, {"seen": nothing}).status_code == 204
    PipelineCallDecision.make(call, deal, Said(LEAVE, "Fine"), by=mia, at=now)
    told = page.get(url, {"seen": nothing})
    assert 'class="changed"' in told.content.decode()
    seen = f"{now.isoformat()}/1/open"
    assert page.get(url, {"seen": seen}).status_code == 204
    call.close(by=mia, at=now)
    assert "This call was closed" in page.get(url, {"seen": seen}).content.decode()


def test_notes_save_themselves_and_two_texts_meet(
    rosa: User, mia: User, call: PipelineCall, as_: type[As]
) -> None:
    page, url = as_.page(mia), address(call, "notes/")
    json = {"Accept": "application/json"}
    saved = page.post(url, {"version": 1, "notes": "One"}, headers=json)
    assert saved.json()["version"] == 2
    lost_answer = page.post(url, {"version": 1, "notes": "One"}, headers=json)
    assert lost_answer.status_code == 200
    stale = page.post(url, {"version": 1, "notes": "Another"}, headers=json)
    assert stale.status_code == 412
    assert "Another" in stale.content.decode()
    assert "One" in text(as_.page(rosa), address(call))
    assert as_.page(rosa).post(url, {"version": 2, "notes": "Mine"}).status_code == 403


def test_closing_shows_the_summary_and_puts_it_on_each_members_today(
    rosa: User, pia: User, mia: User, otto: User, call: PipelineCall, now: Any, as_: type[As]
) -> None:
    deal = a_deal(rosa, "Globex", at=now)
    PipelineCallDecision.make(call, deal, Said(LEAVE, "The demo is on Thursday"), by=mia, at=now)
    assert as_.page(rosa).post(address(call, "closing/")).status_code == 403
    for said in ("Everybody of the team finds the summary", "Mia Manager closed this call"):
        answer = as_.page(mia).post(address(call, "closing/"), follow=True)
        assert said in answer.content.decode()
    weekday = call.scheduled_for.strftime("%A")
    task = f"Summary of {weekday}&#x27;s pipeline call"
    assert task in text(as_.page(rosa), "/")
    for who in (mia, otto):
        assert task not in text(as_.page(who), "/")
    summary = text(as_.page(rosa), address(call))
    assert "The demo is on Thursday" in summary
    assert "The demo is on Thursday" not in text(as_.page(pia), address(call))
    assert "I have read it" in summary
    as_.page(rosa).post(address(call, "acknowledgement/"))
    assert task not in text(as_.page(rosa), "/")
    late = as_.page(mia).post(address(call, "decisions/"), posted(deal, LEAVE), follow=True)
    assert "closed meanwhile" in late.content.decode()


def test_what_is_listed_is_capped_and_says_so(
    rosa: User, mia: User, call: PipelineCall, now: Any, as_: type[As]
) -> None:
    for n in range(62):
        a_deal(rosa, f"Deal {n}", at=now)
    assert "and 12 more" in text(as_.page(mia), address(call))


def queries(page: Client, url: str) -> int:
    page.get(url)
    with CaptureQueriesContext(
        connection,
    ) as found:
        assert page.get(url).status_code == 200
    return len(found)


@pytest.mark.parametrize("many", [30, pytest.param(1_000, marks=pytest.mark.slow)])
def test_each_page_takes_the_same_queries_however_many_deals(
    rosa: User, pia: User, mia: User, now: Any, as_: type[As], many: int
) -> None:
    def add(numbers: range) -> None:
        for n in numbers:
            rep = rosa if n % 2 else pia
            fields = {"account": an_account(f"Account {n}"), "amount": 10_000 - n}
            deal = a_deal(rep, f"Deal {n}", at=now, **fields)
            if 0 < n < 40:
                PipelineCallDecision.make(call, deal, Said(LEAVE), by=mia, at=now)
                HelpRequest.ask(
                    deal, by=rep, at=now, kind="opinion", how_it_helps="Yes", wanted_on=later
                )

    later = now.date() + timedelta(days=9)
    team = Team.objects.get(name="North")
    a_money_target(100_000, mia, now, team=team)
    before = PipelineCall.start(team, by=mia, at=now - timedelta(days=8))
    before.close(by=mia, at=now - timedelta(days=8))
    call = PipelineCall.start(team, by=mia, at=now)
    add(range(3))
    deal = Opportunity.objects.get(name="Deal 0")
    page = as_.page(mia)
    urls = [address(call), address(call, f"?deal={deal.pk}&decide=help"), "/pipeline-calls/"]
    few = [queries(page, url) for url in urls]
    add(range(3, many))
    assert [queries(page, url) for url in urls] == few
    assert few[0] <= 12
    assert few[1] <= 13  # what is asked for, and the last score
    call.close(by=mia, at=now)
    assert queries(page, address(call)) <= 12
    assert queries(page, address(call, "decisions/")) <= 4
