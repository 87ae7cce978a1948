"""Lists take the same few queries for 3 rows and for 30."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alerts.models import AlertRule, WebhookEndpoint
from api.urls import RESOURCES
from coaching.models import (
    Behaviour,
    BehaviourScore,
    DebriefReview,
    Diagnosis,
    Focus,
    HelpRequest,
    Inspection,
)
from metrics.models import Metric, Ramp, Target
from people.models import Absence, Holiday, User
from pipeline.models import (
    BuyerAction,
    BuyerAnswer,
    BuyingRole,
    CriterionMet,
    ExitCriterion,
    Hold,
    Proposal,
    SavedView,
)
from playbook.models import AccountStrategy, OnboardingPlan, TrainingAssignment
from playbook.models.strategy import FUTURE
from reviews.models import (
    Agreement,
    PipelineCall,
    PipelineCallSchedule,
    Review,
    ReviewRemark,
    ReviewSchedule,
)
from tests.factories import (
    NOW,
    TODAY,
    a_behaviour,
    a_call,
    a_checkpoint,
    a_contact,
    a_criterion,
    a_deal,
    a_debrief,
    a_differentiator,
    a_foretelling,
    a_metric_count,
    a_plan,
    a_posted_measure,
    a_priority,
    a_product,
    a_question,
    a_ride_along,
    a_stage,
    a_team,
    a_token,
    a_training_module,
    a_user,
    an_account,
    an_alert,
)

LIMIT = 5
PAST = NOW - timedelta(days=700)  # on the real clock too
FIXED = ("stages", "teams", "review-counts", "alert-rules", "alert-preferences")
OF_ADMINISTRATORS = ("onboarding-plans", "onboarding-steps")
OF_A_DEAL = ["stage-changes", "close-date-changes", "amount-changes", "owner-changes"]


def add(rosa: User, mia: User, numbers: range) -> None:
    """One more of everything for each number."""
    for n in numbers:
        account = an_account(f"Account {n}")
        contact = a_contact(account)
        deal = a_deal(rosa, f"Deal {n}", account=account, product=a_product(f"Product {n}"))
        BuyingRole.add(deal, contact, "champion")
        BuyerAnswer.give(deal, "problem", "Too slow", by=rosa, at=NOW)
        BuyerAction.record(deal, "Asked", TODAY, by=rosa, at=NOW, contact=contact)
        Proposal.record(deal, "Offer", TODAY, by=rosa, at=NOW)
        criterion = ExitCriterion.objects.create(stage=deal.stage, text=f"Named sponsor {n}")
        CriterionMet.meet(deal, criterion, by=rosa, at=NOW)
        Hold.begin(deal, "Budget in spring", TODAY + timedelta(days=90), by=rosa, at=NOW)
        SavedView.keep(by=mia, name=f"View {n}")
        hook = {"url": f"https://hooks.example.com/{n}", "event_types": ["metric.retired"]}
        WebhookEndpoint.add(by=mia, at=NOW, **hook).ping(by=mia, at=NOW)
        Agreement.make(text="Call Ann", owner=rosa, due_on=TODAY, by=mia, at=NOW)
        Holiday.add(TODAY + timedelta(days=n), "Off")
        day = TODAY + timedelta(days=n)
        Absence.record(rosa, first_day=day, last_day=day, by=rosa)
        call = a_call(rosa, opportunity=deal, attendees=[contact])
        Inspection.give(a_plan(call), "good", by=mia, at=NOW)
        behaviour = a_behaviour(team=a_team(f"Scored {n}", manager=mia), at=NOW)
        debrief = a_debrief(call)
        BehaviourScore.objects.create(
            rep=rosa, behaviour=behaviour, version=behaviour.latest, debrief=debrief, at=NOW,
            own_score=5,
        )  # fmt: skip
        if n % 2:
            DebriefReview.give(debrief, by=mia, at=NOW + timedelta(days=2), score=6)
        HelpRequest.ask(
            deal, by=rosa, at=NOW, kind="opinion", how_it_helps="She decides", wanted_on=TODAY
        )
        a_ride_along(rosa, mia, NOW + timedelta(days=n))
        at = NOW + timedelta(hours=n)
        PipelineCall.start(rosa.team, by=mia, at=at).close(by=mia, at=at)
        PipelineCallSchedule.set_up(a_team(f"Team {n}", manager=mia), by=mia)
        add_review(a_user(f"Person {n}", team=rosa.team), mia, NOW + timedelta(days=n))
        add_metric(rosa, mia, n)
        add_material(n)
        add_training(rosa, mia, n)
        strategy = AccountStrategy.of(account, by=rosa, at=NOW)
        for _ in range(2):
            strategy.add_step(kind=FUTURE, text="Lunch", owner=rosa, by=rosa, at=NOW)
        add_coaching(rosa, mia, n)
        an_alert(rosa, mia, at=PAST + timedelta(days=n))
        a_token(mia)


def add_coaching(rosa: User, mia: User, n: int) -> None:
    """What rosa worked on, and a diagnosis that rests on a checkpoint she missed."""
    behaviour = Behaviour.objects.of_set(rosa.team).first() or a_behaviour(team=rosa.team)
    at = NOW + timedelta(hours=n)
    focus = Focus.start(rosa, behaviour, by=mia, at=at)
    focus.take_step("train", "Explained", by=mia, at=at)
    focus.leave("paused", "She is away", by=mia, at=at)
    said = {"skill": "low", "skill_reason": "New", "will": "high", "will_reason": "Asks"}
    missed = rosa.checkpoints.latest("pk")
    Diagnosis.give(
        rosa, behaviour, by=mia, at=at, evidence_keys=[f"checkpoint:{missed.pk}"], **said
    )


def add_metric(rosa: User, mia: User, n: int) -> None:
    """A metric, and one more of all that hangs on one."""
    a_posted_measure(f"dials_{n}")
    metric = Metric.add(
        label=f"Metric {n}", measure="interviews", role=Metric.PRECURSOR, period="week"
    )
    Target.set(
        metric,
        Decimal(n),
        by=mia,
        at=NOW,
        person=rosa,
        ramp=Ramp.add(name=f"Ramp {n}", percents=[50]),
    )
    a_metric_count(rosa, TODAY - timedelta(days=n))
    a_checkpoint(metric, person=rosa)
    a_foretelling(metric)


def add_material(n: int) -> None:
    """A piece of each kind."""
    a_differentiator(f"Live in {n} weeks")
    a_question(f"Who signs for {n}?")
    a_criterion(f"Criterion {n}")
    a_priority(f"Priority {n}")


def add_training(rosa: User, mia: User, n: int) -> None:
    """A module, a plan for new people that has it, and that rosa is to take it."""
    module = a_training_module(f"Module {n}")
    OnboardingPlan.add(name=f"Plan {n}", team=a_team(f"New people {n}")).set_step(module, 3)
    TrainingAssignment.assign(rosa, module, TODAY, by=mia, at=NOW)


def add_review(rep: User, mia: User, at: datetime) -> None:
    """A rhythm, and a closed 1-on-1 with something in each of its lists."""
    ReviewSchedule.set_up(rep, by=mia, at=at, is_active=False)
    a_deal(rep, f"Deal of {rep.name}", at=at)
    review = Review.arrange(rep, at, by=mia, at=at)
    review.start(by=mia, at=at)
    Agreement.make(text="Next", owner=rep, due_on=at.date(), by=mia, at=at, review=review)
    review.close(by=mia, at=at)
    ReviewRemark.add(review, "Well said", by=rep, at=at)


@pytest.fixture
def counted(rosa: User, mia: User, as_):
    client = as_.api(mia)
    client.get("/api/v1/users/me/")  # notes the use of the token, once a minute

    return lambda path: asked(client, path)


def asked(client, path: str) -> tuple[int, int]:
    """How many queries a list takes, and how many rows it has."""
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(f"/api/v1/{path}")
    assert answer.status_code == 200, answer.data
    return len(queries), len(answer.data["results"])


def test_lists_take_the_same_few_queries_however_long(rosa: User, mia: User, counted) -> None:
    nouns = RESOURCES.keys() - {"imports", *OF_ADMINISTRATORS}
    paths = [f"{noun}/?page_size=200" for noun in sorted(nouns)]
    paths += ["review-counts/", "alert-rules/", "alert-preferences/"]
    paths += ["call-plans/?awaiting_inspection=false", "debriefs/?awaiting_review=true"]
    AlertRule.all_known()
    add(rosa, mia, range(3))
    few = {path: counted(path) for path in paths}
    add(rosa, mia, range(3, 30))
    for path, (queries, rows) in few.items():
        more_queries, more_rows = counted(path)
        assert queries == more_queries <= LIMIT, path
        assert more_rows > rows or path.startswith(FIXED), path


def test_lists_of_administrators_do_so_too(rosa: User, mia: User, ada: User, as_) -> None:
    client = as_.api(ada)
    client.get("/api/v1/users/me/")
    for n in range(3):
        add_training(rosa, mia, n)
    few = {noun: asked(client, f"{noun}/") for noun in OF_ADMINISTRATORS}
    for n in range(3, 30):
        add_training(rosa, mia, n)
    for noun, (queries, rows) in few.items():
        assert rows == 3
        assert asked(client, f"{noun}/?page_size=200") == (queries, 30)
        assert queries <= LIMIT


def test_histories_take_the_same_few_queries_however_long(rosa: User, counted) -> None:
    deal = a_deal(rosa)

    def change(times: range) -> None:
        for n in times:
            deal.move_to(a_stage(1 + (n + 1) % 2), by=rosa, at=NOW)
            deal.set_amount(n + 1, by=rosa, at=NOW)
            deal.push(TODAY + timedelta(days=n), by=rosa, at=NOW)
            deal.set_next_step(f"Step {n}", TODAY, by=rosa, at=NOW)

    change(range(3))
    nouns = [*OF_A_DEAL, "next-step-changes", "outcome-changes"]
    few = {noun: counted(f"opportunities/{deal.pk}/{noun}/") for noun in nouns}
    change(range(3, 20))
    for noun, (queries, _) in few.items():
        assert counted(f"opportunities/{deal.pk}/{noun}/")[0] == queries <= LIMIT, noun
