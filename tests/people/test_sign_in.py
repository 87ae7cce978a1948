"""Signing in by the real pages: e-mail and password, second factor, limits."""

import re
import time
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from people.models import User
from tests.conftest import As
from tests.factories import PASSWORD


def sign_in(client: Client, email: str | None, password: str = PASSWORD) -> Any:
    return client.post(reverse("account_login"), {"login": email, "password": password})


def signed_in(client: Client) -> bool:
    return client.get("/settings/profile/").status_code == 200


@pytest.mark.parametrize("typed", ["rosa.rep@example.com", "Rosa.Rep@EXAMPLE.com "])
def test_people_sign_in_by_e_mail_however_they_write_it(
    rosa: User, client: Client, typed: str
) -> None:
    assert sign_in(client, typed).status_code == 302
    assert signed_in(client)


def test_a_wrong_password_does_not_sign_in_and_keeps_the_e_mail(rosa: User, client: Client) -> None:
    answer = sign_in(client, rosa.email, "wrong")
    assert 'value="rosa.rep@example.com"' in answer.content.decode()
    assert not signed_in(client)


def test_a_changed_e_mail_is_the_one_that_signs_in(
    rosa: User, ada: User, as_: type[As], client: Client
) -> None:
    client.post(reverse("account_reset_password"), {"email": rosa.email})
    rosa.change(email="Rosa.Married@example.com")
    assert sign_in(client, "rosa.rep@example.com").status_code == 200
    assert sign_in(client, "rosa.married@example.com").status_code == 302


def test_the_old_address_gets_no_new_password(rosa: User, client: Client) -> None:
    old = rosa.email
    client.post(reverse("account_reset_password"), {"email": old})
    assert "/auth/password/reset/key/" in mail.outbox[-1].body
    first_link = re.search(r"http://\S+", mail.outbox[-1].body)
    rosa.change(email="new@example.com")
    mail.outbox.clear()

    client.post(reverse("account_reset_password"), {"email": old})
    assert not any("reset/key" in sent.body for sent in mail.outbox)
    assert first_link
    stale = client.get(first_link[0], follow=True)
    assert "password1" not in stale.content.decode()


def test_user_email_is_the_only_place_where_an_address_is_kept(rosa: User, client: Client) -> None:
    sign_in(client, rosa.email)
    client.post(reverse("account_reset_password"), {"email": rosa.email})
    client.get(reverse("mfa_index"))
    assert client.get(reverse("account_email")).headers["Location"] == "/settings/profile/"
    client.post(reverse("account_email"), {"action_add": "", "email": "mine@example.com"})
    assert not EmailAddress.objects.exists()


def test_nobody_signs_up(client: Client, db: None) -> None:
    address = {"email": "new@example.com", "password1": PASSWORD, "password2": PASSWORD}
    client.post(reverse("account_signup"), address)
    assert not User.objects.get_queryset().exists()


def test_a_new_password_ends_the_sessions_elsewhere(rosa: User, client: Client) -> None:
    elsewhere = Client()
    sign_in(client, rosa.email)
    sign_in(elsewhere, rosa.email)
    answer = client.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": "a better horse 7", "password2": "a better horse 7"},
    )
    assert answer.status_code == 302
    assert signed_in(client)
    assert not signed_in(elsewhere)


def code_for(secret: str) -> str:
    counter = next(iter(yield_hotp_counters_from_time()))
    return str(format_hotp_value(hotp_value(secret, counter)))


def test_a_second_factor_can_be_set_up_and_is_asked_for_then(rosa: User, client: Client) -> None:
    sign_in(client, rosa.email)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    form = client.get(reverse("mfa_activate_totp")).context["form"]
    _wait_for_room()
    answer = client.post(reverse("mfa_activate_totp"), {"code": code_for(form.secret)})
    assert answer.status_code == 302
    assert Authenticator.objects.filter(user=rosa, type="totp").exists()

    other = Client()
    asked = sign_in(other, rosa.email)
    assert asked.headers["Location"].startswith(reverse("mfa_authenticate"))
    assert not signed_in(other)
    cache.clear()  # a code is good for one use only
    _wait_for_room()
    other.post(reverse("mfa_authenticate"), {"code": code_for(form.secret)})
    assert signed_in(other)


def _wait_for_room() -> None:
    """Codes change every 30 s: not in the last second of one."""
    if time.time() % 30 > 29:
        time.sleep(1.1)


def test_guessing_passwords_is_slowed_down(rosa: User, client: Client, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {}
    for _ in range(5):
        sign_in(client, rosa.email, "guess")
    blocked = sign_in(client, rosa.email)
    assert not signed_in(client)
    assert "Too many" in blocked.content.decode()
