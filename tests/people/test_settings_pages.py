"""Every settings page: who gets it, how many queries it takes, and that it stands when empty."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from people.models import Absence, Holiday, Team, User
from pipeline.models import Stage
from tests.conftest import As
from tests.factories import a_product, a_team, a_token, a_user

FOR_ALL = ["settings_profile", "settings_tokens", "settings_absences"]
FOR_ADMINISTRATORS = [
    "settings_calendar",
    "settings_people",
    "settings_person_new",
    "settings_teams",
    "settings_team_new",
    "settings_stages",
    "settings_stage_new",
    "settings_products",
    "settings_product_new",
]


@pytest.mark.parametrize("name", FOR_ALL)
def test_everybody_has_their_own_pages(name: str, rosa: User, as_: type[As]) -> None:
    page = as_.page(rosa).get(reverse(name))
    assert page.status_code == 200
    assert reverse("settings_people") not in page.content.decode()


@pytest.mark.parametrize("name", FOR_ADMINISTRATORS)
def test_the_rest_is_for_administrators_only(
    name: str, mia: User, ada: User, as_: type[As]
) -> None:
    assert as_.page(mia).get(reverse(name)).status_code == 403
    assert as_.page(mia).post(reverse(name)).status_code in {403, 405}
    assert as_.page(ada).get(reverse(name)).status_code == 200


def test_settings_begin_with_the_profile(rosa: User, as_: type[As]) -> None:
    assert as_.page(rosa).get(reverse("settings")).headers["Location"] == "/settings/profile/"


def add_people(_: User, numbers: range) -> None:
    team = a_team(f"East {len(numbers)}", manager=a_user(f"Lead {len(numbers)}"))
    for number in numbers:
        a_user(f"Person {number}", team=team)


def add_teams(_: User, numbers: range) -> None:
    parent = None
    for number in numbers:
        parent = a_team(f"Team {number}", manager=a_user(f"Lead {number}"), parent=parent)


def add_absences(user: User, numbers: range) -> None:
    for number in numbers:
        day = date(2026, 1, 1) + timedelta(days=7 * number)
        Absence.record(user, first_day=day, last_day=day, by=user)


def add_tokens(user: User, numbers: range) -> None:
    for _ in numbers:
        a_token(user)


def add_holidays(_: User, numbers: range) -> None:
    Holiday.add_many({date(2026, 1, 1) + timedelta(days=n): f"Day {n}" for n in numbers})


def add_products(_: User, numbers: range) -> None:
    for number in numbers:
        a_product(f"Product {number}")


def add_stages(_: User, numbers: range) -> None:
    for number in numbers:
        Stage.add(name=f"Stage {number}", probability=1, patience=1, criteria=["One", "Two"])


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("settings_people", add_people),
        ("settings_person_new", add_teams),
        ("settings_teams", add_teams),
        ("settings_team_new", add_teams),
        ("settings_absences", add_absences),
        ("settings_tokens", add_tokens),
        ("settings_calendar", add_holidays),
        ("settings_products", add_products),
        ("settings_stages", add_stages),
        ("settings_profile", add_people),
    ],
)
def test_pages_take_as_many_queries_for_30_rows_as_for_3(
    name: str,
    more: Callable[[User, range], None],
    ada: User,
    rosa: User,
    as_: type[As],
) -> None:
    client = as_.page(ada)
    more(ada, range(3))
    client.get(reverse(name))
    with CaptureQueriesContext(connection) as few:
        client.get(reverse(name))
    more(ada, range(3, 30))
    with CaptureQueriesContext(connection) as many:
        client.get(reverse(name))
    assert len(few) == len(many) <= 12


@pytest.mark.parametrize("name", ["settings_person", "settings_team"])
def test_one_person_and_one_team_do_too(
    name: str, mia: User, rosa: User, ada: User, as_: type[As]
) -> None:
    north = Team.objects.get(name="North")
    url = reverse(name, args=[mia.pk if name == "settings_person" else north.pk])
    client = as_.page(ada)
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        assert client.get(url).status_code == 200
    for number in range(27):
        a_user(f"Person {number}", team=north)
        a_team(f"Team {number}", manager=mia)
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(few) == len(many) <= 12
