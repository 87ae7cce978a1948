"""Sweeps and climbs that run twice or at once find each episode once and tell nobody twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from alerts.climb import climb
from alerts.kinds import KINDS
from alerts.models import Alert, AlertMail, Notification, Sweep
from alerts.sweep import sweep, take_turn
from people.models import User
from pipeline.alert_kinds import settle
from pipeline.models import Opportunity, Stage
from pipeline.stalls import BITS, StallCheck
from tests.factories import NOW, TODAY, People, a_deal, some_people
from tests.support.alerting import at_once, inbox, look

DAY, MINUTE, SECOND = timedelta(days=1), timedelta(minutes=1), timedelta(seconds=1)
FAR = TODAY + 300 * DAY
KIND = "stalled_deal"
ALL_APPS = [config.name for config in apps.get_app_configs()]  # see tests/pipeline/test_clocks.py
STALLED = KINDS[KIND]


def deals(owner: User, count: int) -> None:
    rows = [
        Opportunity(owner=owner, name=f"Deal {n}", stage=Stage.first(), opened_on=TODAY)
        for n in range(count)
    ]
    Opportunity.objects.bulk_create(rows)


def at_the_same_time(*jobs: Callable[[], object]) -> None:
    """Each in a thread and on a connection of its own."""
    together = Barrier(len(jobs))

    def run(job: Callable[[], object]) -> None:
        together.wait()
        try:
            job()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        for done in [pool.submit(run, job) for job in jobs]:
            done.result()


@pytest.fixture
def postgres_only() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one write at a time; there they run one after the other")


@pytest.mark.django_db(transaction=True, available_apps=ALL_APPS)
@pytest.mark.usefixtures("postgres_only")
@pytest.mark.parametrize("count", [12, 60])
def test_four_that_sweep_and_climb_at_once_tell_everybody_once(count: int) -> None:
    people = some_people()
    deals(people.rosa, count)
    at_once(people.mia, KIND)

    def tick() -> None:
        sweep(STALLED, NOW)
        climb(NOW)

    at_the_same_time(*[tick] * 4)
    climb(NOW)
    assert Alert.objects.open().one_by_one().count() == count
    for person in (people.rosa, people.mia):
        told = Notification.objects.filter(person=person, alert__in=Alert.objects.one_by_one())
        assert told.count() == count
    if count > 20:
        assert set(Alert.objects.summaries().values_list("about", flat=True)) <= {
            people.rosa.pk,
            people.mia.pk,
        }
        parts = Notification.objects.filter(person=people.mia).exclude(summary=None)
        summary = Alert.objects.summaries().get(about=people.mia)
        assert summary.value == parts.count()
    mails = AlertMail.objects.values_list("person", "notification")
    assert len(mails) == len(set(mails))


@pytest.mark.django_db(transaction=True, available_apps=ALL_APPS)
@pytest.mark.usefixtures("postgres_only")
def test_one_of_four_gets_the_turn() -> None:
    people = some_people()
    deals(people.rosa, 5)
    turns: list[Any] = []
    at_the_same_time(*[lambda: turns.append(take_turn(KIND, lambda: NOW))] * 4)
    assert sum(turn is not None for turn in turns) == 1
    assert Alert.objects.count() == 5


@pytest.mark.django_db
def test_a_turn_comes_again_after_a_pause_and_after_whoever_died_in_it(rosa: User) -> None:
    assert take_turn(KIND, lambda: NOW) is not None
    assert take_turn(KIND, lambda: NOW + 49 * timedelta(seconds=1)) is None
    assert Sweep.take(KIND, NOW + MINUTE) is not None  # and dies
    assert take_turn(KIND, lambda: NOW + 2 * MINUTE - timedelta(microseconds=1)) is None
    assert take_turn(KIND, lambda: NOW + 11 * MINUTE) is not None


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("took", "pause"), [(20 * SECOND, 400 * SECOND), (2 * MINUTE, 10 * MINUTE)]
)
def test_a_long_sweep_leaves_time_to_others(rosa: User, took: timedelta, pause: timedelta) -> None:
    """Twenty times as long as it took; ten minutes at most, for locks make any sweep long."""
    clock = iter([NOW, NOW + took])
    take_turn(KIND, lambda: next(clock))
    assert Sweep.objects.get(kind=KIND).due_at == NOW + took + pause


@pytest.mark.django_db
def test_one_that_read_before_another_wrote_changes_nothing(rosa: User, mia: User) -> None:
    """Both found that it began; the second one's episode is there already, and so is its end."""
    deal = a_deal(rosa, close_date=FAR)
    begun = [(deal.pk, BITS["no_next_step"], 0)]
    for _ in range(2):
        settle(begun, StallCheck.on(NOW), NOW)
    climb(NOW)
    deal.set_next_step("Send it", FAR, by=rosa, at=NOW)
    ended = [(deal.pk, 0, BITS["no_next_step"])]
    for _ in range(2):
        settle(ended, StallCheck.on(NOW), NOW + MINUTE)
    assert Alert.objects.get().closed_at == NOW + MINUTE
    assert inbox(mia, NOW).count() == 0
    assert Notification.objects.count() == 2


class Model(RuleBasedStateMachine):
    """One deal in the hands of its rep and her manager, against what ought to be known of it."""

    people: People

    def __init__(self) -> None:
        super().__init__()
        self.point = transaction.savepoint()
        self.now: datetime = NOW
        self.deal = a_deal(self.people.rosa, close_date=FAR)
        self.has_step = False
        self.is_open = False  # as far as anybody looked
        self.episodes = 0
        self.told: dict[int, set[int]] = {self.people.rosa.pk: set(), self.people.mia.pk: set()}
        self.quiet: set[tuple[int, int]] = set()  # person and episode: settled or snoozed

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.point)

    def _pass(self) -> None:
        self.now += MINUTE

    @rule(alone=st.booleans(), times=st.integers(1, 2))
    def sweep(self, alone: bool, times: int) -> None:
        self._pass()
        for _ in range(times):
            sweep(STALLED, self.now, [self.deal.pk] if alone else None)
        if not self.has_step and not self.is_open:
            self.episodes += 1
        self.is_open = not self.has_step

    @rule(times=st.integers(1, 2))
    def climb(self, times: int) -> None:
        self._pass()
        for _ in range(times):
            climb(self.now)
        if self.is_open:
            for episodes in self.told.values():
                episodes.add(self.episodes)

    @rule()
    def plan_a_step(self) -> None:
        self._pass()
        self.deal.set_next_step("Send it", TODAY + 9 * DAY, by=self.people.rosa, at=self.now)
        self.has_step = True

    @rule()
    def take_it_away(self) -> None:
        self._pass()
        self.deal.set_next_step("", None, by=self.people.rosa, at=self.now)
        self.has_step = False

    @rule(by_manager=st.booleans(), verb=st.sampled_from(["settle", "snooze", "bring back"]))
    def say(self, by_manager: bool, verb: str) -> None:
        self._pass()
        person = self.people.mia if by_manager else self.people.rosa
        told = Notification.objects.filter(person=person).order_by("-pk").first()
        if told is None:
            return
        this = (person.pk, max(self.told[person.pk]))
        try:
            if verb == "settle":
                told.settle(self.now)
            elif verb == "snooze":
                told.snooze(TODAY + 30 * DAY, "Later", at=self.now)
            else:
                told.wake()
                told.restore()
        except ValidationError:
            assert not told.alert.is_open
            return
        self.quiet.discard(this) if verb == "bring back" else self.quiet.add(this)

    @invariant()
    def each_episode_is_there_once_and_told_once(self) -> None:
        rows = Alert.objects.filter(kind=KIND, rule="no_next_step")
        assert rows.count() == self.episodes
        assert rows.open().count() == self.is_open
        for person in (self.people.rosa, self.people.mia):
            heard = Notification.objects.filter(person=person)
            assert heard.count() == len(self.told[person.pk])
            this = self.episodes
            is_known = self.is_open and this in self.told[person.pk]
            stands = is_known and (person.pk, this) not in self.quiet
            assert inbox(person, self.now).exists() is stands


@pytest.mark.django_db
def test_in_whatever_order_everybody_is_told_of_each_episode_once() -> None:
    Model.people = some_people()
    look(NOW - DAY)
    run_state_machine_as_test(
        Model,
        settings=settings(
            max_examples=8,
            stateful_step_count=20,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
