"""Each endpoint is told what its owner may see at that moment, and nothing else."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from alerts.models import WebhookDelivery
from coaching.models import HelpRequest
from people.models import Organisation, User
from pipeline.models import Proposal
from reviews.models import Agreement, Review
from tests.alerts.conftest import an_endpoint
from tests.factories import NOW, TODAY, People, a_call, a_deal, a_plan, some_people

pytestmark = pytest.mark.django_db
LINE = {"rosa", "mia", "eva"}


@pytest.fixture
def people() -> People:
    """Each has an endpoint, eva and max among them."""
    found = some_people()
    for person in User.objects.all():
        an_endpoint(person)
    return found


def who_heard(event_type: str) -> set[str]:
    rows = WebhookDelivery.objects.filter(event_type=event_type)
    return {row.endpoint.owner.first_name.lower() for row in rows}


def a_review(people: People) -> Review:
    review = Review.arrange(people.rosa, NOW + timedelta(hours=1), by=people.mia, at=NOW)
    review.start(by=people.mia, at=NOW)
    return review


def closed(people: People) -> None:
    a_review(people).close(by=people.mia, at=NOW)


def opened_upwards(people: People) -> None:
    Organisation.current().change(managers_manager_reads_reviews=True)
    closed(people)


STORIES: dict[str, tuple[str, Callable[[People], Any], set[str]]] = {
    "a deal": ("opportunity.opened", lambda p: a_deal(p.rosa), LINE | {"ada"}),
    "what hangs on a deal": (
        "proposal.sent",
        lambda p: Proposal.record(a_deal(p.rosa), "Offer", TODAY, by=p.rosa, at=NOW),
        LINE | {"ada"},
    ),
    "a deal that is given away": (
        "opportunity.assigned",
        lambda p: a_deal(p.rosa).assign(p.otto, by=p.ada, at=NOW),
        {"otto", "max", "eva", "ada"},
    ),
    "a call": ("call.scheduled", lambda p: a_call(p.rosa), LINE | {"ada"}),
    "a plan": ("call_plan.filed", lambda p: a_plan(a_call(p.rosa)), LINE),
    "help": (
        "help_request.asked",
        lambda p: HelpRequest.ask(
            a_deal(p.rosa), by=p.rosa, at=NOW, kind="opinion", how_it_helps="A", wanted_on=TODAY
        ),
        LINE,
    ),
    "an agreement": (
        "agreement.made",
        lambda p: Agreement.make(text="A", owner=p.rosa, due_on=TODAY, by=p.mia, at=NOW),
        LINE,
    ),
    "an agreement of a 1-on-1": (
        "agreement.made",
        lambda p: Agreement.make(
            text="A", owner=p.rosa, due_on=TODAY, by=p.mia, at=NOW, review=a_review(p)
        ),
        {"rosa", "mia"},
    ),
    "a 1-on-1": ("review.started", a_review, {"rosa", "mia"}),
    "a closed 1-on-1": ("review.closed", closed, {"rosa", "mia"}),
    "a closed 1-on-1 where they are opened upwards": ("review.closed", opened_upwards, LINE),
    "a new colleague": (
        "user.added",
        lambda p: User.objects.create_user(None, "Nils New", team=p.rosa.team),
        {"mia", "eva", "ada"},
    ),
}


@pytest.mark.parametrize("story", STORIES)
def test_of_rosas_things_they_hear_who_may_see_them(people: People, story: str) -> None:
    event_type, happens, hear = STORIES[story]
    happens(people)
    assert who_heard(event_type) == hear


def test_an_endpoint_hears_what_it_asked_for(people: People) -> None:
    WebhookDelivery.objects.all().delete()
    for endpoint in people.rosa.webhook_endpoints.all():
        endpoint.change(by=people.rosa, event_types=["opportunity.won"])
    a_deal(people.rosa).win(by=people.rosa, at=NOW)
    assert "rosa" not in who_heard("opportunity.opened")
    assert "rosa" in who_heard("opportunity.won")


def test_who_is_switched_off_or_gone_or_a_chat_hears_nothing(people: People) -> None:
    rosa, mia, ada = people.rosa, people.mia, people.ada
    rosa.webhook_endpoints.get().switch_off(by=rosa, at=NOW)
    ada.webhook_endpoints.get().remove(by=ada)
    an_endpoint(ada, style="chat")
    mia.deactivate()
    a_deal(rosa)
    assert who_heard("opportunity.opened") == {"eva"}
