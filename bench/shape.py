"""How many of each there are in the organisation that is measured."""

from dataclasses import dataclass

TEAM, TEAMS = 8, 6  # reps of a manager, teams of a director
OPEN_EACH = 40
DEALS_A_PERSON, DEALS_AN_ACCOUNT = 500, 10
MONTHS_BEFORE = 11  # reviews of each pair before the last one
BUSY, BUSY_OPEN = 3, 200  # reps with so many open deals, whose 1-on-1s are measured


@dataclass(frozen=True)
class Shape:
    """How many of each there are for so many deals; of people as many as fit, or as are wanted."""

    deals: int
    people: int = 0

    @property
    def reps(self) -> int:
        people = self.people or max(self.deals // DEALS_A_PERSON, 2 * TEAM + 4)
        return int((people - 2) / (1 + 1 / TEAM + 1 / TEAM / TEAMS))

    @property
    def months(self) -> int:
        """How many 1-on-1s everybody has behind them."""
        return 1 if self.people else MONTHS_BEFORE

    @property
    def managers(self) -> int:
        return -(-self.reps // TEAM)

    @property
    def directors(self) -> int:
        return -(-self.managers // TEAMS)

    @property
    def first_rep(self) -> int:
        """The id of the first rep: 1 is the administrator, 2 the executive."""
        return 3 + self.directors + self.managers

    @property
    def busy(self) -> range:
        """The ids of the first reps of the second manager."""
        return range(self.first_rep + TEAM, self.first_rep + TEAM + BUSY)

    @property
    def accounts(self) -> int:
        """A multiple of the reps, so that each has as many."""
        return max(self.deals // DEALS_AN_ACCOUNT // self.reps, 1) * self.reps

    @property
    def closed(self) -> int:
        """Deals are numbered as they were opened; so many of the first ones are closed."""
        return max(self.deals - OPEN_EACH * self.reps, self.deals // 2)

    @property
    def busy_closed(self) -> int:
        """As many, of those who have more open deals."""
        return max(self.closed - (BUSY_OPEN - OPEN_EACH) * self.reps, 0)

    def is_open(self, number: str) -> str:
        """The condition that the deal of that number is open."""
        busy = f"{number} % {self.reps} BETWEEN {TEAM} AND {TEAM + BUSY - 1}"
        return f"({number} >= {self.closed} OR ({busy} AND {number} >= {self.busy_closed}))"
