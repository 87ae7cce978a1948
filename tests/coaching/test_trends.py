"""Improving, flat or falling, and above the minimum or not: a stated rule."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coaching.trends import trend

SCORES = st.lists(st.integers(1, 10), max_size=20)


@pytest.mark.parametrize(
    ("scores", "direction"),
    [
        ([], "too_few"),
        ([4, 9, 9], "too_few"),
        ([4, 4, 5, 5], "improving"),
        ([4, 4, 4, 5], "flat"),
        ([5, 5, 4, 4], "falling"),
        ([4, 10, 4, 4], "falling"),
        ([4, 5, 10, 5, 6], "improving"),  # the middle one of five belongs to neither half
        ([4, 4, 1, 4, 4], "flat"),
        ([1, 1, 1, 6, 6, 6, 6, 6, 6, 6, 6], "flat"),  # only the last eight are looked at
        ([6, 6, 6, 6, 7, 7, 7, 7], "improving"),
        ([6, 6, 6, 6, 7, 7, 7, 6], "flat"),
    ],
)
def test_the_newer_half_is_held_against_the_older_one(scores, direction):
    assert trend(scores, 7).direction == direction


@pytest.mark.parametrize(
    ("scores", "reaches"),
    [
        ([], None),
        ([9, 9], None),
        ([7, 7, 7], True),
        ([7, 7, 6], False),
        ([1, 1, 6, 7, 8], True),
        ([10, 10, 10, 10, 10, 6, 7, 7], False),
    ],
)
def test_the_mean_of_the_last_three_is_held_against_the_minimum(scores, reaches):
    assert trend(scores, 7).reaches_minimum is reaches


@given(SCORES, st.integers(1, 10))
def test_it_agrees_with_the_rule_told_by_hand(scores, minimum):
    last = scores[-8:]
    n = len(last) // 2
    found = trend(scores, minimum)
    if len(last) < 4:
        expected = "too_few"
    else:
        older, newer = sum(last[:n]) / n, sum(last[len(last) - n :]) / n
        expected = "improving" if newer - older > 0.999 else "flat"
        expected = "falling" if older - newer > 0.999 else expected
    assert found.direction == expected
    assert found.reaches_minimum == (sum(last[-3:]) >= 3 * minimum if len(last) > 2 else None)
