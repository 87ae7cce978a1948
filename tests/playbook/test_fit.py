"""How well an account fits: what is met, what is not, what is not known."""

from decimal import Decimal
from typing import Any

import pytest

from pipeline.models import Account
from playbook.fit import Fit, fit_of
from playbook.models import IcpCriterion

SHOP = Account(
    name="Shop", sector="Retail & Wholesale", location="München, Germany", employees=50,
    annual_revenue=Decimal("12.50"), parent_id=7,
)  # fmt: skip
UNKNOWN = Account(name="Nobody")


def criterion(fact: str, condition: str, *, weight: int = 5, **values: Any) -> IcpCriterion:
    return IcpCriterion(name="It", fact=fact, condition=condition, weight=weight, **values)


def fit(account: Account, *criteria: IcpCriterion) -> Fit:
    found = fit_of(account, criteria)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("fact", "condition", "values", "state", "own", "wanted"),
    [
        ("sector", "one_of", {"texts": ["Energy", "wholesale"]}, "met",
         "Retail & Wholesale", "Energy or wholesale"),
        ("sector", "one_of", {"texts": ["Whole"]}, "not_met", "Retail & Wholesale", "Whole"),
        ("location", "one_of", {"texts": ["munchen"]}, "met", "München, Germany", "munchen"),
        ("employees", "at_least", {"least": 50}, "met", "50", "at least 50"),
        ("employees", "at_least", {"least": 51}, "not_met", "50", "at least 51"),
        ("employees", "at_most", {"most": 1200}, "met", "50", "at most 1,200"),
        ("employees", "between", {"least": 10, "most": 49}, "not_met", "50", "10 to 49"),
        ("annual_revenue", "between", {"least": Decimal("12.5"), "most": 20}, "met",
         "12.50", "12.50 to 20"),
        ("year_established", "at_most", {"most": 1990}, "not_known",
         "not known", "at most 1990"),
        ("year_established", "known", {}, "not_met", "not known", "known"),
        ("sector", "known", {}, "met", "Retail & Wholesale", "known"),
        ("parent", "known", {}, "met", "there is one", "there is one"),
    ],
)  # fmt: skip
def test_each_criterion_says_what_is_and_what_was_wanted(
    fact: str, condition: str, values: Any, state: str, own: str, wanted: str
) -> None:
    [reason] = fit(SHOP, criterion(fact, condition, **values)).reasons
    assert (reason.state, reason.own, reason.wanted) == (state, own, wanted)


@pytest.mark.parametrize(
    ("weights", "percent"),
    [((5, 5), 50), ((1, 7), 13), ((3, 5), 38), ((10, 1), 91), ((1, 2), 33)],
)
def test_the_percent_is_the_weight_met_and_half_a_percent_counts_as_one(
    weights: tuple[int, int], percent: int
) -> None:
    met = criterion("employees", "at_least", least=1, weight=weights[0])
    not_met = criterion("employees", "at_least", least=99, weight=weights[1])
    assert fit(SHOP, met, not_met).percent == percent


def test_what_is_not_known_is_left_out_of_the_percent_and_said() -> None:
    met = criterion("employees", "at_least", least=1)
    unknown = criterion("year_established", "at_least", least=1990, weight=10)
    assert (fit(SHOP, met, unknown).percent, fit(SHOP, met, unknown).unknown) == (100, 1)


def test_an_account_of_which_nothing_is_known_has_no_percent() -> None:
    assert fit(UNKNOWN, criterion("employees", "at_least", least=1)).percent is None
    assert fit(UNKNOWN, criterion("parent", "known")).percent == 0


def test_without_criteria_there_is_no_fit() -> None:
    assert fit_of(SHOP, []) is None
