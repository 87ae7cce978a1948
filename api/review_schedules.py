"""When a manager and a rep hold their monthly 1-on-1."""

from typing import Any, ClassVar

from api.fields import Visible
from api.filters import FilterSet, IdFilter, TrueFalse
from api.resource import Creatable, Editable, Readable
from api.shapes import ModelBody, Representation
from people.models import User
from reviews.models import ReviewSchedule

RHYTHM = (
    "rhythm",
    "nth",
    "weekday",
    "day",
    "weeks",
    "starts_on",
    "time",
    "minutes",
    "is_active",
)


class ReviewScheduleSerializer(Representation):
    """`rhythm` says which of `nth` with `weekday`, `day`, and `weeks` with `weekday` count.

    `weekday` 0 is Monday, `nth` 5 the last; `time` is on the manager's clocks.
    """

    class Meta:
        model = ReviewSchedule
        fields = ("id", "manager", "rep", *RHYTHM, "version")


class ReviewScheduleBodySerializer(ModelBody):
    """What may be said of a rhythm."""

    class Meta:
        model = ReviewSchedule
        fields: tuple[str, ...] = RHYTHM
        extra_kwargs: ClassVar = {"starts_on": {"required": False}}


class NewReviewScheduleSerializer(ReviewScheduleBodySerializer):
    """With somebody who reports to the asker; `starts_on` is today unless given."""

    rep = Visible(queryset=User.objects.get_queryset())

    class Meta(ReviewScheduleBodySerializer.Meta):
        fields = ("rep", *RHYTHM)


class ReviewScheduleFilters(FilterSet):
    manager, rep = IdFilter(), IdFilter()
    is_active = TrueFalse()

    class Meta:
        model = ReviewSchedule
        fields: ClassVar[list[str]] = []


class ReviewSchedules(Readable, Creatable, Editable):
    """Those of the asker, as manager or rep. POST sets up the one with a rep, or changes it.

    Drafts that nobody touched follow at once. Only the manager writes.
    """

    queryset = ReviewSchedule.objects.all()
    serializer_class = ReviewScheduleSerializer
    body_class, change_class = NewReviewScheduleSerializer, ReviewScheduleBodySerializer
    filterset_class = ReviewScheduleFilters

    def make(self, values: dict[str, Any]) -> ReviewSchedule:
        return ReviewSchedule.set_up(values.pop("rep"), **self.done(), **values)

    def change(self, thing: ReviewSchedule, values: dict[str, Any], **seen: Any) -> None:
        thing.change(**self.done(), **values, **seen)
