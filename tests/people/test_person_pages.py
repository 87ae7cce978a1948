"""Administrators add people and change what is known of them."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from people.models import Team, User
from tests.conftest import As
from tests.factories import a_user

NEW = {"name": "Nina New", "email": "Nina@Example.com", "time_zone": "Europe/Berlin"}


@pytest.fixture
def admin(ada: User, as_: type[As]) -> Client:
    return as_.page(ada)


def typed(user: User, **changes: Any) -> dict[str, Any]:
    """What the form of this person sends when only `changes` are typed."""
    values = {
        "name": user.name,
        "email": user.email or "",
        "team": user.team_id or "",
        "time_zone": user.time_zone,
        "phone": user.phone,
        "version": user.version,
    }
    return {**values, **changes}


def test_a_person_is_added_into_a_team(admin: Client, mia: User) -> None:
    north = Team.objects.get(name="North")
    values = {**NEW, "team": north.pk, "joined_on": "2026-11-02", "phone": "+49 30 1"}
    answer = admin.post(reverse("settings_person_new"), values)
    nina = User.objects.get(name="Nina New")
    assert answer.headers["Location"] == reverse("settings_person", args=[nina.pk])
    assert (nina.email, nina.team, nina.reports_to) == ("nina@example.com", north, mia)
    assert (nina.joined_on, nina.phone) == (date(2026, 11, 2), "+49 30 1")
    assert not nina.has_usable_password()
    assert not nina.is_administrator


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"email": "no address"}, "email"),
        ({"email": "ada.administrator@example.com"}, "email"),
        ({"email": "ADA.Administrator@example.com"}, "email"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"team": "999999"}, "team"),
        ({"team": "x"}, "team"),
        ({"joined_on": "2026-02-30"}, "joined_on"),
        ({"name": "x" * 201}, "name"),
    ],
)
def test_wrong_input_is_named_and_what_was_typed_stays(
    admin: Client, wrong: dict[str, str], field: str
) -> None:
    before = User.objects.get_queryset().count()
    answer = admin.post(reverse("settings_person_new"), {**NEW, "phone": "kept-555", **wrong})
    assert answer.status_code == 400
    assert list(answer.context["form"].errors) == [field]
    assert 'value="kept-555"' in answer.content.decode()
    assert User.objects.get_queryset().count() == before


def test_a_person_is_changed_and_moved(admin: Client, rosa: User, max_: User) -> None:
    south = Team.objects.get(name="South")
    values = typed(rosa, name="Rosa Married", team=south.pk, is_administrator="on")
    assert admin.post(reverse("settings_person", args=[rosa.pk]), values).status_code == 302
    rosa.refresh_from_db()
    assert (rosa.name, rosa.team, rosa.reports_to) == ("Rosa Married", south, max_)
    assert rosa.is_administrator
    assert User.objects.get_queryset().search("married").get() == rosa


def test_somebody_without_e_mail_can_get_one(admin: Client) -> None:
    silent = User.objects.create_user(None, "Silent Sam")
    url = reverse("settings_person", args=[silent.pk])
    assert "Give Silent an e-mail address first" in admin.get(url).content.decode()
    admin.post(url, typed(silent, email="sam@example.com"))
    silent.refresh_from_db()
    assert silent.email == "sam@example.com"
    admin.post(url, typed(silent, email=""))
    silent.refresh_from_db()
    assert silent.email is None


def test_two_people_without_e_mail_are_fine(admin: Client) -> None:
    for name in ("Sam One", "Sam Two"):
        admin.post(reverse("settings_person_new"), {"name": name, "time_zone": "UTC"})
    assert User.objects.get_queryset().filter(email=None).count() == 2


def test_a_stale_save_is_refused_with_both_texts_and_may_be_sent_again(
    admin: Client, rosa: User
) -> None:
    url, seen = reverse("settings_person", args=[rosa.pk]), typed(rosa, phone="mine")
    rosa.change(phone="theirs")
    answer = admin.post(url, seen)
    page = answer.content.decode()
    assert answer.status_code == 412
    assert "theirs" in page
    assert 'value="mine"' in page
    rosa.refresh_from_db()
    assert rosa.phone == "theirs"

    again = {**seen, "version": answer.context["form"]["version"].value()}
    assert admin.post(url, again).status_code == 302
    rosa.refresh_from_db()
    assert rosa.phone == "mine"


def test_a_move_that_would_turn_the_line_into_a_circle_is_refused(
    admin: Client, rosa: User, eva: User
) -> None:
    values = typed(eva, team=Team.objects.get(name="North").pk)
    answer = admin.post(reverse("settings_person", args=[eva.pk]), values)
    assert answer.status_code == 400
    assert "would report to themselves" in answer.content.decode()
    eva.refresh_from_db()
    assert (eva.team, eva.version) == (None, values["version"])


def test_the_last_administrator_keeps_the_flag(admin: Client, ada: User) -> None:
    answer = admin.post(reverse("settings_person", args=[ada.pk]), typed(ada))
    assert answer.status_code == 400
    assert "is_administrator" in answer.context["form"].errors


def test_a_form_without_its_version_is_refused(admin: Client, rosa: User) -> None:
    values = typed(rosa, name="Other")
    del values["version"]
    answer = admin.post(reverse("settings_person", args=[rosa.pk]), values)
    assert answer.status_code == 400
    assert User.objects.get(pk=rosa.pk).name == "Rosa Rep"


def test_people_are_found_by_name_and_e_mail_without_accents(admin: Client) -> None:
    a_user("Jürgen Größe", email="jg@example.com")
    a_user("Other One")
    for text in ("jurgen", "GRÖSSE", "jg@ex"):
        page = admin.get(reverse("settings_people"), {"q": text}).content.decode()
        assert "Jürgen Größe" in page
        assert "Other One" not in page
    assert (
        "Nobody of that name" in admin.get(reverse("settings_people"), {"q": "zz"}).content.decode()
    )


def test_a_long_list_comes_in_pages(admin: Client) -> None:
    for number in range(60):
        a_user(f"Person {number:02}")
    first = admin.get(reverse("settings_people"))
    assert len(first.context["page"].rows) == 50
    second = admin.get(reverse("settings_people") + first.context["page"].older)
    assert len(second.context["page"].rows) == 11


def test_unknown_people_are_404(admin: Client) -> None:
    for name in ("settings_person", "settings_deactivation", "settings_invitation"):
        url = reverse(name, args=[999_999])
        answer = admin.get(url) if name == "settings_person" else admin.post(url, {"version": 1})
        assert answer.status_code == 404


def test_no_field_but_those_of_the_form_is_taken(admin: Client, rosa: User) -> None:
    extra = {"is_active": "", "is_sample": "on", "password": "x", "reports_to": "", "pk": "1"}
    admin.post(reverse("settings_person", args=[rosa.pk]), typed(rosa, **extra))
    fresh = User.objects.get(pk=rosa.pk)
    assert fresh.is_active
    assert not fresh.is_sample
    assert (fresh.password, fresh.reports_to_id) == (rosa.password, rosa.reports_to_id)
