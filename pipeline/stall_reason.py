"""One reason why a deal is stalled, and the limit of a stage: what pipeline/stalls.py decides."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

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
    did. `short` goes on a card, `sentence` says it in full.
    """

    name: str
    kind: str
    number: int
    limit: float
    unit: str
    clock: date | None
    short: str
    sentence: str

    @property
    def label(self) -> str:
        return REASONS[self.name]


@dataclass(frozen=True)
class StageLimit:
    """How many working days a deal may be in a stage, and whether won deals say so."""

    patience: int
    median: StageMedian | None
    factor: Decimal

    @property
    def days(self) -> float:
        """The smaller of patience and the multiple of the median."""
        if self.median is None:
            return self.patience
        return min(self.patience, float(self.factor) * self.median.days)

    @property
    def source(self) -> str:
        if self.median is None or self.days == self.patience:
            return "the stage's patience"
        return f"{self.factor.normalize():f} x the median of {self.median.won} won deals"
