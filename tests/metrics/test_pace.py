"""When a figure is a miss, and when it is only behind: cases worked out by hand."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.pace import MISSED, STATES, Actual, Aim, Standing, judge
from tests.metrics.cases import params
from tests.metrics.cases.pace import HIGHER, LOWER, RATIOS

pytestmark = pytest.mark.once
COLUMNS = ("actual", "whole", "due", "days", "state", "pace", "short")


def number(cell: str) -> Fraction | None:
    """A whole number, a decimal, or a quotient of them; None for "-"."""
    if cell == "-":
        return None
    over, _, under = cell.partition("/")
    return Fraction(over) / Fraction(under or 1)


def aim(whole: str, due: str, days: str) -> Aim:
    gone, of = days.split("/")
    return Aim(number(whole), number(due) or Fraction(), int(gone), int(of))


def said(state: str, pace: str, short: str) -> Standing:
    return Standing(state, number(pace), number(short) or Fraction())


@pytest.mark.parametrize(("what", *COLUMNS), params(HIGHER))
def test_more_is_better(
    what: str, actual: str, whole: str, due: str, days: str, state: str, pace: str, short: str
) -> None:
    assert judge(Actual(Decimal(actual)), aim(whole, due, days)) == said(state, pace, short)


@pytest.mark.parametrize(("what", *COLUMNS), params(LOWER))
def test_less_is_better(
    what: str, actual: str, whole: str, due: str, days: str, state: str, pace: str, short: str
) -> None:
    found = judge(Actual(Decimal(actual)), aim(whole, due, days), lower_is_better=True)
    assert found == said(state, pace, short)


@pytest.mark.parametrize(
    ("what", "way", "actual", "of", "scale", "whole", "days", "state", "pace", "short"),
    params(RATIOS),
)
def test_a_ratio_has_no_elapsed_share_and_needs_five(
    what: str,
    way: str,
    actual: str,
    of: str,
    scale: str,
    whole: str,
    days: str,
    state: str,
    pace: str,
    short: str,
) -> None:
    figure = Actual(Decimal(actual), Decimal(of), int(scale))
    due = "0" if whole == "-" else whole
    found = judge(figure, aim(whole, due, days), lower_is_better=way == "lower")
    assert found == said(state, pace, short)


counts = st.integers(0, 60)


@given(counts, counts, st.integers(1, 30), st.integers(0, 30), st.booleans())
def test_a_miss_is_all_three_and_nothing_else(
    actual: int, whole: int, days: int, gone: int, lower: bool
) -> None:
    """With integers only, as one would by hand: nothing is divided, nothing rounded."""
    gone = min(gone, days)
    due = Fraction(whole * gone, days)
    found = judge(Actual(Decimal(actual)), Aim(Fraction(whole), due, gone, days))
    under = actual * days * 5 < whole * gone * 4
    short = whole * gone - actual * days >= days
    assert (found.state == MISSED) == (under and short and gone * 5 >= days * 2)
    assert found.is_missed == (found.state == MISSED)
    assert found.state in dict(STATES)


@given(counts, counts, st.integers(1, 60))
def test_doing_more_never_makes_it_worse(actual: int, more: int, whole: int) -> None:
    full = Aim(Fraction(whole), Fraction(whole), 5, 5)
    order = ["missed", "behind", "on_target"]
    less, rather = (judge(Actual(Decimal(n)), full).state for n in (actual, actual + more))
    assert order.index(less) <= order.index(rather)


def test_what_is_gone_of_no_days_is_nothing() -> None:
    assert Aim().share_gone == 0


def test_a_ratio_of_nothing_has_no_value() -> None:
    assert Actual(Decimal(3), Decimal(0), 100).value is None
    assert Actual(Decimal(3), Decimal(4), 100).value == 75
    assert Actual(Decimal("3.50")).value == Fraction(7, 2)
