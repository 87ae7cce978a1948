"""What a miss costs: so many units short, at so much of the ultimate metric for each unit."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from metrics.cost import Conversion, Cost, cost, looked_back
from metrics.periods import Span


def conversion(ultimate: str, precursor: str) -> Conversion:
    return Conversion(Decimal(ultimate), Decimal(precursor))


SEVERAL = conversion("48000", "20")  # 2,400 for each
FEW = conversion("9000", "4")
FIVE = conversion("9000", "5")  # 1,800 for each
NONE = conversion("0", "0")
FRUITLESS = conversion("0", "12")


@pytest.mark.parametrize(
    ("own", "team", "short", "wanted"),
    [
        (SEVERAL, None, Fraction(3), Cost(Fraction(7200), "own")),
        (SEVERAL, FIVE, Fraction(5, 2), Cost(Fraction(6000), "own")),
        (FIVE, SEVERAL, Fraction(3), Cost(Fraction(5400), "own")),
        (FEW, SEVERAL, Fraction(3), Cost(Fraction(7200), "team")),
        (FEW, FIVE, Fraction(1, 3), Cost(Fraction(600), "team")),
        (NONE, FIVE, Fraction(1), Cost(Fraction(1800), "team")),
        (FEW, FEW, Fraction(3), None),
        (FEW, None, Fraction(3), None),
        (NONE, NONE, Fraction(3), None),
        (FRUITLESS, SEVERAL, Fraction(3), Cost(Fraction(0), "own")),
    ],
)
def test_own_conversion_counts_then_the_teams_then_none(
    own: Conversion, team: Conversion | None, short: Fraction, wanted: Cost | None
) -> None:
    assert cost(short, own, team) == wanted


def test_nothing_is_rounded() -> None:
    found = cost(Fraction(4), conversion("1000", "7"), None)
    assert found is not None
    assert found.amount == Fraction(4000, 7)


def test_the_year_before_a_period_is_52_weeks_up_to_the_day_before_it() -> None:
    monday = date(2026, 11, 16)
    assert looked_back(monday) == Span(date(2025, 11, 17), date(2026, 11, 15))
    assert looked_back(date(2024, 3, 1)) == Span(date(2023, 3, 3), date(2024, 2, 29))
