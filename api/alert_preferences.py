"""How the asker wants to hear of alerts: by kind, and at which hours."""

from typing import Any, ClassVar

from django.http import Http404
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from alerts.kinds import KINDS
from alerts.models import AlertPreference, AlertRule, DeliveryHours
from api.fields import Text
from api.pagination import OnePage
from api.resource import Editable, Operation, Resource, describes
from api.shapes import ModelBody, Representation


class AlertPreferenceSerializer(serializers.Serializer[Any]):
    """What is muted is neither in the app nor mailed. Where the organisation wants everybody to
    hear (`is_mandatory`), neither `is_muted` nor `mail` “never” counts.
    """

    kind = serializers.ChoiceField(choices=[(name, kind.label) for name, kind in KINDS.items()])
    label = Text()  # type: ignore[assignment]
    explains = Text()
    mail = serializers.ChoiceField(choices=AlertPreference.MAIL)
    is_muted = serializers.BooleanField()
    is_mandatory = serializers.BooleanField()


class AlertPreferenceBodySerializer(ModelBody):
    class Meta:
        model = AlertPreference
        fields = ("mail", "is_muted")
        extra_kwargs: ClassVar = {name: {"required": True} for name in fields}


class AlertPreferences(Resource):
    """One's own, one for each kind, called by its name; without a word: in the app and digest."""

    queryset = AlertPreference.objects.all()
    serializer_class = AlertPreferenceSerializer
    lookup_field = "kind"
    pagination_class = OnePage
    filter_backends = ()

    def list(self, request: Request) -> Response:
        """All kinds, in the order of the settings page."""
        own = {row.kind: row for row in self.get_queryset()}
        rules = AlertRule.all_known().values()
        rows: Any = [self._said(rule, own.get(rule.kind)) for rule in rules]
        page = self.paginate_queryset(rows) or []
        return self.get_paginated_response(page)

    def retrieve(self, request: Request, kind: str) -> Response:
        rule = self._rule(kind)
        return Response(self._said(rule, self.get_queryset().filter(kind=kind).first()))

    @describes(Operation(AlertPreferenceBodySerializer))
    def update(self, request: Request, kind: str, *, partial: bool = False) -> Response:
        """Say both."""
        rule = self._rule(kind)
        sent = self.sent(AlertPreferenceBodySerializer, partial=partial)
        return Response(self._said(rule, AlertPreference.choose(self.asker, kind, **sent)))

    @describes(Operation(AlertPreferenceBodySerializer))
    def partial_update(self, request: Request, kind: str) -> Response:
        """Say one of them, or both."""
        answer: Response = self.update(request, kind, partial=True)
        return answer

    def _rule(self, kind: str) -> AlertRule:
        if kind not in KINDS:
            raise Http404
        return AlertRule.of(KINDS[kind])

    def _said(self, rule: AlertRule, own: AlertPreference | None) -> dict[str, Any]:
        row = own or AlertPreference(person=self.asker, kind=rule.kind)
        return self.represent(
            {
                "kind": rule.kind,
                "label": rule.of_kind.label,
                "explains": rule.of_kind.explains,
                "mail": row.mail,
                "is_muted": row.is_muted,
                "is_mandatory": rule.is_mandatory,
            }
        )


class DeliveryHoursSerializer(Representation):
    """Times are on the clock of the person's own time zone; weekday 0 is Monday. Quiet from one
    time until another, never when both are the same. `next_digest_at` is null without a digest.
    """

    weekdays = serializers.ListField(child=serializers.IntegerField(), read_only=True)

    class Meta:
        model = DeliveryHours
        fields = (
            "has_digest",
            "digest_at",
            "weekdays",
            "quiet_from",
            "quiet_until",
            "next_digest_at",
            "version",
        )


class DeliveryHoursChangeSerializer(ModelBody):
    weekdays = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=6), min_length=1, max_length=7
    )

    class Meta:
        model = DeliveryHours
        fields = ("has_digest", "digest_at", "weekdays", "quiet_from", "quiet_until")


class TheDeliveryHours(Editable, Resource):
    """One's own: when the digest comes, and when nothing is mailed."""

    queryset = DeliveryHours.objects.all()
    serializer_class = DeliveryHoursSerializer
    change_class = DeliveryHoursChangeSerializer

    def get_object(self) -> DeliveryHours:
        return DeliveryHours.of(self.asker, timezone.now())

    def retrieve(self, request: Request) -> Response:
        return self.answer(self.get_object())

    def change(self, thing: DeliveryHours, values: dict[str, Any], **seen: Any) -> None:
        thing.change(at=timezone.now(), **values, **seen)
