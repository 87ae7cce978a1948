"""The chain that an organisation goes by, and what may not be in it."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from lib.versions import Stale
from metrics.models import Metric, PostedMeasure
from people.models import User

pytestmark = pytest.mark.django_db
CHAIN = [
    "Targeted prospects",
    "Call preparation",
    "Interviews",
    "Presentations",
    "Commitments",
    "Proposals",
    "Money won",
]
DAY = date(2026, 11, 18)


def chain() -> list[str]:
    return [metric.label for metric in Metric.objects.chain()]


def places() -> list[int]:
    return [metric.place for metric in Metric.objects.chain()]


def named(label: str) -> Metric:
    return Metric.objects.get(label=label)


def add(**other: Any) -> Metric:
    fields = {"label": "Calls", "measure": "calls_held", "role": "precursor", "period": "week"}
    return Metric.add(**(fields | other))


def test_a_new_organisation_goes_by_a_chain() -> None:
    assert chain() == CHAIN
    assert places() == [1, 2, 3, 4, 5, 6, 10_000]
    assert {metric.period for metric in Metric.objects.chain()[:6]} == {"week"}
    assert named("Money won").is_ultimate


def test_a_precursor_is_added_before_the_ultimate_one() -> None:
    metric = add(label="  Calls  ")
    assert chain() == [*CHAIN[:-1], "Calls", "Money won"]
    assert (metric.place, str(metric)) == (7, "Calls")


@pytest.mark.parametrize(
    ("place", "expected"),
    [(1, 0), (3, 2), (6, 5), (7, 6), (99, 6), (0, 0), (-5, 0)],
)
def test_a_precursor_is_added_at_a_place(place: int, expected: int) -> None:
    add(place=place)
    assert chain() == [*CHAIN[:expected], "Calls", *CHAIN[expected:]]
    assert places() == [1, 2, 3, 4, 5, 6, 7, 10_000]


MOVES = [("Interviews", 1), ("Proposals", 2), ("Interviews", 9)]


@pytest.mark.parametrize(("label", "place"), MOVES)
def test_a_precursor_moves(label: str, place: int) -> None:
    named(label).move(place)
    rest = [each for each in CHAIN[:-1] if each != label]
    rest.insert(place - 1, label)
    assert chain() == [*rest, "Money won"]
    assert places() == [1, 2, 3, 4, 5, 6, 10_000]


def test_the_ultimate_one_stays_last() -> None:
    with pytest.raises(ValidationError, match="end of the chain"):
        named("Money won").move(1)
    assert chain() == CHAIN


def test_a_second_ultimate_one_is_refused_until_the_first_is_retired() -> None:
    second = {"label": "Deals", "measure": "deals_won", "role": "ultimate", "period": "quarter"}
    with pytest.raises(ValidationError, match="retire it first"):
        Metric.add(**second)
    named("Money won").retire(on=DAY)
    Metric.add(**second)
    assert chain() == [*CHAIN[:-1], "Deals"]
    with pytest.raises(ValidationError, match="retire it first"):
        named("Money won").restore()


@pytest.mark.parametrize(
    "measure", ["calls_planned", "average_score", "people_per_call", "proposals_per_close"]
)
def test_a_ratio_is_not_the_ultimate_one(measure: str) -> None:
    named("Money won").retire(on=DAY)
    with pytest.raises(ValidationError) as refused:
        add(measure=measure, role="ultimate")
    assert list(refused.value.message_dict) == ["measure"]
    assert add(measure=measure).of_measure.is_ratio


@pytest.mark.parametrize("measure", ["money_won", "percent_of_goal", "deals_won", "calls_held"])
def test_a_count_or_a_sum_is(measure: str) -> None:
    named("Money won").retire(on=DAY)
    assert add(measure=measure, role="ultimate").place == Metric.LAST


@pytest.mark.parametrize(
    ("wrong", "key"),
    [
        ({"measure": "karma"}, "measure"),
        ({"measure": "posted:dials"}, "measure"),
        ({"measure": "posted:"}, "measure"),
        ({"measure": ""}, "measure"),
        ({"label": "  "}, "label"),
        ({"label": "x" * 61}, "label"),
        ({"period": "fortnight"}, "period"),
        ({"role": "boss"}, "role"),
    ],
    ids=str,
)
def test_what_is_no_metric_is_refused(wrong: dict[str, str], key: str) -> None:
    with pytest.raises(ValidationError) as refused:
        add(**wrong)
    assert key in refused.value.message_dict
    assert chain() == CHAIN


def test_what_an_outside_system_posts_is_a_measure_too() -> None:
    PostedMeasure.add(name="complaints", label="Complaints", unit="complaints", direction="lower")
    metric = add(measure="posted:complaints")
    assert metric.of_measure.lower_is_better
    assert metric.is_link
    assert not named("Money won").is_link


def test_one_that_is_retired_leaves_no_gap_and_comes_back_at_the_end() -> None:
    named("Interviews").retire(on=DAY)
    assert chain() == [each for each in CHAIN if each != "Interviews"]
    assert places() == [1, 2, 3, 4, 5, 10_000]
    assert named("Interviews").retired_on == DAY
    named("Interviews").restore()
    assert chain() == [*CHAIN[:2], *CHAIN[3:-1], "Interviews", "Money won"]
    assert places() == [1, 2, 3, 4, 5, 6, 10_000]


def test_the_ultimate_one_is_retired_and_restored_last() -> None:
    named("Money won").retire(on=DAY)
    assert places() == [1, 2, 3, 4, 5, 6]
    named("Money won").restore()
    assert chain() == CHAIN
    assert named("Money won").place == Metric.LAST


def test_retiring_and_restoring_twice_is_refused() -> None:
    metric = named("Proposals")
    with pytest.raises(ValidationError, match="in use"):
        metric.restore()
    metric.retire(on=DAY)
    with pytest.raises(ValidationError, match="retired already"):
        named("Proposals").retire(on=DAY)
    assert places() == [1, 2, 3, 4, 5, 10_000]


def test_its_label_and_place_change_and_nothing_else() -> None:
    metric = named("Interviews")
    metric.change(label=" First talks ", place=1, version=metric.version)
    assert chain()[0] == "First talks"
    for field in ("measure", "period", "role"):
        with pytest.raises(TypeError):
            metric.change(**{field: "month"})
    with pytest.raises(ValidationError):
        metric.change(label="")
    with pytest.raises(Stale):
        named("First talks").change(label="Mine", version=1)


def test_everybody_sees_the_chain(rosa: User, ada: User) -> None:
    for user in (rosa, ada):
        assert Metric.objects.visible_to(user).count() == len(CHAIN)
