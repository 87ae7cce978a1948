"""How long won deals stayed in each stage: against a count day by day, and always up to date."""

from collections import defaultdict
from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from random import Random
from statistics import median
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from people.models import Holiday, Organisation, User
from pipeline.models import Opportunity, Stage, StageChange, StallRules
from pipeline.stage_medians import StageMedian, stage_medians
from tests.factories import NOW, TODAY, a_deal, a_stage, an_account
from tests.support.imports import import_text

DAY = timedelta(days=1)
UTC_ZONE = ZoneInfo("UTC")
ZONES = ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago", "America/Santiago"]


def medians(on: date = TODAY) -> dict[int, StageMedian]:
    """By the order of the stage, as a check on that day would take them."""
    zone, era = Organisation.current().zone, StallRules.current().history_era
    holidays = set(Holiday.objects.values_list("day", flat=True))
    found = stage_medians(on, zone, holidays, era)
    return {Stage.objects.get(pk=stage).order: value for stage, value in found.items()}


def working_days(after: date, until: date, holidays: Collection[date]) -> int:
    days = (after + n * DAY for n in range(1, (until - after).days + 1))
    return sum(day.weekday() < 5 and day not in holidays for day in days)


def counted(on: date, zone: ZoneInfo, holidays: Collection[date]) -> dict[int, StageMedian]:
    """The same, deal by deal and day by day."""
    stays = defaultdict(list)
    for deal in Opportunity.objects.filter(status="won", closed_on__lt=on):
        moves = StageChange.objects.filter(opportunity=deal).order_by("at", "pk")
        came = [(move.at.astimezone(zone).date(), move.to_stage_id) for move in moves]
        days: dict[int, int] = defaultdict(int)
        for (begin, stage), (end, _) in pairwise([*came, (deal.closed_on, 0)]):
            days[stage] += working_days(begin, min(end, deal.closed_on), holidays)
        for stage, count in days.items():
            stays[stage].append(count)
    return {stage: StageMedian(len(days), median(days)) for stage, days in stays.items()}


@pytest.mark.slow
@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    size=st.integers(0, 30),
    chance=st.randoms(use_true_random=True),
    zone=st.sampled_from(ZONES).map(ZoneInfo),
)
def test_medians_are_those_one_would_count(
    rosa: User, size: int, chance: Random, zone: ZoneInfo
) -> None:
    with transaction.atomic():
        holidays = {TODAY - chance.randint(0, 90) * DAY for _ in range(chance.randint(0, 20))}
        Holiday.objects.bulk_create(Holiday(day=day, name="Off") for day in holidays)
        some_won_deals(rosa, size, chance)
        for on in (TODAY, TODAY - 20 * DAY):
            found = stage_medians(on, zone, holidays, uuid4())
            assert found == counted(on, zone, holidays)
            assert stage_medians(on, zone, holidays, uuid4()) == found
        transaction.set_rollback(True)


def some_won_deals(owner: User, size: int, chance: Random) -> None:
    """They come back to stages, skip some, close before their last move, or are not won."""
    stages = list(Stage.objects.all())[:3]
    deals = Opportunity.objects.bulk_create(
        Opportunity(
            name="Deal",
            owner=owner,
            stage=stages[0],
            status=chance.choice(["won", "won", "won", "lost", "open"]),
            closed_on=TODAY - chance.randint(-1, 40) * DAY,
        )
        for _ in range(size)
    )
    changes = []
    for deal in deals:
        minutes = sorted(chance.randint(0, 90 * 1440) for _ in range(chance.randint(0, 5)))
        was = None
        for minute in reversed(minutes):
            now = chance.choice(stages)
            at = NOW - timedelta(minutes=minute)
            changes.append(StageChange(opportunity=deal, at=at, from_stage=was, to_stage=now))
            was = now
    StageChange.objects.bulk_create(changes)


# What changes them, and when.


def a_won_deal(owner: User, days: int, closed: date = TODAY - DAY) -> Opportunity:
    """In its only stage for so many days, weekends counted."""
    opened = datetime.combine(closed - days * DAY, NOW.time(), UTC)
    deal = a_deal(owner, at=opened, name=f"Won after {days}")
    deal.win(by=owner, at=NOW, on=closed)
    return deal


def test_a_stay_that_was_broken_off_counts_as_one(rosa: User) -> None:
    deal = a_deal(rosa, at=datetime(2026, 11, 2, 9, tzinfo=UTC))  # a Monday
    for stage, day in ((2, 4), (1, 6), (3, 9)):
        deal.move_to(a_stage(stage), by=rosa, at=datetime(2026, 11, day, 9, tzinfo=UTC))
    deal.win(by=rosa, at=NOW, on=date(2026, 11, 16))
    assert medians() == {
        1: StageMedian(1, 2 + 1),  # Mon to Wed, Fri to Mon
        2: StageMedian(1, 2),
        3: StageMedian(1, 5),
    }


def test_between_two_it_is_the_half(rosa: User) -> None:
    friday = date(2026, 11, 13)
    a_won_deal(rosa, 1, friday)
    a_won_deal(rosa, 4, friday)
    assert medians()[1] == StageMedian(2, 2.5)


def test_a_deal_won_today_counts_from_tomorrow_on(rosa: User) -> None:
    a_won_deal(rosa, 2)
    before = medians()
    deal = a_deal(rosa, at=NOW - 14 * DAY)
    deal.win(by=rosa, at=NOW)
    assert medians() == before
    assert medians(TODAY + DAY)[1] == StageMedian(2, 6)


def test_a_deal_won_with_an_older_date_counts_at_once(rosa: User) -> None:
    a_won_deal(rosa, 1, date(2026, 11, 13))
    assert medians()[1] == StageMedian(1, 1)
    a_won_deal(rosa, 3, date(2026, 11, 13))
    assert medians()[1] == StageMedian(2, 2)


def test_a_deal_that_is_opened_again_no_longer_counts_at_once(rosa: User) -> None:
    a_won_deal(rosa, 1, date(2026, 11, 13))
    deal = a_won_deal(rosa, 3, date(2026, 11, 13))
    assert medians()[1] == StageMedian(2, 2)
    deal.reopen(by=rosa, at=NOW, why="They called it off")
    assert medians()[1] == StageMedian(1, 1)
    deal.win(by=rosa, at=NOW, on=date(2026, 11, 13))
    assert medians()[1] == StageMedian(2, 2)


def test_a_lost_deal_says_nothing(rosa: User) -> None:
    deal = a_deal(rosa, at=NOW - 9 * DAY)
    deal.lose(by=rosa, at=NOW, on=TODAY - DAY, reason="Price")
    assert medians() == {}


def test_a_new_holiday_counts_at_once(rosa: User) -> None:
    a_won_deal(rosa, 3, date(2026, 11, 13))
    assert medians()[1].days == 3
    holiday = Holiday.add(date(2026, 11, 12), "Off")
    assert medians()[1].days == 2
    holiday.delete()
    assert medians()[1].days == 3


def test_a_new_zone_counts_at_once(rosa: User) -> None:
    deal = a_deal(rosa, at=datetime(2026, 11, 9, 23, tzinfo=UTC))
    deal.win(by=rosa, at=NOW, on=date(2026, 11, 13))
    assert medians()[1].days == 4
    Organisation.current().change(time_zone="Asia/Tokyo")
    assert medians()[1].days == 3


def test_an_import_counts_at_once(rosa: User) -> None:
    an_account()
    a_won_deal(rosa, 1, date(2026, 11, 13))
    assert medians()[1] == StageMedian(1, 1)
    head = "opportunity_id,sales_agent,account,deal_stage,engage_date,close_date,close_value\n"
    row = "D1,Rosa Rep,Acme,Won,2026-11-10,{},100\nD2,Rosa Rep,Acme,Qualify,,,\n"
    import_text("opportunities", head + row.format("2026-11-13"))
    assert medians()[1] == StageMedian(2, 2)
    import_text("opportunities", head + row.format("2026-11-17"))  # corrected
    assert medians()[1] == StageMedian(2, 3)


def test_it_is_taken_once_a_day_in_one_statement(
    rosa: User, django_assert_num_queries: object
) -> None:
    a_won_deal(rosa, 1)
    era = uuid4()
    with django_assert_num_queries(1):  # type: ignore[operator]
        first = stage_medians(TODAY, UTC_ZONE, (), era)
        assert stage_medians(TODAY, UTC_ZONE, (), era) == first
    with django_assert_num_queries(1):  # type: ignore[operator]
        stage_medians(TODAY + DAY, UTC_ZONE, (), era)


def test_a_day_in_the_past_knows_only_what_was_won_before_it(rosa: User) -> None:
    a_won_deal(rosa, 1, date(2026, 11, 13))
    a_won_deal(rosa, 3, date(2026, 10, 9))
    assert medians(date(2026, 11, 13))[1] == StageMedian(1, 3)
    assert medians(date(2026, 10, 9)) == {}


@pytest.mark.parametrize("changed", ["median_factor", "patience"])
def test_rules_and_patience_are_no_part_of_what_is_kept(rosa: User, changed: str) -> None:
    a_won_deal(rosa, 1)
    before = medians()
    if changed == "patience":
        Stage.objects.update(patience=3)
    else:
        StallRules.current().change(median_factor=2)
    assert medians() == before
