"""A person's coaching page: all of it for the rep and their line, nothing for anybody else."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from coaching.models import Diagnosis, Focus, InspectionLevel, RideAlong
from coaching.models.behaviour_score import Seen
from playbook.models import TrainingAssignment, TrainingModule
from reviews.models import Agreement, Review
from tests.factories import NOW, a_behaviour, a_scored_call

pytestmark = pytest.mark.django_db
SECRETS = ["Asks before telling", "Lets them finish", "Talks over people", "Keen", "1 in 10 plans"]


def coached(rosa, mia, ada, times=1):
    """Rosa with everything that may stand on her page, so many times."""
    asks = a_behaviour("Asks before telling", ada)
    for n in range(times):
        at = NOW + timedelta(hours=4 * n)
        review = a_scored_call(rosa, 5, mia, at, {asks.pk: Seen(4, f"Talked a lot, {n}")})
        Diagnosis.give(
            rosa,
            asks,
            by=mia,
            at=at,
            skill="low",
            skill_reason="Talks over people",
            will="high",
            will_reason="Keen",
            evidence_keys=[f"debrief:{review.debrief_id}"],
        )
        ride = RideAlong.plan(rosa, by=mia, at=at, starts_at=at, about=f"Ghent, day {n}")
        ride.hold(by=mia, at=at + timedelta(hours=1), notes="Good", seen={})
    Focus.start(rosa, asks, by=mia, at=NOW, goal="Lets them finish")
    InspectionLevel.kept(rosa).set_by_hand("spot", "Ten years with us", by=mia, at=NOW)
    return asks


@pytest.fixture
def read(as_):
    def read(user, person):
        answer = as_.page(user).get(reverse("person", args=[person.pk]))
        return answer.content.decode() if answer.status_code == 200 else answer.status_code

    return read


def test_rep_and_managers_read_the_same(rosa, mia, eva, ada, read):
    coached(rosa, mia, ada, 3)
    for reader in (rosa, mia, eva):
        page = read(reader, rosa)
        for said in (*SECRETS, "Talked a lot, 2", "Ghent, day 1", "Below minimum", "Train."):
            assert said in page


def test_nobody_else_knows_that_it_is_there(rosa, mia, pia, max_, otto, ada, read):
    coached(rosa, mia, ada)
    for stranger in (pia, max_, otto, ada):
        assert read(stranger, rosa) == 404


def test_one_sees_no_page_of_ones_manager(rosa, mia, read):
    assert read(rosa, mia) == 404


def test_with_nothing_yet_it_says_what_comes(rosa, mia, read):
    own, managers = read(rosa, rosa), read(mia, rosa)
    assert "No focus now" in own
    assert "Choose a focus" not in own
    assert "Choose a focus" in managers
    for page in (own, managers):
        assert "No behaviours are defined yet" in page
        assert "Nothing was diagnosed yet" in page
        assert "Every plan" in page


def test_what_two_say_in_a_1_on_1_is_listed_for_the_two(rosa, mia, eva, read):
    now = timezone.now()
    review = Review.arrange(rosa, now - timedelta(hours=3), by=mia, at=now - timedelta(hours=3))
    review.start(by=mia, at=now - timedelta(hours=3))
    for text, done in (("Call the CFO", True), ("Write the case", False)):
        agreement = Agreement.make(
            text=text, owner=rosa, due_on=now.date(), by=mia, at=now, review=review
        )
        if done:
            agreement.complete(by=rosa, at=now)
    review.refresh_from_db()
    review.close(by=mia, at=now)
    link = reverse("review", args=[review.pk])
    assert link in read(rosa, rosa)
    assert link in read(mia, rosa)
    assert link not in read(eva, rosa)
    assert "1 of 1 kept" in read(mia, rosa)


def test_its_statements_are_as_many_however_long_somebody_was_coached(rosa, mia, ada, as_):
    asks = coached(rosa, mia, ada, 3)
    client = as_.page(mia)
    client.get(reverse("person", args=[rosa.pk]))

    def statements():
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert client.get(reverse("person", args=[rosa.pk])).status_code == 200
        return len(seen)

    few = statements()
    for n in range(9):
        at = NOW + timedelta(days=n + 1)
        a_scored_call(rosa, 8, mia, at, {asks.pk: Seen(8, "Better")})
        RideAlong.plan(rosa, by=mia, at=at, starts_at=at, about="Bruges")
    assert statements() == few <= 12


def test_training_is_read_once_the_page_is_shown(rosa, mia, pia, ada, as_):
    module = TrainingModule.add(title="Asking", outcome="Asks first", by=ada, at=NOW)
    TrainingAssignment.assign(rosa, module, NOW.date(), by=mia, at=NOW)
    url = reverse("person_training", args=[rosa.pk])
    assert "Asking" in as_.page(mia).get(url).content.decode()
    assert as_.page(pia).get(url).status_code == 404


def test_coaching_leads_to_ones_own_page(rosa, as_):
    answer = as_.page(rosa).get(reverse("coaching"))
    assert answer.headers["Location"] == reverse("person", args=[rosa.pk])
