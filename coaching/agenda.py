"""What a rep owes before and after calls, decided from the calls themselves."""

from datetime import datetime

from django.db.models import Case, Q, Value, When

from coaching.models import CallPlan
from coaching.models.debrief import OVERDUE_AFTER
from people.models import User
from pipeline.models import Call
from pipeline.models.call import CallQuerySet


def debriefs_owed(user: User, now: datetime) -> CallQuerySet:
    """One's own calls that are over and have no filed debrief, longest owed first."""
    own = Call.objects.visible_to(user).filter(owner=user).took_place(now)
    return own.filter(debrief__filed_at=None).for_list().order_by("ends_at")


def coming_calls(user: User, now: datetime, until: datetime) -> CallQuerySet:
    """One's own planned calls before `until`, and later ones whose plan was sent back."""
    sent_back = Q(plan__state__in=[CallPlan.CHANGE, CallPlan.TALK])
    own = Call.objects.visible_to(user).filter(owner=user).planned()
    coming = own.filter(Q(starts_at__lt=until) | sent_back, starts_at__gte=now)
    return coming.for_list().select_related("plan")


def calls_to_do(
    user: User, now: datetime, until: datetime, most: int
) -> tuple[list[Call], list[Call]]:
    """Both in one statement, so many of each at most: whose debriefs are owed, and the coming."""
    rows = coming_calls(user, now, until) | debriefs_owed(user, now)
    is_over = Case(When(starts_at__lt=now, then=Value(1)), default=Value(0))
    found = list(rows.order_by(is_over, "starts_at", "pk")[: 2 * most])
    owed = sorted((call for call in found if call.starts_at < now), key=lambda call: call.ends_at)
    return owed[:most], [call for call in found if call.starts_at >= now][:most]


def plan_of(call: Call) -> CallPlan | None:
    """The call's plan; None when nothing was written yet."""
    return getattr(call, "plan", None)


def needs_plan(call: Call) -> bool:
    """Whether the rep has to write on the plan: none, a draft, or one that was sent back."""
    plan = plan_of(call)
    return plan is None or plan.state in (CallPlan.DRAFT, CallPlan.CHANGE, CallPlan.TALK)


def is_debrief_overdue(call: Call, now: datetime) -> bool:
    """Whether the debrief is missing 24 h after the call's end."""
    return now - call.ends_at >= OVERDUE_AFTER
