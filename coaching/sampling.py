"""Which filed plans the manager inspects beforehand, so that anyone can work it out again.

A rep's plans are numbered from 1 at each inspection level, in the order in which they are filed.
At "1 in 5" each run of five plans has one that is inspected. Which one is decided by the SHA-256
of "<rep>/<level number>/<run>", read as a number, modulo 5: so inspections neither bunch nor can
be told from a count alone. product.md 3.
"""

import hashlib
from dataclasses import dataclass

CONTINUOUS, FREQUENT, INTERMITTENT, SPOT = "continuous", "frequent", "intermittent", "spot"
LEVELS = [
    (CONTINUOUS, "Every plan"),
    (FREQUENT, "1 in 2 plans"),
    (INTERMITTENT, "1 in 5 plans"),
    (SPOT, "1 in 10 plans"),
]
ONE_IN = {CONTINUOUS: 1, FREQUENT: 2, INTERMITTENT: 5, SPOT: 10}
RULE = (
    "A rep's filed plans are numbered from 1 at each inspection level, in the order of filing. At "
    "1 in 2, 1 in 5 and 1 in 10 each run of 2, 5 or 10 plans has one that is inspected. Which one "
    'is drawn by the SHA-256 of "number of the rep/number of the level/number of the run", read as '
    "a whole number, modulo the length of the run: 0 is the first plan of the run. The number of "
    "the rep is the one in the address of their page."
)


@dataclass(frozen=True)
class Sample:
    """The plan of that number, from 1, which a rep files at a level.

    `level_number` is how often the rep's level has changed so far: each one draws anew.
    """

    rep: int
    level: str
    level_number: int
    number: int

    @property
    def one_in(self) -> int:
        return ONE_IN[self.level]

    @property
    def run(self) -> int:
        """Which run of plans it belongs to, from 1."""
        return (self.number - 1) // self.one_in + 1

    @property
    def seed(self) -> str:
        return f"{self.rep}/{self.level_number}/{self.run}"

    @property
    def first(self) -> int:
        """The number of the first plan of this run."""
        return (self.run - 1) * self.one_in + 1

    @property
    def last(self) -> int:
        """The number of the last plan of this run."""
        return self.run * self.one_in

    @property
    def drawn(self) -> int:
        """What the sum comes to: 0 for the first plan of the run."""
        return int(hashlib.sha256(self.seed.encode()).hexdigest(), 16) % self.one_in

    @property
    def picked(self) -> int:
        """The number of the plan of this run that is inspected."""
        return self.first + self.drawn

    @property
    def is_inspected(self) -> bool:
        return self.number == self.picked

    @property
    def sum_in_words(self) -> str:
        """How to work it out again."""
        return f'SHA-256 of "{self.seed}" modulo {self.one_in}'
