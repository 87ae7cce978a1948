"""How somebody stands in each behaviour: the last scores by a manager, and which is the weakest."""

import random
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from coaching.models import Behaviour, BehaviourScore, RideAlong
from coaching.scores import Standing, standings, weakest
from people.models import Team, User
from tests.factories import NOW, a_behaviour, a_team, a_user

HOUR = timedelta(hours=1)
Said = dict[str, Any]


@pytest.fixture
def opening(ada: User) -> Behaviour:
    return a_behaviour("Opening", ada, minimum=7)


@pytest.fixture
def closing(opening: Behaviour, ada: User) -> Behaviour:
    return a_behaviour("Closing", ada, minimum=6, weight=2)


def scored(rep: User, manager: User, behaviour: Behaviour, said: Iterable[Said]) -> None:
    """A score of each, by a manager unless it says otherwise; an hour apart, oldest first."""
    version, rows = behaviour.latest, []
    for n, each in enumerate(said):
        at = each.pop("at", NOW + n * HOUR)
        about = {"rep": rep, "starts_at": at, "about": "A fair"}
        ride = RideAlong.objects.create(manager=manager, state=RideAlong.HELD, **about)
        fields = {"rep": rep, "behaviour": behaviour, "version": version, "at": at, "by": manager}
        rows.append(BehaviourScore(ride_along=ride, **fields, **each))
    BehaviourScore.objects.bulk_create(rows)


def by_managers(rep: User, manager: User, behaviour: Behaviour, *scores: int) -> None:
    scored(rep, manager, behaviour, [{"manager_score": score} for score in scores])


def anything(dice: random.Random) -> Said:
    """A score by a manager, by the rep or by both, with a note or without; often two at once."""
    said: Said = {"at": NOW + dice.randint(0, 12) * HOUR, "own_score": dice.choice([None, 5])}
    if dice.random() < 0.3:
        return {**said, "own_score": 4}
    note = f"Note {dice.random()}" if dice.random() < 0.2 else ""
    return {**said, "manager_score": dice.randint(1, 10), "note": note}


def by_hand(rep: User, behaviour: Behaviour) -> tuple[list[tuple[Any, ...]], str]:
    """The last eight by a manager and the last note, looked for one by one."""
    rows = BehaviourScore.objects.filter(rep=rep, behaviour=behaviour)
    known = sorted(rows, key=lambda row: (row.at, row.pk))
    last = [row for row in known if row.manager_score is not None][-8:]
    notes = [row.note for row in known if row.note]
    return [(row.at, row.manager_score, row.own_score) for row in last], (notes or [""])[-1]


def shown(standing: Standing) -> tuple[list[tuple[Any, ...]], str]:
    points = [(each.at, each.manager_score, each.own_score) for each in standing.points]
    return points, standing.last_note


def test_hundreds_of_random_scores_stand_as_counted_by_hand(
    opening: Behaviour, closing: Behaviour, rosa: User, pia: User, otto: User, eva: User
) -> None:
    dice, reps = random.Random(7), [rosa, pia, otto]
    for rep in reps:
        for behaviour in (opening, closing):
            scored(rep, eva, behaviour, [anything(dice) for _ in range(40)])
    for rep in reps:
        found = standings(rep, eva)
        assert [each.behaviour for each in found] == [opening, closing]
        assert [shown(each) for each in found] == [by_hand(rep, b) for b in (opening, closing)]
        assert [len(each.trend.scores) for each in found] == [8, 8]


def test_the_line_reads_it_and_nobody_else(
    opening: Behaviour, rosa: User, pia: User, mia: User, eva: User, max_: User, ada: User
) -> None:
    scored(rosa, mia, opening, [{"manager_score": 6, "note": "Asked first"}])
    for reader in (rosa, mia, eva):
        (standing,) = standings(rosa, reader)
        assert (standing.last, standing.last_note) == (6, "Asked first")
        assert (standing.last_note_by, standing.last_note_at) == (mia, NOW)
    for reader in (pia, max_, ada):
        assert [shown(each) for each in standings(rosa, reader)] == [([], "")]


def test_it_takes_three_statements_however_many_scores(
    opening: Behaviour, closing: Behaviour, rosa: User, mia: User, eva: User
) -> None:
    def counted() -> int:
        with CaptureQueriesContext(connection) as one:
            standings(rosa, eva)
        return len(one)

    by_managers(rosa, mia, opening, 5, 6, 7)
    assert counted() == 3
    by_managers(rosa, mia, closing, *[4, 5, 6] * 10)
    assert counted() == 3


def test_each_is_scored_by_the_nearest_set(
    rosa: User, otto: User, eva: User, mia: User, max_: User, ada: User, opening: Behaviour
) -> None:
    """Their team's, else of one above, else the organisation's."""
    loner, deep = a_user("Lena Loner"), a_user("Dora Deep")
    deep.join(a_team("North East", parent=rosa.team))
    reps = [rosa, otto, loner, deep, eva]

    def names() -> list[list[str]]:
        expected_of = Behaviour.objects.all().expected_of
        return [[behaviour.name for behaviour in expected_of(rep)] for rep in reps]

    assert names() == [["Opening"]] * 5
    sales = a_behaviour("Listening", team=Team.objects.get(name="Sales"))
    a_behaviour("Asking", team=rosa.team)
    a_behaviour("Closing", team=rosa.team).put(1, by=mia, at=NOW)
    north = ["Closing", "Asking"]
    assert names() == [north, ["Listening"], ["Opening"], north, ["Opening"]]
    sales.retire(by=eva, at=NOW)
    assert names()[1] == ["Opening"]


def test_the_weakest_is_furthest_below_its_minimum_by_weight(
    opening: Behaviour, closing: Behaviour, rosa: User, mia: User
) -> None:
    by_managers(rosa, mia, opening, 1, 5, 4, 6)  # 2 below 7
    by_managers(rosa, mia, closing, 5, 5, 4)  # 4/3 below 6, counted twice
    found = standings(rosa, rosa)
    assert [each.is_weakest for each in found] == [False, True]
    worst = weakest(found)
    assert worst is not None
    assert worst.behaviour == closing
    closing.change(weight=1, by=closing.versions.get().by, at=NOW)
    assert [each.is_weakest for each in standings(rosa, rosa)] == [True, False]


def test_who_reaches_every_minimum_or_has_two_scores_has_no_weakest(
    opening: Behaviour, closing: Behaviour, rosa: User, mia: User
) -> None:
    by_managers(rosa, mia, opening, 7, 7, 7)
    by_managers(rosa, mia, closing, 1, 1)
    found = standings(rosa, rosa)
    assert weakest(found) is None
    assert not any(each.is_weakest for each in found)
    assert weakest([]) is None


@pytest.mark.parametrize(
    ("scores", "sentence"),
    [
        ([], "Not scored yet, minimum 7"),
        ([4], "4, the first score, minimum 7"),
        ([2, 4], "4, was 2 one score ago, minimum 7"),
        (range(1, 11), "10, was 3 seven scores ago, minimum 7"),
    ],
)
def test_the_line_is_told_in_a_sentence(
    opening: Behaviour, rosa: User, mia: User, scores: Iterable[int], sentence: str
) -> None:
    by_managers(rosa, mia, opening, *scores)
    assert standings(rosa, mia)[0].sentence == sentence
