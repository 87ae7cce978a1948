"""Every business verb tells of itself, in the same transaction, and tells nothing private."""

import inspect
import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import resolve

from alerts.models import WebhookDelivery
from lib import events
from lib.events import SUBJECTS, event_types
from people.models import User
from people.models.user import UserManager
from pipeline.models import Opportunity
from tests.alerts.conftest import an_endpoint
from tests.factories import NOW, a_deal, a_stage, some_people
from tests.support.everything_happens import MARK, everything_happens

APPS = ("people", "pipeline", "playbook", "coaching", "metrics", "reviews")
SILENT = {
    "ApiToken.issue": "keys are their owner's own business",
    "ApiToken.revoke": "the same",
    "Holiday.add_many": "a bulk write",
    "MetricCount.post": "a bulk write: programs post by the thousand",
    "MetricCount.withdraw": "the same",
    "Import.upload": "imports are bulk writes, their rows tell nothing",
    "Import.arrange": "the same",
    "Import.start_check": "the same",
    "Import.start_commit": "the same",
    "Import.discard": "the same",
    "Import.fail": "the same",
    "Import.finish": "the same",
    "SavedView.keep": "how somebody looks at deals changes no deal",
    "SavedView.change": "the same",
    "SavedView.remove": "the same",
    "Hold.end_with": "told as the closing of its deal",
    "CallPlan.write_for": "a draft saves itself as it is typed; its filing is told",
    "CallPlan.write": "the same",
    "Debrief.write_for": "the same",
    "Debrief.write": "the same",
    "RideAlong.write": "the same",
    "ReviewPreparation.write": "what the two write is theirs, and saves itself as it is typed",
    "ReviewPart.write": "the same",
    "ReviewNote.write": "the same",
    "PipelineCall.write_notes": "the same",
    "ReviewDeal.answer": "told as opportunity.described",
    "PipelineCall.acknowledge": "that somebody has read it is between them and their manager",
    "Review.turn_to": "the clock of a meeting that runs",
    "Review.pause": "the same",
    "Review.resume": "the same",
    "ReviewDecision.decide": "told by make",
    "PipelineCallDecision.decide": "the same",
}
QUESTIONS = (  # ask, and change nothing
    "CallPlan.only_inspected_since",
    "CallPlan.timeliness_at",
    "PipelineCall.require_runner",
    "Review.require_manager",
    "Review.require_one_of_two",
    "ReviewPreparation.require_open",
)
PARTS_OF_VERBS = (  # called by verbs, in their transaction
    "ApiToken.note_use",
    "Agreement.carry",
    "BehaviourScore.keep_managers",
    "InspectionLevel.judge_scores",
    "InspectionLevel.judge_unplanned",
    "PipelineCallAttendee.invite",
    "ReviewDeal.freeze",
    "ReviewPart.leave",
    "ReviewRead.note",
    "ReviewSnapshot.take",
)


def methods_of(owner: type) -> Iterator[tuple[str, Callable[..., Any]]]:
    for name, found in vars(owner).items():
        function = found.__func__ if isinstance(found, classmethod) else found
        if inspect.isfunction(function) and not name.startswith("_"):
            yield name, inspect.unwrap(function)


@cache
def verbs() -> dict[str, tuple[type, str]]:
    """Whatever on a model is told by whom, when or over which version, or makes or removes it."""
    found: dict[str, tuple[type, str]] = {"User.create_user": (UserManager, "create_user")}
    for model in apps.get_models():
        for owner in model.__mro__ if model._meta.app_label in APPS else ():
            ours = owner.__module__.split(".")[0] in APPS
            for name, function in methods_of(owner) if ours else ():
                said = inspect.signature(function).parameters.keys() & {"by", "at", "version"}
                makes = name in MAKING or "publish" in inspect.getsource(function)
                if said or makes:
                    found.setdefault(f"{model.__name__}.{name}", (owner, name))
    return found


MAKING = {
    "add", "add_many", "arrange", "change", "describe", "issue", "join", "make", "move", "place",
    "post", "record", "register", "remove", "revoke", "schedule", "set", "withdraw",
}  # fmt: skip


def test_what_is_silent_is_silent_for_a_reason_and_still_there() -> None:
    listed = [*SILENT, *QUESTIONS, *PARTS_OF_VERBS]
    assert len(listed) == len(set(listed))
    assert {name for name in listed if name not in verbs()} <= set(PARTS_OF_VERBS)


class Watch:
    """Notes of each verb which events were told while it was carried out."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.running: list[str] = []
        self.told: dict[str, set[str]] = defaultdict(set)
        monkeypatch.setattr(events, "LISTENERS", [*events.LISTENERS, self.hear])
        for verb, (owner, name) in verbs().items():
            monkeypatch.setattr(owner, name, self.watched(verb, vars(owner)[name]))

    def hear(self, event: events.Event) -> None:
        for verb in self.running:
            self.told[verb].add(event.type)

    def watched(self, verb: str, found: Any) -> Any:
        function = found.__func__ if isinstance(found, classmethod) else found

        def carry_out(*args: Any, **kwargs: Any) -> Any:
            model = getattr(args[0], "model", args[0] if isinstance(args[0], type) else None)
            own = f"{(model or type(args[0])).__name__}.{verb.partition('.')[2]}"
            self.running.append(own)
            try:
                return function(*args, **kwargs)
            finally:
                self.running.pop()

        return classmethod(carry_out) if isinstance(found, classmethod) else carry_out


@pytest.mark.django_db
def test_every_verb_tells_and_nothing_that_is_told_is_private(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    people = some_people()
    for person in people:
        an_endpoint(person)
    watch = Watch(monkeypatch)
    everything_happens(people)
    must = verbs().keys() - SILENT.keys() - set(QUESTIONS) - set(PARTS_OF_VERBS)
    assert {verb for verb in must if not watch.told[verb]} == set()
    rows = list(WebhookDelivery.objects.values_list("event_type", "payload", "subject"))
    assert of_business() - {kind for kind, _, _ in rows} == set()
    assert [payload for _, payload, _ in rows if MARK.lower() in json.dumps(payload).lower()] == []
    for path in {subject for _, _, subject in rows if subject}:
        assert resolve(path).url_name != "api_nothing", path
    assert unmarked_texts() == set()


def of_business() -> set[str]:
    """The events that there are of what people work on."""
    nouns = {each.noun for each in SUBJECTS.values() if each.model._meta.app_label in APPS}
    return {name for name in event_types() if name.partition(".")[0] in nouns}


def unmarked_texts() -> set[str]:
    """Texts of what is told of that had no mark, so that the test above says nothing of them."""
    found = set()
    for model, subject in SUBJECTS.items():
        for column in model._meta.concrete_fields if model._meta.app_label in APPS else ():
            free = isinstance(column, models.CharField | models.TextField) and not column.choices
            if free and column.name not in subject.fields:
                marked = model._base_manager.filter(**{f"{column.name}__icontains": MARK})
                if not marked.exists():
                    found.add(f"{model.__name__}.{column.name}")
    return found - NO_TEXTS


NO_TEXTS = {  # keys, codes, and what is told of under another name
    "User.password", "User.time_zone", "Account.currency",
    "Account.name_key", "Stage.name_key", "Product.name_key", "Opportunity.search_text",
    "Opportunity.external_id", "CallPlan.inspection_level", "Absence.reason",
    "PipelineCallDecision.deal_name", "PipelineCallDecision.owner_name",
    "PipelineCallDecision.how", "ReviewDecision.how",
    "ReviewDecision.deal_name", "ReviewDecision.owner_name",
    "IcpCriterion.key", "Differentiator.key", "Priority.key", "Question.key",
    "IcpCriterion.words", "Priority.words", "TrainingModule.key", "TrainingModule.words",
}  # fmt: skip


# What is said.


@pytest.fixture
def heard(rosa: User, eva: User) -> Callable[[], list[dict[str, Any]]]:
    """What eva's endpoint was told, in order."""
    endpoint = an_endpoint(eva)

    def payloads() -> list[dict[str, Any]]:
        return [row.payload for row in endpoint.deliveries.order_by("pk")]

    return payloads


def test_it_says_what_changed_of_what_by_whom_and_when(rosa: User, heard) -> None:
    deal = a_deal(rosa)
    deal.set_amount(51_000, by=rosa, at=NOW)
    stage, before = a_stage(3), deal.stage
    deal.move_to(stage, by=rosa, at=NOW, why="They are keen")
    assert [each["type"] for each in heard()] == [
        "opportunity.opened", "opportunity.amount_set", "opportunity.moved",
    ]  # fmt: skip
    assert heard()[1]["data"]["old"] == {"amount": "48000.00"}
    assert heard()[1]["data"]["new"] == {"amount": "51000.00"}
    assert heard()[2] == {
        "type": "opportunity.moved",
        "timestamp": "2026-11-18T09:00:00Z",
        "data": {
            "subject": {
                "type": "opportunity",
                "id": deal.pk,
                "name": "Acme rollout",
                "path": f"/api/v1/opportunities/{deal.pk}/",
            },
            "by": {"id": rosa.pk, "name": "Rosa Rep"},
            "at": "2026-11-18T09:00:00Z",
            "old": {"stage": {"id": before.pk, "name": before.name}},
            "new": {"stage": {"id": stage.pk, "name": stage.name}},
        },
    }


def test_what_was_old_is_what_was_saved_not_what_was_read_long_ago(rosa: User, heard) -> None:
    deal = a_deal(rosa)
    read_before = Opportunity.objects.get(pk=deal.pk)
    deal.set_amount(51_000, by=rosa, at=NOW)
    read_before.set_amount(52_000, by=rosa, at=NOW)
    assert heard()[-1]["data"]["old"] == {"amount": "51000.00"}


def test_what_changes_nothing_is_not_told(rosa: User, heard) -> None:
    deal = a_deal(rosa)
    deal.move_to(deal.stage, by=rosa, at=NOW)
    deal.set_amount(deal.amount, by=rosa, at=NOW)
    assert len(heard()) == 1


def test_what_is_undone_was_never_told(rosa: User, heard) -> None:
    with transaction.atomic():
        a_deal(rosa)
        transaction.set_rollback(True)
    deal = a_deal(rosa)
    with pytest.raises(ValidationError):
        deal.lose(by=rosa, at=NOW, reason="")
    assert len(heard()) == 1


def test_what_is_removed_is_told_by_what_it_was(rosa: User, heard) -> None:
    from pipeline.models import Proposal

    proposal = Proposal.record(a_deal(rosa), "Offer", NOW.date(), by=rosa, at=NOW)
    pk = proposal.pk
    proposal.remove()
    said = heard()[-1]
    assert said["type"] == "proposal.removed"
    assert (said["data"]["subject"]["id"], said["data"]["new"]) == (pk, {})
    assert said["data"]["old"]["sent_on"] == "2026-11-18"


def test_a_verb_that_is_not_told_by_whom_is_credited_to_who_asked(rosa: User, heard, as_) -> None:
    page = as_.page(rosa).post("/accounts/new/", {"name": "Initech", "currency": "EUR"})
    api = as_.api(rosa).post("/api/v1/accounts/", {"name": "Hooli"})
    assert (page.status_code, api.status_code) == (302, 201)
    told = [each["data"] for each in heard()]
    assert [each["by"] for each in told] == [{"id": rosa.pk, "name": "Rosa Rep"}] * 2


def test_with_nobody_listening_a_verb_costs_one_statement_more(
    rosa: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    deal = a_deal(rosa)
    costs = []
    for listeners in ([], events.LISTENERS):
        monkeypatch.setattr(events, "LISTENERS", listeners)
        with CaptureQueriesContext(connection) as queries:
            deal.set_amount(50_000 + len(listeners), by=rosa, at=NOW)
        costs.append(len(queries))
    assert costs[1] == costs[0] + 1


def test_however_many_listen_it_costs_the_same_few_statements(rosa: User) -> None:
    deal, costs = a_deal(rosa), []
    for more in (3, 12):
        for _ in range(more):
            person = User.objects.create_user(None, "Some Body", is_administrator=True)
            an_endpoint(person)
        with CaptureQueriesContext(connection) as queries:
            deal.set_amount(50_000 + more, by=rosa, at=NOW)
        costs.append(len(queries))
    assert costs[0] == costs[1]
    assert WebhookDelivery.objects.filter(event_type="opportunity.amount_set").count() == 18
