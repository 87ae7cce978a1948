"""How somebody stands in each behaviour that is expected of them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction

from coaching.models import Behaviour, BehaviourScore
from coaching.models.behaviour_score import BehaviourScoreQuerySet
from coaching.trends import LAST, TOO_FEW, Trend, trend
from people.models import User
from people.reporting_line import Few

# The newest so many of each rep and behaviour: where the last of them stands in the index tells
# from when on to read, whatever the number of scores. The LIMIT, which cuts nothing, has it looked
# up once a pair; CROSS JOIN keeps SQLite to this order.
NEWEST = (
    "SELECT score.id FROM (SELECT rep.id AS rep_id, behaviour.id AS behaviour_id, COALESCE(("
    "SELECT score.at FROM coaching_behaviourscore score WHERE score.rep_id = rep.id "
    "AND score.behaviour_id = behaviour.id AND {such} "
    "ORDER BY score.at DESC, score.id DESC LIMIT 1 OFFSET {others}"
    "), '0001-01-01 00:00:00+00') AS since "
    "FROM people_user rep CROSS JOIN coaching_behaviour behaviour "
    "WHERE rep.id = %s AND behaviour.id IN ({behaviours}) LIMIT 1000000) pair "
    "CROSS JOIN coaching_behaviourscore score WHERE score.rep_id = pair.rep_id "
    "AND score.behaviour_id = pair.behaviour_id AND {such} AND score.at >= pair.since"
)
BY_REP = "score.own_score IS NOT NULL"
BY_MANAGER = "score.manager_score IS NOT NULL"
NOTED = "NOT (score.note = '')"
TIMES = ("no", "one", "two", "three", "four", "five", "six", "seven")


@dataclass(frozen=True)
class Point:
    """One score by a manager, and the rep's own of the same call or ride-along, if there is one."""

    at: datetime
    manager_score: int
    own_score: int | None


@dataclass(frozen=True)
class Standing:
    """One behaviour of one rep: the last scores by a manager, oldest first, and the last note."""

    behaviour: Behaviour
    trend: Trend
    points: Sequence[Point]
    last_note: str = ""
    last_note_by: User | None = None
    last_note_at: datetime | None = None
    is_weakest: bool = False

    @property
    def last(self) -> int | None:
        """The newest score."""
        return self.points[-1].manager_score if self.points else None

    @property
    def has_direction(self) -> bool:
        return self.trend.direction != TOO_FEW

    @property
    def sentence(self) -> str:
        """The scores in words, for whoever does not see the line."""
        minimum = f"minimum {self.behaviour.minimum}"
        if not self.points:
            return f"Not scored yet, {minimum}"
        if (before := len(self.points) - 1) == 0:
            return f"{self.last}, the first score, {minimum}"
        scores = "score" if before == 1 else "scores"
        first = self.points[0].manager_score
        return f"{self.last}, was {first} {TIMES[before]} {scores} ago, {minimum}"

    @property
    def shortfall(self) -> Fraction:
        """How far below the minimum, in points, by weight; 0 where that cannot be said yet."""
        if self.trend.mean is None:
            return Fraction(0)
        return max(self.behaviour.minimum - self.trend.mean, Fraction(0)) * self.behaviour.weight


def standings(rep: User, reader: User) -> list[Standing]:
    """In each behaviour expected of the rep, in their order, as far as this reader may know.

    Three statements, whatever the number of scores.
    """
    expected = Behaviour.objects.all().expected_of(rep)
    behaviours = [each.pk for each in expected]
    scores = _last_scores(rep, behaviours, reader)
    notes = _last_notes(rep, behaviours, reader)
    rows = [_standing(each, scores[each.pk], notes.get(each.pk)) for each in expected]
    worst = weakest(rows)
    return [replace(row, is_weakest=row is worst) for row in rows]


def weakest(of: Sequence[Standing]) -> Standing | None:
    """The one furthest below its minimum.

    That is the minimum less the mean of the last three scores by a manager, times the weight. Of
    equals the first; None when none is below its minimum, or has three scores.
    """
    furthest = max(of, key=lambda each: each.shortfall, default=None)
    return furthest if furthest and furthest.shortfall else None


def last_own(rep: User, reader: User, behaviours: Iterable[int]) -> dict[int, int]:
    """The rep's last score of each of these behaviours, by id."""
    return _last(rep, reader, behaviours, BY_REP, "own_score")


def last_by_manager(rep: User, reader: User, behaviours: Iterable[int]) -> dict[int, int]:
    """The last score that a manager gave the rep in each of these behaviours, by id."""
    return _last(rep, reader, behaviours, BY_MANAGER, "manager_score")


def _last(
    rep: User, reader: User, behaviours: Iterable[int], such: str, column: str
) -> dict[int, int]:
    rows = _newest(rep, set(behaviours), reader, such, 1).order_by("at", "pk")
    return dict(rows.values_list("behaviour_id", column))


def _standing(
    behaviour: Behaviour, points: Sequence[Point], noted: BehaviourScore | None
) -> Standing:
    so_far = trend([point.manager_score for point in points], behaviour.minimum)
    if noted is None:
        return Standing(behaviour, so_far, points)
    return Standing(behaviour, so_far, points, noted.note, noted.by, noted.at)


def _last_scores(
    rep: User, behaviours: Collection[int], reader: User
) -> defaultdict[int, list[Point]]:
    """The last LAST by a manager, oldest first, by id of the behaviour."""
    found: defaultdict[int, list[Point]] = defaultdict(list)
    rows = _newest(rep, behaviours, reader, BY_MANAGER, LAST).order_by("at", "pk")
    columns = ("behaviour_id", "at", "manager_score", "own_score")
    for behaviour, *point in rows.values_list(*columns):
        found[behaviour].append(Point(*point))
    for behaviour, points in found.items():
        found[behaviour] = points[-LAST:]  # more may have begun at the time of the first of them
    return found


def _last_notes(rep: User, behaviours: Collection[int], reader: User) -> dict[int, BehaviourScore]:
    rows = _newest(rep, behaviours, reader, NOTED, 1).order_by("at", "pk").select_related("by")
    return {row.behaviour_id: row for row in rows}


def _newest(
    rep: User, behaviours: Collection[int], reader: User, such: str, count: int
) -> BehaviourScoreQuerySet:
    """The newest so many of each behaviour that are such, and those of the time of the last."""
    places = ", ".join(["%s"] * len(behaviours)) or "NULL"
    sql = NEWEST.format(behaviours=places, such=such, others=count - 1)
    rows: BehaviourScoreQuerySet = BehaviourScore.objects.visible_to(reader)
    return rows.filter(pk__in=Few(sql, [rep.pk, *behaviours]))
