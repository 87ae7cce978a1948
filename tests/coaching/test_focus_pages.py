"""The pages of what a rep works on, and the note of it where the work is done."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from coaching.models import Focus
from reviews.models import Review
from tests.factories import a_behaviour, a_call

pytestmark = pytest.mark.django_db
NOTE = "This week's one thing"
ASKS = "Asks before telling"


@pytest.fixture
def behaviour(rosa):
    return a_behaviour(ASKS, team=rosa.team)


@pytest.fixture
def focus(rosa, mia, behaviour):
    return Focus.start(rosa, behaviour, by=mia, at=timezone.now(), goal="The buyer talks most")


def step(client, focus, **said):
    today = focus.rep.today(timezone.now())
    sent = {"step": "train", "evidence": "Explained", "on": today, "version": focus.version, **said}
    return client.post(f"/focuses/{focus.pk}/steps/", sent)


def test_a_manager_starts_one_and_the_rep_finds_it(as_, rosa, mia, behaviour):
    address = f"/people/{rosa.pk}/focus/"
    sent = {"behaviour": behaviour.pk, "goal": "The buyer talks most"}
    assert as_.page(mia).post(address, sent).status_code == 302
    assert "The buyer talks most" in as_.page(rosa).get(address).content.decode()
    assert as_.page(mia).post(address, sent | {"goal": "Another"}).status_code == 400
    assert as_.page(rosa).post(address, sent).status_code == 403


def test_a_step_is_recorded_with_what_shows_it(as_, rosa, mia, focus):
    assert step(as_.page(mia), focus).status_code == 302
    page = as_.page(rosa).get(f"/focuses/{focus.pk}/").content.decode()
    assert "Explained" in page
    assert '<li aria-current="step">Train</li>' in page
    assert "Record the step" not in page


def test_a_step_out_of_turn_keeps_what_was_typed(as_, mia, focus):
    answer = step(as_.page(mia), focus, step="hold_accountable", evidence="He promised")
    assert answer.status_code == 400
    assert "He promised" in answer.content.decode()
    assert "repeated back or role-played" in answer.content.decode()


def test_a_stale_step_is_not_taken(as_, mia, focus):
    step(as_.page(mia), focus)
    answer = step(as_.page(mia), focus, evidence="Said once more")
    assert answer.status_code == 412
    assert "Said once more" in answer.content.decode()
    assert focus.steps.count() == 1


def test_leaving_needs_an_outcome_and_a_reason(as_, rosa, mia, focus):
    address = f"/focuses/{focus.pk}/ending/"
    sent = {"outcome": "paused", "reason": "", "version": focus.version}
    assert as_.page(mia).post(address, sent).status_code == 400
    assert as_.page(mia).post(address, sent | {"reason": "On leave"}).status_code == 302
    earlier = as_.page(rosa).get(f"/people/{rosa.pk}/focus/").content.decode()
    assert "Put off" in earlier
    assert NOTE not in earlier


@pytest.mark.parametrize("who", ["pia", "max_", "ada"])
def test_nobody_else_reads_it(as_, rosa, focus, who, request):
    client = as_.page(request.getfixturevalue(who))
    for address in (f"/people/{rosa.pk}/focus/", f"/focuses/{focus.pk}/"):
        assert client.get(address).status_code == 404
    assert step(client, focus).status_code == 404


def test_it_stands_where_the_work_is_done(as_, rosa, mia, focus):
    now = timezone.now()
    coming, held = a_call(rosa, now + timedelta(days=1)), a_call(rosa, now)
    review = Review.arrange(rosa, now + timedelta(hours=1), by=mia, at=now)
    pages = ["/", f"/calls/{coming.pk}/plan/", f"/calls/{held.pk}/debrief/"]
    for address in [*pages, f"/reviews/{review.pk}/"]:
        page = as_.page(rosa).get(address).content.decode()
        assert NOTE in page, address
        assert ASKS in page
    assert ASKS in as_.page(mia).get(f"/reviews/{review.pk}/").content.decode()
    assert ASKS not in as_.page(mia).get("/").content.decode()


def test_thirty_earlier_ones_cost_as_many_queries_as_three(as_, rosa, mia, behaviour):
    client = as_.page(mia)

    def cost(rows):
        while Focus.objects.count() < rows:
            ended = Focus.start(rosa, behaviour, by=mia, at=timezone.now())
            ended.take_step("train", "Explained", by=mia, at=timezone.now())
            ended.leave("left", "Done", by=mia, at=timezone.now())
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/people/{rosa.pk}/focus/").status_code == 200
        return len(queries)

    assert cost(3) == cost(30) <= 12
