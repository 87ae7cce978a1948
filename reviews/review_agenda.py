"""What a person's own 1-on-1s ask of them today."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q

from lib.calendar import local_date
from people.models import User
from reviews.models import Review, ReviewPreparation
from reviews.models.review_rows import ReviewQuerySet

READ, CONTINUE, NOT_HELD, PREPARE, START, LATE = (
    "read",
    "continue",
    "not_held",
    "prepare",
    "start",
    "late",
)
MOST_URGENT_FIRST = [CONTINUE, READ, NOT_HELD, LATE, START, PREPARE]
ANSWERED = ~Q(in_the_way="", doing="", help_needed="")


@dataclass(frozen=True)
class ReviewTask:
    """What there is to do, of the kinds above, with days until the meeting (below 0: since)."""

    review: Review
    kind: str
    days: int
    is_prepared: bool

    @property
    def is_today(self) -> bool:
        return self.days == 0


def review_tasks(user: User, now: datetime, until: datetime) -> list[ReviewTask]:
    """What runs, what is to be read and agreed to, what comes before `until`, and what was not
    held. One statement.
    """
    found = [task for review in _around(user, until) for task in _tasks(review, user, now)]
    return sorted(found, key=lambda task: MOST_URGENT_FIRST.index(task.kind))


def _around(user: User, until: datetime) -> ReviewQuerySet:
    """Of the two, not ended, and of which none later was closed."""
    own = Review.objects.visible_to(user).filter(Q(manager=user) | Q(rep=user), closed_at=None)
    pair = Review.objects.closed().filter(manager=OuterRef("manager"), rep=OuterRef("rep"))
    overtaken = Exists(pair.filter(scheduled_for__gt=OuterRef("scheduled_for")))
    ahead = Q(started_at=None, scheduled_for__lt=until, rep__reports_to=F("manager"))
    asked = own.filter(Q(started_at__isnull=False) | (ahead & ~overtaken), excused_at=None)
    answers = ReviewPreparation.objects.filter(ANSWERED, review=OuterRef("pk"))
    rows = asked.annotate(is_prepared=Exists(answers)).select_related("manager", "rep")
    return rows.order_by("scheduled_for", "pk")


def _tasks(review: Review, user: User, now: datetime) -> list[ReviewTask]:
    day = local_date(review.scheduled_for, user.zone)
    days = (day - local_date(now, user.zone)).days
    kind = _kind(review, user, now, days)
    is_prepared: bool = review.is_prepared  # type: ignore[attr-defined]
    return [ReviewTask(review, kind, days, is_prepared)] if kind else []


def _kind(review: Review, user: User, now: datetime, days: int) -> str | None:
    leads = user.pk == review.manager_id
    if review.is_running:
        other_agreed = review.has_agreed(review.other(user))
        return READ if other_agreed and not review.has_agreed(user) else CONTINUE
    if review.not_held_at:
        return NOT_HELD if leads else None
    if days < 0:
        return LATE if leads else None
    if not review.is_open(now):
        return None
    return START if leads else PREPARE
