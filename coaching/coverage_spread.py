"""Over whom a manager's coaching is spread: all, or the best and the worst only."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from operator import or_
from typing import Any, ClassVar, Self

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from coaching.coverage import TOUCHES, CoverageFigure, Frame, Rows, Told
from people.models import User


@dataclass(frozen=True)
class Third:
    """Some of those who have scores: how many people, and how many touches they got in all."""

    people: int
    touches: int

    @property
    def each(self) -> str:
        return f"{self.touches / self.people:.1f}"


@dataclass(frozen=True)
class Spread:
    """Who was coached. `thirds` are top, middle and bottom by their mean score; [] below three.

    `unscored` are those without a score in these days.
    """

    people: int
    touched: int
    touches: int
    thirds: list[Third]
    unscored: Third

    @property
    def sentence(self) -> str:
        """ "7 of 9 people were coached; the middle third got 0.8 touches each, the top 3.1"."""
        if not self.people:
            return ""
        said = f"{self.touched} of {self.people} people were coached"
        if self.thirds:
            top, middle, bottom = (third.each for third in self.thirds)
            said += f"; the middle third got {middle} touches each, the top {top}"
            said += f", the bottom {bottom}"
        return f"{said}."

    @classmethod
    def of(cls, touches: Mapping[int, int], means: Mapping[int, Fraction]) -> Self:
        """By the touches of each person, and the mean score of those who have one.

        The better come first, of two alike who was entered first; the upper thirds are the larger.
        """
        ranked = sorted(means, key=lambda pk: (-means[pk], pk))
        thirds: list[list[int]] = [[], [], []]
        for place, pk in enumerate(ranked):
            thirds[place * 3 // len(ranked)].append(pk)
        return cls(
            people=len(touches),
            touched=sum(n > 0 for n in touches.values()),
            touches=sum(touches.values()),
            thirds=[_third(third, touches) for third in thirds] if len(ranked) > 2 else [],
            unscored=_third(touches.keys() - means.keys(), touches),
        )


def _third(people: Collection[int], touches: Mapping[int, int]) -> Third:
    return Third(len(people), sum(touches[pk] for pk in people))


class PeopleTouched(CoverageFigure):
    """What `Spread.touched` counts, person by person."""

    name: ClassVar = "touched"
    label: ClassVar = "People coached"
    explains: ClassVar = (
        "Everybody with at least one touch in these days: an answer to a plan, a debrief reviewed, "
        "a 1-on-1, a ride-along, help or a step of the focus, by any manager of theirs."
    )
    nothing: ClassVar = "nobody is there to be coached"
    rep: ClassVar = ""
    when: ClassVar = "pk"

    def rows(self, frame: Frame) -> Rows:
        found = (
            Exists(kind.rows(frame).filter(kind.within(frame), **{kind.rep: OuterRef("pk")}))
            for kind in TOUCHES.values()
        )
        touched: Q = reduce(or_, (Q(each) for each in found))
        people: Rows = User.objects.get_queryset().annotate(is_touched=touched)
        return people

    def kept(self, frame: Frame) -> Any:
        return Q(is_touched=True)

    @property
    def order(self) -> list[str]:
        return ["is_kept", "name"]

    def tell(self, row: Any, frame: Frame, reader: User) -> Told:
        said = "At least one touch" if row.is_kept else "No touch in these days"
        url = reverse("person", args=[row.pk])
        return Told(row, "Coaching", None, said, url, bool(row.is_kept))


TOUCHED = PeopleTouched()
