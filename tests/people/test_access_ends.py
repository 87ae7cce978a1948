"""Deactivating somebody ends their access at once and for good; their work stays."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.test import APIRequestFactory

from lib.versions import Stale
from people.auth import TokenAuthentication
from people.models import Team, User
from tests.conftest import As
from tests.factories import PASSWORD, a_token, a_user

PROFILE = "/settings/profile/"


def signed_in(client: Client) -> bool:
    return client.get(PROFILE).status_code == 200


def token_works(key: str) -> bool:
    request = APIRequestFactory().get("/", HTTP_AUTHORIZATION=f"Token {key}")
    try:
        return TokenAuthentication().authenticate(request) is not None
    except AuthenticationFailed:
        return False


def post(client: Client, name: str, user: User, **values: Any) -> Any:
    user.refresh_from_db()
    values.setdefault("version", user.version)
    return client.post(reverse(name, args=[user.pk]), values)


def test_sessions_and_tokens_end_at_once(rosa: User, ada: User, as_: type[As]) -> None:
    browser, key = as_.page(rosa), a_token(rosa)
    assert signed_in(browser)
    assert token_works(key)

    answer = post(as_.page(ada), "settings_deactivation", rosa)

    assert answer.status_code == 302
    assert not signed_in(browser)
    assert not token_works(key)


def test_activating_lets_them_in_again_but_revives_nothing(
    rosa: User, ada: User, as_: type[As]
) -> None:
    browser, key = as_.page(rosa), a_token(rosa)
    assert signed_in(browser)
    post(as_.page(ada), "settings_deactivation", rosa)
    post(as_.page(ada), "settings_activation", rosa)
    assert not signed_in(browser)
    assert not token_works(key)
    rosa.refresh_from_db()
    assert signed_in(as_.page(rosa))


def test_signing_in_while_deactivated_says_so_to_those_who_know_the_password(
    rosa: User, client: Client
) -> None:
    rosa.deactivate()
    known = {"login": rosa.email, "password": PASSWORD}
    answer = client.post(reverse("account_login"), known, follow=True)
    assert "Your access has ended" in answer.content.decode()
    assert not signed_in(client)


def test_strangers_cannot_tell_deactivated_from_unknown(rosa: User, client: Client) -> None:
    rosa.deactivate()
    pages = []
    for login in (rosa.email, "nobody@example.com"):
        answer = client.post(reverse("account_login"), {"login": login, "password": "guess"})
        errors = answer.context["form"].errors
        pages.append((answer.status_code, str(errors)))
    assert pages[0] == pages[1]


def test_deactivated_people_keep_their_place_and_history(
    rosa: User, mia: User, ada: User, as_: type[As]
) -> None:
    rosa.deactivate()
    rosa.refresh_from_db()
    assert rosa.team == Team.objects.get(name="North")
    assert mia.leads(rosa)
    client = as_.page(ada)
    assert "Rosa Rep" not in client.get(reverse("settings_people")).content.decode()
    everybody = client.get(reverse("settings_people"), {"show": "all"}).content.decode()
    assert "Rosa Rep" in everybody
    assert "Deactivated" in everybody


def test_the_last_administrator_stays_one(ada: User, rosa: User, as_: type[As]) -> None:
    with pytest.raises(ValidationError):
        ada.deactivate()
    with pytest.raises(ValidationError) as refused:
        ada.change(is_administrator=False)
    assert list(refused.value.message_dict) == ["is_administrator"]

    answer = post(as_.page(ada), "settings_deactivation", ada)
    assert answer.status_code == 400
    assert "Make somebody else an administrator first." in answer.content.decode()
    ada.refresh_from_db()
    assert ada.is_active

    rosa.change(is_administrator=True)
    ada.change(is_administrator=False)
    assert not User.objects.get(pk=ada.pk).is_administrator


def test_a_deactivated_administrator_is_no_help(ada: User) -> None:
    other = a_user("Abel Admin", is_administrator=True)
    other.deactivate()
    with pytest.raises(ValidationError):
        ada.deactivate()


def test_a_manager_may_be_deactivated_and_a_new_one_is_asked_for(
    mia: User, rosa: User, ada: User, as_: type[As]
) -> None:
    client = as_.page(ada)
    before = client.get(reverse("settings_person", args=[mia.pk])).content.decode()
    assert "Manages a team" in before
    post(client, "settings_deactivation", mia)
    after = client.get(reverse("settings_person", args=[mia.pk])).content.decode()
    assert "Choose a new manager for" in after
    assert "Manager deactivated" in client.get(reverse("settings_teams")).content.decode()
    rosa.refresh_from_db()
    assert rosa.reports_to == mia


def test_a_stale_page_deactivates_nobody(rosa: User, ada: User, as_: type[As]) -> None:
    seen = rosa.version
    rosa.change(phone="123")
    answer = post(as_.page(ada), "settings_deactivation", rosa, version=seen)
    assert answer.status_code == 412
    assert User.objects.get(pk=rosa.pk).is_active
    with pytest.raises(Stale):
        rosa.deactivate(version=seen)


def test_only_administrators_deactivate(rosa: User, mia: User, as_: type[As]) -> None:
    assert post(as_.page(mia), "settings_deactivation", rosa).status_code == 403
    assert User.objects.get(pk=rosa.pk).is_active
