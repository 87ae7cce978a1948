"""A stalled deal is alerted to from the first instant of its day, until somebody does about it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from alerts.kinds import KINDS
from alerts.models import Alert, Notification
from alerts.sweep import sweep
from people.models import User
from pipeline.alert_kinds import settle
from pipeline.models import Hold, Opportunity, StallRules
from pipeline.stalls import BITS, StallCheck
from tests.factories import NOW, TODAY, a_deal
from tests.support.alerting import in_zone, inbox, is_open, look, one, set_rule

pytestmark = pytest.mark.django_db
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
FAR = TODAY + 300 * DAY
KIND = "stalled_deal"
STALLED = KINDS[KIND]


@pytest.mark.parametrize(
    ("zone", "close", "begins"),
    [
        ("UTC", date(2026, 12, 18), datetime(2026, 12, 19, tzinfo=UTC)),
        ("Pacific/Kiritimati", date(2026, 12, 18), datetime(2026, 12, 18, 10, tzinfo=UTC)),
        ("America/St_Johns", date(2026, 12, 18), datetime(2026, 12, 19, 3, 30, tzinfo=UTC)),
        ("America/St_Johns", date(2027, 3, 13), datetime(2027, 3, 14, 3, 30, tzinfo=UTC)),
        ("America/St_Johns", date(2027, 3, 14), datetime(2027, 3, 15, 2, 30, tzinfo=UTC)),
        ("America/Santiago", date(2027, 9, 4), datetime(2027, 9, 5, 4, tzinfo=UTC)),  # no midnight
    ],
)
def test_the_close_date_has_passed_when_its_day_is_over_where_the_organisation_is(
    rosa: User, zone: str, close: date, begins: datetime
) -> None:
    in_zone(zone)
    deal = a_deal(rosa, close_date=close)
    sweep(STALLED, begins - timedelta(microseconds=1))
    assert not is_open(KIND, deal.pk, "past_close")
    sweep(STALLED, begins)
    alert = one(KIND, "past_close")
    assert (alert.value, alert.limit, alert.unit, alert.severity) == (1, 0, "days", "risk")
    assert (alert.clock_on, alert.clock_event) == (close, "It was expected to close")
    assert (alert.opened_at, alert.opened_on) == (begins, close + DAY)


def test_it_says_which_deal_whose_and_what_is_at_risk(rosa: User, mia: User) -> None:
    deal = a_deal(rosa, name="Acme rollout", amount=Decimal("48000.50"), close_date=FAR)
    look(NOW, "stalled_deal")
    alert = one(KIND, "no_next_step")
    assert (alert.title, alert.about) == ("Acme rollout", rosa)
    assert (alert.money, alert.currency) == (Decimal("48000.50"), "EUR")
    assert {alert.path_for(person) for person in (rosa, mia)} == {f"/opportunities/{deal.pk}/"}


def test_a_deal_without_an_amount_risks_no_known_money(rosa: User) -> None:
    a_deal(rosa, amount=None, close_date=FAR)
    look(NOW, "stalled_deal")
    assert (one(KIND, "no_next_step").money, one(KIND, "no_next_step").currency) == (None, "")


@pytest.mark.parametrize(
    ("amount", "currency", "is_alerted"),
    [
        ("999.99", "EUR", False),
        ("1000", "EUR", True),
        (None, "EUR", False),
        ("1", "USD", True),
        (None, "USD", False),
    ],
)
@pytest.mark.parametrize("alone", [False, True])
def test_the_minimum_is_of_the_organisations_currency(
    rosa: User, amount: str | None, currency: str, is_alerted: bool, alone: bool
) -> None:
    set_rule(KIND, minimum_money=Decimal(1000))
    money = amount and Decimal(amount)
    deal = a_deal(rosa, amount=money, currency=currency, close_date=FAR)
    sweep(STALLED, NOW, [deal.pk] if alone else None)
    assert is_open(KIND, deal.pk, "no_next_step") is is_alerted


def test_a_smaller_amount_ends_it(rosa: User) -> None:
    set_rule(KIND, minimum_money=Decimal(1000))
    deal = a_deal(rosa, amount=1000, close_date=FAR)
    look(NOW, "stalled_deal")
    deal.set_amount(Decimal(999), by=rosa, at=NOW)
    look(NOW + MINUTE, "stalled_deal")
    assert not is_open(KIND, deal.pk, "no_next_step")


def test_it_ends_when_the_deal_is_lost_and_returns_when_it_is_reopened(rosa: User) -> None:
    deal = a_deal(rosa, close_date=FAR)
    look(NOW, "stalled_deal")
    deal.lose(by=rosa, at=NOW, reason="Price")
    look(NOW + MINUTE, "stalled_deal")
    assert not Alert.objects.open().exists()
    deal.reopen(by=rosa, at=NOW, why="They called")
    look(NOW + 2 * MINUTE, "stalled_deal")
    assert is_open(KIND, deal.pk, "no_next_step")
    assert Alert.objects.count() == 2


def test_a_held_deal_is_quiet_until_the_day_on_which_it_resumes(rosa: User) -> None:
    deal = a_deal(rosa, close_date=FAR)
    look(NOW, "stalled_deal")
    Hold.begin(deal, reason="Holidays", resume_on=TODAY + 2 * DAY, by=rosa, at=NOW)
    for day, open_ in ((0, False), (1, False), (2, True)):
        look(NOW + day * DAY, "stalled_deal")
        assert is_open(KIND, deal.pk, "no_next_step") is open_


def test_a_reason_that_is_switched_off_ends(rosa: User) -> None:
    deal = a_deal(rosa, close_date=FAR)
    look(NOW, "stalled_deal")
    StallRules.current().change(no_next_step=False)
    look(NOW + MINUTE, "stalled_deal")
    assert not is_open(KIND, deal.pk, "no_next_step")


@pytest.mark.parametrize("alone", [False, True])
def test_a_deal_that_is_gone_is_alerted_to_no_longer(rosa: User, alone: bool) -> None:
    deal = a_deal(rosa, close_date=FAR)
    other = a_deal(rosa, name="Other", close_date=FAR)
    look(NOW, "stalled_deal")
    key = deal.pk
    Opportunity.objects.filter(pk=key).delete()
    sweep(STALLED, NOW + MINUTE, [key] if alone else None)
    assert not is_open(KIND, key, "no_next_step")
    assert is_open(KIND, other.pk, "no_next_step")


def test_an_imported_deal_without_dates_has_no_clock_that_runs(rosa: User) -> None:
    deal = a_deal(rosa, close_date=FAR)
    Opportunity.objects.filter(pk=deal.pk).update(opened_on=None, stage_since=None)
    look(NOW + 90 * DAY, "stalled_deal")
    assert set(Alert.objects.values_list("rule", flat=True)) == {"no_next_step"}
    assert one(KIND, "no_next_step").clock_on is None


def test_deals_of_somebody_who_left_are_told_to_their_manager(rosa: User, mia: User) -> None:
    rosa.deactivate()
    a_deal(rosa, close_date=FAR)
    look(NOW, "stalled_deal")
    assert inbox(mia, NOW).count() == 1
    assert not Notification.objects.filter(person=rosa).exists()


def test_a_reason_that_went_away_while_the_sweep_read_is_found_when_it_returns(rosa: User) -> None:
    """The rows said it was so, the deal no longer does: it is not noted as alerted to."""
    deal = a_deal(rosa, close_date=FAR)
    stale = [(deal.pk, BITS["no_next_step"], 0)]
    deal.set_next_step("Send it", TODAY + DAY, by=rosa, at=NOW)
    settle(stale, StallCheck.on(NOW), NOW)
    deal.set_next_step("", None, by=rosa, at=NOW)
    sweep(STALLED, NOW)
    assert is_open(KIND, deal.pk, "no_next_step")
