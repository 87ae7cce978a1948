"""One's own profile."""

from typing import Any

import pytest
from django.test import Client

from people.models import User
from tests.conftest import As

URL = "/settings/profile/"


@pytest.fixture
def browser(rosa: User, as_: type[As]) -> Client:
    return as_.page(rosa)


def typed(user: User, **changes: Any) -> dict[str, Any]:
    values = {"name": user.name, "phone": "", "time_zone": "UTC", "version": user.version}
    return {**values, **changes}


def test_name_phone_and_zone_are_ones_own_to_change(browser: Client, rosa: User) -> None:
    values = typed(rosa, name="Rosa R", phone="5", time_zone="Asia/Tokyo")
    assert browser.post(URL, values).status_code == 302
    rosa.refresh_from_db()
    assert (rosa.name, rosa.phone, rosa.time_zone) == ("Rosa R", "5", "Asia/Tokyo")


def test_nothing_else_is(browser: Client, rosa: User) -> None:
    extra = {"email": "x@example.com", "is_administrator": "on", "team": "", "is_active": ""}
    browser.post(URL, typed(rosa, **extra))
    fresh = User.objects.get(pk=rosa.pk)
    assert (fresh.email, fresh.team_id) == (rosa.email, rosa.team_id)
    assert fresh.is_active
    assert not fresh.is_administrator


def test_wrong_input_is_kept_and_the_rail_keeps_the_true_name(browser: Client, rosa: User) -> None:
    answer = browser.post(URL, typed(rosa, name="Somebody Else", time_zone="Nowhere"))
    assert answer.status_code == 400
    assert 'value="Somebody Else"' in answer.content.decode()
    assert str(answer.context["user"]) == "Rosa Rep"


def test_a_stale_profile_is_refused_with_both_texts(browser: Client, rosa: User) -> None:
    seen = typed(rosa, phone="mine")
    rosa.change(phone="theirs")
    answer = browser.post(URL, seen)
    assert answer.status_code == 412
    assert "theirs" in answer.content.decode()
    assert 'value="mine"' in answer.content.decode()


def test_the_time_in_a_zone_is_shown_before_it_is_saved(browser: Client) -> None:
    answer = browser.get("/settings/local-time/", {"time_zone": "Asia/Kolkata"})
    assert "there now" in answer.content.decode()
    assert "<html" not in answer.content.decode()
    assert browser.get("/settings/local-time/", {"time_zone": "Nowhere"}).status_code == 404
    assert browser.get("/settings/local-time/").status_code == 404
