"""The page of a pre-call plan: prefilled, saved, filed, read."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from coaching.models import CallPlan, Inspection
from coaching.models.plan_content import TextLine, WhoLine
from people.models import User
from pipeline.models import Call
from tests.conftest import As
from tests.factories import a_call, a_contact, a_deal, a_plan, an_account, plan_content


@pytest.fixture
def tomorrow(db: None) -> datetime:
    return timezone.now() + timedelta(days=1)


@pytest.fixture
def call(rosa: User, tomorrow: datetime) -> Call:
    return a_call(rosa, tomorrow, opportunity=a_deal(rosa, account=an_account()))


def filled(**fields: Any) -> dict[str, Any]:
    """What a browser sends for a plan with all five parts."""
    return {
        "version": 0,
        "purpose": "Agree who decides",
        "who-0-name": "Nora New",
        "who-0-role": "decision_maker",
        "learn": ["What does it cost them?", ""],
        "learn-question": ["problem", ""],
        "give": ["The Initech case study"],
        "give-question": [""],
        "commitments": ["A date with the CFO"],
        "fallback": "The CFO's name",
        **fields,
    }


def address(call: Call, filing: bool = False) -> str:
    return f"/calls/{call.pk}/plan/" + ("filing/" if filing else "")


def test_looking_at_a_call_without_a_plan_changes_nothing(as_: type[As], call: Call) -> None:
    page = as_.page(call.owner).get(address(call))
    assert page.status_code == 200
    assert 'name="version" value="0"' in page.content.decode()
    assert not CallPlan.objects.exists()


def test_saving_makes_a_draft_and_comes_back(as_: type[As], call: Call) -> None:
    client = as_.page(call.owner)
    answer = client.post(address(call), filled(learn=["  One \n more  "], give=[], fallback=""))
    assert answer.status_code == 302
    plan = CallPlan.objects.get()
    assert plan.state == CallPlan.DRAFT
    assert [line.text for line in plan.lines.all()] == ["A date with the CFO", "One more"]
    page = client.get(address(call)).content.decode()
    assert "One more" in page
    assert "Nora New" in page


def test_the_saving_script_gets_version_time_and_dots(as_: type[As], call: Call) -> None:
    rosa = call.owner
    User.objects.filter(pk=rosa.pk).update(time_zone="Asia/Tokyo")
    answer = as_.page(rosa).post(address(call), filled(), headers={"Accept": "application/json"})
    said = json.loads(answer.content)
    plan = CallPlan.objects.get()
    assert said["version"] == plan.version
    assert plan.saved_at
    assert said["saved_at"] == f"{plan.saved_at + timedelta(hours=9):%H:%M}"
    assert said["strip"].count("filled") == 10


def test_filing_saves_first_and_names_what_is_empty(as_: type[As], call: Call) -> None:
    client = as_.page(call.owner)
    answer = client.post(address(call, filing=True), filled(give=[], fallback=""))
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "Write at least one thing to give." in page
    assert "and the fallback" in page
    assert "Agree who decides" in page
    plan = CallPlan.objects.get()
    assert plan.purpose == "Agree who decides"
    assert not plan.is_filed
    assert f'name="version" value="{plan.version}"' in page

    answer = client.post(address(call, filing=True), filled(version=plan.version))
    assert answer.status_code == 302
    plan.refresh_from_db()
    assert plan.timeliness == CallPlan.ON_TIME
    page = client.get(address(call)).content.decode()
    assert "Filed on time" in page
    assert "File plan" not in page


@pytest.mark.parametrize(
    ("minutes", "timeliness", "words"),
    [(10, "on_time", "Filed on time"), (-10, "late", "Filed late"), (-31, "retroactive", "after")],
)
def test_the_page_says_when_it_was_filed(
    as_: type[As], rosa: User, minutes: int, timeliness: str, words: str
) -> None:
    call = a_call(rosa, timezone.now() + timedelta(minutes=minutes))
    as_.page(rosa).post(address(call, filing=True), filled())
    assert CallPlan.objects.get().timeliness == timeliness
    assert words in as_.page(rosa).get(address(call)).content.decode()


@pytest.mark.parametrize(
    ("seconds", "timeliness"),
    [(-1, "on_time"), (0, "late"), (30 * 60 - 1, "late"), (30 * 60, "retroactive")],
)
def test_on_time_ends_with_the_start_and_late_with_the_end(
    call: Call, seconds: int, timeliness: str
) -> None:
    at = call.starts_at + timedelta(seconds=seconds)
    assert CallPlan(call=call).timeliness_at(at) == timeliness


def test_a_stale_save_shows_both_texts_and_goes_on_from_the_saved_one(
    as_: type[As], call: Call
) -> None:
    plan = a_plan(call, file=False)
    seen = plan.version
    plan.write(plan_content(learn=[TextLine("Theirs")]), by=call.owner, at=timezone.now())
    client = as_.page(call.owner)
    mine = filled(version=seen, purpose=plan.purpose, learn=["Mine"])
    answer = client.post(address(call), mine)
    page = answer.content.decode()
    assert answer.status_code == 412
    assert "Theirs" in page
    assert "Mine" in page
    assert 'aria-label="Two versions of Learn"' in page
    assert 'aria-label="Two versions of Give"' not in page
    assert CallPlan.objects.get().content().learn == [TextLine("Theirs")]
    mine["version"] = plan.version
    assert client.post(address(call), mine).status_code == 302
    assert CallPlan.objects.get().content().learn == [TextLine("Mine", "problem")]


def test_the_same_save_twice_is_no_conflict(as_: type[As], call: Call) -> None:
    """The answer to the first may have been lost on the way."""
    client = as_.page(call.owner)
    assert client.post(address(call), filled()).status_code == 302
    assert client.post(address(call), filled()).status_code == 302


def test_the_managers_answer_while_typing_is_no_conflict(
    as_: type[As], call: Call, mia: User
) -> None:
    plan = a_plan(call)
    seen = plan.version
    Inspection.give(plan, "change", by=mia, at=timezone.now(), part="learn", comment="Budget?")
    mine = filled(version=seen, learn=["What is the budget?"])
    assert as_.page(call.owner).post(address(call), mine).status_code == 302
    assert CallPlan.objects.get().content().learn == [TextLine("What is the budget?", "problem")]


def test_the_managers_words_stand_beside_their_part(as_: type[As], call: Call, mia: User) -> None:
    plan = a_plan(call)
    Inspection.give(plan, "change", by=mia, at=timezone.now(), part="give", comment="Proof?")
    page = as_.page(call.owner).get(address(call)).content.decode()
    give = page.index('id="part-give"')
    assert give < page.index("Proof?") < page.index('id="part-commitments"')
    assert "File again" in page


def test_contacts_are_found_by_id_or_name_and_strangers_refused(
    as_: type[As], call: Call, otto: User
) -> None:
    assert call.account
    carla = a_contact(call.account)
    stranger = a_contact(an_account("Elsewhere", owner=otto), "Sven Stranger")
    client = as_.page(call.owner)
    people = {"who-0-name": "carla buyer", "who-3-name": "", "who-3-contact": carla.pk}
    assert client.post(address(call), filled(**people)).status_code == 302
    assert CallPlan.objects.get().content().who == [WhoLine(carla, "Carla Buyer", "decision_maker")]
    theirs = filled(version=2, **{"who-1-contact": stranger.pk, "who-1-name": ""})
    answer = client.post(address(call), theirs)
    assert answer.status_code == 400
    assert "That person is not at this account" in answer.content.decode()
    assert "Sven" not in answer.content.decode()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"purpose": "x" * 501}, "at most 500 characters"),
        ({"learn": ["x" * 501]}, "at most 500 characters"),
        ({"learn": [f"Line {n}" for n in range(21)]}, "At most 20 lines"),
        ({f"who-{n}-name": f"Name {n}" for n in range(21)}, "At most 20 people"),
        ({"give": ["a\x00b"]}, "Null characters"),
        ({"who-0-name": "a\x00b"}, "Null characters"),
        ({"who-0-role": "boss"}, "Select a valid choice"),
        ({"learn-question": ["why"]}, "Select a valid choice"),
        ({"who-0-contact": "1 OR 1=1"}, "not at this account"),
    ],
)
def test_what_cannot_be_kept_is_named_and_stays_in_the_form(
    as_: type[As], call: Call, wrong: dict[str, Any], words: str
) -> None:
    answer = as_.page(call.owner).post(address(call), filled(**wrong))
    page = answer.content.decode()
    assert answer.status_code == 400
    assert words in page
    assert "A date with the CFO" in page
    assert not CallPlan.objects.exists()


@pytest.mark.parametrize("version", ["", "-1", "x", "9" * 30])
def test_a_version_that_makes_no_sense_is_refused(as_: type[As], call: Call, version: str) -> None:
    a_plan(call, file=False)
    assert as_.page(call.owner).post(address(call), filled(version=version)).status_code in (
        400,
        412,
    )


def test_managers_read_and_nobody_else_sees(
    as_: type[As], call: Call, mia: User, eva: User, pia: User, otto: User, ada: User
) -> None:
    a_plan(call)
    for manager in (mia, eva):
        page = as_.page(manager).get(address(call)).content.decode()
        assert "Agree who decides and by when" in page
        assert "data-autosave" not in page
        assert as_.page(manager).post(address(call), filled()).status_code == 403
        assert as_.page(manager).post(address(call, filing=True), filled()).status_code == 403
    for stranger in (pia, otto, ada):
        client = as_.page(stranger)
        assert client.get(address(call)).status_code == 404
        assert client.post(address(call), filled()).status_code == 404
        assert client.post(address(call, filing=True), filled()).status_code == 404
    assert as_.page(mia).get("/calls/999999/plan/").status_code == 404


def test_a_call_without_plan_has_a_page_for_the_manager(
    as_: type[As], call: Call, mia: User
) -> None:
    assert "Nothing was written" in as_.page(mia).get(address(call)).content.decode()


def test_a_settled_call_closes_its_plan(as_: type[As], call: Call) -> None:
    a_plan(call)
    call.cancel(by=call.owner, at=timezone.now())
    client = as_.page(call.owner)
    assert "data-autosave" not in client.get(address(call)).content.decode()
    answer = client.post(address(call), filled(version=3, purpose="Typed offline"))
    assert answer.status_code == 400
    assert "Typed offline" in answer.content.decode()


def test_suggestions_leave_out_what_stands_there(as_: type[As], call: Call) -> None:
    a_plan(call, file=False)
    page = as_.page(call.owner).get(address(call)).content.decode()
    assert 'data-question="problem"' in page
    assert 'data-question="evaluation">' not in page


def queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(url).status_code == 200
    return len(seen)


@pytest.mark.parametrize("who", ["rosa", "mia"])
def test_the_number_of_queries_does_not_grow(
    as_: type[As],
    rosa: User,
    mia: User,
    tomorrow: datetime,
    who: str,
    request: pytest.FixtureRequest,
) -> None:
    counts: list[int] = []
    reader: User = request.getfixturevalue(who)
    for lines in (3, 19):
        account = an_account(f"Acme {lines}")
        people = [a_contact(account, f"Contact {n}") for n in range(lines)]
        call = a_call(rosa, tomorrow, opportunity=a_deal(rosa, account=account), attendees=people)
        new = queries(as_.page(rosa), address(call)) if reader == rosa else 0
        plan = a_plan(
            call,
            at=timezone.now(),
            who=[WhoLine(contact) for contact in people],
            learn=[TextLine(f"Learn {n}") for n in range(lines)],
        )
        for n in range(lines):
            Inspection.give(
                plan, "change", by=mia, at=timezone.now(), part="give", comment=f"More {n}"
            )
        counts += [max(new, queries(as_.page(reader), address(call)))]
    assert counts[0] == counts[1] <= 12
