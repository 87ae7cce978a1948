"""The list of calls, the week, a new call, and what may happen to one."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from coaching.next_action import next_action, overlapping
from people.models import Organisation, User
from pipeline.models import Call, Contact
from tests.conftest import As
from tests.factories import (
    NOW,
    a_call,
    a_contact,
    a_deal,
    a_debrief,
    a_plan,
    an_account,
)

HOUR = timedelta(hours=1)


@pytest.fixture
def soon(db: None) -> datetime:
    return timezone.now() + HOUR


def a_new_call(**fields: Any) -> dict[str, Any]:
    return {
        "on": "2026-11-25",
        "time": "10:00",
        "minutes": 45,
        "kind": "interview",
        "channel": "video",
        **fields,
    }


# The list.


def test_upcoming_calls_come_soonest_first_and_past_ones_latest_first(
    as_: type[As], rosa: User, soon: datetime
) -> None:
    for name, hours in (("Later", 3), ("Sooner", 1), ("Long past", -30), ("Just past", -3)):
        a_call(rosa, soon + hours * HOUR, account=an_account(name))
    ahead = as_.page(rosa).get("/calls/").content.decode()
    assert ahead.index("Sooner") < ahead.index("Later")
    assert "Just past" not in ahead
    past = as_.page(rosa).get("/calls/?when=past").content.decode()
    assert past.index("Just past") < past.index("Long past")


def test_a_call_under_way_is_still_ahead(as_: type[As], rosa: User) -> None:
    a_call(rosa, timezone.now() - timedelta(minutes=9 * 60), planned_minutes=600)
    assert "Acme" in as_.page(rosa).get("/calls/").content.decode()


def test_the_list_is_filtered_by_what_is_asked_for(
    as_: type[As], rosa: User, pia: User, mia: User, soon: datetime
) -> None:
    a_call(rosa, soon, account=an_account("Ünal AG"), kind="negotiation")
    a_call(pia, soon, account=an_account("Initech")).cancel(by=pia, at=NOW, why="Ill")
    page = as_.page(mia)
    for query, found, gone in [
        (f"person={rosa.pk}", "Ünal", "Initech"),
        ("status=cancelled", "Initech", "Ünal"),
        ("kind=negotiation", "Ünal", "Initech"),
        ("q=unal", "Ünal", "Initech"),
    ]:
        text = page.get(f"/calls/?{query}").content.decode()
        assert found in text
        assert gone not in text.replace("<option", "")
    for nonsense in ("person=abc", "status=x", "kind=x", "q=%00", "page=zzz", "when=x"):
        text = page.get(f"/calls/?{nonsense}").content.decode()
        assert "Initech" in text


def test_nobody_sees_the_calls_of_others(
    as_: type[As], rosa: User, pia: User, otto: User, mia: User, soon: datetime
) -> None:
    call = a_call(rosa, soon)
    for stranger in (pia, otto):
        client = as_.page(stranger)
        assert "Acme" not in client.get("/calls/").content.decode()
        assert "Acme" not in client.get(f"/calls/week/?person={rosa.pk}").content.decode()
        assert client.get(f"/calls/{call.pk}/").status_code == 404
        for verb in ("time", "details", "cancellation", "no-show", "restoration"):
            assert client.post(f"/calls/{call.pk}/{verb}/", {}).status_code == 404
    assert "Acme" in as_.page(mia).get("/calls/").content.decode()


def test_an_administrator_sees_calls_without_their_coaching(
    as_: type[As], rosa: User, ada: User, soon: datetime
) -> None:
    call = a_call(rosa, soon)
    a_plan(call, at=timezone.now())
    for url in ("/calls/", "/calls/week/?person=everybody", f"/calls/{call.pk}/"):
        page = as_.page(ada).get(url).content.decode()
        assert "Agree who decides" not in page
        assert 'class="dots"' not in page


@pytest.mark.parametrize(
    ("hours", "label", "chip"), [(1, "Plan", "No plan"), (-2, "Debrief", "Debrief due")]
)
def test_each_row_names_one_thing_to_do(
    rosa: User, mia: User, hours: int, label: str, chip: str
) -> None:
    call = a_call(rosa, NOW + hours * HOUR)
    action = next_action(call, rosa, NOW)
    assert (action.label, action.chip) == (label, chip)
    assert next_action(call, mia, NOW).label == "Open"


def test_what_to_do_follows_plan_and_debrief(rosa: User, mia: User) -> None:
    call = a_call(rosa, NOW + HOUR)
    call.plan = a_plan(call)
    assert next_action(call, rosa, NOW).chip == "Filed"
    assert next_action(call, mia, NOW).label == "Open plan"
    assert next_action(call, rosa, NOW + 26 * HOUR).kind == "risk"
    call.debrief = a_debrief(call)
    call.refresh_from_db(fields=["status"])
    assert next_action(call, rosa, NOW + 2 * HOUR).label == "Read debrief"
    assert next_action(call, mia, NOW + 2 * HOUR).label == "Review"


@pytest.mark.parametrize("url", ["/calls/", "/calls/?when=past", "/calls/week/?person=everybody"])
def test_lists_need_the_same_few_queries_for_any_length(
    as_: type[As], rosa: User, mia: User, url: str
) -> None:
    now, counts = timezone.now(), []
    client = as_.page(mia)
    for many in (3, 27):
        for n in range(many):
            ahead = a_call(rosa, now + n * timedelta(minutes=1), account=an_account(f"A{many}{n}"))
            a_plan(ahead, at=now)
            past = a_call(rosa, now - 2 * HOUR, opportunity=a_deal(rosa))
            a_debrief(past, at=now)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(url).status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 12


def test_long_lists_come_in_pages(as_: type[As], rosa: User, soon: datetime) -> None:
    account = an_account()
    for n in range(55):
        a_call(rosa, soon + n * HOUR, account=account)
    client = as_.page(rosa)
    first = client.get("/calls/")
    assert first.content.decode().count("row-title") == 50
    second = client.get("/calls/" + first.context["page"].older)
    assert second.content.decode().count("row-title") == 5


# The week.


def test_the_week_begins_as_the_organisation_says_and_on_the_persons_clock(
    as_: type[As], rosa: User
) -> None:
    organisation = Organisation.current()
    Organisation.objects.filter(pk=organisation.pk).update(week_start=6)
    User.objects.filter(pk=rosa.pk).update(time_zone="Asia/Tokyo")
    a_call(rosa, datetime(2026, 11, 21, 16, 0, tzinfo=UTC))  # Sunday 01:00 in Tokyo
    week = as_.page(rosa).get("/calls/week/?on=2026-11-25").context["week"]
    assert week.first == date(2026, 11, 22)
    assert [len(day.rows) for day in week.days] == [1, 0, 0, 0, 0, 0, 0]


@pytest.mark.parametrize("on", ["", "x", "2026-13-45", "0001-01-01", "9999-12-31", "2026-11-31"])
def test_a_week_that_makes_no_sense_is_this_week(as_: type[As], rosa: User, on: str) -> None:
    week = as_.page(rosa).get(f"/calls/week/?on={on}").context["week"]
    assert sum(day.is_today for day in week.days) == 1


@pytest.mark.parametrize("on", ["2000-01-01", "2099-12-31", "2026-03-29", "2026-10-25"])
def test_weeks_at_the_edges_and_with_23_or_25_hours_work(
    as_: type[As], rosa: User, on: str
) -> None:
    User.objects.filter(pk=rosa.pk).update(time_zone="Europe/Berlin")
    assert as_.page(rosa).get(f"/calls/week/?on={on}").status_code == 200


def test_overlapping_calls_of_one_person_are_found(rosa: User, pia: User) -> None:
    long = a_call(rosa, NOW, planned_minutes=120)
    inside = a_call(rosa, NOW + HOUR)
    later = a_call(rosa, NOW + 1.6 * HOUR)
    touching = a_call(rosa, long.ends_at + timedelta(minutes=10))
    a_call(pia, NOW)
    off = a_call(rosa, NOW + HOUR)
    off.cancel(by=rosa, at=NOW)
    calls = Call.objects.visible_to(rosa).order_by("starts_at", "pk")
    assert overlapping(calls) == {long.pk, inside.pk, later.pk}
    assert touching.pk not in overlapping(calls)


def test_a_manager_looks_at_one_persons_week(
    as_: type[As], rosa: User, pia: User, mia: User
) -> None:
    a_call(rosa, timezone.now(), account=an_account("Rosas"))
    a_call(pia, timezone.now(), account=an_account("Pias"))
    own = as_.page(mia).get("/calls/week/").content.decode()
    assert "Rosas" not in own
    hers = as_.page(mia).get(f"/calls/week/?person={rosa.pk}").content.decode()
    assert "Rosas" in hers
    assert "Pias" not in hers
    every = as_.page(mia).get("/calls/week/?person=everybody").content.decode()
    assert "Rosas" in every
    assert "Pias" in every


# A new call.


def test_planning_a_call_from_a_deal_leads_to_its_plan(as_: type[As], rosa: User) -> None:
    User.objects.filter(pk=rosa.pk).update(time_zone="Europe/Berlin")
    deal = a_deal(rosa, account=an_account())
    client = as_.page(rosa)
    url = f"/calls/new/?opportunity={deal.pk}"
    assert client.get(url).status_code == 200
    answer = client.post(url, a_new_call())
    call = Call.objects.get()
    assert answer.headers["Location"] == f"/calls/{call.pk}/plan/"
    assert (call.opportunity, call.account, call.owner) == (deal, deal.account, rosa)
    assert call.starts_at == datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
    assert (call.planned_minutes, call.channel) == (45, "video")


def test_planning_from_a_contact_and_from_an_account(as_: type[As], rosa: User) -> None:
    account = an_account()
    carla: Contact = a_contact(account)
    deal = a_deal(rosa, account=account)
    client = as_.page(rosa)
    page = client.get(f"/calls/new/?contact={carla.pk}").content.decode()
    assert f'value="{carla.pk}" id="id_attendees_0" checked' in page.replace('class="" ', "")
    sent = a_new_call(opportunity=deal.pk, attendees=[carla.pk], on="2020-01-01")
    assert client.post(f"/calls/new/?account={account.pk}", sent).status_code == 302
    call = Call.objects.get()
    assert call.opportunity == deal
    assert list(call.attendees.all()) == [carla]


def test_without_a_subject_one_chooses_first(as_: type[As], rosa: User, otto: User) -> None:
    a_deal(rosa, "Mine to call")
    a_deal(otto, "His to call")
    client = as_.page(rosa)
    page = client.get("/calls/new/").content.decode()
    assert "Mine to call" in page
    found = client.get("/calls/new/?q=to+call&on=2026-11-25").content.decode()
    assert "Mine to call" in found
    assert "His to call" not in found
    assert "on=2026-11-25" in found
    assert client.get("/calls/new/?q=%00").status_code == 200
    assert client.post("/calls/new/", a_new_call()).status_code == 400


def test_a_new_call_takes_nothing_foreign(as_: type[As], rosa: User, otto: User) -> None:
    theirs = an_account("Elsewhere", owner=otto)
    deal, sven = a_deal(otto, account=theirs), a_contact(theirs, "Sven")
    client = as_.page(rosa)
    for query in (
        f"opportunity={deal.pk}",
        f"account={theirs.pk}",
        f"contact={sven.pk}",
        "account=x",
        "opportunity=99999999999999999999",
    ):
        assert client.get(f"/calls/new/?{query}").status_code == 404
        assert client.post(f"/calls/new/?{query}", a_new_call()).status_code == 404
    assert client.post("/calls/new/", a_new_call(account=theirs.pk)).status_code == 404
    mine = an_account("Mine", owner=rosa)
    for field, pk in (("opportunity", deal.pk), ("attendees", sven.pk)):
        answer = client.post(f"/calls/new/?account={mine.pk}", a_new_call(**{field: pk}))
        assert answer.status_code == 400
    assert not Call.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"on": "2026-03-29", "time": "02:30"}, "clocks are put forward"),
        ({"on": "tomorrow"}, "Enter a valid date"),
        ({"on": "0001-01-01"}, "from 2000 on"),
        ({"on": "9999-12-31"}, "before 2100"),
        ({"time": "25:00"}, "Enter a valid time"),
        ({"minutes": "0"}, "greater than or equal to 5"),
        ({"minutes": "601"}, "less than or equal to 600"),
        ({"kind": "party"}, "Select a valid choice"),
        ({"attendees": ["x"]}, "is not a valid value"),
    ],
)
def test_a_wrong_new_call_is_explained_and_kept(
    as_: type[As], rosa: User, wrong: dict[str, Any], words: str
) -> None:
    User.objects.filter(pk=rosa.pk).update(time_zone="Europe/Berlin")
    answer = as_.page(rosa).post(f"/calls/new/?account={an_account().pk}", a_new_call(**wrong))
    page = answer.content.decode()
    assert answer.status_code == 400
    assert words in page
    assert 'value="video" selected' in page
    assert not Call.objects.exists()


def test_a_time_that_clocks_show_twice_is_the_first(as_: type[As], rosa: User) -> None:
    User.objects.filter(pk=rosa.pk).update(time_zone="Europe/Berlin")
    sent = a_new_call(on="2026-10-25", time="02:30")
    as_.page(rosa).post(f"/calls/new/?account={an_account().pk}", sent)
    assert Call.objects.get().starts_at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


# One call.


def test_a_call_is_moved_changed_cancelled_and_planned_again(as_: type[As], rosa: User) -> None:
    call = a_call(rosa, timezone.now() + HOUR)
    assert call.account
    carla = a_contact(call.account)
    client, url = as_.page(rosa), f"/calls/{call.pk}/"

    def post(verb: str, **fields: Any) -> int:
        call.refresh_from_db()
        answer = client.post(f"{url}{verb}/", {"version": call.version, **fields})
        call.refresh_from_db()
        assert client.get(url).status_code == 200
        return answer.status_code

    assert post("time", on="2099-01-05", time="08:00", minutes=15, why="Her train") == 302
    assert (call.starts_at.year, call.planned_minutes) == (2099, 15)
    assert "Her train" in client.get(url).content.decode()
    assert post("details", kind="negotiation", channel="phone", attendees=[carla.pk]) == 302
    assert list(call.attendees.all()) == [carla]
    assert post("no-show", why="Nobody there") == 400
    assert post("cancellation", why="") == 400
    assert post("cancellation", why="They are sold") == 302
    assert call.status == Call.CANCELLED
    assert post("time", on="2099-01-05", time="08:00", minutes=15) == 400
    assert post("restoration") == 302
    assert call.is_planned
    assert post("restoration") == 400


def test_cancelling_offers_to_undo(as_: type[As], rosa: User) -> None:
    call = a_call(rosa)
    sent = {"version": call.version, "why": "Ill"}
    page = as_.page(rosa).post(f"/calls/{call.pk}/cancellation/", sent, follow=True)
    assert f'action="/calls/{call.pk}/restoration/"' in page.content.decode()


def test_a_past_call_is_missed(as_: type[As], rosa: User) -> None:
    call = a_call(rosa, timezone.now() - HOUR)
    sent = {"version": call.version, "why": "Nobody came"}
    assert as_.page(rosa).post(f"/calls/{call.pk}/no-show/", sent).status_code == 302
    call.refresh_from_db()
    assert (call.status, call.status_reason) == (Call.MISSED, "Nobody came")


def test_a_stale_verb_is_refused_with_what_was_typed(as_: type[As], rosa: User) -> None:
    call = a_call(rosa, timezone.now() + HOUR)
    seen = call.version
    call.describe(kind="negotiation")
    sent = {"version": seen, "on": "2030-02-01", "time": "07:15", "minutes": 20, "why": "Mine"}
    answer = as_.page(rosa).post(f"/calls/{call.pk}/time/", sent)
    assert answer.status_code == 412
    page = answer.content.decode()
    assert 'value="2030-02-01"' in page
    assert f'value="{call.version}"' in page


def test_verbs_take_nobody_from_elsewhere(as_: type[As], rosa: User) -> None:
    call = a_call(rosa)
    stranger = a_contact(an_account("Elsewhere"), "Sven")
    sent = {
        "version": call.version,
        "kind": "interview",
        "channel": "phone",
        "attendees": [stranger.pk],
    }
    assert as_.page(rosa).post(f"/calls/{call.pk}/details/", sent).status_code == 400
    assert not call.attendees.exists()


@pytest.mark.parametrize("verb", ["time", "details", "cancellation", "no-show", "restoration"])
def test_looking_changes_nothing(as_: type[As], rosa: User, verb: str) -> None:
    call = a_call(rosa)
    assert as_.page(rosa).get(f"/calls/{call.pk}/{verb}/").status_code == 405


def test_the_call_page_needs_few_queries(as_: type[As], rosa: User, mia: User) -> None:
    call = a_call(rosa, timezone.now() + HOUR, opportunity=a_deal(rosa, account=an_account()))
    a_plan(call, at=timezone.now())
    for reader in (rosa, mia):
        client = as_.page(reader)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(f"/calls/{call.pk}/").status_code == 200
        assert len(seen) <= 12
