"""One click ends the mails of a kind, or the digest: by the page's button or by a mail program."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from alerts.addresses import unsubscribe_path
from alerts.kinds import KINDS
from alerts.models import AlertPreference, AlertRule, DeliveryHours
from people.models import User
from tests.conftest import As

pytestmark = pytest.mark.django_db
ONE_CLICK = "List-Unsubscribe=One-Click"


@pytest.fixture
def stranger() -> Client:
    """A mail program: signed in as nobody, with no form token."""
    return Client(enforce_csrf_checks=True)


def click(client: Client, path: str) -> str:
    kind = "application/x-www-form-urlencoded"
    answer = client.post(path, ONE_CLICK, content_type=kind)
    assert answer.status_code == 200
    return answer.content.decode()


def mail_of(user: User, kind: str = "stalled_deal") -> str:
    return AlertPreference.of([user.pk]).mail(user.pk, kind)


def test_looking_says_what_would_end_and_ends_nothing(stranger: Client, rosa: User) -> None:
    for kind, words in [("digest", "Your digest"), ("stalled_deal", "E-mails about stalled deals")]:
        answer = stranger.get(unsubscribe_path(rosa, kind))
        assert words in answer.content.decode()
        assert "no-store" in answer["Cache-Control"]
    assert not AlertPreference.objects.exists()
    assert not DeliveryHours.objects.exists()


def test_one_click_ends_the_digest_and_a_second_changes_nothing(
    stranger: Client, rosa: User
) -> None:
    path = unsubscribe_path(rosa, "digest")
    assert "You get no digest any more" in click(stranger, path)
    own = DeliveryHours.objects.get(person=rosa)
    assert (own.has_digest, own.next_digest_at) == (False, None)
    click(stranger, path)
    assert DeliveryHours.objects.get(person=rosa).version == own.version
    assert "These e-mails have ended" in stranger.get(path).content.decode()


def test_one_click_ends_the_mails_of_a_kind_and_no_others(stranger: Client, rosa: User) -> None:
    for kind in ("stalled_deal", "debrief_overdue"):
        AlertPreference.choose(rosa, kind, mail="at_once")
    path = unsubscribe_path(rosa, "stalled_deal")
    assert "no e-mail about stalled deals" in click(stranger, path)
    assert mail_of(rosa) == "never"
    assert mail_of(rosa, "debrief_overdue") == "at_once"
    assert AlertPreference.of([rosa.pk]).hears(rosa.pk, "stalled_deal")


def test_what_everybody_must_hear_goes_back_to_the_digest(stranger: Client, rosa: User) -> None:
    AlertPreference.choose(rosa, "stalled_deal", mail="at_once")
    AlertRule.of(KINDS["stalled_deal"]).change(is_mandatory=True)
    path = unsubscribe_path(rosa, "stalled_deal")
    assert "go back to your digest" in stranger.get(path).content.decode()
    assert "They stay in your digest" in click(stranger, path)
    assert mail_of(rosa) == "digest"


def test_it_ends_those_of_whoever_the_mail_was_sent_to(
    as_: type[As], rosa: User, mia: User
) -> None:
    click(as_.page(mia), unsubscribe_path(rosa, "digest"))
    assert not DeliveryHours.of(rosa, timezone.now()).has_digest
    assert DeliveryHours.of(mia, timezone.now()).has_digest


def test_a_forged_or_outlived_link_finds_nothing(stranger: Client, rosa: User) -> None:
    unknown, gone = unsubscribe_path(rosa, "weather"), unsubscribe_path(rosa, "digest")
    rosa.delete()
    for path in (reverse("unsubscribe", args=["forged"]), unknown, gone):
        assert stranger.get(path).status_code == 404
        assert stranger.post(path).status_code == 404
