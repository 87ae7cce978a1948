"""What is written in a 1-on-1: its parts, remarks, the rep's preparation, one's own note."""

from typing import Any, ClassVar

from django.http import Http404
from rest_framework.request import Request
from rest_framework.response import Response

from api.concurrency import seen_version
from api.fields import Small, Text, Visible
from api.filters import FilterSet, IdFilter
from api.resource import Creatable, Editable, Operation
from api.review_reading import BelowReview, TextsOfReviews, note_reading
from api.shapes import Body, ModelBody, Representation
from reviews.models import (
    Review,
    ReviewNote,
    ReviewPart,
    ReviewPreparation,
    ReviewRemark,
)
from reviews.models.review_note import NOTE_LENGTH
from reviews.models.review_part import NOTES_LENGTH
from reviews.models.review_preparation import ANSWER_LENGTH


class ReviewPartSerializer(Representation):
    """`seconds` is what it took until the meeting last went on from it."""

    name = Text(read_only=True)
    planned_minutes = Small(read_only=True)

    class Meta:
        model = ReviewPart
        fields = (
            "id",
            "review",
            "number",
            "name",
            "planned_minutes",
            "notes",
            "saved_at",
            "saved_by",
            "seconds",
            "version",
        )


class PartNotesSerializer(Body):
    notes = Text(max_length=NOTES_LENGTH, allow_blank=True, required=False)


class OfReviewFilters(FilterSet):
    review = IdFilter()

    class Meta:
        fields: ClassVar[list[str]] = []


class ReviewParts(TextsOfReviews, Editable):
    """Five a review, made when it starts. Each is saved on its own: 412 holds the other's text."""

    queryset = ReviewPart.objects.all()
    serializer_class, change_class = ReviewPartSerializer, PartNotesSerializer
    filterset_class = OfReviewFilters

    def change(self, thing: ReviewPart, values: dict[str, Any], **seen: Any) -> None:
        thing.write(values.get("notes", thing.notes), **self.done(), **seen)


class ReviewRemarkSerializer(Representation):
    class Meta:
        model = ReviewRemark
        fields = ("id", "review", "author", "text", "at")


class NewReviewRemarkSerializer(ModelBody):
    review = Visible(queryset=Review.objects.all())

    class Meta:
        model = ReviewRemark
        fields = ("review", "text")


class ReviewRemarks(TextsOfReviews, Creatable):
    """Added by the two after it was closed; never changed."""

    queryset = ReviewRemark.objects.all()
    serializer_class, body_class = ReviewRemarkSerializer, NewReviewRemarkSerializer
    filterset_class = OfReviewFilters

    def make(self, values: dict[str, Any]) -> ReviewRemark:
        return ReviewRemark.add(values["review"], values["text"], **self.done())


class OneText(BelowReview):
    """GET and PATCH of a text that is there once a review; its ETag is its own."""

    def retrieve(self, request: Request, review_pk: str) -> Response:
        return self.answer(self.text_of(self.review()))

    def partial_update(self, request: Request, review_pk: str) -> Response:
        seen, review = seen_version(request), self.review()
        self.text_of(review)  # Http404 where there is none for the asker
        assert self.change_class
        sent = self.sent(self.change_class, partial=True)
        return self.answer(self.write(review, sent, **self.done(), version=seen))

    def operation(self) -> Operation:
        if self.action == "partial_update":
            return Operation(self.change_class, guarded=True)
        return Operation()

    def text_of(self, review: Review) -> Any:
        """As it is saved; an empty one, version 1, where nothing was written."""
        raise NotImplementedError

    def write(self, review: Review, sent: dict[str, Any], **done: Any) -> Any:
        """Keep it by the model's verb."""
        raise NotImplementedError


class PreparationSerializer(Representation):
    class Meta:
        model = ReviewPreparation
        fields = ("review", "in_the_way", "doing", "help_needed", "saved_at", "version")


class PreparationBodySerializer(Body):
    """What is in the way; what I am doing about it, and by when; where I need you."""

    in_the_way = Text(max_length=ANSWER_LENGTH, allow_blank=True, required=False)
    doing = Text(max_length=ANSWER_LENGTH, allow_blank=True, required=False)
    help_needed = Text(max_length=ANSWER_LENGTH, allow_blank=True, required=False)


class Preparations(OneText):
    """The rep's three answers. The rep writes them from the day before until the start."""

    queryset = ReviewPreparation.objects.all()
    serializer_class, change_class = PreparationSerializer, PreparationBodySerializer

    def retrieve(self, request: Request, review_pk: str) -> Response:
        review = self.review()
        note_reading([review], self.asker)
        return self.answer(self.text_of(review))

    def text_of(self, review: Review) -> ReviewPreparation:
        return ReviewPreparation.of(review)

    def write(self, review: Review, sent: dict[str, Any], **done: Any) -> ReviewPreparation:
        return ReviewPreparation.write(review, sent, **done)


class ReviewNoteSerializer(Representation):
    class Meta:
        model = ReviewNote
        fields = ("review", "text", "saved_at", "version")


class ReviewNoteBodySerializer(Body):
    text = Text(max_length=NOTE_LENGTH, allow_blank=True)


class Notes(OneText):
    """What the asker notes for themselves. Nobody else ever reads it."""

    queryset = ReviewNote.objects.all()
    serializer_class, change_class = ReviewNoteSerializer, ReviewNoteBodySerializer

    def text_of(self, review: Review) -> ReviewNote:
        if not review.is_of(self.asker):
            raise Http404
        return ReviewNote.of(review, self.asker)

    def write(self, review: Review, sent: dict[str, Any], **done: Any) -> ReviewNote:
        text = sent.get("text", self.text_of(review).text)
        return ReviewNote.write(review, text, **done)
