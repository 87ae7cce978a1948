"""A missed precursor is alerted to by the chain's first broken link, until it is not missed."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from alerts.models import Alert, Notification
from metrics.models import Metric
from metrics.pace import BEHIND, ON_TARGET
from people.models import Team, User
from tests.factories import NOW, TODAY, a_checkpoint
from tests.support.alerting import inbox, look, one

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
KIND = "missed_precursor"


def precursors() -> list[Metric]:
    return [metric for metric in Metric.objects.chain() if metric.role == Metric.PRECURSOR]


def open_rules(person: User) -> list[str]:
    return list(Alert.objects.open_of(KIND).filter(about=person).values_list("rule", flat=True))


def test_it_says_what_was_reached_of_what_was_due(rosa: User, mia: User) -> None:
    metric = precursors()[0]
    a_checkpoint(metric, person=rosa, value=1, due=4, short=3, effect=38_000, effect_basis="own")
    look(NOW, KIND)
    alert = one(KIND, str(metric.pk))
    assert (alert.value, alert.limit, alert.unit) == (1, 4, metric.of_measure.unit)
    assert (alert.clock_on, alert.clock_event) == (TODAY - 2 * DAY, "The period began")
    assert (alert.about, alert.title) == (rosa, metric.label)
    assert (alert.money, alert.currency) == (Decimal(38_000), "EUR")
    assert alert.sentence().startswith("1 of 4 due by 18 Nov 2026, 3 short; the first broken link.")
    assert "Rosa's own conversion" in alert.sentence()
    assert {alert.path_for(who) for who in (rosa, mia)} == {f"/metrics/people/{rosa.pk}/"}


@pytest.mark.parametrize(("streak", "severity"), [(0, "warn"), (1, "warn"), (2, "risk")])
def test_missed_twice_in_a_row_needs_a_decision(rosa: User, streak: int, severity: str) -> None:
    a_checkpoint(precursors()[0], person=rosa, streak=streak)
    look(NOW, KIND)
    alert = Alert.objects.get()
    assert alert.severity == severity
    assert ("missed 2 times in a row" in alert.sentence()) is (streak == 2)


def test_of_several_the_first_broken_link_is_named(rosa: User) -> None:
    first, second = precursors()[:2]
    a_checkpoint(second, person=rosa)
    look(NOW, KIND)
    assert open_rules(rosa) == [str(second.pk)]
    a_checkpoint(first, TODAY + DAY, person=rosa)
    look(NOW + 2 * DAY, KIND)
    assert open_rules(rosa) == [str(first.pk)]
    a_checkpoint(first, TODAY + 5 * DAY, person=rosa, state=ON_TARGET)
    look(NOW + 6 * DAY, KIND)
    assert open_rules(rosa) == [str(second.pk)]
    assert Alert.objects.count() == 3


@pytest.mark.parametrize("state", [ON_TARGET, BEHIND])
def test_a_later_checkpoint_that_is_not_missed_ends_it(rosa: User, state: str) -> None:
    metric = precursors()[0]
    a_checkpoint(metric, person=rosa)
    look(NOW, KIND)
    a_checkpoint(metric, TODAY + 3 * DAY, person=rosa, state=state)
    look(NOW + 4 * DAY, KIND)
    assert not open_rules(rosa)


def test_missed_again_is_the_same_episode(rosa: User) -> None:
    metric = precursors()[0]
    a_checkpoint(metric, person=rosa)
    look(NOW, KIND)
    a_checkpoint(metric, TODAY + 3 * DAY, person=rosa)
    look(NOW + 4 * DAY, KIND)
    assert Alert.objects.count() == 1


@pytest.mark.parametrize(
    "end",
    [
        lambda metric, rosa: rosa.deactivate(),
        lambda metric, rosa: Metric.objects.filter(pk=metric.pk).update(retired_on=TODAY),
        lambda metric, rosa: rosa.checkpoints.all().delete(),
    ],
    ids=["left", "retired", "gone"],
)
def test_nobody_misses_what_is_no_longer_judged(
    rosa: User, end: Callable[[Metric, User], None]
) -> None:
    metric = precursors()[0]
    a_checkpoint(metric, person=rosa)
    look(NOW, KIND)
    end(metric, rosa)
    look(NOW + DAY, KIND)
    assert not open_rules(rosa)


@pytest.mark.parametrize(("days", "is_open"), [(45, True), (46, False)])
def test_after_45_days_without_another_it_is_over(rosa: User, days: int, is_open: bool) -> None:
    a_checkpoint(precursors()[0], person=rosa)
    look(NOW + days * DAY, KIND)
    assert bool(open_rules(rosa)) is is_open


def test_teams_and_the_ultimate_metric_are_not_alerted_to(rosa: User, mia: User) -> None:
    a_checkpoint(precursors()[0], team=Team.objects.get(name="North"))
    ultimate = Metric.objects.get(role=Metric.ULTIMATE)
    a_checkpoint(ultimate, person=rosa)
    look(NOW, KIND)
    assert not Alert.objects.exists()


def test_both_the_rep_and_the_manager_hear(rosa: User, mia: User, eva: User) -> None:
    a_checkpoint(precursors()[0], person=rosa)
    look(NOW, KIND)
    assert (inbox(rosa, NOW).count(), inbox(mia, NOW).count()) == (1, 1)
    assert not Notification.objects.filter(person=eva).exists()
