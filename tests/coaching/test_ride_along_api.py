"""Programs plan, score and sign ride-alongs by the same verbs."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from coaching.models import Behaviour, RideAlong
from people.models import User
from tests.conftest import As
from tests.factories import a_behaviour, a_call, a_ride_along

PATH = "/api/v1/ride-alongs/"
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def asks(ada: User) -> Behaviour:
    return a_behaviour("Asks", ada)


@pytest.fixture
def ride(rosa: User, mia: User) -> RideAlong:
    return a_ride_along(rosa, mia, timezone.now() - HOUR)


def attrs(answer: Any) -> list[str]:
    return sorted(error["attr"] or "" for error in answer.json()["errors"])


def send(client: Any, ride: RideAlong, noun: str, data: Any = None, method: str = "post") -> Any:
    version = RideAlong.objects.get(pk=ride.pk).version
    headers = {"if-match": f'"{version}"'}
    path = f"{PATH}{ride.pk}/{noun and noun + '/'}"
    return getattr(client, method)(path, data, format="json", headers=headers)


def test_mia_plans_one_and_arranges_it_otherwise(
    rosa: User, mia: User, asks: Behaviour, as_: type[As]
) -> None:
    client, call = as_.api(mia), a_call(rosa, timezone.now() + DAY)
    made = client.post(PATH, {"rep": rosa.pk, "call": call.pk, "watch": [asks.pk]}, format="json")
    assert made.status_code == 201, made.data
    ride = RideAlong.objects.get()
    assert (made.data["manager"], made.data["watch"]) == (mia.pk, [asks.pk])
    other = {"call": None, "starts_at": "2027-01-12T14:00:00+01:00", "about": "Fair", "watch": []}
    changed = send(client, ride, "", other, "patch")
    assert changed.status_code == 200, changed.data
    assert (changed.data["starts_at"], changed.data["call"]) == ("2027-01-12T13:00:00Z", None)
    assert changed.data["watch"] == []
    kept = send(client, ride, "", {"purpose": "joint"}, "patch")
    assert (kept.data["about"], kept.data["starts_at"]) == ("Fair", "2027-01-12T13:00:00Z")
    stale = client.patch(f"{PATH}{ride.pk}/", {}, format="json", headers={"if-match": '"1"'})
    assert stale.status_code == 412


def test_what_is_wrong_is_named(
    rosa: User, mia: User, otto: User, asks: Behaviour, as_: type[As]
) -> None:
    client, start = as_.api(mia), "2027-01-12T14:00:00Z"

    def refused(**sent: Any) -> list[str]:
        answer = client.post(PATH, {"rep": rosa.pk, **sent}, format="json")
        assert answer.status_code == 400
        return attrs(answer)

    assert refused() == ["starts_at"]
    assert refused(starts_at=start) == ["about"]
    assert refused(starts_at=start, about="Fair", rep=otto.pk) == ["rep"]
    assert refused(call=a_call(otto).pk) == ["call"]
    assert refused(starts_at=start, about="Fair", watch=[999_999]) == ["watch"]
    assert refused(starts_at=start, about="Fair", purpose="spy") == ["purpose"]
    assert refused(starts_at=start, about="Fair", notes="x") == ["notes"]
    answer = as_.api(rosa).post(PATH, {"rep": rosa.pk, "starts_at": start, "about": "Fair"})
    assert answer.status_code == 403


def test_a_draft_is_its_writers_alone(
    rosa: User, mia: User, eva: User, ride: RideAlong, asks: Behaviour, as_: type[As]
) -> None:
    seen = [
        {"behaviour": asks.pk, "score": 4, "note": "Zanzibar"},
    ]
    answer = send(as_.api(mia), ride, "draft", {"notes": "Zanzibar", "behaviours": seen}, "put")
    assert (answer.status_code, answer.data["behaviours"]) == (200, seen)
    assert as_.api(mia).get(f"{PATH}{ride.pk}/").data["notes"] == "Zanzibar"
    for person in (rosa, eva):
        shown = as_.api(person).get(f"{PATH}{ride.pk}/").data
        assert (shown["notes"], shown["behaviours"], shown["saved_at"]) == ("", [], None)
    changed = send(as_.api(eva), ride, "", {"purpose": "model"}, "patch")
    assert "Zanzibar" not in changed.text
    stale = as_.api(eva).patch(f"{PATH}{ride.pk}/", {}, format="json", headers={"if-match": '"1"'})
    assert (stale.status_code, "Zanzibar" in stale.text) == (412, False)


def test_it_is_handed_in_and_signed(
    rosa: User, mia: User, ride: RideAlong, asks: Behaviour, as_: type[As]
) -> None:
    bare = {"behaviours": [{"behaviour": asks.pk, "note": "Quiet"}]}
    assert attrs(send(as_.api(mia), ride, "holding", bare)) == ["behaviours"]
    said = {"notes": "Good", "behaviours": [{"behaviour": asks.pk, "score": 8, "note": "Quiet"}]}
    held = send(as_.api(mia), ride, "holding", said)
    assert (held.status_code, held.data["state"]) == (200, "held")
    assert held.data["behaviours"] == said["behaviours"]
    assert as_.api(rosa).get(f"{PATH}{ride.pk}/").data["behaviours"] == said["behaviours"]
    assert as_.api(rosa).get(PATH, {"to_sign": "true"}).data["results"][0]["id"] == ride.pk
    signed = send(as_.api(rosa), ride, "signature", {"comment": "Thanks"})
    assert (signed.status_code, signed.data["comment"]) == (200, "Thanks")
    assert attrs(send(as_.api(rosa), ride, "signature", {})) == ["non_field_errors"]
    assert as_.api(rosa).get(PATH, {"to_sign": "true"}).data["results"] == []


def test_it_is_called_off_and_planned_again(mia: User, ride: RideAlong, as_: type[As]) -> None:
    client = as_.api(mia)
    assert attrs(send(client, ride, "cancellation", {})) == ["reason"]
    off = send(client, ride, "cancellation", {"reason": "Ill"})
    assert (off.data["state"], off.data["cancel_reason"]) == ("cancelled", "Ill")
    again = send(client, ride, "cancellation", method="delete")
    assert (again.data["state"], again.data["cancel_reason"]) == ("planned", "")


def test_lists_are_narrowed(rosa: User, pia: User, mia: User, eva: User, as_: type[As]) -> None:
    now = timezone.now()
    held = a_ride_along(rosa, mia, now - 9 * DAY, held=True)
    coming = a_ride_along(pia, eva, now + DAY)
    client = as_.api(eva)

    def found(**query: Any) -> list[int]:
        answer = client.get(PATH, query)
        assert answer.status_code == 200, answer.data
        return [row["id"] for row in answer.data["results"]]

    assert found() == [held.pk, coming.pk]
    assert found(rep=pia.pk) == [coming.pk]
    assert found(manager=mia.pk) == [held.pk]
    assert found(state="held") == [held.pk]
    assert found(to_sign="true") == [held.pk]
    assert found(to_sign="false") == [coming.pk]
    assert found(starts_from=now.isoformat()) == [coming.pk]
    assert found(starts_until=now.isoformat()) == [held.pk]
