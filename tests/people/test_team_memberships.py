"""Who was in which team, and when: kept by whatever moves people."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from lib.calendar import EARLIEST, LATEST
from people import reporting_line
from people.models import Team, TeamMembership, User
from tests.factories import TODAY, a_team, a_user
from tests.support.imports import import_text

DAY = timedelta(days=1)
Stay = tuple[str, date, date]


@pytest.fixture
def rosa(db: None) -> User:
    """In team A since ever."""
    teams = [a_team(name) for name in "ABC"]
    return a_user("Rosa Rep", team=teams[0])


def team(name: str) -> Team:
    return Team.objects.get(name=name)


def stays(person: User) -> list[Stay]:
    rows = TeamMembership.objects.filter(person=person).order_by("first_day")
    return list(rows.values_list("team__name", "first_day", "last_day"))


def test_the_first_team_is_theirs_since_ever_and_for_good(rosa: User) -> None:
    assert stays(rosa) == [("A", EARLIEST, LATEST)]


def test_even_when_they_joined_it_on_a_day(rosa: User) -> None:
    """What was imported from before they were entered here counts for it."""
    otto = a_user("Otto Other")
    assert stays(otto) == []
    otto.join(team("B"), on=TODAY)
    assert stays(otto) == [("B", EARLIEST, LATEST)]


def test_whoever_moves_is_in_the_new_team_from_that_day_on(rosa: User) -> None:
    rosa.join(team("B"), on=TODAY)
    assert stays(rosa) == [("A", EARLIEST, TODAY - DAY), ("B", TODAY, LATEST)]


def test_whoever_moves_twice_on_a_day_was_in_the_second_team(rosa: User) -> None:
    rosa.join(team("B"), on=TODAY)
    rosa.join(team("C"), on=TODAY)
    assert stays(rosa) == [("A", EARLIEST, TODAY - DAY), ("C", TODAY, LATEST)]


def test_whoever_moves_and_comes_back_on_a_day_was_never_away(rosa: User) -> None:
    rosa.join(team("B"), on=TODAY)
    rosa.join(team("A"), on=TODAY)
    assert stays(rosa) == [("A", EARLIEST, TODAY - DAY), ("A", TODAY, LATEST)]


def test_an_earlier_day_writes_what_was_noted_from_then_on_anew(rosa: User) -> None:
    rosa.join(team("B"), on=TODAY)
    rosa.join(team("C"), on=TODAY - 7 * DAY)
    assert stays(rosa) == [("A", EARLIEST, TODAY - 8 * DAY), ("C", TODAY - 7 * DAY, LATEST)]


def test_a_day_to_come_is_kept_whatever_else_is_arranged_until_then(rosa: User) -> None:
    coming = [("A", EARLIEST, TODAY + 6 * DAY), ("B", TODAY + 7 * DAY, LATEST)]
    rosa.join(team("B"), on=TODAY + 7 * DAY)
    team("C").arrange(parent=team("A"), manager=None)
    reporting_line.rebuild(TODAY)
    assert stays(rosa) == coming


def test_joining_the_same_team_again_changes_nothing(rosa: User) -> None:
    before = TeamMembership.objects.get(person=rosa).pk
    rosa.join(team("A"), on=TODAY)
    assert TeamMembership.objects.get(person=rosa).pk == before
    assert stays(rosa) == [("A", EARLIEST, LATEST)]


def test_whoever_leaves_all_teams_is_in_none_until_they_join_one(rosa: User) -> None:
    rosa.join(None, on=TODAY)
    assert stays(rosa) == [("A", EARLIEST, TODAY - DAY)]
    rosa.join(team("B"), on=TODAY + 3 * DAY)
    assert stays(rosa) == [("A", EARLIEST, TODAY - DAY), ("B", TODAY + 3 * DAY, LATEST)]


def test_the_last_day_of_whoever_is_deactivated_still_counts(rosa: User) -> None:
    rosa.deactivate(on=TODAY)
    assert (rosa.left_on, stays(rosa)) == (TODAY, [("A", EARLIEST, TODAY)])
    team("C").arrange(parent=team("A"), manager=None)  # reporting lines are rebuilt
    assert stays(rosa) == [("A", EARLIEST, TODAY)]


def test_whoever_is_let_in_again_is_back_in_their_team(rosa: User) -> None:
    rosa.deactivate(on=TODAY)
    rosa.activate(on=TODAY + 5 * DAY)
    assert rosa.left_on is None
    assert stays(rosa) == [("A", EARLIEST, TODAY), ("A", TODAY + 5 * DAY, LATEST)]


def test_deactivated_on_an_earlier_day_they_were_in_no_later_team(rosa: User) -> None:
    rosa.join(team("B"), on=TODAY)
    rosa.deactivate(on=TODAY - 10 * DAY)
    assert stays(rosa) == [("A", EARLIEST, TODAY - 10 * DAY)]


def test_a_refused_move_is_not_noted(rosa: User) -> None:
    mia = a_user("Mia Manager", team=team("A"))
    team("B").arrange(parent=team("A"), manager=mia)
    team("A").arrange(parent=None, manager=rosa)
    before = stays(rosa)
    with pytest.raises(ValidationError):
        rosa.join(team("B"), on=TODAY)  # under mia, who is under rosa
    assert stays(rosa) == before


def test_imported_people_are_noted_and_so_is_their_move(rosa: User) -> None:
    import_text("people", "name,email,team\nVera Visitor,vera@example.com,B\n")
    vera = User.objects.get(name="Vera Visitor")
    assert stays(vera) == [("B", EARLIEST, LATEST)]
    import_text("people", "name,email,team\nVera Visitor,vera@example.com,C\n")
    (was, now) = stays(vera)
    assert (was[0], was[1], now[0], now[2]) == ("B", EARLIEST, "C", LATEST)
    assert was[2] + DAY == now[1]
    assert stays(rosa) == [("A", EARLIEST, LATEST)]


def test_a_team_that_is_removed_takes_its_days_with_it(rosa: User) -> None:
    rosa.join(team("B"), on=TODAY)
    team("A").remove()
    assert stays(rosa) == [("B", TODAY, LATEST)]


def test_nobody_ends_before_they_began_or_begins_twice_on_a_day(rosa: User) -> None:
    for first, last in ((TODAY, TODAY - DAY), (EARLIEST, LATEST)):
        with pytest.raises(IntegrityError), transaction.atomic():
            TeamMembership.objects.create(
                person=rosa, team=team("B"), first_day=first, last_day=last
            )


def test_those_of_some_days_are_found_with_their_first_and_last_one(rosa: User) -> None:
    rosa.join(team("B"), on=TODAY)

    def during(first: date, last: date) -> list[str]:
        rows = TeamMembership.objects.during(first, last).order_by("first_day")
        return list(rows.values_list("team__name", flat=True))

    assert during(TODAY, TODAY) == ["B"]
    assert during(TODAY - DAY, TODAY - DAY) == ["A"]
    assert during(TODAY - DAY, TODAY) == ["A", "B"]


def test_it_is_seen_by_oneself_those_above_and_administrators(rosa: User) -> None:
    mia, otto = a_user("Mia Manager"), a_user("Otto Other", team=team("B"))
    ada = a_user("Ada Administrator", is_administrator=True)
    team("A").arrange(parent=None, manager=mia)
    rosa.refresh_from_db()
    mia.refresh_from_db()

    def seen_by(person: User) -> set[int]:
        rows = TeamMembership.objects.visible_to(person)
        return set(rows.values_list("person", flat=True))

    assert seen_by(rosa) == seen_by(mia) == {rosa.pk}
    assert seen_by(otto) == {otto.pk}
    assert seen_by(ada) == {rosa.pk, otto.pk}
