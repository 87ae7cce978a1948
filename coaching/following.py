"""What follows for coaching, at once, from what happens to a call."""

from coaching.models import CallPlan, InspectionLevel, RideAlong
from coaching.sampling import CONTINUOUS
from lib.events import Event
from pipeline.models import Call


def follow(event: Event) -> None:
    """Hear of a call that was held or moved, in the transaction in which it was."""
    if not isinstance(event.thing, Call):
        return
    if event.verb == Call.HELD:
        _hold_to_account(event)
    elif event.verb == "rescheduled":
        for ride in RideAlong.objects.planned().filter(call=event.thing.pk):
            ride.follow_call(event.by, event.at)


def _hold_to_account(event: Event) -> None:
    """Without a plan that was filed before it ended, the rep loses a level."""
    call = event.thing
    assert isinstance(call, Call)
    assert event.at is not None
    planned = CallPlan.objects.before_the_end().filter(call=call)
    if planned.exists():
        return
    level = InspectionLevel.of(call.owner)
    if level.pk and level.level != CONTINUOUS:
        with level.judging():
            level.judge_unplanned(call, event.at)
