"""What a rep owes before and after calls, decided from the calls themselves."""

from datetime import datetime

from coaching.models.debrief import OVERDUE_AFTER
from people.models import User
from pipeline.models import Call
from pipeline.models.call import CallQuerySet


def debriefs_owed(user: User, now: datetime) -> CallQuerySet:
    """One's own calls that are over and have no filed debrief, longest owed first."""
    own = Call.objects.visible_to(user).filter(owner=user).took_place(now)
    return own.filter(debrief__filed_at=None).for_list().order_by("ends_at")


def calls_without_plan(user: User, start: datetime, end: datetime) -> CallQuerySet:
    """One's own planned calls in that span whose plan is not filed, soonest first."""
    own = Call.objects.visible_to(user).filter(owner=user).planned().between(start, end)
    return own.filter(plan__filed_at=None).for_list().select_related("plan")


def is_debrief_overdue(call: Call, now: datetime) -> bool:
    """Whether the debrief is missing 24 h after the call's end."""
    return now - call.ends_at >= OVERDUE_AFTER
