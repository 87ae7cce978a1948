"""The monthly 1-on-1 of a manager and a rep: arranged, run with a clock, agreed and closed."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import F, Q

from lib.calendar import in_words, local_date, month_of, previous_working_day
from lib.events import publish, publishing
from lib.versions import Stale
from people.calendar import Calendar
from people.models import Organisation, User
from playbook.models import MaterialUse
from playbook.use import note_uses
from reviews.models.review_clock import ReviewClock
from reviews.models.review_rows import SETTINGS, ReviewQuerySet
from reviews.models.review_schedule import ReviewSchedule
from reviews.window import Window

FIRST_LOOKS_BACK = timedelta(days=30)
REASON_LENGTH = 500


@dataclass(frozen=True)
class Baseline:
    """The id of the review whose snapshot counts, None for a first one, and the moment of it."""

    previous: int | None
    since: datetime


class Review(ReviewClock):
    """One meeting. `occurrence` is the date of the rhythm, before holidays moved it.

    It opens for both at `opens_at`, a working day before; `due_by` is the last day on which it
    counts as held in its month. Live until it starts, it is frozen then: `previous` is the last
    closed review of these two, `since` the moment compared with (that closing, or 30 days before),
    `since_day` and `day` the organisation's dates of it and of the start, `status` the figures of
    part 1, `brought` the open agreements of the two by id, with how often each was carried. Its
    version rises with each change of what the two agree to.
    """

    manager = models.ForeignKey(User, models.CASCADE, related_name="reviews_led", editable=False)
    rep = models.ForeignKey(User, models.CASCADE, related_name="reviews", editable=False)
    schedule = models.ForeignKey(
        ReviewSchedule, models.SET_NULL, null=True, related_name="reviews", editable=False
    )
    occurrence = models.DateField(null=True, editable=False)
    scheduled_for = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField(default=30, editable=False)
    opens_at = models.DateTimeField(editable=False)
    due_by = models.DateField(editable=False)
    moved_at = models.DateTimeField(null=True, editable=False)  # by hand
    not_held_at = models.DateTimeField(null=True, editable=False)
    excused_at = models.DateTimeField(null=True, editable=False)
    excused_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", editable=False
    )
    excuse = models.CharField(max_length=REASON_LENGTH, blank=True, editable=False)
    previous = models.ForeignKey(
        "self", models.SET_NULL, null=True, related_name="+", editable=False
    )
    since = models.DateTimeField(null=True, editable=False)
    since_day = models.DateField(null=True, editable=False)
    day = models.DateField(null=True, editable=False)
    status = models.JSONField(null=True, editable=False)
    brought = models.JSONField(default=dict, editable=False)
    is_open_upwards = models.BooleanField(default=False, editable=False)
    manager_agreed_at = models.DateTimeField(null=True, editable=False)
    rep_agreed_at = models.DateTimeField(null=True, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    closed_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", editable=False
    )

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ["-scheduled_for", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["schedule", "occurrence"], name="one_draft_a_date"),
            models.UniqueConstraint(
                fields=["manager", "rep"],
                condition=Q(started_at__isnull=False, closed_at=None),
                name="one_running_review_a_pair",
            ),
        ]
        indexes = [
            models.Index(fields=["manager", "scheduled_for"], name="review_by_manager"),
            models.Index(fields=["rep", "scheduled_for"], name="review_by_rep"),
            models.Index(
                fields=["due_by"],
                condition=Q(started_at=None, excused_at=None, not_held_at=None),
                name="review_not_held_yet",
            ),
        ]

    def __str__(self) -> str:
        return f"1-on-1 of {self.manager} and {self.rep}"

    # What it says of itself.

    @property
    def state(self) -> str:
        """ "scheduled", "not_held", "excused", "running" or "closed"."""
        if self.started_at:
            return "closed" if self.closed_at else "running"
        if self.excused_at:
            return "excused"
        return "not_held" if self.not_held_at else "scheduled"

    @property
    def is_closed(self) -> bool:
        return self.closed_at is not None

    @property
    def is_running(self) -> bool:
        return self.started_at is not None and self.closed_at is None

    def is_open(self, now: datetime) -> bool:
        """Whether both may prepare it, or are past that."""
        return self.started_at is not None or (self.excused_at is None and now >= self.opens_at)

    @property
    def ends_at(self) -> datetime:
        return self.scheduled_for + timedelta(minutes=self.minutes)

    def other(self, user: User) -> User:
        """The one of the two who is not this person."""
        return self.rep if user.pk == self.manager_id else self.manager

    def is_of(self, user: User) -> bool:
        """Whether this is one of the two; others only read."""
        return user.pk in (self.manager_id, self.rep_id)

    @property
    def rep_was_silent(self) -> bool:
        return self.is_closed and self.rep_agreed_at is None

    def has_agreed(self, user: User) -> bool:
        at = self.manager_agreed_at if user.pk == self.manager_id else self.rep_agreed_at
        return at is not None

    @cached_property
    def organisation(self) -> Organisation:
        """Its zone and its word; `for_page()` has read what is asked of it."""
        read = {name: vars(self).get(f"organisation_{name}") for name in SETTINGS}
        return Organisation.current() if None in read.values() else Organisation(**read)

    def window(self, now: datetime) -> Window:
        """From what it is compared with until its start; until now while it has not begun."""
        if self.since and self.since_day and self.day:
            return Window(self.since, self.since_day, self.day)
        zone = self.organisation.zone
        since = self.baseline(now).since
        return Window(since, local_date(since, zone), local_date(now, zone))

    def baseline(self, now: datetime) -> Baseline:
        """What it is compared with; until it starts, the last closed review of these two."""
        if self.since:
            return Baseline(self.previous_id, self.since)
        closed_at, pk = self._last_closed()
        return Baseline(pk, closed_at or now - FIRST_LOOKS_BACK)

    def _last_closed(self) -> tuple[datetime | None, int | None]:
        if "before_pk" in vars(self):
            return vars(self)["before_at"], vars(self)["before_pk"]
        closed = Review.objects.of_pair(self.manager_id, self.rep_id).closed()
        last = closed.order_by("-closed_at").values_list("closed_at", "pk").first()
        return last or (None, None)

    # Arranging.

    @classmethod
    def planned_for(cls, when: datetime, month: date, calendar: Calendar) -> dict[str, Any]:
        """The columns that follow from a time; `month` is any day of the month it belongs to."""
        own = local_date(when, calendar.zone)
        before = previous_working_day(own, calendar.holidays)
        return {
            "scheduled_for": when,
            "opens_at": when - (own - before),
            "due_by": max(month_of(month)[1], own),
        }

    @classmethod
    def arrange(cls, rep: User, when: datetime, *, by: User, at: datetime) -> "Review":
        """A meeting beside the rhythm. Raises PermissionDenied but for the rep's own manager."""
        if rep.reports_to_id != by.pk:
            raise PermissionDenied("Only the manager to whom somebody reports arranges a 1-on-1.")
        _require_to_come(when, at)
        calendar = Calendar.current()
        month = local_date(when, calendar.zone)
        with transaction.atomic():
            review = cls.objects.create(
                manager=by,
                rep=rep,
                schedule=ReviewSchedule.objects.filter(manager=by, rep=rep).first(),
                **cls.planned_for(when, month, calendar),
                moved_at=at,
            )
            publish("arranged", review, by, at)
        return review

    def reschedule(
        self, when: datetime, *, by: User, at: datetime, version: int | None = None
    ) -> None:
        """Another time. The last day on which it counts as held in its month stays as it was."""
        from reviews.models.review_time_change import ReviewTimeChange

        self.require_one_of_two(by)
        _require_to_come(when, at)
        with self.editing(version), publishing(self, "rescheduled", by, at):
            self._require("scheduled", "not_held", verb="rescheduled")
            ReviewTimeChange.objects.create(
                review=self, at=at, by=by, from_time=self.scheduled_for, to_time=when
            )
            planned = self.planned_for(when, self.due_by, Calendar.current())
            self.scheduled_for, self.opens_at, self.moved_at = when, planned["opens_at"], at
            self.save(update_fields=["scheduled_for", "opens_at", "moved_at"])

    def excuse_it(self, reason: str, *, by: User, at: datetime, version: int | None = None) -> None:
        """It is not held, and why. By the manager; PermissionDenied for others."""
        self.require_manager(by)
        if not reason.strip():
            raise ValidationError({"reason": "Say why it is not held."})
        with self.editing(version), publishing(self, "excused", by, at):
            self._require("scheduled", "not_held", verb="excused")
            self.excused_at, self.excused_by, self.excuse = at, by, reason.strip()
            self.clean_fields(exclude=[f.name for f in self._meta.fields if f.name != "excuse"])
            self.save(update_fields=["excused_at", "excused_by", "excuse"])

    def restore(self, *, by: User, version: int | None = None) -> None:
        """Undo the excuse."""
        self.require_manager(by)
        with self.editing(version), publishing(self, "restored", by):
            self._require("excused", verb="restored")
            if self.excused_by is None:  # because of an absence; the rhythm leaves it alone now
                self.moved_at = self.moved_at or self.excused_at
            self.excused_at, self.excused_by, self.excuse = None, None, ""
            self.save(update_fields=["excused_at", "excused_by", "excuse", "moved_at"])

    # Running.

    def start(self, *, by: User, at: datetime, version: int | None = None) -> None:
        """Begin: what the parts show is frozen, and the clock runs. By the manager.

        Begun already, it stays as it is. ValidationError while another review of the two runs,
        and when a later one was closed.
        """
        from reviews.review_start import freeze

        self.require_manager(by)
        with self.editing(version), publishing(self, "started", by, at):
            if self.is_running:
                return
            self._require("scheduled", "not_held", verb="started")
            self._require_turn()
            organisation = Organisation.current()
            self.previous_id, self.since = astuple(self.baseline(at))
            self.since_day = local_date(self.since, organisation.zone)
            self.day = local_date(at, organisation.zone)
            self.is_open_upwards = organisation.managers_manager_reads_reviews
            self.started_at = at
            freeze(self, at)
            self.save()

    def _require_turn(self) -> None:
        if self.rep.reports_to_id != self.manager_id:
            raise ValidationError(f"{self.rep} reports to somebody else by now. Excuse this one.")
        list(User.objects.select_for_update(no_key=True).filter(pk=self.rep_id))  # one at a time
        pair = Review.objects.of_pair(self.manager_id, self.rep_id)
        if pair.running().exists():
            raise ValidationError("Another 1-on-1 of you two is running. Close it first.")
        if pair.closed().filter(scheduled_for__gt=self.scheduled_for).exists():
            raise ValidationError("A later 1-on-1 of you two was closed. Excuse this one.")

    # Closing.

    def agree(self, *, by: User, at: datetime, version: int | None = None) -> None:
        """This person agrees to what is written; the second of the two closes the review.

        `version` is what they read. It does not rise: the other's word is no other text.
        """
        self.require_one_of_two(by)
        with self._as_read(version):
            with publishing(self, "agreed", by, at):
                if by.pk == self.manager_id:
                    self.manager_agreed_at = self.manager_agreed_at or at
                else:
                    self.rep_agreed_at = self.rep_agreed_at or at
                self.save(update_fields=["manager_agreed_at", "rep_agreed_at"])
            if self.manager_agreed_at and self.rep_agreed_at:
                self._close(by, at)

    def take_back(self, *, by: User, version: int | None = None) -> None:
        """This person no longer agrees; possible until it is closed."""
        self.require_one_of_two(by)
        with self._as_read(version), publishing(self, "reconsidered", by):
            if by.pk == self.manager_id:
                self.manager_agreed_at = None
            else:
                self.rep_agreed_at = None
            self.save(update_fields=["manager_agreed_at", "rep_agreed_at"])

    @contextmanager
    def _as_read(self, version: int | None) -> Iterator[None]:
        """Locked, and running; raises `Stale` when its text is another than was read."""
        with transaction.atomic():
            self.lock()
            self.require_running()
            if version not in (None, self.version):
                raise Stale(self)
            yield

    def close(self, *, by: User, at: datetime, version: int | None = None) -> None:
        """The manager closes it though the rep has not agreed; their silence is noted."""
        self.require_manager(by)
        with self.editing(version):
            self.require_running()
            self.manager_agreed_at = self.manager_agreed_at or at
            self.save(update_fields=["manager_agreed_at"])
            self._close(by, at)

    def _close(self, by: User, at: datetime) -> None:
        from reviews.models.agreement import Agreement
        from reviews.models.review_snapshot import ReviewSnapshot

        Agreement.require_settled(self)
        self._leave_part(at)
        ReviewSnapshot.take(self, at)
        written = self.parts.values_list("notes", flat=True)
        note_uses(written, MaterialUse.REVIEW, self.pk, by=by, at=at)
        with publishing(self, "closed", by, at):
            self.closed_at, self.closed_by = at, by
            self.save(update_fields=["closed_at", "closed_by"])

    def note_change(self) -> None:
        """What the two agree to was changed: whoever agreed agreed to something else.

        Raises ValidationError when it was closed meanwhile. Called in the changing transaction.
        """
        rows = Review.objects.running().filter(pk=self.pk)
        if not rows.update(version=F("version") + 1, manager_agreed_at=None, rep_agreed_at=None):
            self.refresh_from_db()
            self.require_running()
        self.refresh_from_db(fields=["version", "manager_agreed_at", "rep_agreed_at"])

    # Who may, and when.

    def require_one_of_two(self, by: User) -> None:
        if not self.is_of(by):
            raise PermissionDenied("Only the two people of a 1-on-1 write in it.")

    def require_manager(self, by: User) -> None:
        if by.pk != self.manager_id:
            raise PermissionDenied("Only the manager does this.")

    def require_running(self) -> None:
        """Raise ValidationError when it was closed, or has not begun."""
        if self.closed_at is not None:
            who = self.closed_by.name if self.closed_by else "Somebody"
            day = in_words(self.closed_at.date())
            raise ValidationError(f"{who} closed this 1-on-1 on {day}. It stays as it is.")
        if self.started_at is None:
            raise ValidationError("This 1-on-1 has not begun.")

    def _require(self, *states: str, verb: str) -> None:
        if self.state not in states:
            state = self.state.replace("_", " ")
            raise ValidationError(f"This 1-on-1 is {state} and cannot be {verb}.")


def _require_to_come(when: datetime, at: datetime) -> None:
    if when < at - timedelta(days=1):
        raise ValidationError({"scheduled_for": "That time has passed."})
