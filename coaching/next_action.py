"""A call as a row of a list: its plan, its debrief, and the one thing to do about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch
from django.urls import reverse

from coaching.agenda import is_debrief_overdue
from coaching.models import CallPlan, Debrief
from people.models import User
from pipeline.models import Call
from pipeline.models.call import CallQuerySet

OF_PLAN = {
    CallPlan.DRAFT: ("Plan", "warn", "Draft"),
    CallPlan.FILED: ("Open plan", "ok", "Filed"),
    CallPlan.GOOD: ("Open plan", "ok", "Good to go"),
    CallPlan.CHANGE: ("Change plan", "warn", "Sent back"),
    CallPlan.TALK: ("Open plan", "warn", "Let's talk"),
}
OF_STATUS = {
    Call.PLANNED: ("idle", "Planned"),
    Call.HELD: ("ok", "Held"),
    Call.MISSED: ("idle", "Missed"),
    Call.CANCELLED: ("idle", "Cancelled"),
}


@dataclass(frozen=True)
class NextAction:
    """A button, and the state it answers to as a chip of that kind."""

    label: str
    url: str
    kind: str
    chip: str


@dataclass(frozen=True)
class CallRow:
    """A call with what its reader may know of its coaching."""

    call: Call
    plan: CallPlan | None
    debrief: Debrief | None
    action: NextAction
    overlaps: bool = False

    @classmethod
    def of(cls, call: Call, user: User, now: datetime, *, overlaps: bool = False) -> "CallRow":
        """A row for this reader; `call` comes from `with_coaching`."""
        plan, debrief = getattr(call, "plan", None), getattr(call, "debrief", None)
        return cls(call, plan, debrief, next_action(call, user, now), overlaps)


def with_coaching(calls: CallQuerySet, user: User) -> CallQuerySet:
    """With plan, debrief and review as far as this person may see them, in two statements more."""
    return calls.for_list().prefetch_related(
        Prefetch("plan", CallPlan.objects.visible_to(user)),
        Prefetch("debrief", Debrief.objects.visible_to(user).select_related("review")),
    )


def overlapping(calls: Iterable[Call]) -> set[int]:
    """Ids of the calls which somebody would have to be at while at another; in order of start."""
    found: set[int] = set()
    busy: dict[int, Call] = {}  # by owner, the call that ends last so far
    for call in calls:
        if call.status in (Call.MISSED, Call.CANCELLED):
            continue
        before = busy.get(call.owner_id)
        if before and call.starts_at < before.ends_at:
            found |= {before.pk, call.pk}
        if before is None or call.ends_at > before.ends_at:
            busy[call.owner_id] = call
    return found


def next_action(call: Call, user: User, now: datetime) -> NextAction:
    """What this reader does next about the call; just to open it when there is nothing to do."""
    settled = call.status in (Call.MISSED, Call.CANCELLED)
    if settled or call.owner_id != user.pk:
        return _theirs(call) if not settled else _open(call)
    if call.ends_at <= now or call.status == Call.HELD:
        return _debrief(call, now)
    plan: CallPlan | None = getattr(call, "plan", None)
    label, kind, chip = OF_PLAN[plan.state] if plan else ("Plan", "warn", "No plan")
    return NextAction(label, reverse("call_plan", args=[call.pk]), kind, chip)


def _debrief(call: Call, now: datetime) -> NextAction:
    debrief: Debrief | None = getattr(call, "debrief", None)
    if debrief and debrief.is_filed:
        return _read_debrief(debrief, "Read debrief")
    overdue = is_debrief_overdue(call, now)
    kind, chip = ("risk", "Debrief overdue") if overdue else ("warn", "Debrief due")
    return NextAction("Debrief", reverse("call_debrief", args=[call.pk]), kind, chip)


def _theirs(call: Call) -> NextAction:
    """Somebody else's call: what their manager does."""
    plan: CallPlan | None = getattr(call, "plan", None)
    debrief: Debrief | None = getattr(call, "debrief", None)
    if debrief and debrief.is_filed:
        return _read_debrief(debrief, "Review")
    if plan and call.is_planned:
        _, _, chip = OF_PLAN[plan.state]
        waits = plan.state == CallPlan.FILED and plan.to_inspect
        url = reverse("call_plan", args=[call.pk])
        return NextAction("Open plan", url, "warn" if waits else "idle", chip)
    return _open(call)


def _read_debrief(debrief: Debrief, label: str) -> NextAction:
    url = reverse("debrief", args=[debrief.pk])
    if getattr(debrief, "review", None):
        return NextAction("Read debrief", url, "ok", "Reviewed")
    return NextAction(label, url, "idle", "Debriefed")


def _open(call: Call) -> NextAction:
    kind, chip = OF_STATUS[call.status]
    return NextAction("Open", reverse("call", args=[call.pk]), kind, chip)
