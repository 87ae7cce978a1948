"""Short ways to say what a program sends."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.base import ContentFile

from alerts.models import AlertQuestion, AlertRule, DeliveryHours, WebhookEndpoint
from api.urls import RESOURCES
from coaching.models import (
    Behaviour,
    CoachingRules,
    Diagnosis,
    Focus,
    HelpRequest,
    Inspection,
)
from metrics.models import Metric, Ramp, Target
from people.models import Absence, Holiday, User
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
    StallRules,
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
    a_priority,
    a_product,
    a_question,
    a_ride_along,
    a_token,
    a_training_module,
    an_account,
    an_alert,
    some_people,
)

SOME_DAY = date(2030, 4, 1)  # to come, on the real clock too


class Sends:
    """`sends(client).patch(path, data, version=3)`: with If-Match where a version is given."""

    def __init__(self, client: Any) -> None:
        self.client = client

    def __getattr__(self, method: str) -> Any:
        def send(
            path: str, data: Any = None, *, version: Any = None, key: str | None = None
        ) -> Any:
            headers = {}
            if version is not None:
                headers["if-match"] = version if isinstance(version, str) else f'"{version}"'
            if key is not None:
                headers["idempotency-key"] = key
            return getattr(self.client, method)(f"/api/v1/{path}", data, headers=headers)

        return send


@pytest.fixture
def sends() -> type[Sends]:
    return Sends


@pytest.fixture
def attrs():
    """The names an error answer points to."""
    return lambda answer: sorted(error["attr"] for error in answer.json()["errors"])


def a_file(by: User) -> Import:
    """An upload that waits to be read."""
    content = ContentFile(b"account,sector\nAcme,Retail\n")
    return Import.upload("accounts", content, name="accounts.csv", by=by, at=NOW)


def reviews_of(rosa: User, mia: User) -> None:
    """Their rhythm, a 1-on-1 that was closed and one that runs."""
    ReviewSchedule.set_up(rosa, by=mia, at=NOW)
    closed, running = (
        Review.arrange(rosa, NOW + timedelta(days=n), by=mia, at=NOW) for n in range(2)
    )
    closed.start(by=mia, at=NOW)
    closed.close(by=mia, at=NOW)
    ReviewRemark.add(closed, "Well said", by=rosa, at=NOW)
    running.start(by=mia, at=NOW)


def metrics_of(rosa: User, mia: User) -> None:
    """A target with its ramp table, a count that was posted, what was judged and foretold."""
    metric = Metric.objects.chain()[0]
    ramp = Ramp.add(name="Half a year", percents=[25, 50, 75])
    Target.set(metric, Decimal(5), by=mia, at=NOW, person=rosa, ramp=ramp)
    a_metric_count(rosa)
    a_checkpoint(metric, person=rosa)
    a_foretelling(metric)


def coaching_of(rosa: User, mia: User, behaviour: Behaviour) -> None:
    """What rosa works on and why, how much of hers is inspected, and a day with her."""
    missed = rosa.checkpoints.get()
    said = {"skill": "low", "skill_reason": "New", "will": "high", "will_reason": "Asks"}
    keys = [f"checkpoint:{missed.pk}"]
    Diagnosis.give(rosa, behaviour, by=mia, at=NOW, evidence_keys=keys, **said)
    Focus.start(rosa, behaviour, by=mia, at=NOW)
    a_ride_along(rosa, mia)


def playbook_of(rosa: User, mia: User, account: Account) -> None:
    """A piece of each kind, training that rosa is to take, and how an account is to be won."""
    a_differentiator()
    a_question()
    a_criterion()
    a_priority()
    module = a_training_module()
    TrainingAssignment.assign(rosa, module, TODAY, by=mia, at=NOW)
    OnboardingPlan.add(name="First month").set_step(module, 3)
    strategy = AccountStrategy.of(account, by=rosa, at=NOW)
    strategy.add_step(kind=FUTURE, text="Lunch", owner=rosa, by=rosa, at=NOW)


def alerts_of(rosa: User, mia: User) -> dict[str, object]:
    """What mia was told of rosa and asked her, and by what both hear; by what addresses name."""
    AlertRule.all_known()
    DeliveryHours.of(mia, NOW)
    alert = an_alert(rosa, rosa, mia)
    question = AlertQuestion.ask(alert, "When?", by=mia, at=NOW)
    kinds = dict.fromkeys(("alert-rules", "alert-preferences"), alert.kind)
    return {"alerts": alert.pk, "question_pk": question.pk, **kinds}


@pytest.fixture(scope="module")
def everything(kept_rows: None) -> dict[str, object]:
    """One row of every kind, and the key of somebody who sees them all and may change them."""
    people = some_people()
    rosa, mia = people.rosa, people.mia
    User.objects.filter(pk=mia.pk).update(is_administrator=True)
    account = an_account()
    contact = a_contact(account)
    deal = a_deal(rosa, account=account, product=a_product())
    BuyingRole.add(deal, contact, "champion")
    BuyerAnswer.give(deal, "problem", "Too slow", by=rosa, at=NOW)
    BuyerAction.record(deal, "Asked for a contract", TODAY, by=rosa, at=NOW)
    Proposal.record(deal, "Offer", TODAY, by=rosa, at=NOW)
    criterion = ExitCriterion.objects.create(stage=deal.stage, text="Named a sponsor")
    CriterionMet.meet(deal, criterion, by=rosa, at=NOW)
    Hold.begin(deal, "Budget in spring", SOME_DAY, by=mia, at=NOW)
    SavedView.keep(by=mia, name="Mine")
    StallRules.current()
    Agreement.make(text="Call Ann", owner=rosa, due_on=TODAY, by=mia, at=NOW)
    Holiday.add(TODAY, "Founders' day")
    Absence.record(rosa, first_day=TODAY, last_day=TODAY, by=rosa)
    call = a_call(rosa, opportunity=deal)
    Inspection.give(a_plan(call), "good", by=mia, at=NOW)
    behaviour = a_behaviour(by=people.ada)
    a_debrief(call, own_scores={behaviour.pk: 6})
    CoachingRules.current()
    HelpRequest.ask(
        deal, by=rosa, at=NOW, kind="opinion", how_it_helps="She decides", wanted_on=TODAY
    )
    PipelineCallSchedule.set_up(rosa.team, by=mia, weekday=1)
    PipelineCall.start(rosa.team, by=mia, at=NOW)
    reviews_of(rosa, mia)
    metrics_of(rosa, mia)
    coaching_of(rosa, mia, behaviour)
    playbook_of(rosa, mia, account)
    url = "https://hooks.example.com/in"
    WebhookEndpoint.add(by=mia, at=NOW, url=url).ping(by=mia, at=NOW)
    a_file(mia)
    a_token(mia)
    ids: dict[str, object] = {
        noun: each.queryset.order_by("pk").values_list("pk", flat=True).first()
        for noun, each in RESOURCES.items()
    }
    ids["inspection-levels"] = rosa.pk  # by person
    return {**ids, **alerts_of(rosa, mia), "key": a_token(mia)}
