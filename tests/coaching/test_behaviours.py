"""What is scored: four or five behaviours, of the organisation or of a team, version by version."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from coaching.models import Behaviour, BehaviourVersion, CoachingRules
from coaching.models.behaviour_score import Seen
from lib.versions import Stale
from people.models import Team
from tests.factories import NOW, a_behaviour, a_scored_call, a_team, a_user

pytestmark = pytest.mark.django_db


def names(behaviours):
    return [str(each) for each in behaviours]


def test_a_rep_is_scored_by_the_set_of_the_nearest_team(rosa, otto, mia, eva, ada):
    a_behaviour("Organisation", ada)
    expected = Behaviour.objects.all().expected_of
    assert names(expected(rosa)) == names(expected(otto)) == ["Organisation"]
    a_behaviour("Sales", eva, Team.objects.get(name="Sales"))
    assert names(expected(rosa)) == names(expected(otto)) == ["Sales"]
    north = a_behaviour("North", mia, rosa.team)
    assert (names(expected(rosa)), names(expected(otto))) == (["North"], ["Sales"])
    north.retire(by=mia, at=NOW)
    assert names(expected(rosa)) == ["Sales"]


def test_who_is_in_no_team_is_scored_by_the_organisations_set(eva, ada):
    a_behaviour("Organisation", ada)
    a_behaviour("Sales", eva, Team.objects.get(name="Sales"))
    loner = a_user("Lena Loner")
    assert names(Behaviour.objects.all().expected_of(loner)) == ["Organisation"]


def test_with_none_defined_nothing_is_scored(rosa):
    assert Behaviour.objects.all().expected_of(rosa) == []


def test_administrators_define_the_organisations_and_managers_their_teams(
    rosa, mia, max_, eva, ada
):
    for stranger in (rosa, mia, eva):
        with pytest.raises(PermissionDenied):
            a_behaviour("Anything", stranger)
    for stranger in (rosa, max_):
        with pytest.raises(PermissionDenied):
            a_behaviour("Anything", stranger, rosa.team)
    of_north = [a_behaviour(f"By {who}", who, rosa.team) for who in (mia, eva, ada)]
    with pytest.raises(PermissionDenied):
        of_north[0].change(by=max_, at=NOW, name="Mine now")
    everything = Behaviour.objects.all()
    assert [everything.changeable_by(who).count() for who in (rosa, mia, max_, eva, ada)] == [
        0,
        3,
        0,
        3,
        3,
    ]


def test_a_sixth_is_refused_until_one_is_retired(ada, mia, rosa):
    five = [a_behaviour(f"Number {n}", ada) for n in range(1, 6)]
    with pytest.raises(ValidationError, match="At most 5"):
        a_behaviour("Number 6", ada)
    a_behaviour("A team's own set", mia, rosa.team)
    five[1].retire(by=ada, at=NOW)
    a_behaviour("Number 6", ada)
    with pytest.raises(ValidationError, match="At most 5"):
        five[1].restore(by=ada, at=NOW)
    assert names(Behaviour.objects.of_set(None)) == [f"Number {n}" for n in (1, 3, 4, 5, 6)]


@pytest.mark.parametrize(
    ("anchors", "refusal"),
    [
        ({"4": "a", "7": "b"}, "Say what a 9 looks like"),
        ({"4": "a", "7": " ", "9": "c"}, "Say what a 7 looks like"),
        ({}, "Say what a 4 and a 7 and a 9 looks like"),
        ({"4": "a", "7": "b", "9": "c", "11": "d"}, "from 1 to 10"),
        ({"4": "a", "7": "b", "9": "c" * 301}, "at most 300"),
        ({"4": "a", "7": "b", "9": 3}, "at most 300"),
        ("4, 7, 9", "from 1 to 10"),
    ],
)
def test_a_four_a_seven_and_a_nine_are_described(ada, anchors, refusal):
    with pytest.raises(ValidationError, match=refusal):
        Behaviour(name="Asks", expected="Asks.", anchors=anchors).full_clean()


@pytest.mark.parametrize("wrong", [{"minimum": 0}, {"minimum": 11}, {"weight": 0}, {"name": ""}])
def test_what_makes_no_sense_is_refused(ada, wrong):
    said = {"name": "Asks", **wrong}
    with pytest.raises(ValidationError):
        a_behaviour(said.pop("name"), ada, **said)
    assert not Behaviour.objects.exists()


def test_namesakes_are_refused_in_one_set(ada, mia, rosa):
    a_behaviour("Asks", ada)
    with pytest.raises(ValidationError, match="of that name already"):
        a_behaviour("asks ", ada)
    a_behaviour("Asks", mia, rosa.team)


def test_old_scores_keep_their_old_words(rosa, mia, ada):
    asking = a_behaviour("Asks before telling", ada, minimum=6)
    old = a_scored_call(rosa, 7, mia, seen={asking.pk: Seen(7)}).debrief.behaviour_scores.get()
    asking.change(by=ada, at=NOW, minimum=8, anchors={"4": "Rarely", "7": "Often", "9": "Always"})
    new = a_scored_call(rosa, 7, mia, seen={asking.pk: Seen(7)}).debrief.behaviour_scores.get()
    old.refresh_from_db()
    assert (old.version.number, old.version.minimum) == (1, 6)
    assert (new.version.number, new.version.minimum) == (2, 8)
    assert (old.version.anchors["7"], new.version.anchors["7"]) == ("In most calls", "Often")


def test_saying_the_same_again_makes_no_version(ada):
    asking = a_behaviour("Asks", ada)
    asking.change(by=ada, at=NOW, name="Asks", minimum=7)
    asking.put(1, by=ada, at=NOW)
    assert BehaviourVersion.objects.count() == 1


def test_two_who_change_one_at_once_do_not_overwrite_one_another(ada):
    asking = a_behaviour("Asks", ada)
    seen = asking.version
    asking.change(by=ada, at=NOW, version=seen, name="Asks first")
    with pytest.raises(Stale):
        asking.change(by=ada, at=NOW, version=seen, name="Asks last")


def test_they_stand_in_the_order_they_are_given(ada):
    asks, listens, closes = (a_behaviour(name, ada) for name in ("Asks", "Listens", "Closes"))
    closes.refresh_from_db()
    closes.put(1, by=ada, at=NOW)
    assert names(Behaviour.objects.of_set(None)) == ["Closes", "Asks", "Listens"]
    listens.put(99, by=ada, at=NOW)
    assert names(Behaviour.objects.of_set(None)) == ["Closes", "Asks", "Listens"]
    asks.retire(by=ada, at=NOW)
    with pytest.raises(ValidationError, match="has no place"):
        asks.put(1, by=ada, at=NOW)


def test_somebody_who_moves_is_scored_by_the_new_teams_set(eva, mia, max_, rosa, ada):
    a_behaviour("North", mia, rosa.team)
    a_behaviour("South", max_, max_.teams_led.get())
    rosa.join(max_.teams_led.get())
    assert names(Behaviour.objects.all().expected_of(rosa)) == ["South"]


def test_a_team_under_a_team_has_the_set_of_the_one_above(eva, mia, rosa, ada):
    a_behaviour("North", mia, rosa.team)
    a_team("North by North", a_user("Lea Lead"), parent=rosa.team)
    lea = a_user("Lea's Rep", team=Team.objects.get(name="North by North"))
    assert names(Behaviour.objects.all().expected_of(lea)) == ["North"]


def test_only_administrators_say_what_counts_as_proficient(mia, ada):
    rules = CoachingRules.current()
    with pytest.raises(PermissionDenied):
        rules.change(minimum=5, by=mia, at=NOW)
    for wrong in (0, 11):
        with pytest.raises(ValidationError):
            rules.change(minimum=wrong, by=ada, at=NOW)
    rules.change(minimum=8, by=ada, at=NOW)
    assert CoachingRules.current().minimum == 8
