"""Whether a precursor foretells the ultimate metric: rank correlation, so many weeks before."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from math import atanh, sqrt, tanh
from random import Random
from typing import Any

import pytest

from metrics.foretelling import LAGS, LEAST_POINTS, Lagged, lagged, work_out
from metrics.models import DailyTally, Foretelling, Metric
from people.models import Organisation, User
from tests.support.posted_world import a_chain, metric

DAY, WEEK = timedelta(days=1), timedelta(days=7)
NOW = datetime(2026, 11, 18, 3, tzinfo=UTC)  # a Wednesday
THIS_MONDAY = date(2026, 11, 16)
SERIES = [float(n) for n in range(1, 31)]
SWAPPED = [30.0, *SERIES[1:-1], 1.0]  # the ends have changed places


def fisher(rho: float, points: int) -> tuple[float, float]:
    """The 95 % interval: 1.959964 standard errors of 1 / sqrt(n - 3) around the arctanh."""
    away = 1.959964 / sqrt(points - 3)
    return tanh(atanh(rho) - away), tanh(atanh(rho) + away)


def close(found: Lagged, points: int, rho: float) -> None:
    assert found.points == points
    assert found.correlation == pytest.approx(rho, abs=1e-9)
    assert (found.low, found.high) == pytest.approx(fisher(rho, points), abs=1e-6)


# Two series.


def test_ranks_are_correlated_as_by_hand() -> None:
    """The ranks differ by 29 twice: 1 - 6 x 2 x 29^2 / (30 x (30^2 - 1)) = 0.62580..."""
    rho = 1 - 6 * 2 * 29**2 / (30 * (30**2 - 1))
    assert rho == pytest.approx(0.6258, abs=1e-4)
    close(lagged(SERIES, SWAPPED, 0), 30, rho)


def test_only_the_order_counts() -> None:
    found = lagged(SERIES, [value**5 for value in SWAPPED], 0)
    assert found == lagged(SERIES, SWAPPED, 0)


def test_ties_share_their_ranks() -> None:
    """0.9799615361 is what scipy.stats.spearmanr tells of these."""
    stairs = [float(n // 4) for n in range(30)]
    other = [float((n * 7) % 5 + n) for n in range(30)]
    close(lagged(stairs, other, 0), 30, 0.9799615361009975)


@pytest.mark.parametrize("weeks", [0, 1, 6, 12])
def test_the_later_week_is_that_of_the_ultimate_metric(weeks: int) -> None:
    chance = Random(5)
    precursor = [chance.random() for _ in range(60)]
    ultimate = [0.5] * weeks + precursor[: 60 - weeks]  # it follows so many weeks later
    found = lagged(precursor, ultimate, weeks)
    assert (found.points, found.correlation) == (60 - weeks, pytest.approx(1))
    for other in {0, 1, 6, 12} - {weeks}:
        assert abs(lagged(precursor, ultimate, other).correlation or 0) < 0.5


def test_the_opposite_is_minus_one_with_an_interval_that_is_a_number() -> None:
    found = lagged(SERIES, SERIES[::-1], 0)
    assert (found.correlation, found.low, found.high) == pytest.approx((-1, -1, -1))


def test_fewer_than_thirty_pairs_tell_nothing() -> None:
    assert lagged(SERIES[:29], SWAPPED[:29], 0) == Lagged(29)
    assert lagged(SERIES, SWAPPED, 1) == Lagged(29)
    assert lagged([], [], 3) == Lagged(0)
    assert LEAST_POINTS == 30


def test_weeks_that_cannot_be_told_are_left_out_in_pairs() -> None:
    """As when nothing was there to divide by: here two of 32, one on either side."""
    precursor = [None, *SERIES, 7.0]
    ultimate = [3.0, *SWAPPED, None]
    assert lagged(precursor, ultimate, 0) == lagged(SERIES, SWAPPED, 0)
    assert lagged([None, *SERIES[1:]], SWAPPED, 0) == Lagged(29)


@pytest.mark.parametrize("sides", [(SERIES, [4.0] * 30), ([0.0] * 30, SERIES)])
def test_what_never_varies_tells_nothing(sides: tuple[list[float], list[float]]) -> None:
    assert lagged(*sides, 0) == Lagged(30)


# The organisation's own weeks.


def keep(person: User, name: str, weekly: list[int], **more: Any) -> None:
    """Of the weeks up to the last one, each on some day of it."""
    first = THIS_MONDAY - len(weekly) * WEEK
    DailyTally.objects.bulk_create(
        DailyTally(
            person=person,
            tally=f"posted:{name}",
            day=first + n * WEEK + (n % 7) * DAY,
            number=Decimal(number),
            **more,
        )
        for n, number in enumerate(weekly)
    )


def found(name: str) -> dict[int, Foretelling]:
    return {row.weeks: row for row in metric(name).foretelling.all()}


@pytest.fixture
def history(rosa: User) -> list[int]:
    """Of 80 weeks: dials foretell money six weeks ahead; mails are always the same."""
    a_chain("dials", "mails", "visits", ultimate="money")
    chance = Random(11)
    dials = [chance.randrange(100) for _ in range(80)]
    keep(rosa, "dials", dials)
    keep(rosa, "mails", [5] * 80)
    keep(rosa, "money", [50] * 6 + [number * 1000 for number in dials[:-6]])
    return dials


def test_the_lag_that_is_in_the_history_is_found(history: list[int]) -> None:
    assert work_out(NOW) == 3 * len(LAGS) == 39
    dials = found("dials")
    assert list(dials) == list(range(13))
    assert [dials[weeks].points for weeks in (0, 6, 12)] == [80, 74, 68]
    best = max(dials.values(), key=lambda row: row.correlation or 0)
    assert (best.weeks, best.correlation) == (6, pytest.approx(1))
    assert all(abs(row.correlation or 0) < 0.4 for row in dials.values() if row.weeks != 6)
    assert {(row.ultimate.label, row.worked_out_on) for row in dials.values()} == {
        ("Money", NOW.date())
    }
    for name in ("mails", "visits"):
        assert {row.correlation for row in found(name).values()} == {None}


def test_it_comes_to_the_same_again(history: list[int]) -> None:
    def rows() -> list[Any]:
        return list(Foretelling.objects.values_list("precursor", "weeks", "correlation", "low"))

    work_out(NOW)
    once = rows()
    assert work_out(NOW) == len(once)
    assert rows() == once


def test_the_week_that_is_not_over_and_other_currencies_are_left_out(
    history: list[int], rosa: User
) -> None:
    work_out(NOW)
    before = [row.correlation for row in found("dials").values()]
    for day in (THIS_MONDAY, NOW.date(), NOW.date() + WEEK):
        DailyTally.objects.create(person=rosa, tally="posted:dials", day=day, number=10_000)
    keep(rosa, "money", [99_999, 0] * 10, currency="USD")
    work_out(NOW)
    assert [row.correlation for row in found("dials").values()] == before


def test_everybodys_are_added_up_by_weeks_of_the_organisation(
    history: list[int], pia: User
) -> None:
    """Pia's dials make what was foretold unclear; weeks that begin on Thursday cut it anew."""
    keep(pia, "dials", [(n * 37) % 100 for n in range(80)])
    work_out(NOW)
    with_hers = found("dials")[6].correlation
    assert with_hers is not None
    assert 0.4 < with_hers < 0.95
    Organisation.current().change(week_start=3)
    work_out(NOW)
    assert found("dials")[6].correlation != with_hers


def test_too_short_a_history_is_told_with_its_points(rosa: User) -> None:
    a_chain("dials", ultimate="money")
    for name in ("dials", "money"):
        keep(rosa, name, [3, 1, 4, 1, 5, 9, 2, 6] * 4)
    work_out(NOW)
    rows = found("dials")
    assert [(rows[weeks].points, rows[weeks].correlation) for weeks in (2, 3, 12)] == [
        (30, pytest.approx(rows[2].correlation)),
        (29, None),
        (20, None),
    ]
    assert rows[0].correlation == pytest.approx(1)


def test_nothing_is_told_without_an_ultimate_metric_or_any_history(history: list[int]) -> None:
    work_out(NOW)
    metric("money").retire(on=NOW.date())
    assert work_out(NOW) == 0
    assert not Foretelling.objects.exists()
    metric("money").restore()
    DailyTally.objects.all().delete()
    work_out(NOW)
    assert {(row.points, row.correlation) for row in Foretelling.objects.all()} == {(0, None)}


def test_a_ratio_is_told_where_it_can_be(rosa: User) -> None:
    """Share of calls planned: of the first 20 of 60 weeks no call is known."""
    a_chain(ultimate="money")
    Metric.add(label="Planned", measure="calls_planned", role="precursor", period="week")
    keep(rosa, "money", [n % 11 for n in range(60)])
    for n in range(20, 60):
        day = THIS_MONDAY - (60 - n) * WEEK
        for tally, number in (("calls_held", 20), ("calls_planned", n % 11)):
            DailyTally.objects.create(person=rosa, tally=tally, day=day, number=number)
    work_out(NOW)
    rows = Metric.objects.get(label="Planned").foretelling.in_bulk(field_name="pk")
    told = {row.weeks: (row.points, row.correlation) for row in rows.values()}
    assert told[0] == (40, pytest.approx(1))
    assert (told[10][0], told[11][0], told[11][1]) == (30, 29, None)
