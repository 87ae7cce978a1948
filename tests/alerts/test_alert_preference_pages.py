"""A person chooses what they hear of, by which way and at which hours; each group saves itself."""

from datetime import time, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from alerts.kinds import KINDS
from alerts.models import AlertPreference, AlertRule, DeliveryHours
from people.models import Absence, User
from tests.conftest import As

pytestmark = pytest.mark.django_db
HOURS = {
    "has_digest": "on",
    "digest_at": "09:30",
    "weekdays": ["0", "1", "2", "3", "4", "5", "6"],
    "quiet_from": "20:00",
    "quiet_until": "06:00",
}


def text(as_: type[As], user: User) -> str:
    answer = as_.page(user).get(reverse("alert_preferences"))
    assert answer.status_code == 200
    return answer.content.decode()


def choose(as_: type[As], user: User, group: str, **ways: str) -> Any:
    sent = {"group": group, **{f"{group}-{kind}": way for kind, way in ways.items()}}
    return as_.page(user).post(reverse("alert_preferences"), sent)


def way_of(user: User, kind: str) -> tuple[str, bool]:
    own = AlertPreference.objects.get(person=user, kind=kind)
    return own.mail, own.is_muted


def test_each_kind_stands_in_its_group_with_what_it_means(as_: type[As], rosa: User) -> None:
    page = text(as_, rosa)
    for kind in KINDS.values():
        assert kind.label in page
    assert page.index("Deals</h2>") < page.index("Stalled deal</label>")


@pytest.mark.parametrize(
    ("way", "kept"),
    [
        ("at_once", ("at_once", False)),
        ("never", ("never", False)),
        ("muted", ("digest", True)),
    ],
)
def test_a_group_saves_itself(as_: type[As], rosa: User, way: str, kept: Any) -> None:
    answer = choose(as_, rosa, "pipeline", stalled_deal=way)
    assert answer["Location"] == reverse("alert_preferences") + "#pipeline"
    assert way_of(rosa, "stalled_deal") == kept
    assert AlertPreference.objects.count() == 1
    assert f'<option value="{way}" selected>' in text(as_, rosa)


def test_what_is_muted_can_be_heard_again(as_: type[As], rosa: User) -> None:
    AlertPreference.choose(rosa, "stalled_deal", is_muted=True)
    choose(as_, rosa, "pipeline", stalled_deal="digest")
    assert way_of(rosa, "stalled_deal") == ("digest", False)


@pytest.mark.parametrize("way", ["muted", "never", "nonsense"])
def test_what_everybody_must_hear_cannot_be_muted(as_: type[As], rosa: User, way: str) -> None:
    AlertRule.of(KINDS["stalled_deal"]).change(is_mandatory=True)
    page = text(as_, rosa)
    assert page.count("The organisation wants everybody to hear of this") == 1
    assert choose(as_, rosa, "pipeline", stalled_deal=way).status_code == 400
    assert not AlertPreference.objects.exists()


def test_a_group_that_is_none_is_not_found(as_: type[As], rosa: User) -> None:
    assert choose(as_, rosa, "weather").status_code == 404


def test_looking_makes_nothing(as_: type[As], rosa: User) -> None:
    text(as_, rosa)
    assert not DeliveryHours.objects.exists()


def test_hours_are_saved_and_said_in_the_person_s_own_time(as_: type[As], rosa: User) -> None:
    User.objects.filter(pk=rosa.pk).update(time_zone="Europe/Berlin")
    rosa.refresh_from_db()
    answer = as_.page(rosa).post(reverse("alert_hours"), {**HOURS, "version": 1})
    assert answer["Location"] == reverse("alert_preferences") + "#hours"
    own = DeliveryHours.objects.get()
    assert (own.digest_at, own.quiet_until) == (time(9, 30), time(6))
    assert own.next_digest_at is not None
    day = own.next_digest_at.astimezone(rosa.zone)
    said = f"Next digest: <b>{day:%a} {day.day} {day:%b}, 09:30</b>, your time (Europe/Berlin)"
    assert said in text(as_, rosa)


def test_the_next_digest_leaves_days_off_out(as_: type[As], rosa: User) -> None:
    as_.page(rosa).post(reverse("alert_hours"), {**HOURS, "version": 1})
    today = rosa.today(timezone.now())
    back = today + timedelta(days=10)
    Absence.objects.create(user=rosa, first_day=today, last_day=back - timedelta(days=1))
    assert f"Next digest: <b>{back:%a} {back.day} {back:%b}, 09:30</b>" in text(as_, rosa)


def test_a_digest_can_be_switched_off(as_: type[As], rosa: User) -> None:
    sent = {name: value for name, value in HOURS.items() if name != "has_digest"}
    as_.page(rosa).post(reverse("alert_hours"), {**sent, "version": 1})
    assert "You get no digest." in text(as_, rosa)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"digest_at": "25:00"}, "valid time"),
        ({"weekdays": []}, "Choose at least one day."),
        ({"quiet_from": ""}, "Give a time."),
    ],
)
def test_wrong_hours_keep_what_was_typed(
    as_: type[As], rosa: User, wrong: dict[str, Any], words: str
) -> None:
    sent = {**HOURS, "quiet_until": "05:45", **wrong, "version": 1}
    answer = as_.page(rosa).post(reverse("alert_hours"), sent)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert words in page
    assert 'value="05:45"' in page


def test_hours_that_were_saved_meanwhile_are_refused_with_both_values(
    as_: type[As], rosa: User
) -> None:
    now = timezone.now()
    DeliveryHours.of(rosa, now).change(at=now, digest_at=time(7, 15))
    answer = as_.page(rosa).post(reverse("alert_hours"), {**HOURS, "version": 1})
    page = answer.content.decode()
    assert answer.status_code == 412
    assert "7:15" in page
    assert 'value="09:30"' in page
    assert DeliveryHours.objects.get().digest_at == time(7, 15)


def test_the_profile_leads_there(as_: type[As], rosa: User) -> None:
    page = as_.page(rosa).get(reverse("settings_profile")).content.decode()
    assert page.count(reverse("alert_preferences")) == 2
