"""The monthly 1-on-1: arranged, run, agreed to and closed, as on its page."""

from datetime import datetime
from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from rest_framework import serializers

from api.fields import Instant, Small, Text, Visible
from api.filters import FilterSet, IdFilter, InstantFilter
from api.resource import Creatable, Readable, undo, undo_at_once, verb
from api.review_page import CONTENT, ReviewContentSerializer, content_of
from api.review_reading import note_reading
from api.shapes import Body, Representation
from people.models import User
from reviews.models import Review
from reviews.models.review import REASON_LENGTH
from reviews.models.review_clock import PARTS
from reviews.review_page import ReviewPage

STATES = [
    ("scheduled", "Scheduled"),
    ("not_held", "Not held"),
    ("excused", "Excused"),
    ("running", "Running"),
    ("closed", "Closed"),
]


class ReviewSerializer(Representation):
    """Its time and how far it is: no text. `due_by` is the last day on which it counts as held in
    its month, `not_held_at` when it was noted that it had not begun by then.
    """

    state = serializers.ChoiceField(choices=STATES, read_only=True)

    class Meta:
        model = Review
        fields: tuple[str, ...] = (
            "id",
            "manager",
            "rep",
            "schedule",
            "occurrence",
            "state",
            "scheduled_for",
            "minutes",
            "opens_at",
            "due_by",
            "moved_at",
            "not_held_at",
            "excused_at",
            "excused_by",
            "excuse",
            "started_at",
            "previous",
            "manager_agreed_at",
            "rep_agreed_at",
            "closed_at",
            "closed_by",
            "version",
        )


class ReviewDetailSerializer(ReviewContentSerializer, ReviewSerializer):
    """With what its page shows: live until it starts, then as it was frozen.

    `reads` says who else read it.
    """

    class Meta:
        model = Review
        fields = (*ReviewSerializer.Meta.fields, *CONTENT)


class NewReviewSerializer(Body):
    """With somebody who reports to the asker, beside the rhythm."""

    rep = Visible(queryset=User.objects.get_queryset())
    scheduled_for = Instant()


class ReviewTimeSerializer(Body):
    scheduled_for = Instant()


class ExcuseSerializer(Body):
    reason = Text(max_length=REASON_LENGTH)


class CurrentPartSerializer(Body):
    part = Small(min_value=min(PARTS), max_value=max(PARTS))


class ReviewFilters(FilterSet):
    manager, rep = IdFilter(), IdFilter()
    state = django_filters.ChoiceFilter(choices=STATES, method="in_state")
    scheduled_from = InstantFilter("scheduled_for", "gte")
    scheduled_before = InstantFilter("scheduled_for", "lt")

    def in_state(self, rows: Any, name: str, value: str) -> QuerySet[Any]:
        found: QuerySet[Any] = rows.in_state(value)
        return found

    class Meta:
        model = Review
        fields: ClassVar[list[str]] = []


class Reviews(Readable, Creatable):
    """Those of the asker, as manager or rep; and closed ones of the managers who report to the
    asker, where the organisation opens them. Reading one of these is noted for its two people.
    """

    queryset = Review.objects.all()
    serializer_class, detail_class = ReviewSerializer, ReviewDetailSerializer
    body_class = NewReviewSerializer
    filterset_class = ReviewFilters
    orders: ClassVar = {"id": "pk", "scheduled_for": "scheduled_for"}
    order = "-scheduled_for"

    def get_queryset(self) -> QuerySet[Any]:
        rows = super().get_queryset()
        return rows.defer("status", "brought") if self.action == "list" else rows

    def detailed(self, rows: Any) -> QuerySet[Any]:
        found: QuerySet[Any] = rows.for_page()
        return found

    def reading(self, rows: Any) -> None:
        """The list says nothing that may not be counted."""
        if self.action == "retrieve":
            note_reading(rows, self.asker)

    def represent(self, thing: Review) -> dict[str, Any]:
        if self.action != "retrieve":  # it was just changed: what hangs on it is read afresh
            thing = Review.objects.visible_to(self.asker).for_page().get(pk=thing.pk)
        page = ReviewPage(thing, self.asker, timezone.now())
        return ReviewSerializer().to_representation(thing) | content_of(page)

    def make(self, values: dict[str, Any]) -> Review:
        return Review.arrange(values["rep"], values["scheduled_for"], **self.done())

    # Arranging.

    @verb("time", ReviewTimeSerializer, method="put")
    def time(self, review: Review, sent: dict[str, Any], **done: Any) -> None:
        """Another time, by either of the two. The month it belongs to stays."""
        review.reschedule(sent["scheduled_for"], **done)

    @verb("excuse", ExcuseSerializer)
    def excuse(self, review: Review, sent: dict[str, Any], **done: Any) -> None:
        """It is not held, and why. By the manager."""
        review.excuse_it(sent["reason"], **done)

    @excuse.mapping.delete  # type: ignore[untyped-decorator]
    @undo
    def unexcuse(self, review: Review, *, by: User, version: int | None, **at: Any) -> None:
        """It is held after all."""
        review.restore(by=by, version=version)

    # Running.

    @verb("start")
    def start(self, review: Review, **done: Any) -> None:
        """Freeze what it shows, and let the clock run. By the manager."""
        review.start(**done)

    @verb("current-part", CurrentPartSerializer, method="put", guarded=False)
    def current_part(self, review: Review, sent: dict[str, Any], *, by: User, at: datetime) -> None:
        """The meeting goes on to a part, for both."""
        review.turn_to(sent["part"], by=by, at=at)

    @verb("pause", guarded=False)
    def pause(self, review: Review, *, by: User, at: datetime) -> None:
        """Stop the clock."""
        review.pause(by=by, at=at)

    @pause.mapping.delete  # type: ignore[untyped-decorator]
    @undo_at_once
    def unpause(self, review: Review, *, by: User, at: datetime) -> None:
        """Let it run again."""
        review.resume(by=by, at=at)

    # Closing.

    @verb("consent")
    def consent(self, review: Review, **done: Any) -> None:
        """The asker agrees to what they read; the second of the two closes it."""
        review.agree(**done)

    @consent.mapping.delete  # type: ignore[untyped-decorator]
    @undo
    def unconsent(self, review: Review, *, by: User, version: int | None, **at: Any) -> None:
        """They no longer do; until it is closed."""
        review.take_back(by=by, version=version)

    @verb("closing")
    def closing(self, review: Review, **done: Any) -> None:
        """The manager closes it though the rep has not agreed, which is noted."""
        review.close(**done)
