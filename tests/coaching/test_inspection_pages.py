"""The inspection queue in the browser."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from coaching.models import CallPlan, Inspection
from people.models import User
from tests.factories import a_call, a_debrief, a_plan, an_account, plan_content

URL = "/inspections/"


@pytest.fixture
def now() -> datetime:
    return timezone.now()


def a_waiting_plan(rep: User, now: datetime, hours: float = 3, **parts: Any) -> CallPlan:
    about = {"account": parts.pop("account")} if "account" in parts else {}
    return a_plan(a_call(rep, now + timedelta(hours=hours), **about), at=now, **parts)


def answer(client: Client, plan: CallPlan, **data: Any) -> Any:
    plan.refresh_from_db()
    return client.post(f"/call-plans/{plan.pk}/inspection/", {"version": plan.version, **data})


def test_the_soonest_plan_is_open(as_: Any, rosa: User, mia: User, now: datetime) -> None:
    a_waiting_plan(rosa, now, 30, purpose="Later purpose")
    a_waiting_plan(rosa, now, 3.1, purpose="Soon purpose", account=an_account("Globex"))
    page = as_.page(mia).get(URL).content.decode()
    assert "2 left" in page
    assert "in 3 h" in page
    assert "Every plan" in page
    assert "Soon purpose" in page
    assert "Later purpose" not in page


def test_a_plan_has_its_own_address(as_: Any, rosa: User, mia: User, now: datetime) -> None:
    a_waiting_plan(rosa, now, 2)
    later = a_waiting_plan(rosa, now, 5, purpose="Later purpose")
    assert "Later purpose" in as_.page(mia).get(f"{URL}?plan={later.pk}").content.decode()


def test_htmx_gets_the_queue_without_the_page_around_it(
    as_: Any, rosa: User, mia: User, now: datetime
) -> None:
    plan = a_waiting_plan(rosa, now)
    reply = as_.page(mia).get(f"{URL}?plan={plan.pk}", headers={"HX-Request": "true"})
    assert reply.content.strip().startswith(b'<div class="queue')
    assert b"<html" not in reply.content
    assert "HX-Request" in reply["Vary"]


def test_good_to_go_shows_the_next_plan(as_: Any, rosa: User, mia: User, now: datetime) -> None:
    first, second = a_waiting_plan(rosa, now, 1), a_waiting_plan(rosa, now, 2)
    reply = answer(as_.page(mia), first, verdict="good")
    assert reply.status_code == 302
    assert reply["Location"] == f"{URL}?plan={second.pk}"
    first.refresh_from_db()
    assert first.state == CallPlan.GOOD


def test_the_last_answer_clears_the_queue(as_: Any, rosa: User, mia: User, now: datetime) -> None:
    client = as_.page(mia)
    reply = answer(client, a_waiting_plan(rosa, now), verdict="good")
    assert reply["Location"] == URL
    page = client.get(URL).content.decode()
    assert "Queue clear." in page
    assert "Answered today" in page
    assert "Change my answer" in page


def test_change_this_is_pinned_to_a_part(as_: Any, rosa: User, mia: User, now: datetime) -> None:
    plan = a_waiting_plan(rosa, now)
    answer(as_.page(mia), plan, verdict="change", part="learn", comment="Ask about the budget")
    said = Inspection.objects.get()
    assert (said.part, said.comment, said.by) == ("learn", "Ask about the budget", mia)


def test_a_change_without_part_keeps_the_words(
    as_: Any, rosa: User, mia: User, now: datetime
) -> None:
    plan = a_waiting_plan(rosa, now)
    reply = answer(as_.page(mia), plan, verdict="change", comment="Ask about the budget")
    page = reply.content.decode()
    assert reply.status_code == 400
    assert "Say which part to change." in page
    assert "Ask about the budget" in page
    assert not Inspection.objects.exists()


@pytest.mark.parametrize(
    "wrong", [{"verdict": "fine"}, {"verdict": "good", "version": "x"}, {"verdict": ""}, {}]
)
def test_nonsense_is_an_error_and_no_answer(
    as_: Any, rosa: User, mia: User, now: datetime, wrong: dict[str, str]
) -> None:
    plan = a_waiting_plan(rosa, now)
    assert answer(as_.page(mia), plan, **wrong).status_code == 400
    assert not Inspection.objects.exists()


def test_a_plan_that_changed_meanwhile_is_shown_anew_with_the_comment_kept(
    as_: Any, rosa: User, mia: User, now: datetime
) -> None:
    plan = a_waiting_plan(rosa, now)
    seen = plan.version
    plan.write(plan_content(purpose="A new purpose"), by=rosa, at=now)
    reply = as_.page(mia).post(
        f"/call-plans/{plan.pk}/inspection/",
        {"version": seen, "verdict": "change", "part": "give", "comment": "My own words"},
    )
    page = reply.content.decode()
    plan.refresh_from_db()
    assert reply.status_code == 412
    assert "A new purpose" in page
    assert "My own words" in page
    assert f'name="version" value="{plan.version}"' in page
    assert not Inspection.objects.exists()


def test_an_answer_can_be_changed_before_the_call(
    as_: Any, rosa: User, mia: User, now: datetime
) -> None:
    plan = a_waiting_plan(rosa, now)
    client = as_.page(mia)
    answer(client, plan, verdict="good")
    assert "Answered: Good to go" in client.get(f"{URL}?plan={plan.pk}").content.decode()
    answer(client, plan, verdict="talk", comment="On second thoughts")
    plan.refresh_from_db()
    assert plan.state == CallPlan.TALK


def test_a_call_that_has_begun_is_not_answered_and_the_words_stay(
    as_: Any, rosa: User, mia: User, now: datetime
) -> None:
    call = a_call(rosa, now - timedelta(minutes=5))
    plan = a_plan(call, at=now - timedelta(hours=2))
    reply = answer(as_.page(mia), plan, verdict="talk", comment="Too late, it seems")
    assert reply.status_code == 400
    assert "Too late, it seems" in reply.content.decode()
    assert "The call has begun" in reply.content.decode()
    assert not Inspection.objects.exists()


def test_calls_that_began_without_an_answer_are_counted_and_lead_to_the_debrief(
    as_: Any, rosa: User, mia: User, now: datetime
) -> None:
    call = a_call(rosa, now - timedelta(hours=2))
    a_plan(call, at=now - timedelta(hours=5))
    a_plan(a_call(rosa, now - timedelta(hours=1)), at=now - timedelta(hours=5))
    debrief = a_debrief(call)
    page = as_.page(mia).get(URL).content.decode()
    assert "2 calls began without your answer" in page
    assert f"/debriefs/{debrief.pk}/" in page


def test_everybody_under_me_is_one_click_away(
    as_: Any, rosa: User, eva: User, now: datetime
) -> None:
    plan = a_waiting_plan(rosa, now)
    client = as_.page(eva)
    assert "Queue clear." in client.get(URL).content.decode()
    assert "1 left" in client.get(f"{URL}?scope=everybody").content.decode()
    reply = client.post(
        f"/call-plans/{plan.pk}/inspection/?scope=everybody",
        {"version": plan.version, "verdict": "good"},
    )
    assert reply["Location"] == f"{URL}?scope=everybody"


def test_somebody_without_reports_gets_a_kind_page(as_: Any, rosa: User, ada: User) -> None:
    for person in (rosa, ada):
        assert "Nobody reports to you" in as_.page(person).get(URL).content.decode()


def test_strangers_find_no_plan(
    as_: Any, rosa: User, pia: User, max_: User, ada: User, now: datetime
) -> None:
    plan = a_waiting_plan(rosa, now)
    for stranger in (pia, max_, ada):
        client = as_.page(stranger)
        assert client.get(f"{URL}?plan={plan.pk}").status_code == 404
        assert answer(client, plan, verdict="good").status_code == 404


def test_a_rep_does_not_answer_their_own_plan(as_: Any, rosa: User, now: datetime) -> None:
    plan = a_waiting_plan(rosa, now)
    client = as_.page(rosa)
    assert answer(client, plan, verdict="good").status_code == 403
    assert client.get(f"{URL}?plan={plan.pk}").status_code == 404


@pytest.mark.parametrize("pk", ["x", "0", "-1", "99999999999999999999", "²"])
def test_a_plan_that_is_none_is_not_found(as_: Any, mia: User, pk: str) -> None:
    assert as_.page(mia).get(URL, {"plan": pk}).status_code == 404


def test_a_draft_is_not_for_the_queue(as_: Any, rosa: User, mia: User, now: datetime) -> None:
    draft = a_plan(a_call(rosa, now + timedelta(hours=1)), file=False)
    client = as_.page(mia)
    assert client.get(f"{URL}?plan={draft.pk}").status_code == 404
    assert answer(client, draft, verdict="good").status_code == 400


def test_reading_changes_nothing(as_: Any, rosa: User, mia: User, now: datetime) -> None:
    plan = a_waiting_plan(rosa, now)
    as_.page(mia).get(f"{URL}?plan={plan.pk}&answer=change&verdict=good")
    assert as_.page(mia).get(f"/call-plans/{plan.pk}/inspection/").status_code == 405
    version = plan.version
    plan.refresh_from_db()
    assert plan.version == version


def test_thirty_plans_cost_as_many_queries_as_three(
    as_: Any, rosa: User, mia: User, now: datetime
) -> None:
    client, account = as_.page(mia), an_account("Acme")

    def cost(rows: int) -> int:
        while CallPlan.objects.count() < 3 * rows:
            hours = CallPlan.objects.count() + 1
            waiting = a_waiting_plan(rosa, now, hours, account=account)
            answered = a_waiting_plan(rosa, now, hours, account=account)
            Inspection.give(answered, "talk", by=mia, at=now, comment="Call me")
            a_plan(
                a_call(rosa, now - timedelta(minutes=hours), account=account),
                at=now - timedelta(hours=4),
            )
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"{URL}?plan={waiting.pk}").status_code == 200
        return len(queries)

    assert cost(3) == cost(30) <= 12
