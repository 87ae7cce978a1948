"""The page of a deal: its facts and past, and the coaching around its calls."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from coaching.models import CallPlan, Debrief
from lib.calendar import local_date
from people.models import User
from people.signed_in import signed_in
from pipeline.forms import buyer
from pipeline.forms import opportunity as verbs
from pipeline.history import Entry, History
from pipeline.models import BuyingRole, Call, Contact, Opportunity, Stage
from pipeline.models.buyer import BUYER_QUESTIONS

TIMELINE = 50
CALLS = 50


@require_safe
def opportunity(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in(request)
    deal = get_object_or_404(Opportunity.objects.visible_to(user).for_list(), pk=pk)
    now = timezone.now()
    calls = _calls(deal, user)
    history = History.of(deal, user.zone)
    timeline = _timeline(history, calls, user, now)
    steps = StageStep.all_of(deal, user)
    roles = _roles(deal, user)
    context = {
        "deal": deal,
        "steps": steps,
        "next_stage": _next(steps),
        "criteria": [text for step in steps if step.state == "current" for text in step.criteria],
        "roles": [(role, _role_form(role, deal, user)) for role in roles],
        "questions": _questions(deal, user, history),
        "history": history,
        "calls": calls,
        "timeline": timeline if "all" in request.GET else timeline[:TIMELINE],
        "more": 0 if "all" in request.GET else max(len(timeline) - TIMELINE, 0),
        "forms": _forms(deal, user, steps, [role.contact for role in roles]),
        "today": local_date(now, user.zone),
    }
    return render(request, "pipeline/opportunity.html", context)


@dataclass
class StageStep:
    """A stage on the bar: "done", "current", "lost" (where it was lost) or "" (to come)."""

    stage: Stage
    state: str
    criteria: list[str] = field(default_factory=list)

    @classmethod
    def all_of(cls, deal: Opportunity, user: User) -> list[Self]:
        """All stages with what the buyer must do before leaving each, in one statement."""
        steps: dict[int, Self] = {}
        rows = Stage.objects.visible_to(user).order_by(
            "order", "pk", "exit_criteria__order", "exit_criteria__pk"
        )
        for pk, name, order, text in rows.values_list("pk", "name", "order", "exit_criteria__text"):
            stage = Stage(pk=pk, name=name, order=order)
            step = steps.setdefault(pk, cls(stage, _state(stage, deal)))
            step.criteria += [text] if text else []
        return list(steps.values())


def _state(stage: Stage, deal: Opportunity) -> str:
    if deal.status == Opportunity.WON or stage.order < deal.stage.order:
        return "done"
    if stage.pk != deal.stage_id:
        return ""
    return "current" if deal.is_open else "lost"


def _next(steps: list[StageStep]) -> Stage | None:
    """The stage after the current one."""
    states = [step.state for step in steps]
    after = states.index("current") + 1 if "current" in states else len(steps)
    return steps[after].stage if after < len(steps) else None


def _calls(deal: Opportunity, user: User) -> list[Call]:
    """The deal's calls, latest first, with plan and filed debrief as far as one may read them."""
    debriefs = Debrief.objects.visible_to(user).filed().select_related("review")
    seen = [
        Prefetch("plan", CallPlan.objects.visible_to(user), to_attr="seen_plan"),
        Prefetch("debrief", debriefs, to_attr="seen_debrief"),
    ]
    calls = Call.objects.visible_to(user).for_list().filter(opportunity=deal)
    return list(calls.prefetch_related(*seen).order_by("-starts_at", "-pk")[:CALLS])


def _timeline(history: History, calls: list[Call], user: User, now: datetime) -> list[Entry]:
    """Everything that happened, newest first; calls to come have not happened yet."""
    happened = [call for call in calls if call.starts_at <= now or not call.is_planned]
    entries = history.entries + [
        Entry(
            kind="call",
            at=call.starts_at,
            on=local_date(call.starts_at, user.zone),
            text=f"{call.get_kind_display()} ({call.get_status_display().lower()})",
            by=call.owner.name,
            why=call.status_reason,
            url=reverse("call", args=[call.pk]),
        )
        for call in happened
    ]
    return sorted(entries, key=lambda entry: entry.moment(user.zone), reverse=True)


def _questions(deal: Opportunity, user: User, history: History) -> list[dict[str, Any]]:
    """The four buyer questions, each with what is known and the form to say more."""
    answers = {key: history.answers.get(key) for key, _ in BUYER_QUESTIONS}
    return [
        {
            "key": key,
            "question": question,
            "answer": answers[key],
            "form": buyer.BuyerAnswerForm(
                deal,
                user,
                question=key,
                known=getattr(answers[key], "answer", ""),
                auto_id=f"{key}_%s",
            ),
        }
        for key, question in BUYER_QUESTIONS
    ]


def _roles(deal: Opportunity, user: User) -> list[BuyingRole]:
    roles = BuyingRole.objects.visible_to(user).filter(opportunity=deal)
    return list(roles.select_related("contact"))


def _role_form(role: BuyingRole, deal: Opportunity, user: User) -> buyer.BuyingRoleForm:
    role.opportunity = deal
    return buyer.BuyingRoleForm(role, user, auto_id=f"role_{role.pk}_%s")


def _forms(
    deal: Opportunity, user: User, steps: list[StageStep], people: list[Contact]
) -> dict[str, Any]:
    """The forms that open in their place; those with long choices are fetched when opened."""
    plain = {
        "closure": verbs.ClosureForm,
        "reopening": verbs.ReopeningForm,
        "close_date": verbs.CloseDateForm,
        "amount": verbs.AmountForm,
        "next_step": verbs.NextStepForm,
        "forecast": verbs.ForecastForm,
        "proposal": buyer.ProposalForm,
    }
    return {
        **{name: form(deal, user, auto_id=f"{name}_%s") for name, form in plain.items()},
        "stage": verbs.StageForm(
            deal, user, stages=[step.stage for step in steps], auto_id="stage_%s"
        ),
        "buyer_action": buyer.BuyerActionForm(deal, user, people=people, auto_id="action_%s"),
    }
