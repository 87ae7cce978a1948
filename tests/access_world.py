"""One of each thing, all rosa's, each bearing a mark that must not leak."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from alerts.addresses import unsubscribe_token
from alerts.models import AlertQuestion, Digest, WebhookDelivery, WebhookEndpoint
from coaching.models import (
    Behaviour,
    DebriefReview,
    Diagnosis,
    Focus,
    HelpRequest,
    Inspection,
    InspectionLevel,
)
from coaching.models.behaviour_score import Seen
from metrics.models import Metric, Ramp, Target
from people.models import Absence, ApiToken, Holiday, Team, User
from pipeline.models import (
    Account,
    BuyerAction,
    BuyerAnswer,
    BuyingRole,
    CriterionMet,
    ExitCriterion,
    Hold,
    Import,
    Proposal,
    SavedView,
    Stage,
)
from playbook.models import (
    AccountStrategy,
    Differentiator,
    IcpCriterion,
    OnboardingPlan,
    Priority,
    Question,
    TrainingAssignment,
    TrainingModule,
)
from playbook.models.strategy import TACTICAL
from reviews.models import (
    Agreement,
    PipelineCall,
    PipelineCallDecision,
    PipelineCallSchedule,
    Review,
    ReviewRemark,
    ReviewSchedule,
)
from reviews.models.deal_decision import Said
from tests.access_table import Route
from tests.factories import (
    a_behaviour,
    a_call,
    a_checkpoint,
    a_contact,
    a_deal,
    a_debrief,
    a_foretelling,
    a_metric_count,
    a_plan,
    a_posted_measure,
    a_product,
    a_ride_along,
    a_team,
    a_user,
    an_account,
    an_alert,
)

MARKER = "Zanzibar"  # in every text of rosa's things, and nowhere else
MISSING: dict[str, dict[str, Any]] = {
    "token": {"uid": "00000000-0000-4000-8000-000000000000"},
    "deal question": {"pk": 999_999_999, "question": "problem"},
    "coverage rows": {"pk": 999_999_999, "name": "debriefs"},
    "deal restoration": {"pk": 999_999_999, "token": "forged"},
    "deal criterion": {"pk": 999_999_999, "criterion": 999_999_999},
    "running review part": {"pk": 999_999_999, "number": 1},
    "running review deal": {"pk": 999_999_999, "deal": 999_999_999},
    "running review agreement": {"pk": 999_999_999, "agreement_pk": 999_999_999},
    "of deal": {"opportunity_pk": 999_999_999},
    "of alert": {"alert_pk": 999_999_999},
    "unsubscription": {"token": "forged"},
    "alert answer": {"alert_pk": 999_999_999, "question_pk": 999_999_999},
    "alert kind": {"kind": "no_such_kind"},
    "failed digest": {"outbox": "digest", "pk": 999_999_999},
    "of import": {"import_pk": 999_999_999},
    "of call": {"call_pk": 999_999_999},
    "of pipeline call": {"pipeline_call_pk": 999_999_999},
    "of coming review": {"review_pk": 999_999_999},
    "of running review": {"review_pk": 999_999_999},
}


@dataclass
class World:
    """Who asks, and what there is to ask for."""

    actors: list[User]
    deactivated: User
    things: dict[str, dict[str, Any]] = field(default_factory=dict)

    def address(self, name: str, route: Route) -> str:
        """Where a route's thing of rosa's is; `{metric}` in its query is what all go by."""
        ids = {name: self.things[name]["pk"] for name in ("metric", "rosa")}
        query = route.query.format(**ids)
        return reverse(name, kwargs=self.kwargs(route.thing)) + query

    def kwargs(self, thing: str) -> dict[str, Any]:
        """What `reverse` needs for the address of that thing; {} for none."""
        return self.things[thing] if thing else {}


def _people() -> list[User]:
    """rosa, pia her peer, mia their manager, max of another team, eva above both, ada."""
    eva, mia, max_ = a_user("Eva"), a_user("Mia"), a_user("Max")
    sales = a_team("Sales", manager=eva)
    north = a_team("North", manager=mia, parent=sales)
    a_team("South", manager=max_, parent=sales)
    rosa, pia = a_user("Rosa", team=north), a_user("Pia", team=north)
    ada = a_user("Ada", is_administrator=True)
    people = [rosa, pia, mia, max_, eva, ada]
    for person in people:
        person.refresh_from_db()
    return people


def _reviews(rosa: User, mia: User, now: datetime) -> dict[str, Any]:
    """1-on-1s of the two: closed, excused, running, and one to come, open for preparing."""
    closed = Review.arrange(rosa, now - timedelta(hours=9), by=mia, at=now - timedelta(hours=9))
    closed.start(by=mia, at=now - timedelta(hours=9))
    closed.parts.get(number=1).write(f"{MARKER} said", by=rosa, at=now - timedelta(hours=9))
    closed.refresh_from_db()
    closed.close(by=mia, at=now - timedelta(hours=8))
    remark = ReviewRemark.add(closed, f"{MARKER} again", by=rosa, at=now)
    excused = Review.arrange(rosa, now - timedelta(hours=7), by=mia, at=now)
    excused.excuse_it(f"{MARKER} fair", by=mia, at=now)
    running = Review.arrange(rosa, now - timedelta(hours=1), by=mia, at=now)
    running.start(by=mia, at=now)
    running.parts.get(number=1).write(f"{MARKER} says", by=rosa, at=now)
    running.refresh_from_db()
    agreement = Agreement.make(
        text=f"{MARKER} step", owner=rosa, due_on=now.date(), by=mia, at=now, review=running
    )
    return {
        "review agreement": agreement,
        "review part": running.parts.get(number=1),
        "review deal": running.deals.get(),
        "review remark": remark,
        "closed review": closed,
        "excused review": excused,
        "running review": running,
        "coming review": Review.arrange(rosa, now + timedelta(hours=1), by=mia, at=now),
        "review schedule": ReviewSchedule.set_up(rosa, by=mia, at=now, is_active=False),
    }


def _metrics(rosa: User, ada: User, now: datetime) -> dict[str, Any]:
    """What all go by, and what rosa is to reach."""
    metric = Metric.objects.chain()[0]
    return {
        "metric": metric,
        "target": Target.set(metric, Decimal(6), by=ada, at=now, person=rosa),
        "ramp": Ramp.add(name="New in the field", percents=[25, 50, 75]),
        "posted measure": a_posted_measure("dials"),
        "metric count": a_metric_count(rosa, now.date() - timedelta(days=1), source=MARKER, at=now),
        "checkpoint": a_checkpoint(metric, person=rosa),
        "foretelling": a_foretelling(metric),
    }


def _training(rosa: User, mia: User, ada: User, now: datetime) -> dict[str, Any]:
    """A module, a plan for new people, and what mia had rosa take."""
    module = TrainingModule.add(by=ada, at=now, title="Asking first", outcome="Ask before telling")
    plan = OnboardingPlan.add(name=f"{MARKER} weeks", team=rosa.team)
    assignment = TrainingAssignment.assign(
        rosa, module, now.date(), by=mia, at=now, why=f"{MARKER} asks"
    )
    return {
        "training module": module,
        "onboarding plan": plan,
        "onboarding step": plan.set_step(module, 3),
        "training assignment": assignment,
    }


def _material(ada: User, now: datetime) -> dict[str, Any]:
    """A piece of each kind, of the organisation's and so marked with nobody's name."""
    said: dict[str, Any] = {"by": ada, "at": now}
    profile = {"fact": "sector", "condition": "known", "why": "They stay"}
    return {
        "differentiator": Differentiator.add(text="Live in a week", **said),
        "question": Question.add(text="Who signs?", situation="plan", **said),
        "icp criterion": IcpCriterion.add(name="Known sector", **profile, **said),
        "priority": Priority.add(title="Renewals", reason="They go", first_day=now.date(), **said),
    }


def _strategy(account: Account, rosa: User, now: datetime) -> dict[str, Any]:
    """The goal with an account of hers, and a step towards it."""
    strategy = AccountStrategy.of(account, by=rosa, at=now)
    strategy.write_goal(f"{MARKER} buys all", by=rosa, at=now)
    step = strategy.add_step(
        kind=TACTICAL, text=f"{MARKER} lunch", owner=rosa, due_on=now.date(), by=rosa, at=now
    )
    return {"account strategy": strategy, "strategy step": step}


def _webhooks(rosa: User, now: datetime) -> dict[str, Any]:
    """An endpoint of hers, and what it was sent."""
    url = f"https://hooks.example.com/{MARKER}"
    endpoint = WebhookEndpoint.add(by=rosa, at=now, url=url, description=f"{MARKER} BI")
    said = {"type": "opportunity.won", "data": {"subject": {"name": MARKER}}}
    return {
        "webhook endpoint": endpoint,
        "webhook delivery": WebhookDelivery.queue(endpoint, "opportunity.won", "", said, now),
    }


def _coached(
    rosa: User, mia: User, behaviour: Behaviour, review: DebriefReview, now: datetime
) -> dict[str, Any]:
    """What she works on, why, and how many of her plans are inspected."""
    said: dict[str, Any] = {"by": mia, "at": now}
    InspectionLevel.of(rosa).set_by_hand("frequent", f"{MARKER} goes well", **said)
    focus = Focus.start(rosa, behaviour, goal=f"{MARKER} talks more", **said)
    focus.take_step("train", f"{MARKER} as the example", **said)
    diagnosis = Diagnosis.give(
        rosa,
        behaviour,
        skill="low",
        skill_reason=f"{MARKER} was told",
        will="high",
        will_reason="She asks for it",
        evidence_keys=[f"debrief:{review.debrief_id}"],
        **said,
    )
    return {"focus": focus, "diagnosis": diagnosis}


def make_world() -> World:
    people = _people()
    rosa, _, mia, _, eva, ada = people
    now = timezone.now()
    account = an_account(f"{MARKER} Trading", owner=rosa)
    contact = a_contact(account, f"{MARKER} Buyer")
    deal = a_deal(rosa, f"{MARKER} rollout", at=now, account=account)
    coming = a_call(rosa, now + timedelta(days=1), opportunity=deal)
    plan = a_plan(coming, at=now, purpose=f"Open {MARKER}")
    inspection = Inspection.give(
        plan, "talk", by=mia, at=now, comment=f"About {MARKER}", version=plan.version
    )
    held = a_call(rosa, now - timedelta(hours=3), opportunity=deal)
    debrief = a_debrief(held, at=now, worked=f"{MARKER} worked")
    reviewed = a_call(rosa, now - timedelta(hours=6), opportunity=deal)
    behaviour = a_behaviour("Opens well", team=rosa.team)
    seen = {behaviour.pk: Seen(4, f"{MARKER} first")}
    review = DebriefReview.give(
        a_debrief(reviewed, at=now), by=mia, at=now, score=5, modify=f"{MARKER} less", seen=seen
    )
    coached = _coached(rosa, mia, behaviour, review, now)
    shared = {"by": rosa, "opportunity": deal}
    token, _ = ApiToken.issue(rosa, name=f"{MARKER} key", scope="read", lasts=None)
    agreement = Agreement.make(
        text=f"{MARKER} agreed", owner=rosa, due_on=now.date(), by=mia, at=now
    )
    help_request = HelpRequest.ask(
        deal,
        by=rosa,
        at=now,
        kind="call_person",
        contact=contact,
        how_it_helps=f"{MARKER} signs",
        wanted_on=now.date() + timedelta(days=2),
    )
    criterion = ExitCriterion.objects.create(stage=deal.stage, text="Named a sponsor")
    hold = Hold.begin(deal, f"{MARKER} budget", now.date() + timedelta(days=90), by=rosa, at=now)
    north = Team.objects.get(name="North")
    schedule = PipelineCallSchedule.set_up(north, by=mia, weekday=2)
    closed_call = PipelineCall.start(north, by=mia, at=now - timedelta(days=7))
    decided = Said("leave", f"{MARKER} left alone")
    decision = PipelineCallDecision.make(closed_call, deal, decided, by=mia, at=now)
    closed_call.close(by=mia, at=now - timedelta(days=7))
    running_call = PipelineCall.start(north, by=mia, at=now)
    alert = an_alert(rosa, rosa, mia, eva, at=now, title=f"{MARKER} debrief")
    question = AlertQuestion.ask(alert, f"{MARKER} when?", by=mia, at=now)
    pks = {
        "alert": alert,
        "alert question": question,
        "pipeline call": running_call,
        "pipeline call summary": closed_call,
        "pipeline call decision": decision,
        "pipeline call schedule": schedule,
        **_reviews(rosa, mia, now),
        "account": account,
        "contact": contact,
        "deal": deal,
        "call": coming,
        "held call": held,
        "plan": plan,
        "inspection": inspection,
        "debrief": debrief,
        "review": review,
        "behaviour": behaviour,
        **coached,
        "behaviour score": review.debrief.behaviour_scores.get(),
        "agreement": agreement,
        "help request": help_request,
        "ride-along": a_ride_along(rosa, mia, now - timedelta(hours=1), about=f"{MARKER} alone"),
        "held ride-along": a_ride_along(
            rosa, mia, now - timedelta(hours=9), held=True, about=f"{MARKER} fair"
        ),
        "hold": hold,
        "exit criterion": criterion,
        "criterion met": CriterionMet.objects.create(
            opportunity=deal, criterion=criterion, text=f"{MARKER} done", on=now.date(), at=now
        ),
        "saved view": SavedView.keep(by=rosa, name=f"{MARKER} view"),
        "shared view": SavedView.keep(by=rosa, name="Shared with North", team=rosa.team),
        "buying role": BuyingRole.objects.create(
            opportunity=deal, contact=contact, role="champion", criteria=MARKER
        ),
        "buyer action": BuyerAction.objects.create(on=now.date(), what=f"{MARKER} did", **shared),
        "buyer answer": BuyerAnswer.objects.create(
            question="problem", answer=f"{MARKER} late", at=now, **shared
        ),
        "proposal": Proposal.objects.create(title=f"{MARKER} offer", sent_on=now.date(), **shared),
        "absence": Absence.objects.create(
            user=rosa, first_day=now.date(), last_day=now.date(), reason=MARKER
        ),
        "rosa": rosa,
        "mia": mia,
        "team": Team.objects.get(name="North"),
        "stage": Stage.first(),
        "product": a_product(),
        "import": Import.upload(
            "products", ContentFile(b"product\nGadget\n"), name="gadgets.csv", by=ada, at=now
        ),
        **_metrics(rosa, ada, now),
        **_webhooks(rosa, now),
        **_training(rosa, mia, ada, now),
        **_material(ada, now),
        **_strategy(account, rosa, now),
        "holiday": Holiday.objects.create(day=now.date(), name="Founders' day"),
    }
    things = {name: {"pk": thing.pk} for name, thing in pks.items()}
    things["token"] = {"uid": token.uid}
    things["coverage rows"] = {"pk": mia.pk, "name": "debriefs"}
    things["deal question"] = {"pk": deal.pk, "question": "problem"}
    criterion = ExitCriterion.objects.create(stage=deal.stage, text="Named a sponsor")
    things["deal criterion"] = {"pk": deal.pk, "criterion": criterion.pk}
    things["deal restoration"] = {"pk": deal.pk, "token": "forged"}
    things["of import"] = {"import_pk": pks["import"].pk}
    things["of alert"] = {"alert_pk": alert.pk}
    things["alert answer"] = {"alert_pk": alert.pk, "question_pk": question.pk}
    things["unsubscription"] = {"token": unsubscribe_token(rosa, "digest")}
    things["alert kind"] = {"kind": alert.kind}
    failed = Digest.objects.create(
        person=rosa, day=now.date(), made_at=now, due_at=now, gave_up_at=now, last_error="550 No"
    )
    things["failed digest"] = {"outbox": "digest", "pk": failed.pk}
    things["of deal"] = {"opportunity_pk": deal.pk}
    things["of call"] = {"call_pk": coming.pk}
    running = pks["running review"].pk
    things["of running review"] = {"review_pk": running}
    things["of coming review"] = {"review_pk": pks["coming review"].pk}
    things["running review part"] = {"pk": running, "number": 1}
    things["running review deal"] = {"pk": running, "deal": deal.pk}
    things["running review agreement"] = {
        "pk": running,
        "agreement_pk": pks["review agreement"].pk,
    }
    things["of pipeline call"] = {"pipeline_call_pk": closed_call.pk}
    deactivated = a_user("Gone Away", team=Team.objects.get(name="North"))
    return World(people, deactivated, things)
