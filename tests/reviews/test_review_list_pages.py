"""The list of 1-on-1s: whom one meets next, what was kept, what was, and the counts."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from people.models import Organisation, User
from reviews.models import Agreement, Review, ReviewSchedule
from reviews.review_list import kept_of, rows_of, trend_of
from reviews.views.reviews import history
from tests.conftest import As
from tests.factories import a_user

DAY = timedelta(days=1)


@pytest.fixture
def now() -> datetime:
    return timezone.now()


def planned(manager: User, rep: User, when: datetime, at: datetime) -> Review:
    return Review.arrange(rep, when, by=manager, at=min(when, at))


def held(manager: User, rep: User, when: datetime, *kept: str) -> Review:
    """A closed one; of the agreements made in it each is "done", "dropped", "late" or "open"."""
    review = planned(manager, rep, when, when)
    review.start(by=manager, at=when)
    due = {"open": timezone.now() + 40 * DAY, "late": timezone.now() - DAY}
    for state in kept:
        agreement = Agreement.make(
            text=f"Zanzibar {state}",
            owner=rep,
            due_on=due.get(state, when + 7 * DAY).date(),
            by=manager,
            at=when,
            review=review,
        )
        if state == "done":
            agreement.complete(by=rep, at=when + DAY)
        if state == "dropped":
            agreement.drop(reason="Not worth it", by=rep, at=when + DAY)
    review.refresh_from_db()
    review.close(by=manager, at=when + timedelta(minutes=30))
    return review


def text(page: Client, url: str = "/reviews/") -> str:
    answer = page.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def statements(page: Client, url: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        text(page, url)
    return len(asked)


def test_done_is_kept_dropped_and_overdue_are_not_and_what_is_not_due_is_left_out(
    rosa: User, mia: User, now: datetime
) -> None:
    review = held(mia, rosa, now - 20 * DAY, "done", "done", "dropped", "late", "open")
    kept = kept_of([review], mia.today(now))[review.pk]
    assert (kept.made, kept.counted, kept.kept, kept.percent) == (5, 4, 2, 50)
    assert kept.words == "2 of 4 kept"
    fresh = held(mia, rosa, now - 2 * DAY, "open")
    assert kept_of([fresh], mia.today(now))[fresh.pk].words == "1 agreed, none due yet"


def test_the_trend_has_a_gap_where_nothing_was_due(rosa: User, mia: User, now: datetime) -> None:
    held(mia, rosa, now - 90 * DAY, "dropped")
    held(mia, rosa, now - 60 * DAY)
    held(mia, rosa, now - 30 * DAY, "done", "late")
    trend = trend_of(history(mia, rosa), now, mia.today(now))
    assert trend.points == [0, None, 50]
    assert trend.sentence == "Agreements kept: 50%, 1 of 2 kept, was 0% 2 reviews before"


def state(user: User, rep: User, now: datetime) -> tuple[str, str]:
    (row,) = rows_of(user, [(user, rep)], now)
    return row.kind, row.chip


def test_each_state_has_its_words(rosa: User, mia: User) -> None:
    now = datetime(2026, 11, 18, 9, tzinfo=timezone.get_current_timezone())
    assert state(mia, rosa, now) == ("idle", "None planned")
    review = planned(mia, rosa, now + 9 * DAY, now)
    assert state(mia, rosa, now) == ("idle", "Planned")
    assert state(mia, rosa, review.opens_at) == ("ok", "Open to prepare")
    assert state(mia, rosa, review.ends_at + DAY) == ("warn", "Not held yet")
    later = now + 14 * DAY
    Review.objects.all().record_not_held(later.date(), later)
    assert state(mia, rosa, later) == ("risk", "Not held in November")
    review.refresh_from_db()
    review.start(by=mia, at=later)
    assert state(mia, rosa, later) == ("ok", "Running")


def test_one_that_was_not_held_gives_way_to_the_one_that_is_open(rosa: User, mia: User) -> None:
    now = datetime(2026, 11, 2, 9, tzinfo=timezone.get_current_timezone())
    missed = planned(mia, rosa, now, now)
    december = planned(mia, rosa, now + 30 * DAY, now)
    Review.objects.all().record_not_held((now + 29 * DAY).date(), now + 29 * DAY)

    def shown(at: datetime) -> Any:
        return rows_of(mia, [(mia, rosa)], at)[0].next

    assert shown(december.opens_at - DAY) == missed
    assert shown(december.opens_at) == december
    december.start(by=mia, at=december.scheduled_for)
    december.close(by=mia, at=december.ends_at)
    assert shown(december.ends_at) is None


def test_a_manager_sees_each_person_with_rhythm_and_next_date(
    rosa: User, pia: User, mia: User, otto: User, now: datetime, as_: type[As]
) -> None:
    ReviewSchedule.set_up(rosa, by=mia, at=now)
    review = planned(mia, rosa, now + 9 * DAY, now)
    body = text(as_.page(mia))
    assert "The first Tuesday of the month at 10:00" in body
    assert f"/reviews/{review.pk}/" in body or "Open" in body
    assert f"/reviews/schedule/{pia.pk}/" in body
    assert f"/reviews/new/?rep={pia.pk}" in body
    assert "Otto" not in body


def test_a_rep_sees_their_own_next_one_and_what_was(
    rosa: User, pia: User, mia: User, now: datetime, as_: type[As]
) -> None:
    closed = held(mia, rosa, now - 20 * DAY, "done")
    coming = planned(mia, rosa, now + timedelta(hours=2), now)
    body = text(as_.page(rosa))
    assert "Prepare" in body
    assert f"/reviews/{coming.pk}/" in body
    assert f"/reviews/{closed.pk}/" in body
    assert "1 of 1 kept" in body
    assert "Excuse" not in body
    other = text(as_.page(pia))
    assert f"/reviews/{closed.pk}/" not in other
    assert "None is planned." in other


def test_whoever_is_neither_reads_nothing(
    rosa: User, pia: User, otto: User, ada: User, mia: User, now: datetime, as_: type[As]
) -> None:
    held(mia, rosa, now - 20 * DAY, "done")
    for who in (pia, otto, ada):
        assert as_.page(who).get(f"/reviews/?rep={rosa.pk}").status_code == 404
    for nonsense in ("x", "-1", "9" * 30, "²"):
        assert as_.page(mia).get(f"/reviews/?rep={nonsense}").status_code == 404


def test_the_manager_above_counts_and_reads_only_where_it_is_open(
    rosa: User, mia: User, eva: User, now: datetime, as_: type[As]
) -> None:
    for user in (mia, eva):
        user.refresh_from_db()
    before = held(mia, rosa, now - 40 * DAY, "done")
    Organisation.current().change(managers_manager_reads_reviews=True)
    since = held(mia, rosa, now - 9 * DAY, "done")
    body = text(as_.page(eva))
    assert "Mia Manager" in body
    assert f"/reviews/{since.pk}/" in body
    assert f"/reviews/{before.pk}/" not in body
    past = text(as_.page(eva), f"/reviews/?rep={rosa.pk}")
    assert f"/reviews/{since.pk}/" in past
    assert f"/reviews/{before.pk}/" not in past
    Organisation.current().change(managers_manager_reads_reviews=False)
    assert f"/reviews/{since.pk}/" not in text(as_.page(eva))
    (counted,) = as_.page(eva).get("/reviews/").context["counts"]
    assert (counted.manager_name, counted.held) == ("Mia Manager", 2)


def test_excused_and_missed_ones_stay_in_the_history(
    rosa: User, mia: User, now: datetime, as_: type[As]
) -> None:
    planned(mia, rosa, now - 50 * DAY, now).excuse_it("The fair", by=mia, at=now)
    planned(mia, rosa, now - 80 * DAY, now)
    Review.objects.all().record_not_held(now.date(), now)
    body = text(as_.page(mia), f"/reviews/?rep={rosa.pk}")
    assert "The fair" in body
    assert "Nobody said why" in body


def test_a_long_history_comes_in_pages(rosa: User, mia: User, now: datetime, as_: type[As]) -> None:
    for n in range(30):
        held(mia, rosa, now - (30 - n) * 12 * DAY, "done")
    first = as_.page(mia).get(f"/reviews/?rep={rosa.pk}")
    older = as_.page(mia).get(f"/reviews/{first.context['page'].older}")
    shown = [review.pk for answer in (first, older) for review, _ in answer.context["past"]]
    assert len(shown) == len(set(shown)) == 30


@pytest.mark.parametrize("size", [3, 30])
def test_a_page_costs_the_same_at_any_size(
    rosa: User, mia: User, eva: User, now: datetime, as_: type[As], size: int
) -> None:
    Organisation.current().change(managers_manager_reads_reviews=True)
    for n in range(size):
        rep = a_user(f"Rep {n}", team=rosa.team)
        ReviewSchedule.set_up(rep, by=mia, at=now)
        held(mia, rep, now - 40 * DAY, "done", "late")
        held(mia, rosa, now - (size - n) * 9 * DAY, "done", "late")
    mia.refresh_from_db()
    eva.refresh_from_db()
    assert statements(as_.page(mia), "/reviews/") == 11
    assert statements(as_.page(mia), f"/reviews/?rep={rosa.pk}") == 11
    assert statements(as_.page(rosa), "/reviews/") == 11
    assert statements(as_.page(eva), "/reviews/") == 11


def test_the_rail_leads_there_for_whoever_is_one_of_two(
    rosa: User, mia: User, ada: User, as_: type[As]
) -> None:
    for who, is_there in ((rosa, True), (mia, True), (ada, False)):
        assert ('href="/reviews/"' in text(as_.page(who), "/settings/profile/")) is is_there
    assert "None yet." in text(as_.page(ada))
