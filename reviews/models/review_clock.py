"""The clock of a 1-on-1, and its going from part to part. Its start is stored, not its ticks."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models, transaction

from lib.versions import Versioned
from people.models import User

PARTS = {
    1: "Status report",
    2: "New opportunities",
    3: "Moved or not",
    4: "Closing in 30 days",
    5: "Next steps",
}
PLANNED_MINUTES = {1: 5, 2: 5, 3: 8, 4: 8, 5: 4}  # product.md 6


class ReviewClock(Versioned):
    """What a review has of the clock. Both of the two may pause it and go on."""

    started_at = models.DateTimeField(null=True, editable=False)
    paused_at = models.DateTimeField(null=True, editable=False)
    paused_seconds = models.PositiveIntegerField(default=0, editable=False)
    current_part = models.PositiveSmallIntegerField(default=1, editable=False)
    part_began = models.PositiveIntegerField(default=0, editable=False)  # seconds after the start

    if TYPE_CHECKING:  # of the review
        closed_at: datetime | None
        parts: Any

        def require_one_of_two(self, by: User) -> None: ...
        def require_running(self) -> None: ...

    class Meta:
        abstract = True

    def elapsed(self, now: datetime) -> int:
        """Seconds on the clock, pauses left out; 0 before the start."""
        if self.started_at is None:
            return 0
        until = self.paused_at or self.closed_at or now
        return max(int((until - self.started_at).total_seconds()) - self.paused_seconds, 0)

    def turn_to(self, part: int, *, by: User, at: datetime) -> None:
        """The meeting goes on to a part; what it took so far is kept with the one it leaves."""
        self.require_one_of_two(by)
        if part not in PARTS:
            raise ValidationError({"part": "Choose one of the five parts."})
        with transaction.atomic():
            self.lock()
            self.require_running()
            if part == self.current_part:
                return
            self._leave_part(at)
            self.current_part, self.part_began = part, self.elapsed(at)
            self.save(update_fields=["current_part", "part_began"])

    def _leave_part(self, at: datetime) -> None:
        leaving = self.parts.get(number=self.current_part)
        leaving.review = self
        leaving.leave(self.elapsed(at))

    def pause(self, *, by: User, at: datetime) -> None:
        """Stop the clock. Paused already, it stays as it is."""
        self.require_one_of_two(by)
        with transaction.atomic():
            self.lock()
            self.require_running()
            self.paused_at = self.paused_at or at
            self.save(update_fields=["paused_at"])

    def resume(self, *, by: User, at: datetime) -> None:
        """Let the clock run again."""
        self.require_one_of_two(by)
        with transaction.atomic():
            self.lock()
            self.require_running()
            if self.paused_at:
                self.paused_seconds += max(int((at - self.paused_at).total_seconds()), 0)
            self.paused_at = None
            self.save(update_fields=["paused_at", "paused_seconds"])

    def lock(self) -> None:
        """In a transaction: others wait, and this is the review as it is saved now."""
        list(type(self)._base_manager.select_for_update().filter(pk=self.pk))
        self.refresh_from_db()
