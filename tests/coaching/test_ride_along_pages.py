"""Pages of ride-alongs: the roster, planning, what the manager saw, and the signature."""

import csv
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from coaching.models import Behaviour, BehaviourScore, RideAlong
from coaching.models.behaviour_score import Seen
from people.models import User
from tests.conftest import As
from tests.factories import a_behaviour, a_call, a_ride_along

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def asks(ada: User) -> Behaviour:
    return a_behaviour("Asks", ada)


@pytest.fixture
def listens(ada: User) -> Behaviour:
    return a_behaviour("Listens", ada)


@pytest.fixture
def ride(rosa: User, mia: User, asks: Behaviour, listens: Behaviour) -> RideAlong:
    """An hour ago mia came along, to watch how rosa listens."""
    return a_ride_along(rosa, mia, timezone.now() - HOUR, watch=[listens])


def at(ride: RideAlong, verb: str = "") -> str:
    return f"/ride-alongs/{ride.pk}/{verb and verb + '/'}"


def saved(ride: RideAlong) -> RideAlong:
    return RideAlong.objects.get(pk=ride.pk)


def statements(client: Any, path: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert client.get(path).status_code == 200
    return len(seen)


# Planning.


def test_mia_plans_one_at_a_call_of_rosas(
    rosa: User, mia: User, asks: Behaviour, as_: type[As]
) -> None:
    call = a_call(rosa, timezone.now() + DAY)
    client, path = as_.page(mia), f"/ride-alongs/new/?call={call.pk}"
    assert client.get(path).context["form"]["call"].value() == call.pk
    answer = client.post(path, {"call": call.pk, "purpose": "joint", "watch": [asks.pk]})
    ride = RideAlong.objects.get()
    assert answer["Location"] == at(ride)
    assert (ride.rep, ride.manager, ride.call, ride.starts_at) == (rosa, mia, call, call.starts_at)
    assert (ride.purpose, list(ride.watch.all())) == ("joint", [asks])


def test_or_at_a_time_of_her_own_on_her_own_clock(rosa: User, mia: User, as_: type[As]) -> None:
    mia.change(time_zone="America/St_Johns")
    sent = {"on": "2027-01-12", "time": "14:00", "about": "Fair in Ghent", "purpose": "observe"}
    as_.page(mia).post(f"/ride-alongs/new/?rep={rosa.pk}", sent)
    assert RideAlong.objects.get().starts_at.isoformat() == "2027-01-12T17:30:00+00:00"


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"about": "Ghent"}, "on"),
        ({"about": "Ghent", "on": "2027-01-12"}, "time"),
        ({"on": "2027-01-12", "time": "14:00"}, "about"),
        ({"about": "Ghent", "on": "2027-03-28", "time": "02:30"}, "time"),
        ({"about": "Ghent", "on": "1812-01-12", "time": "14:00"}, "on"),
        ({"call": "9999999"}, "call"),
        ({"watch": ["9999999"]}, "watch"),
        ({"purpose": "spy"}, "purpose"),
    ],
)
def test_what_is_wrong_is_said_where_it_stands_and_what_was_typed_is_kept(
    rosa: User, mia: User, as_: type[As], sent: dict[str, str], field: str
) -> None:
    mia.change(time_zone="Europe/Berlin")
    path = f"/ride-alongs/new/?rep={rosa.pk}"
    answer = as_.page(mia).post(path, {"purpose": "observe", **sent})
    assert answer.status_code == 400
    assert field in answer.context["form"].errors
    assert answer.context["form"]["about"].value() == sent.get("about")
    assert not RideAlong.objects.exists()


def test_only_those_below_can_be_chosen(
    rosa: User, pia: User, mia: User, otto: User, eva: User, as_: type[As]
) -> None:
    client = as_.page(mia)
    assert list(client.get("/ride-alongs/new/").context["people"]) == [pia, rosa]
    assert list(client.get("/ride-alongs/new/?q=ros").context["people"]) == [rosa]
    assert list(as_.page(eva).get("/ride-alongs/new/?q=otto").context["people"]) == [otto]
    for query in (f"rep={otto.pk}", f"call={a_call(otto).pk}", "rep=x", "rep=²", "call=9999999"):
        assert client.get(f"/ride-alongs/new/?{query}").status_code == 404
    assert as_.page(rosa).get("/ride-alongs/new/").status_code == 403


def test_it_is_arranged_otherwise_called_off_and_planned_again(
    rosa: User, mia: User, ride: RideAlong, as_: type[As]
) -> None:
    client = as_.page(mia)
    call = a_call(rosa, timezone.now() + DAY)
    sent = {"call": call.pk, "purpose": "model", "version": ride.version}
    assert client.post(at(ride, "arrangement"), sent).status_code == 302
    assert (saved(ride).call, saved(ride).purpose, saved(ride).about) == (call, "model", "")
    stale = client.post(at(ride, "arrangement"), sent)
    assert stale.status_code == 412
    refused = client.post(at(ride, "cancellation"), {"version": saved(ride).version})
    assert (refused.status_code, refused.context["open"]) == (400, "cancellation")
    reason = {"version": saved(ride).version, "reason": "Ill"}
    client.post(at(ride, "cancellation"), reason)
    assert (saved(ride).state, saved(ride).cancel_reason) == ("cancelled", "Ill")
    client.post(at(ride, "restoration"))
    assert saved(ride).is_planned


def test_the_call_offers_it_to_managers_and_tells_the_rep_who_comes(
    rosa: User, mia: User, ada: User, as_: type[As]
) -> None:
    call = a_call(rosa, timezone.now() + DAY)
    offer = f"/ride-alongs/new/?call={call.pk}"
    offered = {
        who: offer in as_.page(who).get(f"/calls/{call.pk}/").text for who in (rosa, mia, ada)
    }
    assert offered == {rosa: False, mia: True, ada: False}
    ride = a_ride_along(rosa, mia, at=timezone.now(), starts_at=timezone.now(), call=call)
    page = as_.page(rosa).get(f"/calls/{call.pk}/")
    assert (at(ride) in page.text, "Mia rides along" in page.text) == (True, True)
    assert offer not in as_.page(mia).get(f"/calls/{call.pk}/").text
    assert at(ride) not in as_.page(ada).get(f"/calls/{call.pk}/").text


# What the manager sees.


def said(ride: RideAlong, **values: Any) -> dict[str, Any]:
    return {"version": saved(ride).version, **values}


def test_what_is_to_be_watched_stands_first(
    mia: User, ride: RideAlong, asks: Behaviour, listens: Behaviour, as_: type[As]
) -> None:
    form = as_.page(mia).get(at(ride)).context["observations"]
    assert [each.behaviour for each in form.first()] == [listens]
    assert [each.behaviour for each in form.others()] == [asks]
    assert not form.is_open


def test_a_draft_saves_itself_and_nobody_else_reads_it(
    rosa: User, mia: User, eva: User, ride: RideAlong, asks: Behaviour, as_: type[As]
) -> None:
    sent = said(ride, notes="Zanzibar", **{f"note_{asks.pk}": "Quiet"})
    as_json = {"headers": {"accept": "application/json"}}
    answer = as_.page(mia).post(at(ride, "draft"), sent, **as_json)
    assert answer.json()["version"] == saved(ride).version
    assert saved(ride).drafted == {asks.pk: Seen(None, "Quiet")}
    again = as_.page(mia).post(at(ride, "draft"), sent, **as_json)  # the answer was lost
    assert (again.status_code, again.json()["version"]) == (200, saved(ride).version)
    own = as_.page(mia).get(at(ride))
    assert "Zanzibar" in own.text
    assert own.context["observations"].is_open
    for person in (rosa, eva):
        text = as_.page(person).get(at(ride)).text
        assert "Zanzibar" not in text
        assert "Quiet" not in text
        assert as_.page(person).post(at(ride, "draft"), sent).status_code == 403


def test_two_versions_are_both_shown(mia: User, ride: RideAlong, as_: type[As]) -> None:
    first = said(ride, notes="From the phone")
    client = as_.page(mia)
    client.post(at(ride, "draft"), first)
    answer = client.post(at(ride, "draft"), {**first, "notes": "From the desk"})
    assert answer.status_code == 412
    assert "From the phone" in answer.text
    assert "From the desk" in answer.text
    assert saved(ride).notes == "From the phone"


def test_handed_in_the_rep_reads_it_and_signs(
    rosa: User, mia: User, ride: RideAlong, listens: Behaviour, as_: type[As]
) -> None:
    sent = said(ride, notes="A good day", **{f"score_{listens.pk}": 6})
    for _ in ("once", "sent twice"):
        assert as_.page(mia).post(at(ride, "holding"), sent).status_code == 302
    score = BehaviourScore.objects.get()
    assert (score.rep, score.behaviour, score.manager_score) == (rosa, listens, 6)
    page = as_.page(rosa).get(at(ride))
    assert "A good day" in page.text
    signature = said(ride, comment="Wait longer")
    for _ in ("once", "sent twice"):
        assert as_.page(rosa).post(at(ride, "signature"), signature).status_code == 302
    assert saved(ride).comment == "Wait longer"
    other = as_.page(rosa).post(at(ride, "signature"), {**signature, "comment": "Ask more"})
    assert other.status_code == 412
    assert "Ask more" in other.text
    assert "Wait longer" in as_.page(mia).get(at(ride)).text


def test_what_differs_from_what_was_handed_in_is_not_lost(
    mia: User, ride: RideAlong, as_: type[As]
) -> None:
    sent = said(ride, notes="A good day")
    as_.page(mia).post(at(ride, "holding"), sent)
    answer = as_.page(mia).post(at(ride, "holding"), {**sent, "notes": "A long day"})
    assert answer.status_code == 412
    assert "A long day" in answer.text
    assert saved(ride).notes == "A good day"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({}, "notes"),
        ({"note": "Quiet"}, "score"),
        ({"score": "11"}, "score"),
        ({"score": "5", "note": "x" * 501}, "note"),
    ],
)
def test_what_cannot_be_handed_in_is_said_and_kept(
    mia: User,
    ride: RideAlong,
    listens: Behaviour,
    as_: type[As],
    values: dict[str, str],
    field: str,
) -> None:
    sent = {f"{name}_{listens.pk}": value for name, value in values.items()}
    answer = as_.page(mia).post(at(ride, "holding"), said(ride, **sent))
    assert answer.status_code == 400
    errors = answer.context["observations"].errors
    assert list(errors) == ["notes" if field == "notes" else f"{field}_{listens.pk}"]
    if "note" in values:
        assert values["note"] in answer.text
    assert saved(ride).is_planned


def test_before_its_day_there_is_nothing_to_write(rosa: User, mia: User, as_: type[As]) -> None:
    ride = a_ride_along(rosa, mia, timezone.now() + 2 * DAY)
    assert "observations" not in as_.page(mia).get(at(ride)).context
    answer = as_.page(mia).post(at(ride, "holding"), said(ride, notes="Early"))
    assert answer.status_code == 400
    assert "has not begun" in answer.text
    assert "Early" in answer.text


# Lists.


def test_reps_find_theirs_and_what_is_to_be_signed(
    rosa: User, pia: User, mia: User, as_: type[As]
) -> None:
    now = timezone.now()
    a_ride_along(rosa, mia, now - 9 * DAY, held=True)
    a_ride_along(pia, mia, now - 9 * DAY, held=True, about="Pia's own")
    page = as_.page(rosa).get("/ride-alongs/")
    assert "To sign" in page.text
    assert "Pia" not in page.text
    assert "No ride-along yet" in as_.page(mia).get("/ride-alongs/?show=mine").text


def test_the_roster_as_a_file(rosa: User, pia: User, mia: User, as_: type[As]) -> None:
    on = timezone.now() - 9 * DAY
    a_ride_along(rosa, mia, on, held=True)
    pia.change(name="=Pia()")
    answer: Any = as_.page(mia).get("/ride-alongs/export/")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    first, second = csv.DictReader(text.splitlines())
    assert (first["Rep"], first["State"], first["Last held on"]) == ("'=Pia()", "Due soon", "")
    assert (second["Rep"], second["Held this year"], second["Of"]) == ("Rosa Rep", "1", "2")
    assert (second["Last held on"], second["Last held by"]) == (str(on.date()), "Mia Manager")


def test_pages_take_as_many_statements_for_thirty_as_for_three(
    rosa: User, mia: User, as_: type[As]
) -> None:
    manager, counts = as_.page(mia), []
    for number in (3, 27):
        reps = User.objects.bulk_create(
            User(name=f"Rep {number}.{n}", email=f"{number}.{n}@example.com", reports_to=mia)
            for n in range(number)
        )
        start = timezone.now() - DAY
        RideAlong.objects.bulk_create(
            RideAlong(rep=rep, manager=mia, about="Ghent", starts_at=start, state="held")
            for rep in reps
        )
        paths = ("/ride-alongs/", "/ride-alongs/?show=all", "/ride-alongs/new/")
        counts.append([statements(manager, path) for path in paths])
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 12


def test_one_takes_as_many_statements_for_five_behaviours_as_for_one(
    rosa: User, mia: User, ada: User, as_: type[As]
) -> None:
    counts = []
    for number in (1, 4):
        watch = [a_behaviour(f"Behaviour {number}.{n}", ada) for n in range(number)]
        ride = a_ride_along(rosa, mia, timezone.now() - HOUR, watch=watch)
        planned = statements(as_.page(mia), at(ride))
        seen = {each.pk: Seen(7, "Good") for each in watch}
        ride.hold(by=mia, at=timezone.now(), notes="", seen=seen)
        counts.append((planned, *(statements(as_.page(each), at(ride)) for each in (mia, rosa))))
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 12
