"""The page of a 1-on-1: preparing, running, agreeing, closed; every form and its bad days."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from metrics.models import Metric
from metrics.periods import END
from people.models import Organisation, User
from pipeline.models import BuyerAction, Opportunity
from reviews.models import (
    Agreement,
    Review,
    ReviewDecision,
    ReviewNote,
    ReviewPreparation,
    ReviewRead,
    ReviewRemark,
)
from tests.conftest import As
from tests.factories import a_checkpoint, a_deal, a_money_target, a_stage

pytestmark = pytest.mark.django_db
JSON = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def review(rosa: User, mia: User, now: datetime) -> Review:
    """Tomorrow's, open for preparing."""
    made = Review.arrange(rosa, now + timedelta(hours=12), by=mia, at=now)
    Review.objects.filter(pk=made.pk).update(opens_at=now - timedelta(hours=1))
    made.refresh_from_db()
    return made


@pytest.fixture
def deals(rosa: User, now: datetime) -> list[Opportunity]:
    """An old one, one that moved forward, a new one that closes soon, and one that was won."""
    soon = now.date() + timedelta(days=10)
    old = a_deal(rosa, "Old", at=now - timedelta(days=90), next_step="Call Ann", next_step_on=soon)
    forward = a_deal(rosa, "Forward", at=now - timedelta(days=60), close_date=soon)
    new = a_deal(rosa, "New", at=now - timedelta(days=3), close_date=soon)
    won = a_deal(rosa, "Winner", at=now - timedelta(days=60))
    forward.move_to(a_stage(3), by=rosa, at=now - timedelta(days=2))
    won.win(by=rosa, at=now - timedelta(days=1))
    BuyerAction.record(new, "Asked for a contract", now.date(), by=rosa, at=now)
    return [old, forward, new, won]


@pytest.fixture
def running(review: Review, mia: User, deals: list[Opportunity], now: datetime) -> Review:
    review.start(by=mia, at=now)
    return review


def shown(client: Any, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, answer
    return str(answer.content.decode())


def test_before_it_opens_neither_sees_more_than_its_date(
    review: Review, rosa: User, mia: User, as_: type[As], now: datetime
) -> None:
    Review.objects.update(opens_at=now + timedelta(hours=1))
    for person in (rosa, mia):
        text = shown(as_.page(person), f"/reviews/{review.pk}/?part=2")
        assert "Opens " in text
        assert "new." not in text
    answer = as_.page(rosa).post(
        f"/reviews/{review.pk}/preparation/", {"version": 1, "in_the_way": "Price"}
    )
    assert answer.status_code == 400
    assert "Price" in answer.content.decode()


def test_the_rep_prepares_and_the_manager_reads_it_beside_each_part(
    review: Review, rosa: User, mia: User, as_: type[As], deals: list[Opportunity]
) -> None:
    url = f"/reviews/{review.pk}/preparation/"
    said = {"in_the_way": "Their CFO", "doing": "Call her by Friday", "help_needed": ""}
    answer = as_.page(rosa).post(url, {"version": 1, **said}, **JSON)
    assert answer.json()["version"] == 2
    assert ReviewPreparation.objects.get().in_the_way == "Their CFO"
    for part in range(1, 6):
        assert "Their CFO" in shown(as_.page(mia), f"/reviews/{review.pk}/?part={part}")
    assert as_.page(mia).post(url, {"version": 2, **said}).status_code == 403


def test_what_was_missed_twice_is_on_the_page_and_on_paper(
    review: Review, rosa: User, mia: User, as_: type[As], now: datetime
) -> None:
    metric = Metric.objects.get(measure="interviews")
    for days, streak in ((9, 1), (2, 2)):
        day = (now - timedelta(days=days)).date()
        span = {"first_day": day - timedelta(days=6), "last_day": day, "kind": END}
        a_checkpoint(metric, day, person=rosa, streak=streak, value=2, **span)
    page, url = as_.page(mia), f"/reviews/{review.pk}/"
    live = shown(page, f"{url}?part=1")
    assert "Missed twice in a row" in live
    assert "Interviews, 2 of 5 in week " in live
    assert page.post(f"{url}start/").status_code == 302
    assert "Interviews, 2 of 5 in week " in shown(page, f"{url}?part=1")
    Review.objects.get().close(by=mia, at=now)
    assert "Interviews, 2 of 5 in week " in shown(page, url)  # as it prints


def test_every_part_is_live_until_the_start_and_frozen_from_then_on(
    review: Review, rosa: User, mia: User, as_: type[As], deals: list[Opportunity], now: datetime
) -> None:
    page = as_.page(mia)
    assert "Winner" in shown(page, f"/reviews/{review.pk}/?part=3")
    assert "Later" not in shown(page, f"/reviews/{review.pk}/?part=2")
    a_deal(rosa, "Later", at=now)
    assert "Later" in shown(page, f"/reviews/{review.pk}/?part=2")
    assert page.post(f"/reviews/{review.pk}/start/").status_code == 302
    a_deal(rosa, "Too late", at=timezone.now())
    text = shown(page, f"/reviews/{review.pk}/?part=2")
    assert "Later" in text
    assert "Too late" not in text


@pytest.mark.parametrize("part", range(1, 6))
def test_each_part_shows_what_it_is_for(
    running: Review, rosa: User, mia: User, as_: type[As], part: int
) -> None:
    words = {
        1: ["Year to date", "Previous quarter", "Previous month", "n = 1"],
        2: ["New", "1 new"],
        3: ["Not moved", "Promised last time", "Call Ann", "Moved forward", "Won", "Winner"],
        4: ["Asked for a contract", "No buyer action yet", "How likely is it?"],
        5: ["Nothing is open from before", "Agree on a next step"],
    }
    for person in (rosa, mia):
        text = shown(as_.page(person), f"/reviews/{running.pk}/?part={part}")
        for word in words[part]:
            assert word in text, (person, word)


def test_a_part_is_saved_on_its_own_with_its_version(
    running: Review, rosa: User, mia: User, as_: type[As]
) -> None:
    url = f"/reviews/{running.pk}/parts/2/"
    assert (
        as_.page(mia).post(url, {"version": 1, "notes": "Globex first"}, **JSON).json()["version"]
        == 2
    )
    other = as_.page(rosa).post(f"/reviews/{running.pk}/parts/3/", {"version": 1, "notes": "x"})
    assert other.status_code == 302
    assert running.parts.get(number=2).notes == "Globex first"


def test_a_stale_save_is_refused_with_both_texts_and_a_way_to_merge(
    running: Review, rosa: User, mia: User, as_: type[As]
) -> None:
    url = f"/reviews/{running.pk}/parts/2/"
    as_.page(mia).post(url, {"version": 1, "notes": "Globex first"})
    answer = as_.page(rosa).post(url, {"version": 1, "notes": "Initech first"}, **JSON)
    text = answer.content.decode()
    assert answer.status_code == 412
    assert "Globex first" in text
    assert "Initech first" in text
    assert "Keep both" in text
    assert running.parts.get(number=2).notes == "Globex first"


def test_the_same_text_sent_twice_is_no_conflict(
    running: Review, rosa: User, as_: type[As]
) -> None:
    url, said = f"/reviews/{running.pk}/parts/2/", {"version": 1, "notes": "Once"}
    assert as_.page(rosa).post(url, said, **JSON).status_code == 200
    assert as_.page(rosa).post(url, said, **JSON).status_code == 200


def test_the_news_come_only_when_there_are_any(
    running: Review, rosa: User, mia: User, as_: type[As], now: datetime
) -> None:
    page = as_.page(rosa)
    first = page.get(f"/reviews/{running.pk}/news/?part=2")
    assert first.status_code == 200
    stamp = first.content.decode().split("seen=")[1].split('"')[0]
    quiet = page.get(f"/reviews/{running.pk}/news/?part=2&seen={stamp}")
    assert quiet.status_code == 204
    running.parts.get(number=2).write("From Mia", by=mia, at=now, version=1)
    again = page.get(f"/reviews/{running.pk}/news/?part=2&seen={stamp}").content.decode()
    assert "From Mia" in again
    assert 'data-version="2"' in again


def test_the_meeting_goes_on_and_the_other_is_told(
    running: Review, rosa: User, mia: User, as_: type[As]
) -> None:
    answer = as_.page(mia).post(f"/reviews/{running.pk}/current-part/", {"part": "2"})
    assert answer["Location"].endswith("?part=2")
    assert "The meeting is at 2" in shown(as_.page(rosa), f"/reviews/{running.pk}/?part=1")
    assert (
        as_.page(mia).post(f"/reviews/{running.pk}/current-part/", {"part": "9"}).status_code == 302
    )
    assert Review.objects.get().current_part == 2


def test_the_clock_survives_a_second_device_and_pauses(
    running: Review, rosa: User, mia: User, as_: type[As], now: datetime
) -> None:
    Review.objects.update(started_at=timezone.now() - timedelta(minutes=8))
    text = shown(as_.page(rosa), f"/reviews/{running.pk}/")
    assert 'data-elapsed="480"' in text
    assert "3 min over" in text
    as_.page(mia).post(f"/reviews/{running.pk}/pause/", {"part": "1"})
    assert "data-paused" in shown(as_.page(rosa), f"/reviews/{running.pk}/")
    as_.page(rosa).post(f"/reviews/{running.pk}/resumption/", {"part": "1"})
    assert "data-paused" not in shown(as_.page(mia), f"/reviews/{running.pk}/")


def test_next_steps_are_agreed_with_who_and_when(
    running: Review, rosa: User, mia: User, as_: type[As], now: datetime
) -> None:
    url = f"/reviews/{running.pk}/agreements/"
    due = (now.date() + timedelta(days=5)).isoformat()
    said = {"text": "Call the CFO", "owner": mia.pk, "due_on": due, "part": "2"}
    assert as_.page(rosa).post(url, said).status_code == 302
    agreement = Agreement.objects.get()
    assert (agreement.owner, agreement.agreed_with, agreement.review) == (mia, rosa, running)
    text = shown(as_.page(mia), f"/reviews/{running.pk}/?part=1")
    assert "Call the CFO" in text
    for wrong in ({"due_on": ""}, {"owner": "999"}, {"text": ""}, {"due_on": "31.1.2027"}):
        answer = as_.page(rosa).post(url, said | wrong)
        assert answer.status_code == 400
    swapped = as_.page(mia).post(url, said | {"text": "By htmx"}, HTTP_HX_REQUEST="true")
    assert "By htmx" in swapped.content.decode()
    as_.page(mia).post(f"/agreements/{agreement.pk}/removal/")
    assert [each.text for each in Agreement.objects.all()] == ["By htmx"]


def test_deal_verbs_work_in_place(
    running: Review,
    rosa: User,
    mia: User,
    as_: type[As],
    deals: list[Opportunity],
    now: datetime,
) -> None:
    old, forward, new, _ = deals
    url = f"/reviews/{running.pk}/deals/{old.pk}/"
    row = as_.page(mia).get(f"{url}?part=3&decide=step", HTTP_HX_REQUEST="true")
    assert "What happens next?" in row.content.decode()
    assert "What happens next?" in shown(as_.page(mia), f"{url}?part=3&decide=step")
    later = (now.date() + timedelta(days=40)).isoformat()

    def decide(person: User, deal: Opportunity, **said: str) -> Any:
        deal.refresh_from_db()
        body = {"version": deal.version, "part": "3", **said}
        where = f"/reviews/{running.pk}/deals/{deal.pk}/decisions/"
        return as_.page(person).post(where, body, HTTP_HX_REQUEST="true")

    assert decide(mia, old, kind="step", note="", on=later).status_code == 400
    done = decide(mia, old, kind="step", note="Send the offer", on=later)
    assert "Send the offer" in done.content.decode()
    assert decide(rosa, old, kind="push", note="Budget", on=later).status_code == 200
    assert decide(rosa, old, kind="help", note="You know their CEO", how="unblock", on=later)
    assert decide(mia, forward, kind="hold", note="Holidays", on=later).status_code == 200
    assert decide(rosa, new, kind="close", how="lost", note="Price").status_code == 200
    old.refresh_from_db(), new.refresh_from_db()
    assert (old.next_step, old.close_date, new.status) == (
        "Send the offer",
        date.fromisoformat(later),
        "lost",
    )
    assert ReviewDecision.objects.count() == 5
    stale = as_.page(mia).post(
        f"/reviews/{running.pk}/deals/{old.pk}/decisions/",
        {"version": 1, "part": "3", "kind": "step", "note": "Mine", "on": later},
    )
    assert stale.status_code == 412
    assert "Mine" in stale.content.decode()


def test_the_stages_probability_is_revealed_after_the_reps_own(
    running: Review, rosa: User, mia: User, as_: type[As], deals: list[Opportunity]
) -> None:
    new = deals[2]
    page, url = as_.page(rosa), f"/reviews/{running.pk}/?part=4"
    assert "says the stage" not in shown(page, url)
    where = f"/reviews/{running.pk}/deals/{new.pk}/answer/"
    line = running.deals.get(opportunity=new)
    said = {"version": line.version, "part": "4", "own_probability": "70"}
    assert page.post(where, said).status_code == 400
    assert (
        page.post(
            where, said | {"own_probability": "101", "own_probability_reason": "x"}
        ).status_code
        == 400
    )
    done = page.post(where, said | {"own_probability_reason": "They asked for a contract"})
    assert done.status_code == 302
    text = shown(page, url)
    assert "70 %</b> says Rosa" in text
    assert "10 %</b> says the stage" in text
    new.refresh_from_db()
    assert (new.own_probability, new.own_probability_reason) == (70, "They asked for a contract")


def test_both_agree_and_it_is_closed_for_good(
    running: Review, rosa: User, mia: User, as_: type[As]
) -> None:
    read = f"/reviews/{running.pk}/read-through/"
    assert "Rosa has not agreed yet" in shown(as_.page(mia), read)
    version = Review.objects.get().version
    as_.page(mia).post(f"/reviews/{running.pk}/consent/", {"version": version})
    assert "Mia agreed; your word closes it" in shown(as_.page(rosa), read)
    version = Review.objects.get().version
    as_.page(rosa).post(f"/reviews/{running.pk}/consent/", {"version": version})
    text = shown(as_.page(rosa), f"/reviews/{running.pk}/")
    assert "both agreed" in text
    late = as_.page(mia).post(f"/reviews/{running.pk}/parts/2/", {"version": 1, "notes": "Late"})
    assert late.status_code == 400
    assert Review.objects.get().parts.get(number=2).notes == ""


def test_both_may_read_first_and_agree_then(
    running: Review, rosa: User, mia: User, as_: type[As]
) -> None:
    version = Review.objects.get().version
    for person in (mia, rosa):
        as_.page(person).post(f"/reviews/{running.pk}/consent/", {"version": version})
    assert Review.objects.get().is_closed


def test_a_change_while_one_reads_is_shown_before_they_agree_to_it(
    running: Review, rosa: User, mia: User, as_: type[As], now: datetime
) -> None:
    version = Review.objects.get().version
    running.parts.get(number=5).write("One more thing", by=rosa, at=now)
    answer = as_.page(mia).post(f"/reviews/{running.pk}/consent/", {"version": version})
    assert answer.status_code == 412
    assert "One more thing" in answer.content.decode()
    assert Review.objects.get().manager_agreed_at is None


def test_the_manager_closes_with_the_reps_silence_noted(
    running: Review, rosa: User, mia: User, as_: type[As]
) -> None:
    version = Review.objects.get().version
    url = f"/reviews/{running.pk}/closing/"
    assert as_.page(rosa).post(url, {"version": version}).status_code == 403
    as_.page(mia).post(url, {"version": version})
    assert "Rosa had not agreed" in shown(as_.page(rosa), f"/reviews/{running.pk}/")


def test_remarks_are_appended_with_name_and_time(
    running: Review, rosa: User, mia: User, as_: type[As], now: datetime
) -> None:
    url = f"/reviews/{running.pk}/remarks/"
    as_.page(rosa).post(url, {"text": "Too early"})
    assert not ReviewRemark.objects.exists()
    running.close(by=mia, at=now)
    assert as_.page(rosa).post(url, {"text": " "}).status_code == 400
    as_.page(rosa).post(url, {"text": "We won Globex after all."})
    text = shown(as_.page(mia), f"/reviews/{running.pk}/")
    assert "We won Globex after all." in text
    assert "Rosa Rep ·" in text


def test_nobody_else_reads_a_private_note(
    running: Review, rosa: User, mia: User, as_: type[As], now: datetime
) -> None:
    url = f"/reviews/{running.pk}/note/"
    as_.page(mia).post(url, {"version": 1, "text": "Nervous about the quarter"}, **JSON)
    assert ReviewNote.objects.get().author == mia
    for address in ("", "?part=1", "read-through/"):
        assert "Nervous" not in shown(as_.page(rosa), f"/reviews/{running.pk}/{address}")
    assert "Nervous" in shown(as_.page(mia), f"/reviews/{running.pk}/?part=1")
    Organisation.current().change(managers_manager_reads_reviews=True)
    running.close(by=mia, at=now)
    assert "Nervous" not in shown(as_.page(rosa), f"/reviews/{running.pk}/")
    assert "Nervous" in shown(as_.page(mia), f"/reviews/{running.pk}/")


def test_the_switch_opens_what_is_held_under_it_and_each_reading_is_noted(
    review: Review, rosa: User, mia: User, eva: User, as_: type[As], now: datetime
) -> None:
    Organisation.current().change(managers_manager_reads_reviews=True)
    eva.refresh_from_db()
    assert "Eva Executive can read it too" in shown(as_.page(rosa), f"/reviews/{review.pk}/")
    review.start(by=mia, at=now)
    assert as_.page(eva).get(f"/reviews/{review.pk}/").status_code == 404
    review.close(by=mia, at=now)
    assert not ReviewRead.objects.exists()
    shown(as_.page(eva), f"/reviews/{review.pk}/")
    assert ReviewRead.objects.get().reader == eva
    for person in (rosa, mia):
        assert "Read by others" in shown(as_.page(person), f"/reviews/{review.pk}/")
    assert as_.page(eva).post(f"/reviews/{review.pk}/remarks/", {"text": "Hm"}).status_code == 403
    Organisation.current().change(managers_manager_reads_reviews=False)
    assert as_.page(eva).get(f"/reviews/{review.pk}/").status_code == 404


def test_what_was_held_before_the_switch_stays_closed(
    running: Review, mia: User, eva: User, as_: type[As], now: datetime
) -> None:
    running.close(by=mia, at=now)
    Organisation.current().change(managers_manager_reads_reviews=True)
    eva.refresh_from_db()
    assert as_.page(eva).get(f"/reviews/{running.pk}/").status_code == 404


def test_an_agreement_is_split_into_smaller_ones(
    review: Review, rosa: User, mia: User, as_: type[As], now: datetime
) -> None:
    day = now.date() - timedelta(days=1)
    old = Agreement.make(text="Big", owner=rosa, due_on=day, by=mia, at=now - timedelta(days=9))
    Agreement.objects.update(carried=2)
    review.start(by=mia, at=now)
    page = as_.page(rosa)
    assert "carried 3x" in shown(page, f"/reviews/{review.pk}/?part=5")
    refused = as_.page(mia).post(
        f"/reviews/{review.pk}/closing/", {"version": Review.objects.get().version}
    )
    assert "Drop or split" in refused.content.decode()
    url = f"/reviews/{review.pk}/agreements/{old.pk}/split/"
    assert "Split it" in shown(page, url)
    old.refresh_from_db()
    due = now.date().isoformat()
    said = {
        "version": old.version,
        **{f"piece-{n}-owner": rosa.pk for n in (1, 2, 3)},
        **{f"piece-{n}-due_on": due for n in (1, 2, 3)},
        "piece-1-text": "Half",
    }
    assert page.post(url, said).status_code == 400
    assert page.post(url, said | {"piece-2-text": "Other half"}).status_code == 302
    old.refresh_from_db()
    assert old.state == "dropped"
    assert Agreement.objects.filter(split_from=old).count() == 2


@pytest.mark.parametrize("part", ["", "?part=1", "?part=2", "?part=3", "?part=4", "?part=5"])
def test_statements_do_not_grow_with_the_deals(
    running: Review, rosa: User, mia: User, as_: type[As], now: datetime, part: str
) -> None:
    page, url = as_.page(mia), f"/reviews/{running.pk}/{part}"
    page.get(url)
    with CaptureQueriesContext(
        connection,
    ) as few:
        page.get(url)
    review = Review.objects.get()
    from reviews.models import ReviewDeal

    line = review.deals.first()
    assert line
    for n in range(30):
        line.pk, line.opportunity = None, a_deal(rosa, f"More {n}", at=now)
        line._state.adding = True
        line.save()
    assert ReviewDeal.objects.count() > 30
    with CaptureQueriesContext(connection) as many:
        page.get(url)
    assert len(many) == len(few)
    assert len(many) <= 12


@pytest.mark.parametrize("part", ["", "?part=1", "?part=3", "?part=4"])
def test_nor_before_it_starts(
    review: Review,
    deals: list[Opportunity],
    rosa: User,
    mia: User,
    as_: type[As],
    now: datetime,
    part: str,
) -> None:
    a_money_target(92_000, mia, now, team=rosa.team)
    page, url = as_.page(mia), f"/reviews/{review.pk}/{part}"
    page.get(url)
    with CaptureQueriesContext(connection) as few:
        page.get(url)
    for n in range(30):
        a_deal(rosa, f"More {n}", at=now - timedelta(days=40 + n))
    with CaptureQueriesContext(connection) as many:
        page.get(url)
    assert len(many) == len(few)
    assert len(many) <= 12, [each["sql"][:150] for each in many]
