"""An invitation lets a person set a password; the link is shown once."""

import re
from smtplib import SMTPServerDisconnected
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from people.models import User
from tests.conftest import As

NEW_PASSWORD = "a better horse 7"


@pytest.fixture
def nina(ada: User) -> User:
    return User.objects.create_user("nina@example.com", "Nina New")


def invite(client: Client, user: User) -> Any:
    return client.post(reverse("settings_invitation", args=[user.pk]))


def link_in(text: str) -> str:
    found = re.search(r"http://testserver(/auth/password/reset/key/[^\s<]+)", text)
    assert found
    return found[1]


def accept(link: str) -> Client:
    client = Client()
    page = client.get(link, follow=True)
    values = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    client.post(page.request["PATH_INFO"], values)
    return client


def can_sign_in(email: str) -> bool:
    client = Client()
    answer = client.post(reverse("account_login"), {"login": email, "password": NEW_PASSWORD})
    return bool(answer.status_code == 302)


def test_the_link_sets_a_password_once(nina: User, ada: User, as_: type[As]) -> None:
    answer = invite(as_.page(ada), nina)
    link = link_in(answer.content.decode())
    assert "no-store" in answer.headers["Cache-Control"]
    accept(link)
    assert can_sign_in("nina@example.com")
    assert "password1" not in Client().get(link, follow=True).content.decode()


def test_the_link_is_nowhere_but_in_that_answer(nina: User, ada: User, as_: type[As]) -> None:
    client = as_.page(ada)
    invite(client, nina)
    page = client.get(reverse("settings_person", args=[nina.pk])).content.decode()
    assert "/password/reset/key/" not in page
    assert "reset/key" not in str(dict(client.session))


def test_without_a_mail_server_no_mail_is_sent(nina: User, ada: User, as_: type[As]) -> None:
    page = invite(as_.page(ada), nina).content.decode()
    assert not mail.outbox
    assert "No mail was sent" in page


def test_with_a_mail_server_the_link_goes_by_mail_too(
    nina: User, ada: User, as_: type[As], settings: Any
) -> None:
    settings.EMAIL_IS_CONFIGURED = True
    page = invite(as_.page(ada), nina).content.decode()
    assert mail.outbox[0].to == ["nina@example.com"]
    assert link_in(mail.outbox[0].body) == link_in(page)
    accept(link_in(mail.outbox[0].body))
    assert can_sign_in("nina@example.com")


def test_a_mail_server_that_is_down_is_told_and_the_link_still_shown(
    nina: User, ada: User, as_: type[As], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.EMAIL_IS_CONFIGURED = True

    def fail(*_: Any, **__: Any) -> None:
        raise SMTPServerDisconnected("gone")

    monkeypatch.setattr("people.views.invitations.send_mail", fail)
    page = invite(as_.page(ada), nina).content.decode()
    assert "No mail was sent" in page
    assert link_in(page)


def test_names_are_written_in_mails_as_they_are(ada: User, as_: type[As], settings: Any) -> None:
    settings.EMAIL_IS_CONFIGURED = True
    user = User.objects.create_user("o@example.com", "Pat O'Neil & Co\nBcc: x@example.com")
    invite(as_.page(ada), user)
    assert "Hello Pat" in mail.outbox[0].body
    assert "&amp;" not in mail.outbox[0].subject


def test_who_has_no_e_mail_or_is_deactivated_is_not_invited(
    ada: User, rosa: User, as_: type[As]
) -> None:
    silent = User.objects.create_user(None, "Silent Sam")
    rosa.deactivate()
    for user in (silent, rosa):
        assert invite(as_.page(ada), user).status_code == 302
    assert not mail.outbox


def test_only_administrators_invite(nina: User, mia: User, as_: type[As]) -> None:
    assert invite(as_.page(mia), nina).status_code == 403
