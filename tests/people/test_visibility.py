"""Who sees which people, teams and absences."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from people.models import Absence, ApiToken, Team, User
from tests.factories import a_team, a_token


def names(found: object) -> set[str]:
    return {str(each) for each in found}  # type: ignore[attr-defined]


def test_people_see_themselves_those_under_them_and_their_manager(
    rosa: User, pia: User, otto: User, mia: User, eva: User, ada: User
) -> None:
    seen = {user.name.split()[0]: names(User.objects.visible_to(user)) for user in (rosa, mia, eva)}
    assert seen["Rosa"] == {"Rosa Rep", "Mia Manager"}
    assert seen["Mia"] == {"Mia Manager", "Rosa Rep", "Pia Peer", "Eva Executive"}
    assert seen["Eva"] == names(User.objects.get_queryset().exclude(pk=ada.pk))
    assert User.objects.visible_to(ada).count() == User.objects.get_queryset().count()


def test_teams_are_seen_by_their_members_and_those_above(
    rosa: User, otto: User, mia: User, eva: User, ada: User
) -> None:
    assert names(Team.objects.visible_to(rosa)) == {"North"}
    assert names(Team.objects.visible_to(mia)) == {"North"}
    assert names(Team.objects.visible_to(eva)) == {"Sales", "North", "South"}
    assert Team.objects.visible_to(ada).count() == 3


def test_a_team_without_a_manager_is_seen_by_those_above_it(
    rosa: User, otto: User, mia: User, max_: User, eva: User
) -> None:
    """West lies under North, and Far under West; nobody leads either."""
    west = a_team("West", parent=rosa.team)
    a_team("Far", parent=west)
    for user, led in ((mia, {"North", "West", "Far"}), (max_, {"South"}), (rosa, set())):
        user.refresh_from_db()
        assert names(Team.objects.led_by(user)) == led
        assert names(Team.objects.visible_to(user)) == (led or {"North"})
    assert names(Team.objects.led_by(eva)) == {"Sales", "North", "South", "West", "Far"}


def test_absences_are_seen_by_those_above_not_by_those_below(
    rosa: User, pia: User, mia: User, max_: User, eva: User, ada: User
) -> None:
    away = Absence.record(rosa, first_day=date(2026, 11, 2), last_day=date(2026, 11, 6), by=rosa)
    bosses = Absence.record(mia, first_day=date(2026, 11, 2), last_day=date(2026, 11, 6), by=mia)
    assert list(Absence.objects.visible_to(rosa)) == [away]
    assert not Absence.objects.visible_to(pia).exists()
    assert not Absence.objects.visible_to(max_).exists()
    for above in (eva, ada):
        assert set(Absence.objects.visible_to(above)) == {away, bosses}


def test_an_absence_is_noted_by_oneself_a_manager_or_an_administrator(
    rosa: User, pia: User, max_: User, mia: User, ada: User
) -> None:
    for month, by in enumerate((rosa, mia, ada), start=1):
        day = date(2026, month, 1)
        Absence.record(rosa, first_day=day, last_day=day, by=by)
    day = date(2026, 8, 1)
    for stranger in (pia, max_):
        with pytest.raises(PermissionDenied):
            Absence.record(rosa, first_day=day, last_day=day, by=stranger)
        with pytest.raises(PermissionDenied):
            Absence.objects.all()[0].withdraw(by=stranger)
    with pytest.raises(PermissionDenied):
        Absence.record(mia, first_day=day, last_day=day, by=rosa)


def test_tokens_are_seen_by_their_person_alone(rosa: User, mia: User, ada: User) -> None:
    a_token(rosa)
    assert ApiToken.objects.all().visible_to(rosa).count() == 1
    assert not ApiToken.objects.all().visible_to(mia).exists()
    assert not ApiToken.objects.all().visible_to(ada).exists()


def test_work_is_given_to_oneself_and_to_active_people_below(
    rosa: User, pia: User, mia: User, ada: User
) -> None:
    pia.deactivate()
    assert names(User.objects.assignable_by(rosa)) == {"Rosa Rep"}
    assert names(User.objects.assignable_by(mia)) == {"Mia Manager", "Rosa Rep"}
    assert "Pia Peer" not in names(User.objects.assignable_by(ada))
