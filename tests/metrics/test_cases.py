"""How many dated cases there are."""

import pytest

from tests.metrics.cases import aims, local_days, pace, periods, ramps, table

TEXTS = [
    periods.WEEKS,
    periods.MONTHS_QUARTERS_YEARS,
    periods.CHECKPOINTS,
    pace.HIGHER,
    pace.LOWER,
    pace.RATIOS,
    ramps.MONTHS,
    local_days.INSTANTS,
]


@pytest.mark.once
def test_there_are_enough_and_none_stands_twice() -> None:
    rows = [tuple(row) for text in TEXTS for row in table(text)]
    assert len(rows) == len(set(rows))
    by_hand = sum(len(cases) for cases in aims.TABLES.values())
    assert len(rows) + by_hand >= 350
    for cases in aims.TABLES.values():
        assert len(cases) == len({case.what for case in cases})
