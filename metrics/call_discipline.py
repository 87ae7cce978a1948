"""Measures over what visibly happened. Each takes the person and the instants from and before."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Q

from coaching.models import CallPlan
from coaching.models.debrief import OVERDUE_AFTER
from people.models import User
from pipeline.models import Call


@dataclass(frozen=True)
class CallDiscipline:
    """Of the calls that took place in a period: how many, planned on time, debriefed in 24 h."""

    took_place: int
    planned_on_time: int
    debriefed_in_time: int


def call_discipline(user: User, start: datetime, end: datetime, now: datetime) -> CallDiscipline:
    """Counted over the person's own calls that began in the period and are over, in one query."""
    on_time = Q(plan__timeliness=CallPlan.ON_TIME)
    in_time = Q(debrief__filed_at__lte=F("ends_at") + OVERDUE_AFTER)
    calls = Call.objects.visible_to(user).filter(owner=user).between(start, end).took_place(now)
    counts = calls.aggregate(
        n=Count("pk"), planned=Count("pk", filter=on_time), debriefed=Count("pk", filter=in_time)
    )
    return CallDiscipline(counts["n"], counts["planned"], counts["debriefed"])
