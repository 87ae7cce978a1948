"""The page of a deal: its facts and past, why it is stalled, and the coaching around its calls."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Self

from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from coaching.help_queue import entries_of, help_on
from lib.calendar import EARLIEST, local_date
from pages.deal_timeline import CoachedCall, DealTimeline
from people.calendar import Calendar
from people.models import User
from people.signed_in import signed_in
from pipeline.history import Entry, History
from pipeline.models import BuyingRole, Call, CriterionMet, ExitCriterion, Opportunity, Stage
from pipeline.models.buyer import BUYER_QUESTIONS
from pipeline.stall_events import started_by
from pipeline.stall_facts import carrying_order
from pipeline.stall_reason import StallReason
from pipeline.stalls import StallCheck
from playbook.priorities import calendar_and_priorities

OUT_OF_BAND = "none show:none"  # after a form saved in its place only panels are swapped


@require_safe
def opportunity(request: HttpRequest, pk: int) -> HttpResponse:
    user, now = signed_in(request), timezone.now()
    criteria = _criteria(user)
    calendar, priorities = calendar_and_priorities(user, now)
    check = _check(request.GET.get("on", ""), user, now, list(criteria), calendar)
    visible = carrying_order(Opportunity.objects.visible_to(user).for_list(), check.compared.moment)
    deal = get_object_or_404(visible, pk=pk)
    history = History.of(deal, user.zone)
    calls, help_given = CoachedCall.all_of(deal, user), help_on(deal, user)
    timeline = DealTimeline.of(
        history.entries + entries_of(help_given["help_requests"], user.zone),
        [call for call in calls if call.has_happened(now)],
        user,
        request.GET,
    )
    check.prepare([deal])
    steps = StageStep.all_of(criteria, deal, history)
    context = {
        "deal": deal,
        "today": check.day,
        "judged_before": check.day < local_date(now, check.zone),
        "stalls": Stall.all_of(deal, check, timeline.entries),
        "steps": steps,
        "behind": sum(step.open for step in steps if step.is_behind),
        "next_stage": _next(list(criteria), deal),
        "hold": history.hold if deal.is_held(check.day) else None,
        "questions": [(key, text, history.answers.get(key)) for key, text in BUYER_QUESTIONS],
        "people": _people(deal, user),
        "coming": [call for call in reversed(calls) if not call.has_happened(now)],
        "timeline": timeline,
        "priorities": [each for each in priorities if each.is_served_by(deal.product_id)],
        **help_given,
    }
    response = render(request, "pipeline/opportunity.html", context)
    if request.headers.get("HX-Boosted"):
        response["HX-Reswap"] = OUT_OF_BAND
    return response


def _check(
    asked: str, user: User, now: datetime, stages: list[Stage], calendar: Calendar
) -> StallCheck:
    """The rules on the day that was asked for; on today's for none, and for one yet to come."""
    try:
        day = date.fromisoformat(asked)
    except ValueError:
        return StallCheck.on(now, user, stages, calendar)
    is_to_come = day > calendar.today(now)
    asked_day = now if is_to_come else max(day, EARLIEST)
    return StallCheck.on(asked_day, user, stages, calendar)


def _criteria(user: User) -> dict[Stage, list[ExitCriterion]]:
    """All stages in their order with their exit criteria, in one statement."""
    known: dict[Stage, list[ExitCriterion]] = {}
    names = ("pk", "name", "order", "patience", "exit_criteria", "exit_criteria__text")
    ordered = Stage.objects.visible_to(user).order_by(
        "order", "pk", "exit_criteria__order", "exit_criteria__pk"
    )
    for pk, name, order, patience, criterion, text in ordered.values_list(*names):
        stage = Stage(pk=pk, name=name, order=order, patience=patience)
        of = known.setdefault(stage, [])
        if criterion:
            of.append(ExitCriterion(pk=criterion, text=text))
    return known


@dataclass(frozen=True)
class Stall:
    """A reason with the event that started its clock, as far as one may see it."""

    reason: StallReason
    start: Entry | None

    @classmethod
    def all_of(cls, deal: Opportunity, check: StallCheck, entries: Sequence[Entry]) -> list[Self]:
        return [
            cls(reason, started_by(reason, entries, check.zone)) for reason in check.reasons(deal)
        ]


@dataclass
class StageStep:
    """A stage on the bar: "done", "current", "lost" (where it was lost) or "" (to come)."""

    stage: Stage
    state: str
    ticks: list[tuple[ExitCriterion, CriterionMet | None]] = field(default_factory=list)

    @classmethod
    def all_of(
        cls, criteria: dict[Stage, list[ExitCriterion]], deal: Opportunity, history: History
    ) -> list[Self]:
        return [
            cls(stage, _state(stage, deal), [(each, history.met.get(each.pk)) for each in of])
            for stage, of in criteria.items()
        ]

    @property
    def met(self) -> int:
        return sum(tick is not None for _, tick in self.ticks)

    @property
    def open(self) -> int:
        return len(self.ticks) - self.met

    @property
    def is_behind(self) -> bool:
        """Whether the deal left it with criteria that are still open."""
        return self.state == "done" and self.open > 0


def _state(stage: Stage, deal: Opportunity) -> str:
    if deal.status == Opportunity.WON or stage.order < deal.stage.order:
        return "done"
    if stage.pk != deal.stage_id:
        return ""
    return "current" if deal.is_open else "lost"


def _next(stages: list[Stage], deal: Opportunity) -> int | None:
    """The id of the stage after the deal's."""
    ids = [stage.pk for stage in stages]
    after = ids.index(deal.stage_id) + 1
    return ids[after] if after < len(ids) else None


def _people(deal: Opportunity, user: User) -> list[BuyingRole]:
    """Those with a buying role, and when each was last at a call that was held."""
    held = Call.objects.visible_to(user).filter(status=Call.HELD, attendees=OuterRef("contact"))
    spoken = Subquery(held.order_by("-starts_at").values("starts_at")[:1])
    roles = BuyingRole.objects.visible_to(user).filter(opportunity=deal)
    return list(roles.select_related("contact").annotate(last_spoken_at=spoken))
