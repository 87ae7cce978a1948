"""Who reports to whom follows from the tree of teams."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from people import reporting_line
from people.models import Team, User
from tests.factories import a_deal, a_team, a_user


def boss(user: User) -> User | None:
    user.refresh_from_db()
    return user.reports_to


def test_a_member_reports_to_the_manager_and_the_manager_to_the_one_above(
    rosa: User, mia: User, eva: User
) -> None:
    assert boss(rosa) == mia
    assert boss(mia) == eva
    assert boss(eva) is None


def test_a_manager_who_is_in_the_team_they_lead_reports_to_the_one_above(
    mia: User, eva: User
) -> None:
    mia.join(Team.objects.get(name="North"))
    assert boss(mia) == eva


def test_a_team_without_a_manager_reports_to_the_next_manager_up(mia: User, eva: User) -> None:
    north = Team.objects.get(name="North")
    inner = a_team("Inner", parent=north)
    ben = a_user("Ben Below", team=inner)
    assert boss(ben) == mia
    north.arrange(parent=north.parent, manager=None)
    assert boss(ben) == eva
    assert not eva.leads(mia)


def test_somebody_in_no_team_who_leads_none_reports_to_nobody(rosa: User) -> None:
    rosa.join(None)
    assert boss(rosa) is None


def test_moving_a_team_moves_the_lines_of_all_in_it(
    rosa: User, mia: User, max_: User, eva: User
) -> None:
    north, south = Team.objects.get(name="North"), Team.objects.get(name="South")
    north.arrange(parent=south, manager=mia)
    max_.refresh_from_db()
    assert boss(mia) == max_
    assert max_.leads(rosa)
    assert eva.leads(rosa)
    assert not mia.leads(max_)


def test_a_new_manager_takes_over_at_once(rosa: User, mia: User) -> None:
    nina = a_user("Nina New")
    north = Team.objects.get(name="North")
    north.arrange(parent=north.parent, manager=nina)
    assert boss(rosa) == nina
    assert not mia.leads(rosa)


def test_a_new_manager_sees_the_team_with_the_next_request_and_the_old_one_no_more(
    as_: Any, rosa: User, mia: User
) -> None:
    nina, deal = a_user("Nina New"), a_deal(rosa)
    old, new = as_.page(mia), as_.page(nina)
    address = f"/opportunities/{deal.pk}/"
    assert [client.get(address).status_code for client in (old, new)] == [200, 404]
    north = Team.objects.get(name="North")
    north.arrange(parent=north.parent, manager=nina)
    assert [client.get(address).status_code for client in (old, new)] == [404, 200]


def test_a_person_who_is_added_with_a_team_reports_to_its_manager(mia: User) -> None:
    north = Team.objects.get(name="North")
    new = User.objects.create_user("new@example.com", "New Comer", team=north)
    assert new.reports_to == mia


def test_a_team_cannot_lie_under_itself(mia: User) -> None:
    sales, north = Team.objects.get(name="Sales"), Team.objects.get(name="North")
    for above in (north, sales):
        with pytest.raises(ValidationError) as refused:
            sales.arrange(parent=above, manager=None)
        assert "parent" in refused.value.message_dict


def test_nobody_reports_to_themselves_over_any_number_of_steps(
    rosa: User, mia: User, eva: User
) -> None:
    with pytest.raises(ValidationError, match="would report to themselves"):
        eva.join(Team.objects.get(name="North"))
    sales = Team.objects.get(name="Sales")
    with pytest.raises(ValidationError, match="would report to themselves"):
        sales.arrange(parent=None, manager=rosa)
    assert boss(rosa) == mia
    assert boss(mia) == eva
    assert boss(eva) is None


def test_lines_go_as_deep_as_the_tree(db: None) -> None:
    parent, top = None, None
    for depth in range(40):
        lead = a_user(f"Lead {depth}")
        parent = a_team(f"Team {depth}", manager=lead, parent=parent)
        top = top or lead
    last = a_user("Last One", team=parent)
    assert top
    top.refresh_from_db()
    assert top.leads(last)
    assert User.objects.led_by(top).count() == 41


PEOPLE = 7
TEAMS = 5
trees = st.tuples(
    *(
        st.tuples(
            st.none() | st.integers(0, number - 1) if number else st.none(),  # parent
            st.none() | st.integers(0, PEOPLE - 1),  # manager
        )
        for number in range(TEAMS)
    )
)
members = st.lists(st.none() | st.integers(0, TEAMS - 1), min_size=PEOPLE, max_size=PEOPLE)
Tree = tuple[tuple[int | None, int | None], ...]


def by_hand(tree: Tree, teams_of: list[int | None]) -> dict[int, int | None]:
    """The rule in the words of the module, person by person."""

    def up(team: int | None, person: int) -> int | None:
        if team is None:
            return None
        parent, manager = tree[team]
        return up(parent, person) if manager in (None, person) else manager

    above: dict[int, int | None] = {}
    for person, team in enumerate(teams_of):
        led = [number for number, (_, manager) in enumerate(tree) if manager == person]
        start = team if team is not None else tree[led[0]][0] if led else None
        above[person] = up(start, person)
    return above


def chain(person: int, above: dict[int, int | None]) -> list[int]:
    """Everybody above a person, nearest first; ends when somebody comes again."""
    found: list[int] = []
    here = above[person]
    while here is not None and here not in found:
        found.append(here)
        here = above[here]
    return found


def make(tree: Tree, teams_of: list[int | None]) -> list[User]:
    people = [User(name=f"P{n}", email=f"p{n}@example.com") for n in range(PEOPLE)]
    User.objects.bulk_create(people)
    teams: list[Team] = []
    for number, (parent, manager) in enumerate(tree):
        teams.append(
            Team.objects.create(
                name=f"T{number}",
                parent=teams[parent] if parent is not None else None,
                manager=people[manager] if manager is not None else None,
            )
        )
    for person, team in zip(people, teams_of, strict=True):
        person.team = teams[team] if team is not None else None
    User.objects.bulk_update(people, ["team"])
    return people


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(trees, members)
def test_lines_are_those_one_would_draw_by_hand(
    db: None, tree: Tree, teams_of: list[int | None]
) -> None:
    above = by_hand(tree, teams_of)
    circle = any(person in chain(person, above) for person in above)
    with transaction.atomic():
        people = make(tree, teams_of)
        if circle:
            with pytest.raises(ValidationError):
                reporting_line.rebuild()
        else:
            reporting_line.rebuild()
            place = {person.pk: number for number, person in enumerate(people)}
            for number, person in enumerate(people):
                person.refresh_from_db()
                below = {place[user.pk] for user in User.objects.led_by(person)}
                assert below == {n for n in above if n == number or number in chain(n, above)}
        transaction.set_rollback(True)


def test_how_many_levels_are_under_somebody_follows_the_tree(
    eva: User, mia: User, rosa: User
) -> None:
    top = a_user("Tom Top")
    a_team("Company", manager=top)
    for person in (eva, mia, rosa, top):
        person.refresh_from_db()
    assert [p.levels_below for p in (eva, mia, rosa, top)] == [2, 1, 0, 0]
    Team.objects.get(name="Sales").arrange(parent=Team.objects.get(name="Company"), manager=eva)
    top.refresh_from_db()
    assert top.levels_below == 3
    seen = User.objects.led_by(top).values_list("name", flat=True)
    assert {"Tom Top", "Eva Executive", "Mia Manager", "Rosa Rep"} == set(seen)
    rosa.join(None)
    mia.refresh_from_db()
    assert mia.levels_below == 0
