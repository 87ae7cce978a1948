"""A sweep takes as many statements for thirty rows as for three."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alerts.climb import climb
from alerts.kinds import KINDS
from alerts.models import Alert
from alerts.sweep import sweep
from coaching.models import CallPlan, HelpRequest
from metrics.models import Metric
from people.models import User
from pipeline.models import Account, Call, Opportunity, Stage
from reviews.models import Agreement, Review
from tests.factories import NOW, TODAY, a_checkpoint, a_deal, an_account
from tests.support.alerting import set_rule

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def stalled(rosa: User, count: int) -> None:
    far = TODAY + 300 * DAY
    rows = (
        Opportunity(owner=rosa, name="Deal", stage=Stage.first(), opened_on=TODAY, close_date=far)
        for _ in range(count)
    )
    Opportunity.objects.bulk_create(rows)


def calls(rosa: User, count: int, start: timedelta) -> list[Call]:
    account = Account.objects.first() or an_account()
    begins, ends = NOW + start, NOW + start + HOUR
    call = {"owner": rosa, "account": account, "starts_at": begins, "ends_at": ends}
    return Call.objects.bulk_create(Call(**call) for _ in range(count))


def plans(rosa: User, count: int) -> None:
    filed = {"state": "filed", "filed_at": NOW, "submitted_at": NOW, "to_inspect": True}
    rows = calls(rosa, count, 3 * HOUR)
    CallPlan.objects.bulk_create(CallPlan(call=call, rep=rosa, **filed) for call in rows)


def help_wanted(rosa: User, count: int) -> None:
    deal = Opportunity.objects.first() or a_deal(rosa)
    asked = {"asked_by": rosa, "asked_of": rosa.reports_to, "asked_at": NOW - 3 * DAY}
    HelpRequest.objects.bulk_create(
        HelpRequest(opportunity=deal, kind="unblock", wanted_on=TODAY, **asked)
        for _ in range(count)
    )


def missed(rosa: User, count: int) -> None:
    metric = next(m for m in Metric.objects.chain() if m.role == Metric.PRECURSOR)
    people = User.objects.bulk_create(
        User(name=f"Rep {n}", email=f"{count}.{n}@example.com") for n in range(count)
    )
    for person in people:
        a_checkpoint(metric, person=person)


def reviews(rosa: User, count: int, not_held: bool = False) -> None:
    planned = {"scheduled_for": NOW - 3 * DAY, "opens_at": NOW - 4 * DAY, "due_by": TODAY - DAY}
    noted = NOW if not_held else None
    Review.objects.bulk_create(
        Review(manager=rosa.reports_to, rep=rosa, not_held_at=noted, **planned)
        for _ in range(count)
    )


def agreements(rosa: User, count: int) -> None:
    Agreement.objects.bulk_create(
        Agreement(text="Call", owner=rosa, agreed_at=NOW, due_on=TODAY - 2 * DAY)
        for _ in range(count)
    )


MAKERS: dict[str, Callable[[User, int], object]] = {
    "stalled_deal": stalled,
    "plan_waiting": plans,
    "call_unplanned": lambda rosa, count: calls(rosa, count, 3 * HOUR),
    "debrief_overdue": lambda rosa, count: calls(rosa, count, -2 * DAY),
    "help_unanswered": help_wanted,
    "missed_precursor": missed,
    "review_due": reviews,
    "review_not_held": lambda rosa, count: reviews(rosa, count, not_held=True),
    "agreement_overdue": agreements,
}


def statements(work: Callable[[], object]) -> int:
    with CaptureQueriesContext(
        connection,
    ) as seen:
        work()
    return len(seen)


@pytest.mark.parametrize("kind", MAKERS)
def test_beginning_telling_and_ending_take_as_many_for_thirty_as_for_three(
    rosa: User, kind: str
) -> None:
    look_for = KINDS[kind]
    sweep(look_for, NOW)
    counts = []
    for number in (3, 27):
        MAKERS[kind](rosa, number)
        begun = statements(lambda: sweep(look_for, NOW))
        told = statements(lambda: climb(NOW)) if number == 3 else 0
        again = statements(lambda: sweep(look_for, NOW))
        assert Alert.objects.open_of(kind).one_by_one().count() == (3 if number == 3 else 30)
        set_rule(kind, is_on=False)
        ended = statements(lambda: sweep(look_for, NOW))
        assert not Alert.objects.open_of(kind).one_by_one().exists()
        set_rule(kind, is_on=True)
        counts.append((begun, again, ended))
        assert told <= 30
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 20


def test_so_does_climbing(rosa: User) -> None:
    counts = []
    for number in (3, 15):
        stalled(rosa, number)
        sweep(KINDS["stalled_deal"], NOW)
        counts.append(statements(lambda: climb(NOW)))
    assert counts[0] == counts[1]
