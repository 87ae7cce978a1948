"""Administrators build the tree of teams."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from people.models import Team, User
from tests.conftest import As
from tests.factories import a_team, a_user


@pytest.fixture
def admin(ada: User, as_: type[As]) -> Client:
    return as_.page(ada)


def typed(team: Team, **changes: Any) -> dict[str, Any]:
    values = {
        "name": team.name,
        "parent": team.parent_id or "",
        "manager": team.manager_id or "",
        "version": team.version,
    }
    return {**values, **changes}


def save(client: Client, team: Team, **changes: Any) -> Any:
    return client.post(reverse("settings_team", args=[team.pk]), typed(team, **changes))


def remove(client: Client, team: Team) -> Any:
    url = reverse("settings_team_removal", args=[team.pk])
    return client.post(url, {"version": team.version})


def test_a_team_is_added_in_its_place(admin: Client, mia: User) -> None:
    north, lea = Team.objects.get(name="North"), a_user("Lea Lead")
    values = {"name": "Inner", "parent": north.pk, "manager": lea.pk}
    assert admin.post(reverse("settings_team_new"), values).status_code == 302
    inner = Team.objects.get(name="Inner")
    lea.refresh_from_db()
    assert (inner.parent, inner.manager, lea.reports_to) == (north, lea, mia)


def test_a_team_is_renamed_and_gets_a_new_manager(admin: Client, rosa: User, mia: User) -> None:
    nina, north = a_user("Nina New"), Team.objects.get(name="North")
    assert save(admin, north, name="Far North", manager=nina.pk).status_code == 302
    rosa.refresh_from_db()
    assert rosa.reports_to == nina
    assert rosa.team
    assert rosa.team.name == "Far North"


def test_a_name_is_given_once(admin: Client, mia: User) -> None:
    north = Team.objects.get(name="North")
    answer = save(admin, north, name="Sales")
    assert answer.status_code == 400
    assert answer.context["form"].errors == {"name": ["There is a team of that name already."]}
    assert 'value="Sales"' in answer.content.decode()


def test_circles_are_refused_with_a_sentence(admin: Client, rosa: User, mia: User) -> None:
    sales, north = Team.objects.get(name="Sales"), Team.objects.get(name="North")
    below = save(admin, sales, parent=north.pk)
    assert below.context["form"].errors["parent"]
    self_led = save(admin, sales, manager=rosa.pk)
    assert "would report to themselves" in self_led.content.decode()
    assert Team.objects.get(name="Sales").version == sales.version


def test_a_deactivated_person_takes_no_team(admin: Client, mia: User, pia: User) -> None:
    pia.deactivate()
    north = Team.objects.get(name="North")
    answer = save(admin, north, manager=pia.pk)
    assert list(answer.context["form"].errors) == ["manager"]
    mia.deactivate()
    assert save(admin, north, name="Still Mia's").status_code == 302


def test_a_stale_save_is_refused(admin: Client, mia: User) -> None:
    north = Team.objects.get(name="North")
    Team.objects.get(pk=north.pk).arrange(parent=None, manager=mia)
    answer = save(admin, north, name="Mine")
    assert answer.status_code == 412
    assert 'value="Mine"' in answer.content.decode()
    assert Team.objects.get(pk=north.pk).name == "North"


def test_only_an_empty_team_is_removed(admin: Client, rosa: User, mia: User) -> None:
    for name in ("Sales", "North"):
        answer = remove(admin, Team.objects.get(name=name))
        assert answer.status_code == 400
        assert "is not empty" in answer.content.decode()
    rosa.join(None)
    assert remove(admin, Team.objects.get(name="North")).status_code == 302
    mia.refresh_from_db()
    assert mia.reports_to is None


def test_the_tree_shows_teams_under_teams(admin: Client, mia: User, max_: User) -> None:
    a_team("Lonely")
    page = admin.get(reverse("settings_teams"))
    tree = {branch.team.name: branch for branch in page.context["branches"]}
    assert set(tree) == {"Sales", "Lonely"}
    assert [below.team.name for below in tree["Sales"].below] == ["North", "South"]
    assert "No manager" in page.content.decode()


def test_unknown_teams_are_404(admin: Client) -> None:
    assert admin.get(reverse("settings_team", args=[999])).status_code == 404
    assert admin.post(reverse("settings_team_removal", args=[999])).status_code == 404
