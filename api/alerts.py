"""What the asker was told of, and what they say to it."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from alerts.kinds import KINDS
from alerts.models import Alert, AlertQuestion, Notification
from alerts.models.notification import REASON_LENGTH, NotificationQuerySet
from alerts.models.question import TEXT_LENGTH
from api.fields import Day, Instant, Money, Text
from api.filters import FilterSet, IdFilter, InstantFilter
from api.resource import (
    Operation,
    Readable,
    Resource,
    describes,
    find,
    undo_at_once,
    verb,
    whole_id,
)
from api.shapes import Body, Representation
from people.calendar import Calendar
from people.models import User

KIND_NAMES = [(name, kind.label) for name, kind in KINDS.items()]


class AlertQuestionSerializer(Representation):
    """What a manager asked the person it is about; `answer` is "" until they answer."""

    class Meta:
        model = AlertQuestion
        fields = ("id", "asked_by", "asked_at", "text", "answer", "answered_at")


class AlertSubjectSerializer(serializers.Serializer[Any]):
    """As webhooks say it, "" for what they do not tell of. `path` is where it is in the API: 404
    for whoever only counts it.
    """

    type = Text(allow_blank=True)
    id = serializers.IntegerField()
    path = Text(allow_blank=True)


class AlertAboutSerializer(serializers.Serializer[Any]):
    """The person whose work it is."""

    id = serializers.IntegerField()
    name = Text()


class AlertClockSerializer(serializers.Serializer[Any]):
    """What started the clock, on which day; `at` is null where the instant is not known."""

    on = Day(allow_null=True)
    at = Instant(allow_null=True)
    event = Text(allow_blank=True)


class AlertActionSerializer(serializers.Serializer[Any]):
    """The one button that resolves it, and the page it leads to."""

    label = Text()  # type: ignore[assignment]
    path = Text()


class AlertSerializer(serializers.Serializer[Any]):
    """`value` and `limit` are those at `opened_at`, in `unit`; `sentence` says the value of today,
    which is `value_today` while it lasts. `money` is what is at risk. From `told_at` on it is the
    asker's own side; `told_at` is null for what only a digest told. `summary` is the alert that
    tells of it together with others.
    """

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=KIND_NAMES)
    kind_label = Text()
    rule = Text(allow_blank=True)
    rule_label = Text(allow_blank=True)
    severity = serializers.ChoiceField(choices=Alert.SEVERITIES)
    title = Text()
    sentence = Text()
    subject = AlertSubjectSerializer()
    about = AlertAboutSerializer()
    value = Money(max_digits=18, decimal_places=4)
    value_today = Money(max_digits=18, decimal_places=4, allow_null=True)
    limit = Money(max_digits=18, decimal_places=4)
    unit = Text(allow_blank=True)
    clock = AlertClockSerializer()
    money = Money(max_digits=18, decimal_places=2, allow_null=True)
    currency = Text(allow_blank=True)
    opened_at = Instant()
    closed_at = Instant(allow_null=True)
    is_summary = serializers.BooleanField()
    summary = serializers.IntegerField(allow_null=True)
    state = serializers.ChoiceField(choices=Notification.STATES)
    told_at = Instant(allow_null=True)
    read_at = Instant(allow_null=True)
    acted_at = Instant(allow_null=True)
    snoozed_until = Day(allow_null=True)
    snooze_reason = Text(allow_blank=True)
    settled_at = Instant(allow_null=True)
    action = AlertActionSerializer()
    questions = AlertQuestionSerializer(many=True)


OF_THE_ALERT = (
    "kind",
    "rule",
    "rule_label",
    "severity",
    "title",
    "about",
    "value",
    "limit",
    "unit",
    "money",
    "currency",
    "opened_at",
    "closed_at",
    "is_summary",
)
ONES_OWN = ("read_at", "acted_at", "snoozed_until", "snooze_reason", "settled_at")


def shown(rows: Sequence[Notification], asker: User, now: datetime) -> list[dict[str, Any]]:
    """What the asker was told, as of now; two statements, however many."""
    calendar, today, shape = Calendar.current(), asker.today(now), AlertSerializer()
    day, questions = calendar.today(now), _questions(rows, asker)
    said = []
    for row in rows:
        alert = row.alert
        as_of_today = {
            "id": alert.pk,
            "kind_label": alert.label,
            "subject": {
                "type": alert.subject_type,
                "id": alert.subject_key,
                "path": alert.subject_address,
            },
            "sentence": alert.sentence(day, calendar.holidays),
            "value_today": alert.value_on(day, calendar.holidays) if alert.is_open else None,
            "clock": {"on": alert.clock_on, "at": alert.clock_at, "event": alert.clock_event},
            "summary": row.summary_id,
            "state": row.state(today),
            "told_at": row.app_at,
            "action": {"label": alert.action, "path": alert.path_for(asker)},
            "questions": questions[alert.pk],
        }
        plain = {name: getattr(alert, name) for name in OF_THE_ALERT}
        own = {name: getattr(row, name) for name in ONES_OWN}
        said.append(shape.to_representation({**plain, **own, **as_of_today}))
    return said


def _questions(rows: Sequence[Notification], asker: User) -> dict[int, list[AlertQuestion]]:
    """By alert, those that the asker asked or is to answer."""
    asked: dict[int, list[AlertQuestion]] = defaultdict(list)
    visible = AlertQuestion.objects.visible_to(asker)
    for each in visible.about([row.alert_id for row in rows]):
        asked[each.alert_id].append(each)
    return asked


class AlertFilters(FilterSet):
    kind = django_filters.ChoiceFilter(field_name="alert__kind", choices=KIND_NAMES)
    rule = django_filters.CharFilter(field_name="alert__rule")
    severity = django_filters.ChoiceFilter(field_name="alert__severity", choices=Alert.SEVERITIES)
    about = IdFilter("alert__about")
    state = django_filters.ChoiceFilter(choices=Notification.STATES, method="in_state")
    opened_after = InstantFilter("alert__opened_at", "gt")
    opened_before = InstantFilter("alert__opened_at", "lt")

    def in_state(self, rows: Any, name: str, value: str) -> QuerySet[Any]:
        found: QuerySet[Any] = rows.in_state(value, self.request.user.today(timezone.now()))
        return found

    class Meta:
        model = Notification
        fields: ClassVar[list[str]] = []


class AlertSnoozeSerializer(Body):
    """`until` is the day on which it speaks again: from tomorrow to a year ahead."""

    until = Day()
    reason = Text(max_length=REASON_LENGTH)


class NewAlertQuestionSerializer(Body):
    text = Text(max_length=TEXT_LENGTH)


class AlertAnswerSerializer(Body):
    answer = Text(max_length=TEXT_LENGTH)


class ToldOf(Resource):
    """Rows are the asker's own notifications; their address is the alert's."""

    queryset = Notification.objects.all()
    serializer_class: type[serializers.Serializer[Any]] = AlertSerializer
    orders: ClassVar = {"told_at": "app_at"}
    order = "-told_at"

    def get_queryset(self) -> QuerySet[Any]:
        return self.rows()

    def rows(self) -> NotificationQuerySet:
        """The asker's own, with what is shown of them."""
        found: Any = super().get_queryset()
        rows: NotificationQuerySet = found.for_list()
        return rows

    def told(self, pk: str) -> Notification:
        """The asker's notification of that alert; Http404 for one they were not told of."""
        found: Notification | None = self.rows().of_alert(whole_id(pk)).first()
        if found is None:
            raise Http404
        return found

    def represent(self, thing: Notification) -> dict[str, Any]:
        return shown([thing], self.asker, timezone.now())[0]

    def page_of(self, rows: QuerySet[Any]) -> Response:
        page = self.paginate_queryset(self.filter_queryset(rows)) or []
        return self.get_paginated_response(shown(page, self.asker, timezone.now()))


class Alerts(ToldOf, Readable):
    """What stands in one's inbox, newest first; of many that began at once, their summary.

    One of them is also found by its id when it is part of a summary or only a digest told it. What
    one says to a summary holds for all its parts.
    """

    filterset_class = AlertFilters

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.page_of(self.rows().heard(timezone.now()))

    def get_object(self) -> Notification:
        return self.told(self.kwargs["pk"])

    @verb("reading", guarded=False)
    def read(self, row: Notification, *, by: User, at: datetime) -> None:
        """The asker has seen it; the first time counts."""
        row.read(at)

    @verb("action", guarded=False)
    def act(self, row: Notification, *, by: User, at: datetime) -> None:
        """The asker is on it; others who were told of it see that."""
        row.act(at)

    @verb("snooze", AlertSnoozeSerializer, guarded=False)
    def snooze(self, row: Notification, sent: dict[str, Any], *, by: User, at: datetime) -> None:
        """Quiet until a day, and why it can wait."""
        row.snooze(sent["until"], sent["reason"], at=at)

    @snooze.mapping.delete  # type: ignore[untyped-decorator]
    @undo_at_once
    def wake(self, row: Notification, **done: Any) -> None:
        """Take the snooze back."""
        row.wake()

    @verb("settlement", guarded=False)
    def settle(self, row: Notification, *, by: User, at: datetime) -> None:
        """Done with it: this episode stays quiet for the asker until it ends."""
        row.settle(at)

    @settle.mapping.delete  # type: ignore[untyped-decorator]
    @undo_at_once
    def restore(self, row: Notification, **done: Any) -> None:
        """Take the settling back."""
        row.restore()

    @verb("question", NewAlertQuestionSerializer, guarded=False, answer=AlertQuestionSerializer)
    def ask(
        self, row: Notification, sent: dict[str, Any], *, by: User, at: datetime
    ) -> AlertQuestion:
        """Ask the person it is about, who finds it in their inbox; for those who lead them."""
        return AlertQuestion.ask(row.alert, sent["text"], by=by, at=at)


class AlertParts(ToldOf):
    """What the asker was told of by a summary; nothing where the alert is none."""

    filterset_class = AlertFilters

    def list(self, request: Request, alert_pk: str) -> Response:
        summary = self.told(alert_pk).alert_id
        return self.page_of(self.rows().parts_of(summary))


class AlertAnswers(ToldOf):
    """The answer of the person whom an alert is about, to whoever asked; once."""

    serializer_class = AlertQuestionSerializer

    @describes(Operation(AlertAnswerSerializer, AlertQuestionSerializer))
    def create(self, request: Request, alert_pk: str, question_pk: str) -> Response:
        questions = AlertQuestion.objects.visible_to(self.asker)
        asked = questions.about([self.told(alert_pk).alert_id]).select_related("alert")
        question = find(asked, question_pk)
        question.reply(**self.sent(AlertAnswerSerializer), **self.done())
        return Response(AlertQuestionSerializer().to_representation(question))
