"""Coverage counts what a second opinion counts, row by row, over drawn histories."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction

from coaching.coverage import FIGURES, Frame, Line, last_days
from coaching.coverage_reading import Coverage, Figures
from coaching.coverage_spread import TOUCHED
from people.models import User
from tests.factories import a_user
from tests.support.coverage_by_hand import ByHand, median
from tests.support.coverage_world import NAMES, CoverageWorld

pytestmark = pytest.mark.django_db

# Zone, now, the last day ("" for today) and how many days: short days and long ones, month ends.
CASES = [
    ("UTC", "2026-11-18T09:00:00+00:00", "", 30),
    ("Europe/Berlin", "2026-10-26T22:59:59+00:00", "", 30),
    ("Pacific/Kiritimati", "2026-08-31T10:30:00+00:00", "", 90),
    ("America/St_Johns", "2026-03-01T03:29:00+00:00", "", 90),
    ("Africa/Cairo", "2026-05-20T12:00:00+00:00", "2026-04-24", 30),
    ("America/Santiago", "2026-11-18T09:00:00+00:00", "2026-09-06", 365),
    ("Pacific/Pago_Pago", "2028-03-31T10:59:59+00:00", "2028-02-29", 90),
    ("Asia/Kolkata", "2026-11-18T09:00:00+00:00", "2026-08-30", 30),
]


@pytest.fixture(scope="module")
def people(kept_rows: None) -> dict[str, User]:
    return {name: a_user(f"{name.capitalize()} Case") for name in NAMES}


@pytest.fixture(params=range(len(CASES)))
def drawn(request: Any, people: dict[str, User]) -> Iterator[tuple[dict[str, User], Frame, ByHand]]:
    zone, now, on, days = CASES[request.param]
    last = date.fromisoformat(on) if on else None
    frame = Frame.of(ZoneInfo(zone), datetime.fromisoformat(now), last, days)
    with transaction.atomic():
        CoverageWorld(Random(request.param), people, frame).make(60)
        yield people, frame, ByHand(frame.first, frame.last, frame.end, frame.zone)
        transaction.set_rollback(True)


def test_every_figure_is_what_counting_row_by_row_gives(drawn: Any) -> None:
    """For several managers, whole lines and direct reports, and each manager under one."""
    people, frame, hand = drawn
    for name in ("eva", "mia", "max", "lena"):
        manager = people[name]
        under, direct = (hand.active(of(manager.pk)) for of in (hand.under, hand.direct))
        coverage = Coverage(manager, frame)
        agree(coverage.whole, under, hand)
        agree(Coverage(manager, frame, is_direct=True).whole, direct, hand)
        lead = {pk for pk in hand.direct(manager.pk) if hand.active(hand.under(pk))}
        assert {pk for pk, _ in coverage.managers} == lead
        for pk in lead:
            agree(coverage.of_branch(pk), hand.active(hand.under(pk)), hand)


def agree(found: Figures, people: set[int], hand: ByHand) -> None:
    counted = {name: (len(kept), len(owed)) for name, (kept, owed) in hand.figures(people).items()}
    shares = {each.figure.name: (each.kept, each.of) for each in found.values if each.took is None}
    times = hand.times(people)
    nothing = {name for name, spent in times.items() if not spent}
    assert shares == {**counted, **dict.fromkeys(nothing, (0, 0))}
    medians = {each.figure.name: (each.took, each.of) for each in found.values if each.took}
    zero = timedelta()
    expected = {name: (median(spent.values()), len(spent)) for name, spent in times.items()}
    assert medians == {name: each for name, each in expected.items() if each[0] not in (None, zero)}
    thirds, unscored = hand.thirds(people)
    spread = found.spread
    assert [(each.people, each.touches) for each in spread.thirds] == thirds
    assert (spread.unscored.people, spread.unscored.touches) == unscored
    assert spread.touches == sum(touch.counts for touch in hand.touches(people))


def test_the_rows_behind_a_figure_are_its_numbers(drawn: Any) -> None:
    people, frame, hand = drawn
    for line in (Line(people["eva"]), Line(people["mia"], is_direct=True)):
        under = (hand.direct if line.is_direct else hand.under)(line.manager.pk)
        shares, times = hand.figures(hand.active(under)), hand.times(hand.active(under))
        for figure in (*FIGURES.values(), TOUCHED):
            rows = list(line.of(figure.listed(frame), figure.rep))
            if figure.name in times:
                assert {row.pk: row.took for row in rows} == times[figure.name]
                continue
            kept, owed = shares[figure.name]
            assert sorted(row.pk for row in rows) == sorted(owed)
            assert {row.pk for row in rows if row.is_kept} == kept
            alone = Coverage(line.manager, frame, is_direct=line.is_direct).measured(figure)
            assert (alone.kept, alone.of) == (len(kept), len(owed))


def test_the_last_touch_of_each_kind_is_the_latest_by_anybody(drawn: Any) -> None:
    people, frame, hand = drawn
    ids = [person.pk for person in people.values()]
    found = last_days(frame, ids)
    flat = {(pk, kind): told for pk, kinds in found.items() for kind, told in kinds.items()}
    assert flat == hand.latest(set(ids))


def test_a_figure_alone_is_the_figure_among_all(drawn: Any) -> None:
    people, frame, _ = drawn
    coverage = Coverage(people["eva"], frame)
    alone = [coverage.measured(each.figure) for each in coverage.whole.values]
    assert alone == coverage.whole.values
