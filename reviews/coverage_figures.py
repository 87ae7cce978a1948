"""What this app counts of a manager's coaching: 1-on-1s. Numbers and dates, no word of them."""

from typing import Any, ClassVar

from django.db.models import F, Q
from django.urls import reverse

from coaching import coverage
from coaching.coverage import CoverageFigure, Frame, Rows, Told, TouchKind
from lib.calendar import in_words
from people.models import User
from reviews.models import Review
from reviews.review_counts import KINDS


class ReviewsHeld(CoverageFigure):
    """By the rule of `review_counts`: late is what had not begun by the last day of its month."""

    name: ClassVar = "reviews"
    label: ClassVar = "1-on-1s held in their month"
    explains: ClassVar = (
        "1-on-1s planned for these days, of two who still report so, once they were held or their "
        "month is over. Excused ones are left out."
    )
    nothing: ClassVar = "no 1-on-1 was due"
    rep: ClassVar = "rep"
    when: ClassVar = "scheduled_for"

    def rows(self, frame: Frame) -> Rows:
        missed = (KINDS["late"] | KINDS["not_held"]) & Q(due_by__lt=frame.last)
        planned: Rows = Review.objects.filter(frame.within("scheduled_for"))
        return planned.filter(self.kept(frame) | missed, manager=F("rep__reports_to"))

    def kept(self, frame: Frame) -> Any:
        return KINDS["held"] & ~KINDS["late"] & Q(closed_at__lt=frame.end)

    def listed(self, frame: Frame) -> Rows:
        return self.marked(frame).select_related("rep", "manager")

    def tell(self, row: Any, frame: Frame, reader: User) -> Told:
        """Whoever is above the two counts it and does not read it: for them there is no link."""
        if row.is_kept:
            said = "Held in its month"
        else:
            late = row.closed_at is not None and row.closed_at < frame.end
            said = f"{'Held after' if late else 'Not held by'} {in_words(row.due_by)}"
        title = f"1-on-1 with {row.manager}"
        url = reverse("review", args=[row.pk]) if row.is_of(reader) else ""
        return Told(row.rep, title, row.scheduled_for, said, url, bool(row.is_kept))


def _held(frame: Frame) -> Rows:
    rows: Rows = Review.objects.closed()
    return rows.filter(started_at__lt=frame.end, closed_at__lt=frame.end)


def register() -> None:
    """When the app is ready."""
    coverage.register(ReviewsHeld())
    coverage.register_touches(TouchKind("review", "1-on-1", _held, "rep", "started_at"))
