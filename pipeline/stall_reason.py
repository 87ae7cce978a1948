"""One reason why a deal is stalled, and the limit of a stage: what pipeline/stalls.py decides."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from alerts.models.alert import NUMBER as NUMBER
from alerts.models.alert import in_units
from pipeline.models import Stage, StallRules
from pipeline.stage_medians import StageMedian

RISK, WARN = "risk", "warn"
REASONS = {
    "past_close": "Close date has passed",
    "stage_age": "Too long in its stage",
    "silent": "No activity",
    "pushed": "Close date pushed",
    "overdue_step": "Next step overdue",
    "no_next_step": "No next step",
    "buyer_silent": "No buyer action",
    "went_backwards": "Went back a stage",
    "single_threaded": "Too few people engaged",
}


@dataclass(frozen=True)
class StallReason:
    """Why one deal is stalled: what was measured against which limit, and since when.

    `number` and `limit` are in `unit`. `clock` is the date that started it; None where no date
    did. `short` goes on a card, `sentence` says it in full; `said` has NUMBER for the number.
    """

    name: str
    kind: str
    number: int
    limit: float
    unit: str
    clock: date | None
    short: str
    said: str

    @property
    def sentence(self) -> str:
        return self.said.replace(NUMBER, in_units(Decimal(self.number), self.unit))

    @property
    def label(self) -> str:
        return REASONS[self.name]


@dataclass(frozen=True)
class StageLimit:
    """How many working days a deal may be in a stage, and whether won deals say so."""

    patience: int
    median: StageMedian | None
    factor: Decimal

    @classmethod
    def of(
        cls, stage: Stage, medians: Mapping[int, StageMedian], rules: StallRules
    ) -> "StageLimit":
        """The limit in force; a median over too few won deals does not count."""
        median = medians.get(stage.pk)
        if median is not None and median.won < rules.median_won:
            median = None
        return cls(stage.patience, median, rules.median_factor)

    @property
    def days(self) -> float:
        """The smaller of patience and the multiple of the median."""
        if self.median is None:
            return self.patience
        # As decimals: in binary 1.15 x 100 is less than 115, and the 115th day would be too many.
        return min(self.patience, float(self.factor * Decimal(self.median.days)))

    @property
    def source(self) -> str:
        if self.median is None or self.days == self.patience:
            return "the stage's patience"
        return f"{self.factor.normalize():f} x the median of {self.median.won} won deals"


def so_many(number: int, unit: str = "day") -> str:
    """ "1 day", "12 working days"."""
    return f"{number} {unit}" + "s" * (number != 1)
