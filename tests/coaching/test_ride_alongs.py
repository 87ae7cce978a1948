"""A ride-along is planned like a call, scored by the manager, commented and signed by the rep."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from coaching.models import BehaviourScore, RideAlong
from coaching.models.behaviour_score import Seen
from lib.versions import Stale
from tests.factories import NOW, a_behaviour, a_call

pytestmark = pytest.mark.django_db
SOON = NOW + timedelta(days=1)
AFTER = SOON + timedelta(hours=2)


@pytest.fixture
def asks(ada):
    return a_behaviour("Asks", ada)


def a_ride(rosa, mia, **fields):
    fields = {"starts_at": SOON, "about": "A day in Ghent", **fields}
    return RideAlong.plan(rosa, by=mia, at=NOW, **fields)


def test_it_is_scored_and_then_signed(rosa, mia, asks):
    ride = a_ride(rosa, mia, purpose="model", watch=[asks])
    seen = {asks.pk: Seen(6, "Waited after the price")}
    ride.hold(by=mia, at=AFTER, notes="Good day", seen=seen)
    score = BehaviourScore.objects.visible_to(rosa).get()
    assert (score.ride_along, score.manager_score, score.at) == (ride, 6, SOON)
    ride.sign(by=rosa, at=AFTER, comment="I will wait longer")
    ride.refresh_from_db()
    assert (ride.state, ride.comment, ride.signed_at) == ("held", "I will wait longer", AFTER)
    with pytest.raises(ValidationError, match="signed already"):
        ride.sign(by=rosa, at=AFTER, comment="Again")


def test_at_a_call_it_is_when_the_call_is_and_moves_with_it(rosa, mia):
    call = a_call(rosa, SOON)
    ride = a_ride(rosa, mia, call=call, starts_at=None, about="")
    call.reschedule(SOON + timedelta(days=2), by=rosa, at=NOW)
    ride.refresh_from_db()
    assert ride.starts_at == SOON + timedelta(days=2)


def test_one_that_was_held_stays_where_it_was(rosa, mia):
    call = a_call(rosa, SOON)
    ride = a_ride(rosa, mia, call=call)
    ride.hold(by=mia, at=AFTER, notes="Good day", seen={})
    call.reschedule(SOON + timedelta(days=2), by=rosa, at=AFTER)
    ride.refresh_from_db()
    assert ride.starts_at == SOON


def test_what_is_missing_is_said(rosa, otto, mia):
    with pytest.raises(ValidationError, match="Say when"):
        a_ride(rosa, mia, starts_at=None)
    with pytest.raises(ValidationError, match="Choose a call, or say where"):
        a_ride(rosa, mia, about=" ")
    with pytest.raises(ValidationError, match="somebody else's call"):
        a_ride(rosa, mia, call=a_call(otto, SOON))
    with pytest.raises(ValidationError, match="purpose"):
        a_ride(rosa, mia, purpose="spy")
    assert not RideAlong.objects.exists()


def test_a_behaviour_of_others_is_not_watched(rosa, mia, max_):
    theirs = a_behaviour("Southern charm", max_, max_.teams_led.get())
    with pytest.raises(ValidationError, match="not expected of Rosa"):
        a_ride(rosa, mia, watch=[theirs])


def test_notes_are_kept_while_it_goes_on(rosa, mia, eva, asks):
    ride = a_ride(rosa, mia)
    seen = ride.version
    ride.write(by=mia, at=NOW, notes="Early", seen={asks.pk: Seen(4)}, version=seen)
    assert (ride.notes, ride.drafted) == ("Early", {asks.pk: Seen(4)})
    with pytest.raises(Stale):
        ride.write(by=mia, at=NOW, notes="Late", seen={}, version=seen)
    with pytest.raises(PermissionDenied):
        ride.write(by=eva, at=NOW, notes="Mine", seen={})
    assert not BehaviourScore.objects.exists()


def test_it_is_not_handed_in_before_it_began_or_empty(rosa, mia, asks):
    ride = a_ride(rosa, mia)
    with pytest.raises(ValidationError, match="not begun yet"):
        ride.hold(by=mia, at=NOW, notes="Good day", seen={})
    with pytest.raises(ValidationError, match="Say what you saw"):
        ride.hold(by=mia, at=AFTER, notes=" ", seen={})
    ride.refresh_from_db()
    assert ride.is_planned
    ride.hold(by=mia, at=AFTER, notes="Good day", seen={})
    with pytest.raises(ValidationError, match="was held"):
        ride.hold(by=mia, at=AFTER, notes="Better day", seen={})


@pytest.mark.parametrize("score", [0, 11])
def test_scores_are_from_one_to_ten(rosa, mia, asks, score):
    ride = a_ride(rosa, mia)
    with pytest.raises(ValidationError, match="from 1 to 10"):
        ride.hold(by=mia, at=AFTER, notes="Good day", seen={asks.pk: Seen(score)})


def test_it_can_be_called_off_and_planned_again(rosa, mia):
    ride = a_ride(rosa, mia)
    ride.cancel("The flu", by=mia, at=NOW)
    with pytest.raises(ValidationError, match="was cancelled"):
        ride.hold(by=mia, at=AFTER, notes="Good day", seen={})
    ride.restore(by=mia, at=NOW)
    assert (ride.state, ride.cancel_reason) == ("planned", "")
    with pytest.raises(ValidationError, match="Only a cancelled"):
        ride.restore(by=mia, at=NOW)


def test_only_the_rep_signs_and_only_what_was_held(rosa, mia, pia):
    ride = a_ride(rosa, mia)
    with pytest.raises(ValidationError, match="not held yet"):
        ride.sign(by=rosa, at=NOW)
    ride.hold(by=mia, at=AFTER, notes="Good day", seen={})
    for stranger in (mia, pia):
        with pytest.raises(PermissionDenied):
            ride.sign(by=stranger, at=AFTER)


def test_only_managers_above_ride_along(rosa, pia, max_, ada, eva):
    for stranger in (rosa, pia, max_, ada):
        with pytest.raises(PermissionDenied):
            a_ride(rosa, stranger)
    assert a_ride(rosa, eva).manager == eva


def test_only_the_rep_and_their_line_see_it(rosa, pia, mia, eva, max_, otto, ada):
    a_ride(rosa, mia)
    everybody = (rosa, pia, mia, eva, max_, otto, ada)
    rows = RideAlong.objects.all()
    assert [who for who in everybody if rows.visible_to(who)] == [rosa, mia, eva]
