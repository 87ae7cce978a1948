"""API tokens: made on a page, shown once, revoked at once."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from people.models import ApiToken, User
from tests.conftest import As
from tests.factories import a_token

URL = "/settings/tokens/"
WANTED = {"name": "Dialler", "scope": "read", "lasts": "30"}


@pytest.fixture
def browser(rosa: User, as_: type[As]) -> Client:
    return as_.page(rosa)


def make(client: Client, **changes: Any) -> Any:
    return client.post(URL, {**WANTED, **changes})


def test_the_key_is_in_the_answer_to_its_making_and_nowhere_else(browser: Client) -> None:
    answer = make(browser)
    keys = re.findall(r"tl_\w+", answer.content.decode())
    assert len(keys) == 1
    assert answer.status_code == 201
    assert "no-store" in answer.headers["Cache-Control"]
    assert keys[0] not in browser.get(URL).content.decode()
    assert keys[0] not in str(dict(browser.session)) + str(browser.cookies)


@pytest.mark.parametrize(("lasts", "days"), [("30", 30), ("90", 90), ("365", 365)])
def test_a_token_lasts_as_long_as_chosen(browser: Client, lasts: str, days: int) -> None:
    make(browser, lasts=lasts)
    expiry = ApiToken.objects.get().expiry
    assert abs(expiry - timezone.now() - timedelta(days=days)) < timedelta(minutes=1)


def test_a_token_may_last_for_ever(browser: Client) -> None:
    make(browser, lasts="never", scope="write")
    token = ApiToken.objects.get()
    assert (token.expiry, token.scope, token.name) == (None, "write", "Dialler")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"name": ""}, "name"), ({"scope": "admin"}, "scope"), ({"lasts": "10000"}, "lasts")],
)
def test_wrong_input_makes_no_token_and_is_kept(
    browser: Client, wrong: dict[str, str], field: str
) -> None:
    answer = make(browser, **wrong)
    assert answer.status_code == 400
    assert list(answer.context["form"].errors) == [field]
    assert field == "name" or 'value="Dialler"' in answer.content.decode()
    assert not ApiToken.objects.exists()


def test_the_list_shows_scope_expiry_and_last_use(browser: Client, rosa: User) -> None:
    a_token(rosa, "write")
    token = ApiToken.objects.get()
    assert "Never" in browser.get(URL).content.decode()
    token.note_use(timezone.now())
    ApiToken.objects.update(expiry=timezone.now() - timedelta(days=1))
    page = browser.get(URL).content.decode()
    assert "Read and write" in page
    assert "Expired" in page
    assert "<time" in page


def test_a_revoked_token_is_gone(browser: Client, rosa: User) -> None:
    a_token(rosa)
    url = reverse("settings_token_revocation", args=[ApiToken.objects.get().uid])
    assert browser.get(url).status_code == 405
    assert browser.post(url).status_code == 302
    assert not ApiToken.objects.exists()


def test_other_peoples_tokens_do_not_exist(
    browser: Client, mia: User, ada: User, as_: type[As]
) -> None:
    a_token(mia)
    url = reverse("settings_token_revocation", args=[ApiToken.objects.get().uid])
    assert browser.post(url).status_code == 404
    assert as_.page(ada).post(url).status_code == 404
    assert ApiToken.objects.exists()
