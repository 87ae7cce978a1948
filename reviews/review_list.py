"""The list of 1-on-1s: who meets whom next, what was kept of what they agreed, and what was."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Count, Max, Q
from django.urls import reverse

from people.models import User
from reviews.models import Review, ReviewSchedule
from reviews.models.review_rows import ReviewQuerySet

PEOPLE = 100  # listed at most
TREND = 12  # reviews in a sparkline
LOOKED_BACK = timedelta(days=400)  # for trends, and for those that were not held
OPENED_SHOWN = 20
Pair = tuple[int, int]  # manager and rep, by id


@dataclass(frozen=True)
class Kept:
    """Of the agreements made in one review. What is open and not due yet is not `counted`."""

    made: int = 0
    counted: int = 0
    kept: int = 0

    @property
    def percent(self) -> Decimal | None:
        """None while there is nothing to count."""
        if not self.counted:
            return None
        share = Decimal(self.kept * 100) / self.counted
        return share.quantize(Decimal(1), ROUND_HALF_UP)

    @property
    def words(self) -> str:
        if self.counted:
            return f"{self.kept} of {self.counted} kept"
        return f"{self.made} agreed, none due yet" if self.made else "Nothing agreed"


@dataclass(frozen=True)
class Trend:
    """Of the last reviews of a pair, oldest first."""

    reviews: Sequence[Kept]

    @property
    def points(self) -> list[Decimal | None]:
        return [each.percent for each in self.reviews]

    @property
    def is_line(self) -> bool:
        """Whether there is more than one point to draw."""
        return sum(point is not None for point in self.points) > 1

    @property
    def last(self) -> Kept:
        """The latest of which something was due; one with nothing when there is none."""
        return next((each for each in reversed(self.reviews) if each.counted), Kept())

    @property
    def sentence(self) -> str:
        """ "80%, 4 of 5 kept, was 50% 5 reviews before"."""
        known = [(n, each) for n, each in enumerate(self.reviews) if each.counted]
        if not known:
            return ""
        (first_n, first), (last_n, last) = known[0], known[-1]
        before = last_n - first_n
        was = f", was {first.percent}% {before} {_times(before)} before" if before else ""
        return f"Agreements kept: {last.percent}%, {last.words}{was}"


def _times(count: int) -> str:
    return "review" if count == 1 else "reviews"


@dataclass(frozen=True)
class Row:
    """One pair: its rhythm, its next review, the last closing, and how agreements are kept."""

    manager: User
    rep: User
    schedule: ReviewSchedule | None
    next: Review | None
    kind: str
    chip: str
    last_closed: datetime | None
    trend: Trend
    is_open: bool

    @property
    def link(self) -> str:
        """To what was between the two."""
        return f"{reverse('reviews')}?rep={self.rep.pk}"

    @classmethod
    def of(
        cls,
        manager: User,
        rep: User,
        schedule: ReviewSchedule | None,
        following: Review | None,
        closed: datetime | None,
        trend: Trend,
        now: datetime,
    ) -> "Row":
        kind, chip = state_of(following, now)
        is_open = following is not None and following.is_open(now)
        return cls(manager, rep, schedule, following, kind, chip, closed, trend, is_open)


def pairs_of(user: User) -> list[tuple[User, User]]:
    """Their manager with this person, if there is one; then this person with each report."""
    around = Q(reports_to=user) | Q(pk=user.reports_to_id)
    people = User.objects.visible_to(user).active().filter(around).order_by("name", "pk")
    found = list(people[: PEOPLE + 1])
    above = [(each, user) for each in found if each.pk == user.reports_to_id]
    return above + [(user, each) for each in found if each.pk != user.reports_to_id]


def own_pair(user: User) -> list[tuple[User, User]]:
    """Their manager with this person; nothing when they report to nobody."""
    return [(user.reports_to, user)] if user.reports_to else []


def rows_of(user: User, pairs: Sequence[tuple[User, User]], now: datetime) -> list[Row]:
    """One a pair of manager and rep, of which this person is one. Four statements."""
    if not pairs:
        return []
    people: Any = {
        "manager__in": {manager.pk for manager, _ in pairs},
        "rep__in": {rep.pk for _, rep in pairs},
    }
    schedules = ReviewSchedule.objects.visible_to(user).filter(**people).select_related("manager")
    rhythms = {(each.manager_id, each.rep_id): each for each in schedules}
    own = Review.objects.visible_to(user).filter(**people)
    lately = own.closed().order_by().values_list("manager", "rep").annotate(at=Max("closed_at"))
    closed = {(manager, rep): at for manager, rep, at in lately}
    unfinished = _unfinished(own, closed, now)
    trends = trends_of(own, now, user.today(now))
    return [
        Row.of(
            manager,
            rep,
            rhythms.get((manager.pk, rep.pk)),
            next_of(unfinished[manager.pk, rep.pk], now),
            closed.get((manager.pk, rep.pk)),
            trends.get((manager.pk, rep.pk), Trend([])),
            now,
        )
        for manager, rep in pairs
    ]


def _unfinished(
    rows: ReviewQuerySet, closed: dict[Pair, datetime], now: datetime
) -> dict[Pair, list[Review]]:
    """Running and to come, and those not held since the last closing; earliest first."""
    left = rows.filter(closed_at=None, excused_at=None, scheduled_for__gt=now - LOOKED_BACK)
    found: dict[Pair, list[Review]] = defaultdict(list)
    for review in left.select_related("manager", "rep").order_by("scheduled_for", "pk"):
        pair = (review.manager_id, review.rep_id)
        if review.is_running or pair not in closed or review.ends_at > closed[pair]:
            found[pair].append(review)
    return found


def next_of(reviews: Sequence[Review], now: datetime) -> Review | None:
    """What runs; else what is open to prepare; else what was not held; else what comes first."""
    if not reviews:
        return None

    def rank(review: Review) -> tuple[int, float]:
        when = review.scheduled_for.timestamp()
        if review.is_running:
            return 0, when
        if review.not_held_at:
            return 2, -when
        return (1 if review.is_open(now) else 3), when

    return min(reviews, key=rank)


def state_of(review: Review | None, now: datetime) -> tuple[str, str]:
    """Shape and words."""
    if review is None:
        return "idle", "None planned"
    if review.is_running:
        return "ok", "Running"
    if review.not_held_at:
        return "risk", f"Not held in {review.due_by:%B}"
    if now > review.ends_at:
        return "warn", "Not held yet"
    if review.is_open(now):
        return "ok", "Open to prepare"
    return "idle", "Planned"


def kept_by(today: date) -> dict[str, Count]:
    """Annotations of reviews for `Kept`: what is done counts as kept, whatever its day."""
    done = Q(agreements__done_at__isnull=False, agreements__dropped_at=None)
    due = Q(agreements__dropped_at__isnull=False) | Q(agreements__due_on__lt=today)
    return {
        "made": Count("agreements"),
        "counted": Count("agreements", filter=done | due),
        "kept": Count("agreements", filter=done),
    }


def trends_of(rows: ReviewQuerySet, now: datetime, today: date) -> dict[Pair, Trend]:
    """Of the last `TREND` closed reviews of each pair, as far as it looks back."""
    found: dict[Pair, list[Kept]] = defaultdict(list)
    for pair, kept in _kept_lately(rows, now, today):
        found[pair].append(kept)
    return {pair: Trend(each[-TREND:]) for pair, each in found.items()}


def trend_of(rows: ReviewQuerySet, now: datetime, today: date) -> Trend:
    """As `trends_of`, of all these together: of one rep, whoever their manager was."""
    return Trend([kept for _, kept in _kept_lately(rows, now, today)][-TREND:])


def _kept_lately(rows: ReviewQuerySet, now: datetime, today: date) -> Iterator[tuple[Pair, Kept]]:
    closed = rows.closed().filter(closed_at__gt=now - LOOKED_BACK).order_by("closed_at", "pk")
    asked: Any = closed.values("manager_id", "rep_id", "pk", "closed_at")
    for row in asked.annotate(**kept_by(today)):
        kept = Kept(row["made"], row["counted"], row["kept"])
        yield (row["manager_id"], row["rep_id"]), kept


def kept_of(reviews: Iterable[Review], today: date) -> dict[int, Kept]:
    """By review, in one statement. The reviews are those that somebody was shown."""
    asked: Any = Review.objects.filter(pk__in=[review.pk for review in reviews]).order_by()
    rows = asked.values("pk").annotate(**kept_by(today))
    return {row["pk"]: Kept(row["made"], row["counted"], row["kept"]) for row in rows}


def history(user: User, rep: User) -> ReviewQuerySet:
    """The closed, excused and not held reviews with somebody that this person may read."""
    ended = Q(closed_at__isnull=False) | Q(excused_at__isnull=False) | Q(not_held_at__isnull=False)
    rows = Review.objects.visible_to(user).filter(ended, rep=rep)
    return rows.exclude(closed_at=None, started_at__isnull=False).select_related("manager", "rep")


def opened_to(user: User) -> ReviewQuerySet:
    """Closed reviews of others that the organisation lets this person read; the latest ones."""
    others = Review.objects.visible_to(user).closed().exclude(manager=user).exclude(rep=user)
    return others.select_related("manager", "rep").order_by("-closed_at")[:OPENED_SHOWN]
