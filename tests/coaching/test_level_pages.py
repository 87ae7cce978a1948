"""The page of somebody's inspection level."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from coaching.models import InspectionLevel, LevelChange
from tests.factories import NOW, a_call, a_plan, a_scored_call

pytestmark = pytest.mark.django_db


def url(rep):
    return f"/people/{rep.pk}/inspection-level/"


def test_it_counts_the_scores_in_a_row(as_, rosa, mia):
    for n, score in enumerate([5, 8, 8, 7]):
        a_scored_call(rosa, score, mia, NOW + timedelta(hours=4 * n))
    page = as_.page(rosa).get(url(rosa)).content.decode()
    assert "<b>3 of 5</b> in a row at or above 7" in page
    assert "Set it by hand" not in page


def test_a_level_earned_links_the_debriefs_it_rests_on(as_, rosa, mia):
    reviews = [a_scored_call(rosa, 8, mia, NOW + timedelta(hours=4 * n)) for n in range(5)]
    page = as_.page(mia).get(url(rosa)).content.decode()
    assert "Every plan → 1 in 2 plans" in page
    assert all(f'href="/debriefs/{review.debrief_id}/"' in page for review in reviews)


def test_a_manager_sets_it_with_a_reason_that_the_rep_reads(as_, rosa, mia):
    sent = {"level": "spot", "reason": "Ten years of practice", "version": 1}
    assert as_.page(mia).post(url(rosa), sent).status_code == 302
    assert InspectionLevel.of(rosa).level == "spot"
    assert "Ten years of practice" in as_.page(rosa).get(url(rosa)).content.decode()
    assert as_.page(rosa).post(url(rosa), sent).status_code == 403


def test_without_a_reason_nothing_changes_and_what_was_chosen_stays(as_, rosa, mia):
    answer = as_.page(mia).post(url(rosa), {"level": "spot", "reason": "", "version": 1})
    assert answer.status_code == 400
    assert 'value="spot" required id="id_level_3" checked' in " ".join(
        answer.content.decode().split()
    )
    assert not LevelChange.objects.exists()


def test_a_stale_save_keeps_the_reason(as_, rosa, mia, eva):
    InspectionLevel.of(rosa).set_by_hand("frequent", "Mia says", by=mia, at=NOW)
    sent = {"level": "spot", "reason": "Eva says", "version": 1}
    answer = as_.page(eva).post(url(rosa), sent)
    assert answer.status_code == 412
    assert "Eva says" in answer.content.decode()
    assert InspectionLevel.of(rosa).level == "frequent"


@pytest.mark.parametrize("who", ["pia", "max_", "ada"])
def test_it_is_not_there_for_anybody_else(as_, rosa, who, request):
    assert as_.page(request.getfixturevalue(who)).get(url(rosa)).status_code == 404


def test_the_rep_hears_at_filing_that_a_plan_is_not_inspected(as_, rosa, mia):
    InspectionLevel.of(rosa).set_by_hand("spot", "Goes well", by=mia, at=NOW)
    plans = [a_plan(a_call(rosa)) for _ in range(2)]
    plan = next(plan for plan in plans if not plan.to_inspect)
    page = as_.page(mia).get(f"/calls/{plan.call_id}/plan/").content.decode()
    assert "Not inspected. Of plans 1 to 10 at Rosa&#x27;s level" in page
    assert "SHA-256 of" in page


def test_thirty_changes_cost_as_many_queries_as_three(as_, rosa, mia):
    client = as_.page(mia)

    def cost(changes):
        for n in range(LevelChange.objects.count(), changes):
            at = NOW + timedelta(hours=4 * n)
            a_scored_call(rosa, 8, mia, at)
            level = "spot" if n % 2 else "frequent"
            InspectionLevel.of(rosa).set_by_hand(level, "So", by=mia, at=at)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url(rosa)).status_code == 200
        return len(queries)

    assert cost(3) == cost(30) <= 12
