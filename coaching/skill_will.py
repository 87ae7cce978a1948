"""The skill x will square of a rep in a behaviour: where they stand, and how they came there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from coaching.models import Behaviour, Diagnosis
from coaching.models.diagnosis import HIGH, WHAT_TO_DO
from people.models import User

TRAIL = 4  # earlier ones in faint
READ = 100
SIDE = 200  # of the square, in its own units
# How far from the middle of their quarter dots lie, the newest first: those of one quarter are
# told apart.
APART = ((0, 0), (-26, -16), (26, -16), (-26, 20), (26, 20))


@dataclass(frozen=True)
class Dot:
    """One diagnosis in the square; y grows downwards."""

    x: int
    y: int


@dataclass(frozen=True)
class SkillWill:
    """The diagnoses of one behaviour, newest first, at least one."""

    behaviour: Behaviour
    diagnoses: Sequence[Diagnosis]

    side = SIDE
    # Names, and where they are written: with skill to the right and will upwards.
    quarters = tuple(
        (label, SIDE * (3 if skill == HIGH else 1) // 4, 18 if will == HIGH else SIDE - 8)
        for (skill, will), (_, label, _) in WHAT_TO_DO.items()
    )

    @property
    def now(self) -> Diagnosis:
        return self.diagnoses[0]

    @property
    def dots(self) -> list[Dot]:
        """The newest first, then the trail."""
        return [
            Dot(
                SIDE * (3 if each.skill == HIGH else 1) // 4 + aside,
                SIDE * (1 if each.will == HIGH else 3) // 4 + below,
            )
            for each, (aside, below) in zip(self.diagnoses, APART, strict=False)
        ]

    @property
    def line(self) -> str:
        """The trail from the oldest to now, as points of a polyline."""
        return " ".join(f"{dot.x},{dot.y}" for dot in reversed(self.dots))

    @property
    def shown(self) -> Sequence[Diagnosis]:
        """Those that have a dot."""
        return self.diagnoses[: TRAIL + 1]


def by_behaviour(diagnoses: Iterable[Diagnosis]) -> list[SkillWill]:
    """A square each, that with the newest diagnosis first; `diagnoses` are newest first."""
    found: dict[int, list[Diagnosis]] = {}
    for each in diagnoses:
        found.setdefault(each.behaviour_id, []).append(each)
    return [SkillWill(rows[0].behaviour, rows) for rows in found.values()]


def squares(rep: User, reader: User) -> list[SkillWill]:
    """What this reader may see of a rep, in one statement."""
    rows = Diagnosis.objects.visible_to(reader).filter(rep=rep)
    return by_behaviour(rows.select_related("behaviour", "by")[:READ])
