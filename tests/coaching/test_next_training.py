"""What a rep takes next follows from the behaviour in which they are weakest."""

from datetime import timedelta

import pytest

from coaching.models.behaviour_score import Seen
from coaching.next_training import next_training
from playbook.models import TrainingAssignment, TrainingModule
from tests.factories import NOW, TODAY, a_behaviour, a_scored_call

pytestmark = pytest.mark.django_db


@pytest.fixture
def module(ada):
    return lambda title: TrainingModule.add(title=title, outcome="Can do it", by=ada, at=NOW)


def scored(rosa, mia, **scores):
    for n in range(3):
        seen = {behaviour.pk: Seen(score) for behaviour, score in scores.values()}
        a_scored_call(rosa, 7, mia, NOW + timedelta(hours=4 * n), seen)


def test_it_teaches_the_behaviour_furthest_below_its_minimum(rosa, mia, ada, module):
    asking, closing = module("Asking"), module("Closing")
    asks = a_behaviour("Asks", ada, training=[asking])
    closes = a_behaviour("Closes", ada, training=[closing])
    scored(rosa, mia, asks=(asks, 6), closes=(closes, 4))
    found = next_training(rosa, rosa)
    assert (found.behaviour, found.modules) == (closes, [closing])


def test_what_is_assigned_taken_or_retired_is_not_offered_again(rosa, mia, ada, module):
    one, two, gone = module("One"), module("Two"), module("Gone")
    asks = a_behaviour("Asks", ada, training=[one, two, gone])
    gone.retire(by=ada, at=NOW)
    scored(rosa, mia, asks=(asks, 4))
    assert next_training(rosa, mia).modules == [one, two]
    TrainingAssignment.assign(rosa, one, TODAY, by=mia, at=NOW)
    assert next_training(rosa, mia).modules == [two]
    taken = TrainingAssignment.assign(rosa, two, TODAY, by=mia, at=NOW)
    taken.finish(takeaway="Wait longer", by=rosa, at=NOW)
    assert next_training(rosa, mia) is None


def test_nothing_is_offered_to_who_reaches_every_minimum(rosa, mia, ada, module):
    asks = a_behaviour("Asks", ada, training=[module("Asking")])
    assert next_training(rosa, mia) is None
    scored(rosa, mia, asks=(asks, 9))
    assert next_training(rosa, mia) is None


def test_a_stranger_learns_nothing_from_it(rosa, mia, otto, ada, module):
    asks = a_behaviour("Asks", ada, training=[module("Asking")])
    scored(rosa, mia, asks=(asks, 4))
    assert next_training(rosa, otto) is None
