"""What the page of a 1-on-1 shows, for programs."""

from typing import Any

from rest_framework import serializers

from api.agreements import AgreementSerializer
from api.fields import Day, Instant, Money, Small, Text
from api.review_deals import (
    ReviewDealSerializer,
    ReviewDecisionSerializer,
    deal_as_data,
    nullable,
)
from api.review_texts import PreparationSerializer, ReviewPartSerializer, ReviewRemarkSerializer
from api.shapes import Representation
from reviews.models import Review, ReviewRead, ReviewTimeChange
from reviews.review_deals import MOVES
from reviews.review_page import ReviewPage

READS_SHOWN = 100
MUCH: Any = {"max_digits": 20, "decimal_places": 2}


class TeamFigureSerializer(serializers.Serializer[Any]):
    """What a person of the team won on average; null for fewer than three people."""

    people = serializers.IntegerField()
    won = nullable(Money, **MUCH)


class PeriodSerializer(serializers.Serializer[Any]):
    """Won in the report's currency, in `deals` deals; `elsewhere` counts those in others."""

    name = Text()
    label = Text()  # type: ignore[assignment]
    begin = Day()
    end = Day()
    won = Money(**MUCH)
    deals = serializers.IntegerField()
    elsewhere = serializers.IntegerField()
    lost = serializers.IntegerField()
    goal = nullable(Money, **MUCH)
    percent = nullable(serializers.IntegerField)
    team = TeamFigureSerializer()


class MonthSerializer(serializers.Serializer[Any]):
    month = Day()
    won = Money(**MUCH)


class FactSerializer(serializers.Serializer[Any]):
    """What led to the results: a number and, where that makes sense, of how many."""

    name = Text()
    label = Text()  # type: ignore[assignment]
    number = serializers.FloatField()
    of = nullable(serializers.FloatField)


class MissedPeriodSerializer(serializers.Serializer[Any]):
    """`value` of `target`, in the unit of the measure."""

    name = Text()
    value = nullable(serializers.FloatField)
    target = nullable(serializers.FloatField)


class MissedSerializer(serializers.Serializer[Any]):
    """A metric that was missed `streak` periods in a row, the last two of which are told."""

    metric = Text()
    unit = Text()
    streak = serializers.IntegerField()
    periods = MissedPeriodSerializer(many=True)


class StatusReportSerializer(serializers.Serializer[Any]):
    currency = Text()
    periods = PeriodSerializer(many=True)
    months = MonthSerializer(many=True)
    month_goal = nullable(Money, **MUCH)
    facts = FactSerializer(many=True)
    missed = MissedSerializer(many=True)


class MoveSerializer(serializers.Serializer[Any]):
    """Pre-existing deals under what became of them."""

    name = serializers.ChoiceField(choices=list(MOVES.items()))
    label = Text()  # type: ignore[assignment]
    deals = ReviewDealSerializer(many=True)


class BroughtSerializer(AgreementSerializer):
    """`times_carried` is counted up to this review; before its start, as it will be then."""

    times_carried = Small(read_only=True)

    class Meta(AgreementSerializer.Meta):
        fields = (*AgreementSerializer.Meta.fields, "times_carried")


class ReviewAgreementsSerializer(serializers.Serializer[Any]):
    """`carried` were due by now, `agreed` are of this review, `coming` are not due yet."""

    carried = BroughtSerializer(many=True)
    agreed = BroughtSerializer(many=True)
    coming = BroughtSerializer(many=True)


class ClockSerializer(serializers.Serializer[Any]):
    """`elapsed_seconds` leave the pauses out; `current_part` is 1 to 5."""

    started_at = nullable(Instant)
    paused_at = nullable(Instant)
    elapsed_seconds = serializers.IntegerField()
    current_part = serializers.IntegerField()


class WindowSerializer(serializers.Serializer[Any]):
    """Compared is what was at `since`: the last closing, or 30 days before. Days are the
    organisation's.
    """

    is_first = serializers.BooleanField()
    since = Instant()
    since_day = Day()
    day = Day()


class PrivacySerializer(serializers.Serializer[Any]):
    """Whether it was held under the organisation's word that a manager's manager may read it, and
    whether the organisation says so now. Both are needed, and that it is closed.
    """

    is_open_upwards = serializers.BooleanField()
    managers_manager_reads_reviews = serializers.BooleanField()


class ReviewReadSerializer(Representation):
    class Meta:
        model = ReviewRead
        fields = ("reader", "at", "how")


class ReviewTimeChangeSerializer(Representation):
    class Meta:
        model = ReviewTimeChange
        fields = ("at", "by", "from_time", "to_time")


class ReviewContentSerializer(serializers.Serializer[Any]):
    """The five parts, and what is said and known of the review itself."""

    is_open = serializers.BooleanField()
    rep_was_silent = serializers.BooleanField()
    clock = ClockSerializer()
    compared = WindowSerializer()
    status = StatusReportSerializer()
    new = ReviewDealSerializer(many=True)
    moves = MoveSerializer(many=True)
    forecast = ReviewDealSerializer(many=True)
    changes = serializers.DictField(child=serializers.IntegerField())
    agreements = ReviewAgreementsSerializer()
    preparation = PreparationSerializer()
    parts = ReviewPartSerializer(many=True)
    decisions = ReviewDecisionSerializer(many=True)
    remarks = ReviewRemarkSerializer(many=True)
    reschedules = ReviewTimeChangeSerializer(many=True)
    privacy = PrivacySerializer()
    reads = ReviewReadSerializer(many=True)


CONTENT = tuple(ReviewContentSerializer().fields)


def content_of(page: ReviewPage) -> dict[str, Any]:
    """In the shape of `ReviewContentSerializer`."""
    review, now = page.review, page.now
    said = {
        "is_open": review.is_open(now),
        "rep_was_silent": review.rep_was_silent,
        "clock": {
            "started_at": review.started_at,
            "paused_at": review.paused_at,
            "elapsed_seconds": review.elapsed(now),
            "current_part": review.current_part,
        },
        "compared": _compared(page),
        "status": {"missed": [], **page.status},  # one frozen long ago does not know of it
        "new": _deals(page.new, page),
        "moves": [
            {"name": each.name, "label": each.label, "deals": _deals(each.lines, page)}
            for each in page.moves
        ],
        "forecast": _deals(page.forecast, page),
        "changes": page.changes,
        "agreements": _agreements(page),
        "preparation": page.preparation,
        "parts": page.parts,
        "decisions": [each for made in page.decisions.values() for each in made],
        "remarks": list(review.remarks.all()),
        "reschedules": list(review.time_changes.all()),
        "privacy": _privacy(review),
        "reads": list(review.reads.all()[:READS_SHOWN]),
    }
    return ReviewContentSerializer().to_representation(said)


def _deals(shown: list[Any], page: ReviewPage) -> list[Any]:
    return [deal_as_data(each) for each in shown]


def _compared(page: ReviewPage) -> dict[str, Any]:
    window = page.window
    return {
        "is_first": page.is_first,
        "since": window.since,
        "since_day": window.since_day,
        "day": window.day,
    }


def _agreements(page: ReviewPage) -> dict[str, Any]:
    found = {"carried": page.carried, "agreed": page.agreed, "coming": page.coming}
    for each in (agreement for rows in found.values() for agreement in rows):
        each.times_carried = page.times_carried(each)  # type: ignore[attr-defined]
    return found


def _privacy(review: Review) -> dict[str, bool]:
    return {
        "is_open_upwards": review.is_open_upwards,
        "managers_manager_reads_reviews": review.organisation.managers_manager_reads_reviews,
    }
