"""An alert is an episode: one while the condition lasts; another if it returns."""

from datetime import timedelta

import pytest

from alerts.climb import climb
from alerts.kinds import KINDS
from alerts.models import Alert, AlertRule, Notification
from alerts.sweep import sweep
from people.models import User
from pipeline.models import Opportunity
from tests.factories import NOW, a_deal

pytestmark = pytest.mark.django_db
STALLED = KINDS["stalled_deal"]
DAY = timedelta(days=1)


def a_stalled_deal(owner: User, **fields: object) -> Opportunity:
    """No next step, and nothing else is wrong with it."""
    far = NOW.date() + 300 * DAY
    fields = {"next_step": "", "next_step_on": None, "close_date": far, "amount": None, **fields}
    return a_deal(owner, **fields)


def reasons_of(deal: Opportunity) -> set[str]:
    rows = Alert.objects.open().filter(kind="stalled_deal", subject_id=deal.pk)
    return set(rows.values_list("rule", flat=True))


def test_a_deal_that_stalls_opens_one_alert_for_each_reason(rosa: User) -> None:
    deal = a_stalled_deal(rosa)
    assert sweep(STALLED, NOW).opened == 1
    alert = Alert.objects.get()
    assert (alert.rule, alert.subject_id, alert.about) == ("no_next_step", deal.pk, rosa)
    assert alert.sentence() == "No next step is planned."
    later = NOW + 14 * DAY
    sweep(STALLED, later)
    assert "silent" in reasons_of(deal)
    silent = Alert.objects.get(rule="silent")
    assert (silent.value, silent.limit, silent.unit) == (14, 14, "days")
    assert silent.clock_event == "The deal was opened"
    assert silent.sentence() == "No activity for 14 days; the limit is 14."
    assert silent.sentence(silent.opened_on + 3 * DAY).startswith("No activity for 17 days")


def test_a_second_sweep_changes_nothing(rosa: User) -> None:
    a_stalled_deal(rosa)
    sweep(STALLED, NOW)
    again = sweep(STALLED, NOW)
    assert (again.opened, again.closed) == (0, 0)
    assert Alert.objects.count() == 1


def test_what_the_rep_does_about_it_ends_it(rosa: User) -> None:
    deal = a_stalled_deal(rosa)
    sweep(STALLED, NOW)
    deal.set_next_step("Send the paper", (NOW + DAY).date(), by=rosa, at=NOW)
    assert sweep(STALLED, NOW).closed == 1
    assert Alert.objects.get().closed_at == NOW


def test_it_ends_when_the_deal_is_won(rosa: User) -> None:
    deal = a_stalled_deal(rosa)
    sweep(STALLED, NOW)
    deal.win(by=rosa, at=NOW)
    assert sweep(STALLED, NOW).closed == 1


def test_it_begins_anew_when_the_condition_returns(rosa: User) -> None:
    deal = a_stalled_deal(rosa)
    sweep(STALLED, NOW)
    deal.set_next_step("Send the paper", (NOW + DAY).date(), by=rosa, at=NOW)
    sweep(STALLED, NOW)
    deal.set_next_step("", None, by=rosa, at=NOW)
    sweep(STALLED, NOW)
    assert Alert.objects.filter(rule="no_next_step").count() == 2
    assert Alert.objects.open().count() == 1


def test_what_was_settled_stays_so_until_it_ends_and_begins_anew(rosa: User, mia: User) -> None:
    deal = a_stalled_deal(rosa)
    sweep(STALLED, NOW)
    climb(NOW)
    Notification.objects.get(person=mia).settle(NOW)
    sweep(STALLED, NOW + DAY)
    climb(NOW + DAY)
    mine = Notification.objects.visible_to(mia)
    assert not mine.to_do(NOW + DAY, NOW.date()).exists()
    deal.set_next_step("Send the paper", (NOW + 3 * DAY).date(), by=rosa, at=NOW)
    sweep(STALLED, NOW + DAY)
    deal.set_next_step("", None, by=rosa, at=NOW)
    sweep(STALLED, NOW + DAY)
    climb(NOW + DAY)
    assert mine.to_do(NOW + DAY, NOW.date()).count() == 1


def test_a_kind_that_is_switched_off_has_no_open_alerts(rosa: User) -> None:
    a_stalled_deal(rosa)
    sweep(STALLED, NOW)
    AlertRule.of(STALLED).change(is_on=False)
    assert sweep(STALLED, NOW).closed == 1
    AlertRule.of(STALLED).change(is_on=True)
    assert sweep(STALLED, NOW).opened == 1


def test_deals_below_the_minimum_are_left_alone(rosa: User) -> None:
    for amount in (999, 1000):
        a_stalled_deal(rosa, name=f"For {amount}", amount=amount)
    AlertRule.of(STALLED).change(minimum_money=1000)
    sweep(STALLED, NOW)
    assert {alert.title for alert in Alert.objects.all()} == {"For 1000"}


def test_a_deal_given_to_somebody_else_is_their_alert(rosa: User, pia: User) -> None:
    deal = a_stalled_deal(rosa)
    sweep(STALLED, NOW)
    climb(NOW)
    deal.assign(pia, by=rosa, at=NOW)
    sweep(STALLED, NOW)
    climb(NOW)
    assert Alert.objects.get().about == pia
    assert Notification.objects.visible_to(pia).count() == 1
    assert not Notification.objects.visible_to(rosa).exists()


def test_one_subject_may_be_judged_alone(rosa: User) -> None:
    one, other = a_stalled_deal(rosa), a_stalled_deal(rosa, name="Other")
    sweep(STALLED, NOW, only=[one.pk])
    assert reasons_of(one)
    assert not reasons_of(other)
