"""The figures of a manager's coverage, in two statements for any number of people."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import Count, Sum

from coaching.coverage import (
    FIGURES,
    PERSON,
    SCORE,
    SCORES,
    TOUCH,
    TOUCHES,
    CoverageFigure,
    Frame,
    Line,
    Turnaround,
    everybody,
)
from coaching.coverage_spread import TOUCHED, Spread
from people.models import User

# The two rows in the middle of each branch and of all; the same number twice where it is odd.
# What is somebody's own counts for all, not for the branch they lead: that is 0.
MIDDLES = """
WITH RECURSIVE line(id, branch) AS (
  SELECT id, id FROM people_user WHERE reports_to_id = %s
  UNION SELECT person.id, line.branch FROM people_user person
  JOIN line ON person.reports_to_id = line.id),
spent(who, what, took) AS ({spent}),
placed AS (SELECT what, took,
  CASE WHEN line.id = line.branch THEN 0 ELSE line.branch END AS branch
  FROM spent JOIN line ON line.id = spent.who),
numbered AS (SELECT what, branch, took,
  row_number() OVER (PARTITION BY what, branch ORDER BY took) AS n,
  count(*) OVER (PARTITION BY what, branch) AS of_branch,
  row_number() OVER (PARTITION BY what ORDER BY took) AS n_all,
  count(*) OVER (PARTITION BY what) AS of_all FROM placed)
SELECT what, branch, took, n, of_branch, n_all, of_all FROM numbered
WHERE n IN ((of_branch + 1) / 2, (of_branch + 2) / 2)
   OR n_all IN ((of_all + 1) / 2, (of_all + 2) / 2)
"""
ALL = -1  # in the place of a branch


@dataclass(frozen=True)
class Measured:
    """A figure: `kept` of `of`, or the median time of so many."""

    figure: CoverageFigure
    kept: int
    of: int
    took: timedelta | None = None

    @property
    def value(self) -> str:
        """ "82 %" (rounded down: 100 are all), "3.5 h", or "–" for none."""
        if not self.of:
            return "–"
        return f"{100 * self.kept // self.of} %" if self.took is None else hours(self.took)

    @property
    def detail(self) -> str:
        """Of how many."""
        if not self.of:
            return self.figure.nothing
        return f"{self.kept} of {self.of}" if self.took is None else f"median of {self.of}"

    @property
    def hours(self) -> Fraction | None:
        """How long it took; None for a share."""
        return None if self.took is None else Fraction(self.took // SMALLEST, 3_600_000_000)


SMALLEST = timedelta(microseconds=1)


def hours(took: timedelta) -> str:
    """ "0.4 h", "31.5 h", and from four days on "4.2 days"."""
    days = took / timedelta(days=1)
    return f"{days:.1f} days" if days >= 4 else f"{took / timedelta(hours=1):.1f} h"


@dataclass(frozen=True)
class Figures:
    """All there is of some people."""

    values: list[Measured]
    spread: Spread


@dataclass(frozen=True)
class _Person:
    boss: int
    name: str
    is_active: bool


class Coverage:
    """Of one manager in one frame: over the whole line, or over who reports to them directly."""

    def __init__(self, manager: User, frame: Frame, *, is_direct: bool = False) -> None:
        self.manager, self.frame = manager, frame
        self.line = Line(manager, is_direct)

    @cached_property
    def whole(self) -> Figures:
        """Over all of them."""
        active = [pk for pk, person in self._people.items() if person.is_active]
        return self._figures(active, ALL)

    def of_branch(self, manager: int) -> Figures:
        """Over the whole line of somebody who reports to this manager."""
        return self._figures(self._branches.get(manager, ()), manager)

    @cached_property
    def managers(self) -> list[tuple[int, str]]:
        """Those who report to this manager and lead somebody active: id and name, by name."""
        found = [(pk, self._people[pk].name) for pk in self._branches]
        return sorted(found, key=lambda one: (one[1], one[0]))

    def _figures(self, people: Collection[int], branch: int) -> Figures:
        measured = [self._measured(figure, people, branch) for figure in FIGURES.values()]
        spread = self._spread(people)
        touched = Measured(TOUCHED, spread.touched, spread.people)
        return Figures([*measured, touched], spread)

    def measured(self, figure: CoverageFigure) -> Measured:
        """One figure over all of them, without the others: one statement."""
        if isinstance(figure, Turnaround):
            return self._measured(figure, (), ALL)
        rows = self.line.of(figure.marked(self.frame), figure.rep)
        found = rows.aggregate(kept=Sum("is_kept", default=0), of=Count("pk"))
        return Measured(figure, found["kept"], found["of"])

    def _measured(self, figure: CoverageFigure, people: Iterable[int], branch: int) -> Measured:
        if isinstance(figure, Turnaround):
            took, of = self._medians.get((figure.name, branch), (None, 0))
            return Measured(figure, of, of, took)
        sums = self._sums[figure.name]
        found = [sums[pk] for pk in people if pk in sums]
        return Measured(figure, sum(kept for kept, _ in found), sum(of for _, of in found))

    def _spread(self, people: Collection[int]) -> Spread:
        scores = self._sums[SCORE]
        means = {pk: Fraction(*scores[pk]) for pk in people if pk in scores}
        return Spread.of({pk: self._touches.get(pk, 0) for pk in people}, means)

    @cached_property
    def _touches(self) -> dict[int, int]:
        found: dict[int, int] = defaultdict(int)
        for kind in TOUCHES:
            for pk, (n, _) in self._sums[TOUCH + kind].items():
                found[pk] += n
        return found

    @cached_property
    def _branches(self) -> dict[int, list[int]]:
        """Active people by whom of this manager's reports they are under, at any depth."""
        top: dict[int, int] = {}
        for pk in self._people:
            path = []
            here = pk
            while here not in top and self._people[here].boss != self.manager.pk:
                path.append(here)
                here = self._people[here].boss
            for each in path:
                top[each] = top.get(here, here)
        found: dict[int, list[int]] = {}
        for pk, branch in top.items():
            if self._people[pk].is_active:
                found.setdefault(branch, []).append(pk)
        return found

    @cached_property
    def _people(self) -> dict[int, _Person]:
        return self._read[0]

    @cached_property
    def _sums(self) -> dict[str, dict[int, tuple[int, int]]]:
        return self._read[1]

    @cached_property
    def _read(self) -> tuple[dict[int, _Person], dict[str, dict[int, tuple[int, int]]]]:
        """Who they are, and by what is summed and by person two numbers: one statement."""
        people: dict[int, _Person] = {}
        sums: dict[str, dict[int, tuple[int, int]]] = defaultdict(dict)
        parts = [everybody(self.line), *self._parts()]
        for who, what, said, kept, counted in parts[0].union(*parts[1:], all=True):
            if what == PERSON:
                people[who] = _Person(kept, said, bool(counted))
            else:
                sums[what][who] = (kept, counted)
        return people, sums

    def _parts(self) -> Iterator[Any]:
        for figure in FIGURES.values():
            if not isinstance(figure, Turnaround):
                yield figure.sums(self.frame, self.line)
        for kind in TOUCHES.values():
            yield kind.sums(self.frame, self.line)
        for scores in SCORES:
            yield scores.sums(self.frame, self.line)

    @cached_property
    def _medians(self) -> dict[tuple[str, int], tuple[timedelta, int]]:
        """By figure and branch: the median, exactly, and of how many. One statement."""
        found: dict[tuple[str, int], list[timedelta]] = defaultdict(list)
        counts: dict[tuple[str, int], int] = {}
        for what, branch, took, n, of, n_all, of_all in self._middles():
            for key, number, among in (((what, branch), n, of), ((what, ALL), n_all, of_all)):
                if number in ((among + 1) // 2, (among + 2) // 2):
                    found[key].append(took)
                    counts[key] = among
        return {
            key: (sum(took, timedelta()) / len(took), counts[key]) for key, took in found.items()
        }

    def _middles(self) -> Iterator[tuple[str, int, timedelta, int, int, int, int]]:
        figures = [each for each in FIGURES.values() if isinstance(each, Turnaround)]
        first, *others = [figure.times(self.frame, self.line) for figure in figures]
        spent, parameters = first.union(*others, all=True).query.sql_with_params()
        with connection.cursor() as cursor:
            cursor.execute(MIDDLES.format(spent=spent), [self.manager.pk, *parameters])
            for what, branch, took, *places in cursor.fetchall():
                span = took if isinstance(took, timedelta) else SMALLEST * took
                yield what, branch, span, *places
