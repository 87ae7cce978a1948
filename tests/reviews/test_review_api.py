"""The 1-on-1 for programs: a whole one by the API, from its rhythm to the next month's."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lib.calendar import local_date
from metrics.models import Metric
from metrics.periods import END
from people.models import User
from pipeline.models import BuyerAction, Opportunity
from reviews.models import Agreement, Review, ReviewPart, ReviewSchedule
from tests.api.conftest import Sends
from tests.conftest import As
from tests.factories import a_checkpoint, a_deal, a_stage


@pytest.fixture
def now() -> datetime:
    """The API reads the clock itself."""
    return timezone.now()


@pytest.fixture
def rosas(rosa: User, as_: type[As]) -> Sends:
    return Sends(as_.api(rosa))


@pytest.fixture
def mias(mia: User, as_: type[As]) -> Sends:
    return Sends(as_.api(mia))


@pytest.fixture
def review(rosa: User, mia: User, now: datetime) -> Review:
    """In an hour, so that it may be prepared already."""
    return Review.arrange(rosa, now + timedelta(hours=1), by=mia, at=now)


@pytest.fixture
def running(review: Review, mia: User, now: datetime) -> Review:
    review.start(by=mia, at=now)
    return review


@pytest.fixture
def closed(running: Review, mia: User, now: datetime) -> Review:
    running.close(by=mia, at=now)
    return running


def attrs(answer: Any) -> list[str | None]:
    return sorted((error["attr"] or "") for error in answer.json()["errors"])


def day(now: datetime, days: int = 0) -> str:
    return (now.date() + timedelta(days=days)).isoformat()


# The rhythm.


def test_a_manager_sets_up_a_rhythm_that_makes_drafts_and_changes_it(
    rosa: User, mias: Sends, rosas: Sends
) -> None:
    said = {"rep": rosa.pk, "rhythm": "day_of_month", "day": 31, "time": "09:30"}
    made = mias.post("review-schedules/", said)
    assert (made.status_code, made.data["day"], made["ETag"]) == (201, 31, '"2"')
    drafts = mias.get("reviews/?state=scheduled").data["results"]
    assert drafts
    assert {each["schedule"] for each in drafts} == {made.data["id"]}
    one = f"review-schedules/{made.data['id']}/"
    assert mias.patch(one, {"minutes": 45}).status_code == 428
    assert mias.patch(one, {"minutes": 45}, version=9).json()["current"]["minutes"] == 30
    assert mias.patch(one, {"minutes": 45}, version=2).data["minutes"] == 45
    assert {each["minutes"] for each in rosas.get("reviews/").data["results"]} == {45}
    assert rosas.patch(one, {"minutes": 60}, version=3).status_code == 403
    assert attrs(mias.patch(one, {"minutes": 5}, version=3)) == ["minutes"]
    assert attrs(mias.patch(one, {"rep": 1}, version=3)) == ["rep"]


def test_only_the_manager_of_a_rep_plans_with_them(
    rosa: User, otto: User, eva: User, mias: Sends, rosas: Sends, as_: type[As], now: datetime
) -> None:
    when = {"scheduled_for": (now + timedelta(days=3)).isoformat()}
    for noun, more in (("review-schedules/", {}), ("reviews/", when)):
        assert attrs(mias.post(noun, {"rep": otto.pk, **more})) == ["rep"]
        assert attrs(mias.post(noun, {"rep": 987654, **more})) == ["rep"]
        for other in (Sends(as_.api(eva)), rosas):
            assert other.post(noun, {"rep": rosa.pk, **more}).status_code == 403
    assert not ReviewSchedule.objects.exists()


# Arranging one.


def test_one_is_arranged_moved_excused_and_held_after_all(
    rosa: User, mias: Sends, rosas: Sends, now: datetime
) -> None:
    when = now + timedelta(days=3)
    made = mias.post("reviews/", {"rep": rosa.pk, "scheduled_for": when.isoformat()}, key="one")
    again = mias.post("reviews/", {"rep": rosa.pk, "scheduled_for": when.isoformat()}, key="one")
    assert made.status_code == again.status_code == 201
    assert (Review.objects.count(), again["Idempotency-Replayed"]) == (1, "true")
    one = made["Location"].removeprefix("/api/v1/")
    assert mias.get(one).data["state"] == "scheduled"
    later = {"scheduled_for": (when + timedelta(days=1)).isoformat()}
    assert rosas.put(f"{one}time/", later).status_code == 428
    moved = rosas.put(f"{one}time/", later, version=1)
    assert (moved.status_code, moved.data["reschedules"][0]["by"]) == (200, rosa.pk)
    stale = mias.put(f"{one}time/", later, version=1)
    assert (stale.status_code, stale.json()["current"]["moved_at"]) == (
        412,
        moved.json()["moved_at"],
    )
    past = {"scheduled_for": (now - timedelta(days=9)).isoformat()}
    assert attrs(mias.put(f"{one}time/", past, version=2)) == ["scheduled_for"]
    assert rosas.post(f"{one}excuse/", {"reason": "Ill"}, version=2).status_code == 403
    assert attrs(mias.post(f"{one}excuse/", {"reason": " "}, version=2)) == ["reason"]
    excused = mias.post(f"{one}excuse/", {"reason": "Rosa is ill"}, version=2)
    assert (excused.data["state"], excused.data["excuse"]) == ("excused", "Rosa is ill")
    assert mias.get("reviews/?state=excused").data["results"][0]["id"] == made.data["id"]
    assert mias.post(f"{one}start/", version=3).status_code == 400
    assert mias.delete(f"{one}excuse/").status_code == 428
    assert mias.delete(f"{one}excuse/", version=3).data["state"] == "scheduled"


def test_the_list_is_narrowed_by_who_state_and_time(
    rosa: User, pia: User, mia: User, mias: Sends, review: Review, now: datetime
) -> None:
    other = Review.arrange(pia, now + timedelta(days=9), by=mia, at=now)

    def found(query: str) -> list[int]:
        return [each["id"] for each in mias.get(f"reviews/?{query}").data["results"]]

    tomorrow = (now + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert found("") == [other.pk, review.pk]
    assert found(f"rep={rosa.pk}") == found(f"scheduled_before={tomorrow}") == [review.pk]
    assert found(f"scheduled_from={tomorrow}") == [other.pk]
    assert found(f"manager={rosa.pk}") == found("state=closed") == found("rep=987654") == []
    review.start(by=mia, at=now)
    assert (found("state=running"), found("state=scheduled")) == ([review.pk], [other.pk])
    assert attrs(mias.get("reviews/?state=odd")) == ["state"]


# Preparing.


def test_the_rep_prepares_and_the_manager_reads_it(
    review: Review, rosas: Sends, mias: Sends
) -> None:
    path = f"reviews/{review.pk}/preparation/"
    empty = rosas.get(path)
    assert (empty.data["in_the_way"], empty["ETag"]) == ("", '"1"')
    assert rosas.patch(path, {"doing": "Call"}).status_code == 428
    kept = rosas.patch(path, {"doing": "I call the CFO"}, version=1)
    assert (kept.status_code, kept["ETag"]) == (200, '"2"')
    stale = rosas.patch(path, {"doing": "Nothing"}, version=1)
    assert (stale.status_code, stale.json()["current"]["doing"]) == (412, "I call the CFO")
    rosas.patch(path, {"in_the_way": "The lawyers"}, version=2)
    shown = mias.get(f"reviews/{review.pk}/").data["preparation"]
    assert (shown["in_the_way"], shown["doing"]) == ("The lawyers", "I call the CFO")
    assert mias.patch(path, {"doing": "No"}, version=3).status_code == 403
    assert attrs(rosas.patch(path, {"done": "No"}, version=3)) == ["done"]
    mias.post(f"reviews/{review.pk}/start/", version=1)
    assert rosas.patch(path, {"doing": "Late"}, version=3).status_code == 400


def test_before_it_opens_nothing_is_prepared_and_the_draft_still_follows_its_rhythm(
    rosa: User, mia: User, rosas: Sends, now: datetime
) -> None:
    early = Review.arrange(rosa, now + timedelta(days=20), by=mia, at=now)
    path = f"reviews/{early.pk}/preparation/"
    assert rosas.patch(path, {"doing": "Soon"}, version=1).status_code == 400
    assert not Review.objects.exclude(preparation=None).exists()


def test_each_keeps_a_note_of_their_own(review: Review, rosas: Sends, mias: Sends) -> None:
    path = f"reviews/{review.pk}/note/"
    assert mias.patch(path, {"text": "Praise her first"}).status_code == 428
    assert mias.patch(path, {"text": "Praise her first"}, version=1)["ETag"] == '"2"'
    assert mias.patch(path, {"text": "x"}, version=1).json()["current"]["text"] == (
        "Praise her first"
    )
    assert rosas.get(path).data["text"] == ""
    assert rosas.patch(path, {"text": "Ask for leave"}, version=1).status_code == 200
    assert mias.get(path).data["text"] == "Praise her first"


# Running.


def test_what_it_shows_is_frozen_when_it_starts(
    rosa: User, review: Review, mias: Sends, now: datetime
) -> None:
    deal = a_deal(rosa, "Globex", at=now - timedelta(days=3))
    last = now.date() - timedelta(days=2)
    metric = Metric.objects.get(measure="interviews")
    a_checkpoint(metric, last, person=rosa, kind=END, streak=2, first_day=last, last_day=last)
    path = f"reviews/{review.pk}/"
    live = mias.get(path).data
    assert [each["name"] for each in live["new"]] == ["Globex"]
    assert (live["new"][0]["id"], live["parts"], live["compared"]["is_first"]) == (None, [], True)
    assert mias.post(f"{path}start/", version=7).status_code == 412
    begun = mias.post(f"{path}start/", version=1)
    assert begun.data["state"] == "running"
    assert [each["planned_minutes"] for each in begun.data["parts"]] == [5, 5, 8, 8, 4]
    deal.describe(name="Renamed")
    frozen = mias.get(path).data
    assert [each["name"] for each in frozen["new"]] == ["Globex"]
    assert frozen["status"]["periods"][0]["name"] == "year_to_date"
    missed = frozen["status"]["missed"][0]
    assert (missed["metric"], missed["streak"]) == ("Interviews", 2)
    assert [(each["value"], each["target"]) for each in missed["periods"]] == [(1, 5)]
    Review.objects.update(status={k: v for k, v in frozen["status"].items() if k != "missed"})
    assert mias.get(path).data["status"]["missed"] == []  # of one frozen before they were noted
    assert frozen["new"][0]["id"]


def test_the_clock_is_the_reviews_own(
    running: Review, rosas: Sends, mias: Sends, now: datetime
) -> None:
    path = f"reviews/{running.pk}/"
    Review.objects.filter(pk=running.pk).update(started_at=now - timedelta(minutes=7))
    turned = rosas.put(f"{path}current-part/", {"part": 3})
    assert turned.data["clock"]["current_part"] == 3
    assert turned.data["parts"][0]["seconds"] >= 420
    assert attrs(rosas.put(f"{path}current-part/", {"part": 6})) == ["part"]
    paused = mias.post(f"{path}pause/")
    assert paused.data["clock"]["paused_at"]
    assert rosas.delete(f"{path}pause/").data["clock"]["paused_at"] is None


def test_a_part_is_saved_on_its_version_and_412_holds_the_others_text(
    running: Review, rosas: Sends, mias: Sends, mia: User
) -> None:
    parts = mias.get(f"review-parts/?review={running.pk}").data["results"]
    assert [each["number"] for each in parts] == [1, 2, 3, 4, 5]
    path = f"review-parts/{parts[2]['id']}/"
    assert mias.patch(path, {"notes": "Mia's line"}).status_code == 428
    kept = mias.patch(path, {"notes": "Mia's line"}, version=1)
    assert (kept["ETag"], kept.data["saved_by"]) == ('"2"', mia.pk)
    stale = rosas.patch(path, {"notes": "Rosa's line"}, version=1)
    assert (stale.status_code, stale["ETag"]) == (412, '"2"')
    assert stale.json()["current"]["notes"] == "Mia's line"
    both = rosas.patch(path, {"notes": "Mia's line\nRosa's line"}, version=2)
    assert both.status_code == 200
    assert mias.get(path).data["notes"] == "Mia's line\nRosa's line"
    lost_answer = rosas.patch(path, {"notes": "Mia's line\nRosa's line"}, version=2)
    assert (lost_answer.status_code, lost_answer["ETag"]) == (200, '"3"')
    assert attrs(rosas.patch(path, {"notes": "x" * 20_001}, version=3)) == ["notes"]
    assert attrs(rosas.patch(path, {"seconds": 0}, version=3)) == ["seconds"]


def test_the_stages_odds_are_shown_after_the_reps_own(
    rosa: User, review: Review, rosas: Sends, mias: Sends, now: datetime
) -> None:
    soon = local_date(now, rosa.zone) + timedelta(days=10)
    deal = a_deal(rosa, at=now - timedelta(days=3), close_date=soon)
    BuyerAction.record(deal, "Asked for a contract", now.date(), by=rosa, at=now)
    a_deal(rosa, "Far", at=now - timedelta(days=3), close_date=soon + timedelta(days=90))
    path = f"reviews/{review.pk}/"
    assert mias.get(path).data["forecast"][0]["stage_probability"] is None
    mias.post(f"{path}start/", version=1)
    line = mias.get(path).data["forecast"][0]
    assert (line["stage_probability"], line["evidence"][0]["what"]) == (
        None,
        "Asked for a contract",
    )
    listed = {each["name"]: each for each in rosas.get("review-deals/").data["results"]}
    assert {each["stage_probability"] for each in listed.values()} == {None}
    one = f"review-deals/{line['id']}/answer/"
    said = {"own_probability": 70, "own_probability_reason": "The CFO said yes"}
    assert rosas.put(one, said).status_code == 428
    assert attrs(rosas.put(one, {"own_probability": 101}, version=1)) == [
        "own_probability",
        "own_probability_reason",
    ]
    answered = rosas.put(one, said, version=1)
    assert answered.data["stage_probability"] == a_stage().probability
    assert answered.data["answered_by"] == rosa.pk
    stale = mias.put(one, said, version=1)
    assert (stale.status_code, stale.json()["current"]["own_probability"]) == (412, 70)
    far = rosas.put(f"review-deals/{listed['Far']['id']}/answer/", said, version=1)
    assert far.status_code == 400
    assert Opportunity.objects.get(pk=deal.pk).own_probability == 70


def test_a_decision_is_carried_out_on_the_version_of_the_deal(
    rosa: User, pia: User, running: Review, mias: Sends, now: datetime
) -> None:
    deal, hers = a_deal(rosa, at=now), a_deal(pia, "Pia's", at=now)
    path = f"reviews/{running.pk}/decisions/"
    said = {"opportunity": deal.pk, "kind": "step", "note": "Call Ann", "on": "2099-01-05"}
    assert mias.post(path, said).status_code == 428
    for _ in range(2):
        assert mias.post(path, said, version=deal.version).status_code == 201
    push = {"opportunity": deal.pk, "kind": "push", "on": "2099-02-01"}
    stale = mias.post(path, push, version=deal.version)
    assert (stale.status_code, stale.json()["current"]["next_step"]) == (412, "Call Ann")
    pushed = mias.post(path, push, version=stale.json()["version"])
    assert pushed.status_code == 201
    assert [each["kind"] for each in mias.get(path).data["results"]] == ["step", "push"]
    assert attrs(mias.post(path, {**push, "on": None}, version="*")) == ["on"]
    assert attrs(mias.post(path, {**push, "opportunity": hers.pk}, version="*")) == ["opportunity"]
    assert attrs(mias.post(path, {**push, "opportunity": 987654}, version="*")) == ["opportunity"]
    shown = mias.get(f"reviews/{running.pk}/").data["decisions"]
    assert [each["kind"] for each in shown] == ["step", "push"]


def test_agreements_of_a_running_review_are_made_removed_and_split(
    rosa: User, mia: User, running: Review, rosas: Sends, mias: Sends, now: datetime
) -> None:
    said = {"text": "Bring the CFO in", "owner": mia.pk, "due_on": day(now, 7)}
    made = rosas.post("agreements/", {**said, "review": running.pk})
    assert (made.status_code, made.data["review"], made.data["agreed_with"]) == (
        201,
        running.pk,
        rosa.pk,
    )
    one = f"agreements/{made.data['id']}/"
    assert mias.delete(one).status_code == 428
    assert mias.delete(one, version=9).json()["current"]["text"] == "Bring the CFO in"
    assert mias.delete(one, version=1).status_code == 204
    old = Agreement.make(text="All of it", owner=rosa, due_on=now.date(), by=mia, at=now)
    assert mias.delete(f"agreements/{old.pk}/", version=1).status_code == 400
    into = [{"text": each, "owner": rosa.pk, "due_on": day(now, 3)} for each in ("Half", "Rest")]
    split = f"agreements/{old.pk}/split/"
    assert attrs(rosas.post(split, {"review": running.pk, "into": into[:1]}, version=1)) == [
        "into.non_field_errors"
    ]
    wrong = [into[0], {**into[1], "text": ""}]
    assert attrs(rosas.post(split, {"review": running.pk, "into": wrong}, version=1)) == [
        "into.1.text"
    ]
    assert rosas.post(split, {"review": running.pk, "into": into}, version=8).status_code == 412
    answer = rosas.post(split, {"review": running.pk, "into": into}, version=1)
    assert (answer.status_code, answer.data["state"]) == (200, "dropped")
    pieces = mias.get(f"agreements/?split_from={old.pk}").data["results"]
    assert [each["text"] for each in pieces] == ["Half", "Rest"]
    assert len(mias.get(f"agreements/?review={running.pk}").data["results"]) == 2
    assert len(mias.get(f"reviews/{running.pk}/").data["agreements"]["agreed"]) == 2


def test_agreements_are_of_the_two_and_of_their_running_review(
    rosa: User, pia: User, review: Review, mias: Sends, rosas: Sends, now: datetime
) -> None:
    said = {"text": "x", "due_on": day(now, 7), "review": review.pk}
    assert mias.post("agreements/", {**said, "owner": rosa.pk}).status_code == 400  # not begun
    mias.post(f"reviews/{review.pk}/start/", version=1)
    assert attrs(mias.post("agreements/", {**said, "owner": pia.pk})) == ["owner"]
    assert attrs(rosas.post("agreements/", {**said, "owner": rosa.pk, "review": 987654})) == [
        "review"
    ]


# Closing.


def test_both_agree_to_what_they_read_and_the_second_closes_it(
    running: Review, rosas: Sends, mias: Sends
) -> None:
    path = f"reviews/{running.pk}/"
    assert rosas.post(f"{path}consent/").status_code == 428
    first = rosas.post(f"{path}consent/", version=rosas.get(path)["ETag"])
    assert first.data["rep_agreed_at"]
    part = ReviewPart.objects.get(review=running, number=1)
    mias.patch(f"review-parts/{part.pk}/", {"notes": "One more thing"}, version=1)
    late = mias.post(f"{path}consent/", version=first["ETag"])
    assert (late.status_code, late.json()["current"]["rep_agreed_at"]) == (412, None)
    again = rosas.post(f"{path}consent/", version=late["ETag"])
    taken_back = rosas.delete(f"{path}consent/", version=again["ETag"])
    assert taken_back.data["rep_agreed_at"] is None
    again = rosas.post(f"{path}consent/", version=taken_back["ETag"])
    closed = mias.post(f"{path}consent/", version=again["ETag"])
    assert (closed.data["state"], closed.data["rep_was_silent"]) == ("closed", False)


def test_the_manager_closes_it_and_the_reps_silence_is_noted(
    running: Review, rosas: Sends, mias: Sends
) -> None:
    path = f"reviews/{running.pk}/"
    tag = mias.get(path)["ETag"]
    assert rosas.post(f"{path}closing/", version=tag).status_code == 403
    closed = mias.post(f"{path}closing/", version=tag)
    assert (closed.data["state"], closed.data["rep_was_silent"]) == ("closed", True)


def test_what_is_closed_stays_as_it_is(
    rosa: User, closed: Review, mias: Sends, rosas: Sends, now: datetime
) -> None:
    before = mias.get(f"reviews/{closed.pk}/").data
    part, deal = closed.parts.get(number=1), a_deal(rosa, at=now)
    agreed = {"text": "x", "owner": rosa.pk, "due_on": day(now, 1), "review": closed.pk}
    decided = {"opportunity": deal.pk, "kind": "leave"}
    one = f"reviews/{closed.pk}/"
    for answer in (
        mias.patch(f"review-parts/{part.pk}/", {"notes": "Later"}, version="*"),
        rosas.patch(f"{one}preparation/", {"doing": "Later"}, version="*"),
        mias.post("agreements/", agreed),
        mias.post(f"{one}decisions/", decided, version="*"),
        mias.put(f"{one}time/", {"scheduled_for": "2099-01-01T09:00:00Z"}, version="*"),
        mias.post(f"{one}excuse/", {"reason": "Ill"}, version="*"),
        mias.post(f"{one}start/", version="*"),
        mias.put(f"{one}current-part/", {"part": 2}),
        mias.post(f"{one}pause/"),
        mias.post(f"{one}consent/", version="*"),
        mias.delete(f"{one}consent/", version="*"),
        mias.post(f"{one}closing/", version="*"),
    ):
        assert answer.status_code == 400, answer.request["PATH_INFO"]
    after = mias.get(f"reviews/{closed.pk}/").data
    same = before.keys() - {"version"}
    assert {name: after[name] for name in same} == {name: before[name] for name in same}
    remark = rosas.post("review-remarks/", {"review": closed.pk, "text": "I meant Initech"})
    assert (remark.status_code, remark.data["author"]) == (201, rosa.pk)
    assert mias.get(f"{one}").data["remarks"][0]["text"] == "I meant Initech"
    for method in ("patch", "delete"):
        assert getattr(mias, method)(f"review-remarks/{remark.data['id']}/").status_code == 405


def test_a_remark_is_for_a_closed_one(running: Review, mias: Sends) -> None:
    said = {"review": running.pk, "text": "Too early"}
    assert mias.post("review-remarks/", said).status_code == 400


def test_the_next_one_opens_with_what_was_left_undone(
    rosa: User, mia: User, running: Review, mias: Sends, now: datetime
) -> None:
    said = {"text": "Call Ann", "owner": rosa.pk, "due_on": day(now), "review": running.pk}
    made = mias.post("agreements/", said).data["id"]
    mias.post(f"reviews/{running.pk}/closing/", version="*")
    when = (now + timedelta(hours=2)).isoformat()
    path = mias.post("reviews/", {"rep": rosa.pk, "scheduled_for": when})["Location"]
    path = path.removeprefix("/api/v1/")
    ahead = mias.get(path).data["agreements"]["carried"][0]
    assert (ahead["id"], ahead["carried"], ahead["times_carried"]) == (made, 0, 1)
    begun = mias.post(f"{path}start/", version=1).data
    assert begun["previous"] == running.pk
    assert begun["agreements"]["carried"][0]["carried"] == 1
    for _ in range(2):
        Agreement.objects.filter(pk=made).update(carried=3)
    refused = mias.post(f"{path}closing/", version="*")
    assert (refused.status_code, "Call Ann" in refused.json()["errors"][0]["detail"]) == (400, True)


# Counting.


def test_the_line_counts_them_without_their_text(
    rosa: User, pia: User, mia: User, eva: User, closed: Review, as_: type[As], now: datetime
) -> None:
    later = Review.arrange(pia, now + timedelta(days=1), by=mia, at=now)
    excused = Review.arrange(pia, now + timedelta(days=2), by=mia, at=now)
    excused.excuse_it("Ill", by=mia, at=now)
    Review.objects.filter(pk__in=[closed.pk, later.pk]).update(not_held_at=now)
    rows = Sends(as_.api(eva)).get("review-counts/").data["results"]
    expected = {"held": 1, "late": 1, "excused": 1, "not_held": 1, "scheduled": 0}
    assert rows == [{"manager": mia.pk, "manager_name": "Mia Manager", **expected}]
    own = Sends(as_.api(rosa)).get("review-counts/").data["results"][0]
    assert (own["held"], own["excused"]) == (1, 0)
    due = closed.due_by.isoformat()
    dated = Sends(as_.api(eva)).get(f"review-counts/?from={due}&to={due}").data["results"]
    assert dated[0]["held"] == 1
    assert Sends(as_.api(eva)).get("review-counts/?from=2099-01-01").data["results"] == []
    assert attrs(Sends(as_.api(eva)).get("review-counts/?to=soon")) == ["to"]
    assert attrs(Sends(as_.api(eva)).get("review-counts/?until=2099-01-01")) == ["until"]


# How much is read for it.


def queries(sender: Sends, path: str) -> int:
    sender.get("users/me/")  # notes the use of the token, once a minute
    with CaptureQueriesContext(connection) as found:
        assert sender.get(path).status_code == 200
    return len(found)


def test_one_takes_the_same_statements_for_3_deals_and_for_30(
    rosa: User, mia: User, review: Review, mias: Sends, now: datetime
) -> None:
    def add(numbers: range) -> None:
        for n in numbers:
            deal = a_deal(rosa, f"Deal {n}", at=now - timedelta(days=3))
            BuyerAction.record(deal, "Asked", now.date(), by=rosa, at=now)
            Agreement.make(text=f"Step {n}", owner=rosa, due_on=now.date(), by=mia, at=now)

    path = f"reviews/{review.pk}/"
    add(range(3))
    mias.get(path)  # makes what an installation has once
    few = queries(mias, path)
    add(range(3, 30))
    assert queries(mias, path) == few <= 29
    mias.post(f"{path}start/", version=1)
    assert queries(mias, path) <= 12


def test_counting_is_one_statement(eva: User, closed: Review, as_: type[As]) -> None:
    assert queries(Sends(as_.api(eva)), "review-counts/") == 2  # and one for the token
