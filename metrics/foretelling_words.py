"""What a precursor foretells, in words and as a chart."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from lib.charts import Series
from metrics.foretelling import LEAST_POINTS
from metrics.models import Foretelling, Metric


@dataclass(frozen=True)
class ForetellingShown:
    """A row a lag: weeks, n, correlation, interval; and a chart of it when there is any."""

    sentence: str
    rows: list[tuple[str, str, str, str]]
    labels: list[str]
    series: list[Series]
    texts: list[list[str]]

    @property
    def has_chart(self) -> bool:
        return any(value is not None for one in self.series for value in one.values)


def best(told: Sequence[Foretelling]) -> Foretelling | None:
    """The lag at which it goes most closely with what follows, if that is surely not by chance."""
    sure = [each for each in told if each.low is not None and each.low > 0]
    return max(sure, key=lambda each: each.correlation or 0, default=None)


def foretelling_shown(metric: Metric, told: Sequence[Foretelling]) -> ForetellingShown:
    """`told` is what was worked out of this metric, by weeks."""
    return ForetellingShown(
        sentence=_sentence(metric, told),
        rows=[
            (
                _weeks(each.weeks),
                str(each.points),
                _number(each.correlation) or "Too little data",
                _interval(each),
            )
            for each in told
        ],
        labels=[_weeks(each.weeks) for each in told],
        series=[
            Series("Correlation", [_decimal(each.correlation) for each in told], "own"),
            Series("95 % interval, from", [_decimal(each.low) for each in told], "team"),
            Series("to", [_decimal(each.high) for each in told], "team"),
        ],
        texts=[[_number(each.correlation), _number(each.low), _number(each.high)] for each in told],
    )


def _sentence(metric: Metric, told: Sequence[Foretelling]) -> str:
    if not told:
        return "Worked out each night from the weeks there are; not yet of this metric."
    ultimate = told[0].ultimate.label
    if all(each.correlation is None for each in told):
        most = max(each.points for each in told)
        return (
            f"Too little data: {most} weeks can be compared, {LEAST_POINTS} are needed, "
            "and both must vary."
        )
    found = best(told)
    if found is None:
        return (
            f"In none of the weeks looked at does {metric.label} go surely with {ultimate}: "
            "it may tell nothing here."
        )
    return (
        f"{metric.label} goes most closely with {ultimate} {_weeks(found.weeks).lower()}: "
        f"{_number(found.correlation)}, surely between {_number(found.low)} and "
        f"{_number(found.high)}, from {found.points} weeks."
    )


def _weeks(weeks: int) -> str:
    if not weeks:
        return "The same week"
    return f"{weeks} week{'s' if weeks > 1 else ''} later"


def _interval(each: Foretelling) -> str:
    return "" if each.low is None else f"{_number(each.low)} to {_number(each.high)}"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}".replace("-", "−")


def _decimal(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(round(value, 4)))
