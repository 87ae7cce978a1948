"""Whose a 1-on-1 is: the one place where it is decided who reads it and who only counts it."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery

from people import reporting_line
from people.models import Organisation, User

if TYPE_CHECKING:
    from reviews.models.review import Review  # noqa: F401

if TYPE_CHECKING:
    pass

SETTINGS = ("time_zone", "managers_manager_reads_reviews")


class ReviewQuerySet(models.QuerySet["Review"]):
    def visible_to(self, user: User) -> Self:
        """Those of its two people.

        Closed ones also to the manager's manager, where the organisation opens them and they were
        held under that word.
        """
        own = Q(manager=user) | Q(rep=user)
        if not user.leads_people:
            return self.filter(own)
        opened = Exists(Organisation.objects.filter(managers_manager_reads_reviews=True))
        reports = User.objects.filter(reports_to=user).order_by().values("pk")
        above = Q(is_open_upwards=True, closed_at__isnull=False, manager_id__in=reports)
        return self.filter(own | (above & Q(opened)))

    def counted_for(self, user: User) -> Self:
        """Those that this person may count, not read: of everybody under them, and their own."""
        below = reporting_line.ids_below(user)
        return self.filter(Q(manager_id__in=below) | Q(rep=user))

    def of_pair(self, manager: User | int | OuterRef, rep: User | int | OuterRef) -> Self:
        return self.filter(manager=manager, rep=rep)

    def to_come(self) -> Self:
        """Neither begun nor excused."""
        return self.filter(started_at=None, excused_at=None)

    def running(self) -> Self:
        return self.filter(started_at__isnull=False, closed_at=None)

    def closed(self) -> Self:
        return self.exclude(closed_at=None)

    def in_state(self, state: str) -> Self:
        """Those whose `Review.state` is this."""
        left = self.to_come()
        return {
            "closed": self.closed(),
            "running": self.running(),
            "excused": self.filter(started_at=None, excused_at__isnull=False),
            "not_held": left.filter(not_held_at__isnull=False),
            "scheduled": left.filter(not_held_at=None),
        }[state]

    def for_page(self) -> Self:
        """With what a page asks of it, in one statement: `before` and the organisation too."""
        from reviews.models.review import Review

        closed = Review.objects.of_pair(OuterRef("manager"), OuterRef("rep")).closed()
        last = closed.order_by("-closed_at")
        setting = Organisation.objects.order_by("pk")
        return self.annotate(
            before_pk=Subquery(last.values("pk")[:1]),
            before_at=Subquery(last.values("closed_at")[:1]),
            **{f"organisation_{name}": Subquery(setting.values(name)[:1]) for name in SETTINGS},
        ).select_related("manager__reports_to", "rep", "preparation")

    def record_not_held(self, today: date, at: datetime) -> int:
        """Note, once, of each that was not begun by its last day that it was not held in time."""
        late = self.to_come().filter(due_by__lt=today, not_held_at=None)
        return late.update(not_held_at=at)


class OfReviewQuerySet(models.QuerySet[Any]):
    """Rows that belong to a review and are read by whoever reads that."""

    def visible_to(self, user: User) -> Self:
        from reviews.models.review import Review

        return self.filter(review__in=Review.objects.visible_to(user).order_by().values("pk"))
