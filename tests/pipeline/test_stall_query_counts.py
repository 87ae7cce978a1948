"""A team's stalled deals with their reasons: as many statements for 3 deals as for 1,000."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from people.models import User
from pipeline import clocks
from pipeline.filters import narrow
from pipeline.models import Opportunity, StageChange, StallRules
from pipeline.stalls import REASONS, StallCheck
from tests.factories import NOW, TODAY, a_stage

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
SIZES = [3, 30, 1_000]


def add_deals(owner: User, count: int) -> None:
    """Stalled in turn for every reason a row can show; every other one went back a stage."""
    deals = Opportunity.objects.bulk_create(
        Opportunity(
            name=f"Deal {n}",
            owner=owner,
            stage=a_stage(1) if n % 2 else a_stage(2),
            stage_since=TODAY - n % 40 * DAY,
            opened_on=TODAY - 50 * DAY,
            amount=n,
            close_date=TODAY + (n % 60 - 20) * DAY,
            next_step="Call" if n % 3 else "",
            next_step_on=TODAY + (n % 9 - 5) * DAY if n % 3 else None,
        )
        for n in range(count)
    )
    StageChange.objects.bulk_create(
        StageChange(
            opportunity=deal,
            at=NOW - 5 * DAY,
            from_stage=a_stage(3) if deal.amount and deal.amount % 2 else a_stage(1),
            to_stage=deal.stage,
        )
        for deal in deals
    )
    clocks.refresh(Opportunity.objects.all(), ZoneInfo("UTC"))


def statements(do: Any) -> int:
    with CaptureQueriesContext(connection) as counted:
        do()
    return len(counted)


def stalled_with_reasons(user: User) -> int:
    check = StallCheck.on(TODAY, user)
    deals = list(Opportunity.objects.visible_to(user).stalled(check).for_list())
    check.prepare(deals)
    return sum(len(check.reasons(deal)) for deal in deals)


def test_the_list_of_a_team_s_stalled_deals_with_reasons(rosa: User, mia: User) -> None:
    counts, found = [], []
    StallRules.current()
    for size in SIZES:
        Opportunity.objects.all().delete()
        add_deals(rosa, size)
        stalled_with_reasons(mia)  # won medians and zone are known from now on
        counts.append(statements(lambda: found.append(stalled_with_reasons(mia))))
    assert len(set(counts)) == 1
    assert counts[0] <= 6  # rules, calendar, stages, team medians, deals, their stages before
    assert found[0] < found[1] < found[2]


@pytest.mark.parametrize("reason", ["any", "none", *REASONS])
def test_each_filter(rosa: User, mia: User, reason: str) -> None:
    StallRules.current()
    counts = []
    for size in (3, 30):
        Opportunity.objects.all().delete()
        add_deals(rosa, size)
        StallCheck.on(TODAY, mia)

        def ask() -> None:
            seen = Opportunity.objects.visible_to(mia)
            list(narrow(seen, {"stall_reason": reason}, lambda: StallCheck.on(TODAY, mia)))

        counts.append(statements(ask))
    assert counts[0] == counts[1] <= 5


def test_the_sweep_reads_the_deals_once(rosa: User) -> None:
    StallRules.current()
    counts, seen = [], []
    for size in SIZES:
        Opportunity.objects.all().delete()
        add_deals(rosa, size)
        StallCheck.on(TODAY)
        counts.append(statements(lambda: seen.append(len(list(StallCheck.on(TODAY).sweep())))))
    assert len(set(counts)) == 1
    assert counts[0] <= 5
    assert seen[2] > 900


def test_a_filter_that_was_not_asked_for_reads_no_rules(rosa: User) -> None:
    def refuse() -> StallCheck:
        raise AssertionError("asked for")

    list(narrow(Opportunity.objects.visible_to(rosa), {"status": "open"}, refuse))
