"""The debrief form, the debrief with both scores, and the lists of debriefs."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from coaching.models import Debrief, DebriefReview
from people.models import User
from pipeline.models import BuyerAction, Call
from tests.factories import a_call, a_deal, a_debrief, a_plan, an_account, plan_content

JSON = {"Accept": "application/json"}


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def call(rosa: User, now: datetime) -> Call:
    """A call of rosa's that ended half an hour ago, planned in time, about a deal."""
    deal = a_deal(rosa, account=an_account("Northwind"))
    call = a_call(rosa, now - timedelta(hours=1), opportunity=deal)
    a_plan(call, at=now - timedelta(hours=5))
    return call


def url(call: Call, verb: str = "") -> str:
    return f"/calls/{call.pk}/debrief/{verb}"


def everything(call: Call, **other: Any) -> dict[str, Any]:
    """A complete debrief as the form sends it."""
    lines = call.plan.lines.all() if hasattr(call, "plan") else []
    return {
        "version": 0,
        **{f"outcome_{line.pk}": "yes" for line in lines},
        **{f"note_{line.pk}": f"About {line.part}" for line in lines},
        "as_prepared": "partly",
        "score": "7",
        "worked": "The opening",
        "went_poorly": "Too fast",
        "forgot": "The budget",
        "buyer_actions": ["Asked for a contract", "", "Brought in the CFO"],
        "next_step": "Send the agenda",
        "next_step_on": "2030-01-07",
        "no_next_step_reason": "",
        "actual_minutes": "35",
        **other,
    }


def test_the_lines_of_the_plan_come_back(as_: Any, rosa: User, call: Call) -> None:
    page = as_.page(rosa).get(url(call)).content.decode()
    for line in call.plan.lines.all():
        assert line.text in page
        assert f'name="outcome_{line.pk}"' in page
    assert page.index("What you wanted to learn") < page.index("Commitments you sought")
    assert 'name="actual_minutes" value="30"' in page


def test_reading_makes_no_debrief(as_: Any, rosa: User, call: Call) -> None:
    page = as_.page(rosa).get(url(call)).content.decode()
    assert 'name="version" value="0"' in page
    assert not Debrief.objects.exists()


def test_a_draft_saves_itself(as_: Any, rosa: User, call: Call) -> None:
    client = as_.page(rosa)
    reply = client.post(url(call), {"version": 0, "worked": "The opening"}, headers=JSON)
    draft = Debrief.objects.get()
    assert reply.status_code == 200
    assert reply.json()["version"] == draft.version
    assert reply.json()["saved_at"]
    again = client.post(
        url(call), {"version": draft.version, "worked": "The opening line"}, headers=JSON
    )
    assert again.json()["version"] > draft.version
    assert "The opening line" in client.get(url(call)).content.decode()


def test_without_script_a_draft_is_saved_by_its_button(as_: Any, rosa: User, call: Call) -> None:
    reply = as_.page(rosa).post(url(call), {"version": 0, "worked": "The opening"})
    assert reply.status_code == 302
    assert Debrief.objects.get().worked == "The opening"


def test_filing_saves_and_hands_in(as_: Any, rosa: User, call: Call) -> None:
    reply = as_.page(rosa).post(url(call, "filing/"), everything(call))
    debrief = Debrief.objects.get()
    assert reply["Location"] == f"/debriefs/{debrief.pk}/"
    assert debrief.is_filed
    assert (debrief.score, debrief.actual_minutes) == (7, 35)
    assert {action.what for action in BuyerAction.objects.all()} == {
        "Asked for a contract",
        "Brought in the CFO",
    }
    assert {line.note for line in call.plan.lines.all()} == {
        "About learn",
        "About give",
        "About commitments",
    }


def test_what_is_missing_is_named_and_what_was_typed_stays(
    as_: Any, rosa: User, call: Call
) -> None:
    reply = as_.page(rosa).post(
        url(call, "filing/"), {"version": 0, "worked": "Kept words", "buyer_actions": ["Called"]}
    )
    page = reply.content.decode()
    assert reply.status_code == 400
    for field in ("as_prepared", "score", "next_step"):
        assert f'href="#id_{field}"' in page
    for line in call.plan.lines.all():
        assert f'href="#id_outcome_{line.pk}"' in page
        assert f'id="id_outcome_{line.pk}"' in page
    assert "Kept words" in page
    assert "Called" in page
    draft = Debrief.objects.get()
    assert f'name="version" value="{draft.version}"' in page
    assert (draft.worked, draft.filed_at) == ("Kept words", None)


def test_after_what_was_missing_is_added_it_is_filed(as_: Any, rosa: User, call: Call) -> None:
    client = as_.page(rosa)
    client.post(url(call, "filing/"), {"version": 0})
    version = Debrief.objects.get().version
    client.post(url(call, "filing/"), everything(call, version=version))
    assert Debrief.objects.get().is_filed


@pytest.mark.parametrize(
    "wrong",
    [
        {"score": "0"},
        {"score": "11"},
        {"score": "x"},
        {"as_prepared": "perhaps"},
        {"next_step_on": "tomorrow"},
        {"actual_minutes": "1441"},
        {"next_step": "x" * 501},
        {"worked": "x" * 5_001},
        {"buyer_actions": ["x" * 501]},
        {"buyer_actions": ["x"] * 21},
        {"version": "x"},
        {"version": ""},
    ],
)
def test_wrong_input_is_refused_and_kept(
    as_: Any, rosa: User, call: Call, wrong: dict[str, Any]
) -> None:
    reply = as_.page(rosa).post(url(call, "filing/"), everything(call, forgot="My words") | wrong)
    assert reply.status_code == 400
    assert "My words" in reply.content.decode()
    assert not Debrief.objects.filter(filed_at__isnull=False).exists()


def test_lines_of_another_plan_are_refused_and_their_words_shown(
    as_: Any, rosa: User, otto: User, call: Call, now: datetime
) -> None:
    foreign = a_plan(a_call(otto, now - timedelta(hours=1)), at=now - timedelta(hours=5))
    line = foreign.lines.first()
    assert line is not None
    sent = everything(call) | {f"outcome_{line.pk}": "yes", f"note_{line.pk}": "Smuggled words"}
    reply = as_.page(rosa).post(url(call, "filing/"), sent)
    assert reply.status_code == 400
    assert "Smuggled words" in reply.content.decode()
    line.refresh_from_db()
    assert (line.outcome, line.note) == ("", "")
    assert not Debrief.objects.exists()


def test_the_stale_tab_gets_both_texts(as_: Any, rosa: User, call: Call) -> None:
    client = as_.page(rosa)
    client.post(url(call), {"version": 0, "worked": "Saved first"}, headers=JSON)
    reply = client.post(url(call), {"version": 0, "worked": "Typed second"})
    page = reply.content.decode()
    draft = Debrief.objects.get()
    assert reply.status_code == 412
    assert "Saved first" in page
    assert "Typed second" in page
    assert f'name="version" value="{draft.version}"' in page
    assert draft.worked == "Saved first"


def test_filing_twice_files_once(as_: Any, rosa: User, call: Call) -> None:
    client = as_.page(rosa)
    first, second = (client.post(url(call, "filing/"), everything(call)) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert BuyerAction.objects.count() == 2


def test_a_filed_debrief_takes_no_other_words(as_: Any, rosa: User, call: Call) -> None:
    client = as_.page(rosa)
    client.post(url(call, "filing/"), everything(call))
    reply = client.post(url(call, "filing/"), everything(call, worked="Rewritten"))
    assert reply.status_code == 412
    assert "Rewritten" in reply.content.decode()
    assert Debrief.objects.get().worked == "The opening"
    assert client.get(url(call)).status_code == 302


def test_a_call_that_has_not_begun_has_nothing_to_debrief(
    as_: Any, rosa: User, now: datetime
) -> None:
    call = a_call(rosa, now + timedelta(hours=3, minutes=5))
    client = as_.page(rosa)
    page = client.get(url(call)).content.decode()
    assert "has not begun yet" in page
    assert "in 3 h" in page
    reply = client.post(url(call, "filing/"), everything(call))
    assert reply.status_code == 400
    assert "This call has not begun yet." in reply.content.decode()
    assert "Too fast" in reply.content.decode()


def test_a_missed_or_cancelled_call_leads_back_to_its_page(
    as_: Any, rosa: User, now: datetime
) -> None:
    missed, cancelled = (a_call(rosa, now - timedelta(hours=2)) for _ in range(2))
    missed.miss(by=rosa, at=now)
    cancelled.cancel(by=rosa, at=now)
    for call in (missed, cancelled):
        page = as_.page(rosa).get(url(call)).content.decode()
        assert f"This call was {call.status}" in page
        assert f'href="/calls/{call.pk}/"' in page


def test_a_call_without_a_plan_has_no_lines(as_: Any, rosa: User, now: datetime) -> None:
    call = a_call(rosa, now - timedelta(hours=2))
    client = as_.page(rosa)
    assert "outcome_" not in client.get(url(call)).content.decode()
    client.post(url(call, "filing/"), everything(call, as_prepared=""))
    assert Debrief.objects.get().is_filed


def test_the_days_offered_for_the_next_step_are_working_days(
    as_: Any, rosa: User, call: Call
) -> None:
    days = as_.page(rosa).get(url(call)).context["days"]
    assert days
    assert all(day.weekday() < 5 and day > timezone.localdate() for _, day in days)


def test_strangers_find_no_debrief(
    as_: Any, rosa: User, pia: User, max_: User, ada: User, call: Call
) -> None:
    debrief = a_debrief(call)
    for stranger in (pia, max_, ada):
        client = as_.page(stranger)
        for address in (url(call), f"/debriefs/{debrief.pk}/"):
            assert client.get(address).status_code == 404
        for address in (url(call), url(call, "filing/"), f"/debriefs/{debrief.pk}/review/"):
            assert client.post(address, {"version": 0, "score": 5}).status_code == 404


def test_a_manager_reads_what_is_filed_and_writes_none_of_it(
    as_: Any, mia: User, call: Call
) -> None:
    client = as_.page(mia)
    assert client.get(url(call)).status_code == 403
    assert client.post(url(call), everything(call)).status_code == 403
    draft = a_debrief(call, file=False)
    assert client.get(f"/debriefs/{draft.pk}/").status_code == 404
    assert client.post(f"/debriefs/{draft.pk}/review/", {"score": 5}).status_code == 404
    draft.file(by=call.owner, at=timezone.now())
    assert client.get(url(call))["Location"] == f"/debriefs/{draft.pk}/"


def test_a_draft_leads_its_author_to_the_form(as_: Any, rosa: User, call: Call) -> None:
    draft = a_debrief(call, file=False)
    assert as_.page(rosa).get(f"/debriefs/{draft.pk}/")["Location"] == url(call)


def test_the_manager_scores_and_both_see_the_gap(
    as_: Any, rosa: User, mia: User, call: Call
) -> None:
    debrief = a_debrief(call, score=8)
    reply = as_.page(mia).post(
        f"/debriefs/{debrief.pk}/review/",
        {"score": "6", "modify": "Ask before showing", "help": "I join the next one"},
    )
    assert reply["Location"] == f"/debriefs/{debrief.pk}/"
    for person in (rosa, mia):
        page = as_.page(person).get(f"/debriefs/{debrief.pk}/").content.decode()
        assert "-2" in page
        assert "Mia Manager scores lower" in page
        assert "Ask before showing" in page
        assert "I join the next one" in page
        assert "Your review" not in page


@pytest.mark.parametrize("score", ["", "0", "11", "x"])
def test_a_wrong_score_keeps_the_managers_words(
    as_: Any, mia: User, call: Call, score: str
) -> None:
    debrief = a_debrief(call)
    reply = as_.page(mia).post(
        f"/debriefs/{debrief.pk}/review/", {"score": score, "modify": "Ask before showing"}
    )
    assert reply.status_code == 400
    assert "Ask before showing" in reply.content.decode()
    assert not DebriefReview.objects.exists()


def test_the_second_review_is_refused_and_its_words_kept(
    as_: Any, mia: User, eva: User, call: Call
) -> None:
    debrief = a_debrief(call)
    DebriefReview.give(debrief, by=eva, at=timezone.now(), score=5)
    reply = as_.page(mia).post(
        f"/debriefs/{debrief.pk}/review/", {"score": "6", "modify": "My own view"}
    )
    assert reply.status_code == 400
    assert "reviewed already" in reply.content.decode()
    assert "My own view" in reply.content.decode()


def test_nobody_reviews_their_own_debrief(as_: Any, rosa: User, call: Call) -> None:
    debrief = a_debrief(call)
    client = as_.page(rosa)
    assert "Your review" not in client.get(f"/debriefs/{debrief.pk}/").content.decode()
    assert client.post(f"/debriefs/{debrief.pk}/review/", {"score": 9}).status_code == 403


def test_to_review_lists_direct_reports_and_on_request_everybody(
    as_: Any, mia: User, eva: User, call: Call
) -> None:
    a_debrief(call)
    assert "Northwind" in as_.page(mia).get("/debriefs/").content.decode()
    client = as_.page(eva)
    assert "Northwind" not in client.get("/debriefs/").content.decode()
    assert "Northwind" in client.get("/debriefs/?scope=everybody").content.decode()


def test_reviewed_lists_both_scores_and_the_gap(as_: Any, mia: User, call: Call) -> None:
    debrief = a_debrief(call, score=4)
    DebriefReview.give(debrief, by=mia, at=timezone.now(), score=7)
    client = as_.page(mia)
    assert "Nothing to review" in client.get("/debriefs/").content.decode()
    assert "+3" in client.get("/debriefs/?show=reviewed").content.decode()


def test_reps_see_their_own_only(
    as_: Any, rosa: User, pia: User, otto: User, ada: User, call: Call
) -> None:
    a_debrief(call)
    assert "Northwind" in as_.page(rosa).get("/debriefs/").content.decode()
    for other in (pia, otto, ada):
        for query in ("", "?show=reviewed&scope=everybody", "?show=to-review&scope=everybody"):
            assert "Northwind" not in as_.page(other).get(f"/debriefs/{query}").content.decode()


def test_j_leads_to_the_next_debrief_to_review(
    as_: Any, rosa: User, mia: User, call: Call, now: datetime
) -> None:
    first = a_debrief(call)
    second = a_debrief(a_call(rosa, now - timedelta(hours=1)), at=now)
    page = as_.page(mia).get(f"/debriefs/{first.pk}/")
    assert (page.context["before"], page.context["after"]) == (None, second.pk)
    assert as_.page(rosa).get(f"/debriefs/{first.pk}/").context["after"] is None


def test_what_people_write_is_never_markup(as_: Any, rosa: User, mia: User, call: Call) -> None:
    attack = "<script>alert(1)</script>"
    debrief = a_debrief(call, worked=attack, buyer_actions=[attack], next_step=attack)
    DebriefReview.give(debrief, by=mia, at=timezone.now(), score=7, modify=attack, help=attack)
    assert attack not in as_.page(mia).get(f"/debriefs/{debrief.pk}/").content.decode()


def test_lists_cost_the_same_for_thirty_as_for_three(
    as_: Any, rosa: User, mia: User, now: datetime
) -> None:
    an_account()
    client = as_.page(mia)

    def cost(rows: int, query: str) -> int:
        while Debrief.objects.count() < 2 * rows:
            a_debrief(a_call(rosa, now - timedelta(hours=2)))
            reviewed = a_debrief(a_call(rosa, now - timedelta(hours=2)))
            DebriefReview.give(reviewed, by=mia, at=now, score=5)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/debriefs/{query}").status_code == 200
        return len(queries)

    few = [cost(3, query) for query in ("", "?show=reviewed", "?show=mine")]
    many = [cost(30, query) for query in ("", "?show=reviewed", "?show=mine")]
    assert few == many
    assert max(many) <= 12


def test_pages_of_a_debrief_cost_the_same_for_thirty_lines_as_for_three(
    as_: Any, rosa: User, mia: User, now: datetime
) -> None:
    an_account()

    def cost(lines: int) -> list[int]:
        call = a_call(rosa, now - timedelta(hours=2))
        some = plan_content().learn * (lines // 3)
        a_plan(call, at=now - timedelta(hours=5), learn=some, give=some, commitments=some)
        counts = []
        for person, filed in ((rosa, False), (mia, True)):
            debrief = a_debrief(call) if filed else None
            address = f"/debriefs/{debrief.pk}/" if debrief else url(call)
            client = as_.page(person)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            counts.append(len(queries))
        return counts

    few, many = cost(3), cost(30)
    assert few == many
    assert max(many) <= 12
