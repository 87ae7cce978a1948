"""Inspection fades as a rep gets good and comes back when it slips: product.md 3."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from coaching.levels import reaches
from coaching.models import (
    CallPlan,
    CoachingRules,
    DebriefReview,
    InspectionLevel,
    LevelChange,
)
from lib.versions import Stale
from tests.factories import NOW, a_call, a_debrief, a_plan, a_scored_call

pytestmark = pytest.mark.django_db
ALL_APPS = [config.name for config in apps.get_app_configs()]  # see tests/pipeline/test_clocks.py
GOOD, BAD, UNPLANNED = "good", "bad", "unplanned"
BY_HAND = ["continuous", "frequent", "intermittent", "spot"]


@dataclass
class ByHand:
    """The rule told again, knowing nothing of ours: the level after each thing that happens."""

    level: int = 0
    sheet: list[str] = field(default_factory=list)

    def hear(self, what: str) -> None:
        before = self.level
        if what == UNPLANNED:
            self.level = max(0, self.level - 1)
        elif what in BY_HAND:
            self.level = BY_HAND.index(what)
        else:
            self.sheet.append(what)
            if self.sheet[-5:] == [GOOD] * 5:
                self.level = min(3, self.level + 1)
            elif self.sheet[-3:].count(BAD) > 1:
                self.level = max(0, self.level - 1)
        if self.level != before:
            self.sheet = []


def happens(what, rosa, mia, hour):
    """One thing in the life of a rep."""
    at = NOW + timedelta(hours=hour)
    if what == UNPLANNED:
        call = a_call(rosa, at - timedelta(hours=2))
        a_debrief(call, at - timedelta(hours=1))
    elif what in BY_HAND:
        level = InspectionLevel.kept(rosa)
        if level.level != what:
            level.set_by_hand(what, "To see how it goes", by=mia, at=at)
    else:
        a_scored_call(rosa, 8 if what == GOOD else 5, mia, at)


# Drawn once, long enough that every level is reached and lost: a database is slow to shrink.
LIVES = [
    [GOOD] * 16,
    [GOOD] * 15 + [BAD, BAD, BAD, BAD, GOOD, BAD],
    [GOOD] * 10 + [UNPLANNED, UNPLANNED, UNPLANNED] + [GOOD] * 5,
    [BAD, BAD, *[GOOD] * 4, BAD, *[GOOD] * 5, BAD, GOOD, GOOD, BAD, GOOD, BAD],
    [GOOD] * 4 + ["frequent", GOOD, GOOD, GOOD, GOOD, GOOD, "intermittent", "spot", BAD, UNPLANNED],
    [
        "spot",
        BAD,
        GOOD,
        UNPLANNED,
        BAD,
        GOOD,
        BAD,
        *[GOOD] * 5,
        "continuous",
        *[GOOD] * 5,
        BAD,
        BAD,
    ],
]


@pytest.mark.parametrize("life", LIVES)
def test_a_rep_has_the_level_that_the_rule_told_by_hand_gives(rosa, mia, life):
    by_hand, hour = ByHand(), 0
    for what in life:
        hour += 4
        before = by_hand.level
        happens(what, rosa, mia, hour)
        by_hand.hear(what)
        level = InspectionLevel.of(rosa)
        assert level.level == BY_HAND[by_hand.level]
        assert level.rep_id == rosa.pk
        if by_hand.level != before:
            last = LevelChange.objects.filter(rep=rosa).first()
            assert (last.from_level, last.to_level) == (BY_HAND[before], BY_HAND[by_hand.level])
            assert last.at == NOW + timedelta(hours=hour) - (
                timedelta(hours=1) if what == UNPLANNED else timedelta(0)
            )


@given(st.lists(st.booleans(), max_size=40))
def test_over_any_scores_the_rule_agrees_with_the_one_told_by_hand(scores):
    by_hand, level, sheet = ByHand(), 0, []
    for good in scores:
        by_hand.hear(GOOD if good else BAD)
        sheet.append(good)
        moved = min(max(level + reaches(sheet), 0), 3)
        level, sheet = moved, sheet if moved == level else []
        assert level == by_hand.level


def test_a_level_earned_names_the_five_scores_it_rests_on(rosa, mia):
    reviews = [a_scored_call(rosa, 7, mia, NOW + timedelta(hours=4 * n)) for n in range(5)]
    change = LevelChange.objects.visible_to(rosa).get()
    assert change.why == LevelChange.EARNED
    assert change.by is None
    assert change.scores == [
        {"debrief": review.debrief_id, "score": 7, "minimum": 7} for review in reviews
    ]
    assert change.is_less_inspection


def test_a_level_lost_names_the_call_that_had_no_plan(rosa, mia):
    InspectionLevel.kept(rosa).set_by_hand("spot", "She is good", by=mia, at=NOW)
    call = a_call(rosa, NOW + timedelta(hours=1))
    a_debrief(call)
    change = LevelChange.objects.visible_to(rosa).first()
    assert (change.why, change.call, change.to_level) == ("unplanned", call, "intermittent")


@pytest.mark.parametrize(
    ("filed", "level"),
    [(-60, "spot"), (10, "spot"), (31, "intermittent")],
    ids=["on time", "late", "retroactive"],
)
def test_a_plan_counts_when_it_was_filed_before_the_call_was_over(rosa, mia, filed, level):
    InspectionLevel.kept(rosa).set_by_hand("spot", "She is good", by=mia, at=NOW)
    call = a_call(rosa, NOW + timedelta(hours=3))
    a_plan(call, call.starts_at + timedelta(minutes=filed))
    a_debrief(call)
    assert InspectionLevel.of(rosa).level == level


def test_a_score_is_held_against_the_minimum_of_its_day(rosa, mia, ada):
    for n in range(4):
        a_scored_call(rosa, 7, mia, NOW + timedelta(hours=4 * n))
    CoachingRules.current().change(minimum=8, by=ada, at=NOW)
    a_scored_call(rosa, 7, mia, NOW + timedelta(hours=16))
    assert InspectionLevel.of(rosa).level == "continuous"
    a_scored_call(rosa, 8, mia, NOW + timedelta(hours=20))
    assert InspectionLevel.of(rosa).level == "continuous"


def test_a_manager_sets_it_by_hand_with_a_reason(rosa, mia, max_, ada, eva):
    level = InspectionLevel.kept(rosa)
    for stranger in (rosa, max_, ada):
        with pytest.raises(PermissionDenied):
            level.set_by_hand("spot", "I say so", by=stranger, at=NOW)
    with pytest.raises(ValidationError, match="Say why"):
        level.set_by_hand("spot", "  ", by=mia, at=NOW)
    with pytest.raises(ValidationError, match="Choose a level"):
        level.set_by_hand("never", "I say so", by=mia, at=NOW)
    with pytest.raises(ValidationError, match="at this level already"):
        level.set_by_hand("continuous", "I say so", by=mia, at=NOW)
    level.set_by_hand("intermittent", "Ten years with us", by=eva, at=NOW)
    change = LevelChange.objects.visible_to(rosa).get()
    assert (change.by, change.reason, change.why) == (eva, "Ten years with us", "by_hand")


def test_two_who_set_it_at_once_do_not_overwrite_one_another(rosa, mia):
    level = InspectionLevel.kept(rosa)
    seen = level.version
    level.set_by_hand("spot", "She is good", by=mia, at=NOW, version=seen)
    with pytest.raises(Stale):
        InspectionLevel.of(rosa).set_by_hand("frequent", "Not so", by=mia, at=NOW, version=seen)
    assert InspectionLevel.of(rosa).level == "spot"


def test_filing_and_scoring_make_nobodys_form_stale_until_the_level_is_another(rosa, mia):
    seen = InspectionLevel.kept(rosa).version
    for n in range(4):
        a_scored_call(rosa, 8, mia, NOW + timedelta(hours=4 * n))
    assert InspectionLevel.of(rosa).version == seen
    a_scored_call(rosa, 8, mia, NOW + timedelta(hours=16))
    assert InspectionLevel.of(rosa).level == "frequent"
    with pytest.raises(Stale):
        InspectionLevel.of(rosa).set_by_hand("spot", "So good", by=mia, at=NOW, version=seen)


def test_only_the_rep_and_their_line_see_a_level(rosa, pia, mia, eva, max_, otto, ada):
    InspectionLevel.kept(rosa).set_by_hand("spot", "She is good", by=mia, at=NOW)
    for rows in (InspectionLevel.objects.all(), LevelChange.objects.all()):
        seen = [who for who in (rosa, pia, mia, eva, max_, otto, ada) if rows.visible_to(who)]
        assert seen == [rosa, mia, eva]


def at_once(job, things):
    """Each in a thread and on a connection of its own."""

    def run(thing):
        try:
            return job(thing)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(things)) as pool:
        return list(pool.map(run, things))


@pytest.mark.django_db(transaction=True, available_apps=ALL_APPS)
def test_five_reviews_given_at_once_earn_one_level(rosa, mia):
    calls = [a_call(rosa, NOW - timedelta(days=n + 1)) for n in range(5)]
    debriefs = []
    for call in calls:
        a_plan(call, call.starts_at - timedelta(hours=1))
        debriefs.append(a_debrief(call))
    at_once(lambda each: DebriefReview.give(each, by=mia, at=NOW, score=9), debriefs)
    change = LevelChange.objects.get()
    assert (change.to_level, len(change.scores)) == ("frequent", 5)
    assert InspectionLevel.of(rosa).number == 1


@pytest.mark.django_db(transaction=True, available_apps=ALL_APPS)
def test_plans_filed_at_once_have_numbers_of_their_own(rosa):
    drafts = [a_plan(a_call(rosa, NOW + timedelta(days=n + 1)), file=False) for n in range(6)]
    at_once(lambda plan: plan.file(by=rosa, at=NOW), drafts)
    numbers = CallPlan.objects.order_by("sample_number").values_list("sample_number", flat=True)
    assert list(numbers) == [1, 2, 3, 4, 5, 6]
