"""Measures over what visibly happened. Each takes the person and the instants from and before."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Q

from coaching.models import CallPlan
from coaching.models.debrief import OVERDUE_AFTER
from people.models import User
from pipeline.models import Call
from pipeline.models.call import CallQuerySet


@dataclass(frozen=True)
class CallDiscipline:
    """Of the calls that took place in a period: how many, planned on time, debriefed in 24 h."""

    took_place: int
    planned_on_time: int
    debriefed_in_time: int


def call_discipline(user: User, start: datetime, end: datetime, now: datetime) -> CallDiscipline:
    """Counted over the person's own calls that began in the period and are over, in one query."""
    return CallDiscipline(**calls_over(user, start, end, now).aggregate(**COUNTS))


def calls_over(user: User, start: datetime, end: datetime, now: datetime) -> CallQuerySet:
    """The person's own calls that began in the period and took place."""
    return Call.objects.visible_to(user).filter(owner=user).between(start, end).took_place(now)


COUNTS = {
    "took_place": Count("pk"),
    "planned_on_time": Count("pk", filter=Q(plan__timeliness=CallPlan.ON_TIME)),
    "debriefed_in_time": Count("pk", filter=Q(debrief__filed_at__lte=F("ends_at") + OVERDUE_AFTER)),
}
