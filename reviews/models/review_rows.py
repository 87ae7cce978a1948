"""Whose a 1-on-1 is: the one place where it is decided who reads it and who only counts it."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Exists, Q

from people import reporting_line
from people.models import Organisation, User

if TYPE_CHECKING:
    from reviews.models.review import Review  # noqa: F401

if TYPE_CHECKING:
    pass


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

    def of_pair(self, manager: User | int, rep: User | int) -> Self:
        return self.filter(manager=manager, rep=rep)

    def to_come(self) -> Self:
        """Neither begun nor excused."""
        return self.filter(started_at=None, excused_at=None)

    def running(self) -> Self:
        return self.filter(started_at__isnull=False, closed_at=None)

    def closed(self) -> Self:
        return self.exclude(closed_at=None)

    def for_page(self) -> Self:
        return self.select_related("manager", "rep", "closed_by", "excused_by", "previous")

    def record_not_held(self, today: date, at: datetime) -> int:
        """Note, once, of each that was not begun by its last day that it was not held in time."""
        late = self.to_come().filter(due_by__lt=today, not_held_at=None)
        return late.update(not_held_at=at)


class OfReviewQuerySet(models.QuerySet[Any]):
    """Rows that belong to a review and are read by whoever reads that."""

    def visible_to(self, user: User) -> Self:
        from reviews.models.review import Review

        return self.filter(review__in=Review.objects.visible_to(user).order_by().values("pk"))
