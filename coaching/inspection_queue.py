"""What waits for a manager's answer, what was answered today and what began without one."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.db.models import Prefetch, prefetch_related_objects

from coaching.models import CallPlan, Inspection, PlanContact
from coaching.models.plan import CallPlanQuerySet
from coaching.why_inspected import for_queue
from lib.calendar import start_of_day
from lib.durations import rough
from people.models import User
from playbook.models import Question
from playbook.models.question import INSPECTION, MOST_OFFERED

SHOWN = 100
MISSED_WITHIN = timedelta(days=14)


@dataclass(frozen=True)
class Waiting:
    """A row of the queue: the plan, how soon its call begins, and why it is inspected."""

    plan: CallPlan
    begins: str
    why: str


@dataclass(frozen=True)
class Answered:
    """An answer given today; `open` while it is the last word and the call has not begun."""

    inspection: Inspection
    open: bool


@dataclass
class InspectionQueue:
    """One manager's queue at one moment: of direct reports, or of everybody under them."""

    user: User
    now: datetime
    everybody: bool = False

    def _plans(self) -> CallPlanQuerySet:
        visible: CallPlanQuerySet = CallPlan.objects.visible_to(self.user)
        return visible.under(self.user) if self.everybody else visible.of_reports(self.user)

    @cached_property
    def waiting(self) -> list[Waiting]:
        """Soonest call first, at most SHOWN of them."""
        plans = self._plans().awaiting_inspection(self.now).for_list()[:SHOWN]
        return [
            Waiting(plan, f"in {rough(plan.call.starts_at - self.now)}", for_queue(plan))
            for plan in plans
        ]

    @cached_property
    def left(self) -> int:
        """How many wait in all."""
        if len(self.waiting) < SHOWN:
            return len(self.waiting)
        return self._plans().awaiting_inspection(self.now).count()

    @property
    def first(self) -> CallPlan | None:
        return self.waiting[0].plan if self.waiting else None

    def neighbours(self, plan: CallPlan | None) -> tuple[CallPlan | None, CallPlan | None]:
        """The plans before and after this one; a plan that no longer waits lies by its time."""
        if plan is None:
            return None, None
        here = (plan.call.starts_at, plan.pk)
        others = [row.plan for row in self.waiting if row.plan.pk != plan.pk]
        before = [other for other in others if (other.call.starts_at, other.pk) < here]
        after = others[len(before) :]
        return before[-1] if before else None, after[0] if after else None

    def next_after(self, plan: CallPlan) -> CallPlan | None:
        """What to answer after this one: the next by time, else the soonest."""
        return self.neighbours(plan)[1] or self.first

    @cached_property
    def missed(self) -> list[CallPlan]:
        """Calls that began without an answer in the last MISSED_WITHIN, newest first."""
        missed = self._plans().inspection_missed(self.now).for_list()
        recent = missed.filter(call__starts_at__gte=self.now - MISSED_WITHIN)
        return list(recent.select_related("call__debrief").order_by("-call__starts_at")[:SHOWN])

    @cached_property
    def answered(self) -> list[Answered]:
        """This manager's own answers of today, newest first."""
        midnight = start_of_day(self.user.today(self.now), self.user.zone)
        own = Inspection.objects.visible_to(self.user).filter(by=self.user, at__gte=midnight)
        rows = own.select_related(
            "plan__call__account", "plan__call__opportunity", "plan__call__owner"
        )[:SHOWN]
        seen: set[int] = set()
        answers = []
        for row in rows:
            last = row.plan_id not in seen and row.plan.state == row.verdict
            answers.append(Answered(row, last and Inspection.may_be_given(row.plan, self.now)))
            seen.add(row.plan_id)
        return answers


def read_fully(plan: CallPlan) -> CallPlan:
    """Load everything that a page about one plan shows, in three statements."""
    prefetch_related_objects(
        [plan],
        "lines",
        Prefetch("people", PlanContact.objects.select_related("contact")),
        Prefetch("inspections", Inspection.objects.select_related("by")),
    )
    return plan


def to_ask_about(plan: CallPlan, user: User) -> list[Question]:
    """What a manager may ask of the rep instead of telling: for the stage of the deal, or any."""
    deal = plan.call.opportunity
    stages = [deal.stage_id] if deal else []
    return list(Question.objects.visible_to(user).for_situation(INSPECTION, stages)[:MOST_OFFERED])
