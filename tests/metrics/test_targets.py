"""Targets are set, take each other's place on the days meant only, and keep their history."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from lib.calendar import EARLIEST, LATEST
from metrics.models import Metric, Ramp, Target
from people.models import Team, User
from tests.factories import NOW, a_user

pytestmark = pytest.mark.django_db
ALL_APPS = [config.name for config in apps.get_app_configs()]  # see tests/pipeline/test_clocks.py
DAY = timedelta(days=1)
LATER = NOW + timedelta(hours=1)
JANUARY, JUNE, DECEMBER = date(2026, 1, 1), date(2026, 6, 30), date(2026, 12, 31)


@pytest.fixture
def metric(db: None) -> Metric:
    return Metric.objects.get(measure="interviews")


@pytest.fixture
def aim(metric: Metric, ada: User) -> Callable[..., Target]:
    """Sets one as the administrator."""

    def aim(amount: int, at: datetime = NOW, **more: Any) -> Target:
        return Target.set(metric, Decimal(amount), by=ada, at=at, **more)

    return aim


def in_force() -> list[tuple[date, date, int]]:
    rows = Target.objects.in_force().order_by("first_day")
    return [(row.first_day, row.last_day, int(row.amount)) for row in rows]


def replaced() -> list[tuple[date, date, int]]:
    rows = Target.objects.exclude(replaced_at=None).order_by("pk")
    return [(row.first_day, row.last_day, int(row.amount)) for row in rows]


# Setting.

# days of the former one | days of the new one | what holds then
TEN, TWENTY = 10, 20
SPLITS: list[Any] = [
    pytest.param(
        (EARLIEST, LATEST),
        (JANUARY, DECEMBER),
        [
            (EARLIEST, JANUARY - DAY, TEN),
            (JANUARY, DECEMBER, TWENTY),
            (DECEMBER + DAY, LATEST, TEN),
        ],
        id="in the middle",
    ),
    pytest.param((JANUARY, JUNE), (JANUARY, JUNE), [(JANUARY, JUNE, TWENTY)], id="all of it"),
    pytest.param((JANUARY, JUNE), (EARLIEST, LATEST), [(EARLIEST, LATEST, TWENTY)], id="more"),
    pytest.param(
        (JANUARY, DECEMBER),
        (JUNE, LATEST),
        [(JANUARY, JUNE - DAY, TEN), (JUNE, LATEST, TWENTY)],
        id="its end",
    ),
    pytest.param(
        (JANUARY, DECEMBER),
        (EARLIEST, JUNE),
        [(EARLIEST, JUNE, TWENTY), (JUNE + DAY, DECEMBER, TEN)],
        id="its beginning",
    ),
    pytest.param(
        (JANUARY, DECEMBER),
        (JANUARY, JANUARY),
        [(JANUARY, JANUARY, TWENTY), (JANUARY + DAY, DECEMBER, TEN)],
        id="its first day",
    ),
    pytest.param(
        (JANUARY, DECEMBER),
        (DECEMBER, DECEMBER),
        [(JANUARY, DECEMBER - DAY, TEN), (DECEMBER, DECEMBER, TWENTY)],
        id="its last day",
    ),
    pytest.param(
        (JANUARY, JUNE),
        (JUNE + DAY, DECEMBER),
        [(JANUARY, JUNE, TEN), (JUNE + DAY, DECEMBER, TWENTY)],
        id="the day after it",
    ),
    pytest.param(
        (JUNE, DECEMBER),
        (JANUARY, JUNE - DAY),
        [(JANUARY, JUNE - DAY, TWENTY), (JUNE, DECEMBER, TEN)],
        id="until the day before it",
    ),
]


@pytest.mark.parametrize(("former", "new", "then"), SPLITS)
def test_a_target_takes_the_place_of_another_on_its_own_days_only(
    aim: Callable[..., Target], former: tuple[date, date], new: tuple[date, date], then: Any
) -> None:
    aim(TEN, first_day=former[0], last_day=former[1])
    aim(TWENTY, LATER, first_day=new[0], last_day=new[1])
    assert in_force() == then
    touched = new[0] <= former[1] and new[1] >= former[0]
    assert replaced() == ([(*former, TEN)] if touched else [])


def test_what_goes_on_is_as_it_was_set(aim: Callable[..., Target], ada: User, mia: User) -> None:
    ramp = Ramp.add(name="New hires", percents=[50])
    aim(TEN, ramp=ramp)
    ada.name = "Somebody else"
    aim(TWENTY, LATER, first_day=JANUARY, last_day=DECEMBER)
    first, new, last = Target.objects.in_force().order_by("first_day")
    assert {(row.ramp, row.set_at, row.set_by) for row in (first, last)} == {(ramp, NOW, ada)}
    assert (new.ramp, new.set_at, new.replaced_at) == (None, LATER, None)
    assert Target.objects.exclude(replaced_at=None).get().replaced_at == LATER


def test_one_over_several_takes_the_place_of_all(aim: Callable[..., Target]) -> None:
    for n in range(3):
        aim(n, first_day=JANUARY + 10 * n * DAY, last_day=JANUARY + (10 * n + 9) * DAY)
    aim(TWENTY, LATER, first_day=JANUARY + 5 * DAY, last_day=JANUARY + 24 * DAY)
    assert in_force() == [
        (JANUARY, JANUARY + 4 * DAY, 0),
        (JANUARY + 5 * DAY, JANUARY + 24 * DAY, TWENTY),
        (JANUARY + 25 * DAY, JANUARY + 29 * DAY, 2),
    ]


def test_the_same_again_changes_nothing(aim: Callable[..., Target]) -> None:
    ramp = Ramp.add(name="New hires", percents=[50])
    target = aim(TEN, first_day=JANUARY, ramp=ramp)
    before = list(Target.objects.values())
    assert aim(TEN, LATER, first_day=JANUARY, ramp=ramp) == target
    assert list(Target.objects.values()) == before
    assert aim(TEN, LATER, first_day=JANUARY) != target


def test_scopes_and_metrics_do_not_touch_each_other(
    aim: Callable[..., Target], metric: Metric, ada: User, rosa: User, pia: User
) -> None:
    team = rosa.team
    assert team is not None
    scopes: list[dict[str, Any]] = [
        {}, {"team": team}, {"team": team.parent}, {"person": rosa}, {"person": pia},
    ]  # fmt: skip
    for number, scope in enumerate(scopes):
        aim(number, **scope)
    Target.set(Metric.objects.get(measure="proposals"), Decimal(9), by=ada, at=NOW)
    assert len(in_force()) == 6
    assert not replaced()


def test_history_is_kept_of_every_change(aim: Callable[..., Target]) -> None:
    for amount in (1, 2, 3):
        aim(amount, NOW + amount * DAY)
    assert in_force() == [(EARLIEST, LATEST, 3)]
    rows = Target.objects.order_by("pk").values_list("amount", "set_at", "replaced_at")
    assert list(rows) == [
        (1, NOW + DAY, NOW + 2 * DAY),
        (2, NOW + 2 * DAY, NOW + 3 * DAY),
        (3, NOW + 3 * DAY, None),
    ]


days = st.integers(0, 30).map(lambda n: JANUARY + n * DAY)
sets = st.lists(st.tuples(days, days, st.integers(0, 5)), min_size=1, max_size=8)


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(sets)
def test_each_day_has_what_was_set_for_it_last(
    aim: Callable[..., Target], steps: list[tuple[date, date, int]]
) -> None:
    Target.objects.all().delete()
    by_day: dict[date, int] = {}
    for first, last, amount in steps:
        first, last = sorted((first, last))
        aim(amount, first_day=first, last_day=last)
        by_day |= {first + n * DAY: amount for n in range((last - first).days + 1)}
    held = [
        (first + n * DAY, amount)
        for first, last, amount in in_force()
        for n in range((last - first).days + 1)
    ]
    assert sorted(held) == sorted(by_day.items())


# Ending.


@pytest.mark.parametrize(
    ("on", "then"),
    [
        pytest.param(JUNE, [(JANUARY, JUNE, TEN)], id="midway"),
        pytest.param(JANUARY, [(JANUARY, JANUARY, TEN)], id="on its first day"),
        pytest.param(JANUARY - DAY, [], id="before it begins"),
        pytest.param(DECEMBER, [(JANUARY, DECEMBER, TEN)], id="on its last day"),
        pytest.param(LATEST, [(JANUARY, DECEMBER, TEN)], id="after it"),
    ],
)
def test_a_target_ends(
    aim: Callable[..., Target], ada: User, on: date, then: list[tuple[date, date, int]]
) -> None:
    target = aim(TEN, first_day=JANUARY, last_day=DECEMBER)
    target.end(on, by=ada, at=LATER)
    assert in_force() == then
    assert replaced() == [(JANUARY, DECEMBER, TEN)]


def test_one_that_was_replaced_does_not_end(aim: Callable[..., Target], ada: User) -> None:
    former = aim(TEN)
    aim(TWENTY, LATER)
    with pytest.raises(ValidationError, match="taken the place"):
        former.end(JUNE, by=ada, at=LATER)
    assert in_force() == [(EARLIEST, LATEST, TWENTY)]


# What is refused.


@pytest.mark.parametrize(
    ("amount", "key"),
    [("-1", "amount"), ("-0.01", "amount"), ("1.005", "amount"), ("1000000000000", "amount")],
)
def test_an_amount_that_is_none_is_refused(
    metric: Metric, ada: User, amount: str, key: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        Target.set(metric, Decimal(amount), by=ada, at=NOW)
    assert list(refused.value.message_dict) == [key]
    assert not Target.objects.exists()


@pytest.mark.parametrize("amount", ["0", "0.01", "999999999999.99"])
def test_the_least_and_the_largest_amount(metric: Metric, ada: User, amount: str) -> None:
    Target.set(metric, Decimal(amount), by=ada, at=NOW)
    assert Target.objects.get().amount == Decimal(amount)


def test_a_last_day_before_the_first_is_refused(aim: Callable[..., Target]) -> None:
    with pytest.raises(ValidationError) as refused:
        aim(TEN, first_day=JUNE, last_day=JUNE - DAY)
    assert "last_day" in refused.value.message_dict
    assert aim(TEN, first_day=JUNE, last_day=JUNE).span == "from 30 Jun 2026 to 30 Jun 2026"


def test_a_team_and_a_person_at_once_are_refused(aim: Callable[..., Target], rosa: User) -> None:
    with pytest.raises(ValidationError):
        aim(TEN, team=rosa.team, person=rosa)
    assert not Target.objects.exists()


# Who may.

WHO_MAY = {
    # of whom: who sets it
    "all": "ada",
    "Sales": "eva ada",
    "North": "mia eva ada",
    "South": "max eva ada",
    "rosa": "mia eva ada",
    "pia": "mia eva ada",
    "otto": "max eva ada",
    "mia": "eva ada",
    "eva": "ada",
    "ada": "ada",
}


def test_who_sets_and_ends_whose(
    metric: Metric, rosa: User, pia: User, otto: User, mia: User, max_: User, eva: User, ada: User
) -> None:
    everybody = (rosa, pia, otto, mia, max_, eva, ada)
    people = {user.name.split()[0].lower(): user for user in everybody}
    for user in everybody:
        user.refresh_from_db()
    for whose, setters in WHO_MAY.items():
        scope: dict[str, Any] = {}
        if whose in people:
            scope = {"person": people[whose]}
        elif whose != "all":
            scope = {"team": Team.objects.get(name=whose)}
        target = Target.set(metric, Decimal(1), by=ada, at=NOW, **scope)
        for name, by in people.items():
            may = name in setters.split()
            setting = partial(Target.set, metric, Decimal(1), by=by, at=NOW, **scope)
            assert allowed(setting) == may, (name, whose)
            if not may:
                assert not allowed(partial(target.end, JUNE, by=by, at=NOW)), (name, whose)


def allowed(verb: Callable[[], Any]) -> bool:
    try:
        verb()
    except PermissionDenied:
        return False
    return True


def test_a_manager_may_not_move_a_target_to_a_person_by_naming_an_own_team_too(
    metric: Metric, mia: User, otto: User
) -> None:
    with pytest.raises((PermissionDenied, ValidationError)):
        Target.set(metric, Decimal(1), by=mia, at=NOW, team=mia.teams_led.get(), person=otto)
    assert not Target.objects.exists()


def test_who_sees_whose(
    aim: Callable[..., Target], rosa: User, pia: User, otto: User, mia: User, eva: User, ada: User
) -> None:
    south = Team.objects.get(name="South")
    for scope in (
        {}, {"team": rosa.team}, {"team": south}, {"person": rosa}, {"person": otto},
        {"person": mia},
    ):  # fmt: skip
        aim(TEN, **scope)

    def seen(user: User) -> set[str]:
        user.refresh_from_db()
        return {target.scope for target in Target.objects.visible_to(user)}

    assert seen(rosa) == {"everybody", "North", "Rosa Rep"}
    assert seen(pia) == {"everybody", "North"}
    assert seen(otto) == {"everybody", "South", "Otto Other"}
    assert seen(mia) == {"everybody", "North", "Rosa Rep", "Mia Manager"}
    assert seen(eva) == seen(ada) == {
        "everybody", "North", "South", "Rosa Rep", "Otto Other", "Mia Manager"
    }  # fmt: skip


def test_days_are_told_in_words(aim: Callable[..., Target]) -> None:
    assert aim(1).span == "always"
    assert aim(1, first_day=JANUARY).span == "from 1 Jan 2026"
    assert aim(1, last_day=JUNE).span == "to 30 Jun 2026"


# Two at once.


@pytest.mark.django_db(transaction=True, available_apps=ALL_APPS)
def test_whoever_comes_while_another_is_at_it_waits_and_no_days_overlap() -> None:
    ada = a_user("Ada Administrator", is_administrator=True)
    metric = Metric.objects.get(measure="interviews")
    tenth, setting = JANUARY + 9 * DAY, partial(Target.set, metric, by=ada)

    def second() -> None:
        try:
            setting(Decimal(3), at=LATER, first_day=tenth + DAY, last_day=DECEMBER)
        finally:
            connection.close()

    for first, then in (
        ("end", [(EARLIEST, tenth, 1), (tenth + DAY, DECEMBER, 3)]),
        ("set", [(EARLIEST, JANUARY - DAY, 1), (JANUARY, tenth, 2), (tenth + DAY, DECEMBER, 3),
                 (DECEMBER + DAY, LATEST, 1)]),
    ):  # fmt: skip
        Target.objects.all().delete()
        target = setting(Decimal(1), at=NOW)
        with ThreadPoolExecutor(1) as pool:
            with transaction.atomic():
                if first == "end":
                    target.end(JUNE, by=ada, at=LATER)
                else:
                    setting(Decimal(2), at=LATER, first_day=JANUARY, last_day=JUNE)
                waiting = pool.submit(second)
                with suppress(TimeoutError):
                    waiting.result(0.4)
            waiting.result()
        assert in_force() == then, first


def test_a_rep_sees_what_holds_for_them_from_a_team_above(
    rosa: User, otto: User, eva: User, ada: User
) -> None:
    sales, south = Team.objects.get(name="Sales"), Team.objects.get(name="South")
    metric = Metric.objects.get(measure="interviews")
    above = Target.set(metric, Decimal(5), by=ada, at=NOW, team=sales)
    Target.set(metric, Decimal(6), by=ada, at=NOW, team=south)
    assert list(Target.objects.visible_to(rosa)) == [above]
    assert list(Target.objects.visible_to(rosa.reports_to)) == [above]
