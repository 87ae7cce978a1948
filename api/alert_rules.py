"""What the organisation alerts to, and who hears of it when."""

from typing import Any

from django.http import Http404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from alerts.models import AlertRule
from alerts.models.rule import STEPS
from api.fields import Text
from api.pagination import OnePage
from api.permissions import ADMINISTRATED
from api.resource import Editable, Resource
from api.shapes import ModelBody, Representation

WRITTEN = ("is_on", "is_mandatory", "days", "minimum_money", *STEPS)


class AlertRuleSerializer(Representation):
    """The ladder's steps are days after the alert opened, null is never: for the `person` it is
    about, their `manager` and the one `above`, in the app and in the digest. `days` means what
    `days_label` says, nothing where that is "". `minimum_money` is only for kinds that have money.
    """

    label = Text(source="of_kind.label", read_only=True)  # type: ignore[assignment]
    explains = Text(source="of_kind.explains", read_only=True)
    days_label = Text(source="of_kind.days_label", read_only=True, allow_blank=True)
    has_money = serializers.BooleanField(source="of_kind.has_money", read_only=True)

    class Meta:
        model = AlertRule
        fields = ("kind", "label", "explains", "days_label", "has_money", *WRITTEN, "version")


class AlertRuleChangeSerializer(ModelBody):
    class Meta:
        model = AlertRule
        fields = WRITTEN


class AlertRules(Editable, Resource):
    """One for each kind, called by its name; everybody reads them, administrators change them."""

    queryset = AlertRule.objects.all()
    permission_classes = ADMINISTRATED
    serializer_class = AlertRuleSerializer
    change_class = AlertRuleChangeSerializer
    lookup_field = "kind"
    pagination_class = OnePage
    filter_backends = ()

    def get_object(self) -> AlertRule:
        rule = AlertRule.all_known().get(self.kwargs["kind"])
        if rule is None:
            raise Http404
        return rule

    def list(self, request: Request) -> Response:
        """All there are, in the order of the settings page."""
        rows: Any = list(AlertRule.all_known().values())
        page = self.paginate_queryset(rows) or []
        return self.get_paginated_response([self.represent(row) for row in page])

    def retrieve(self, request: Request, kind: str) -> Response:
        return self.answer(self.get_object())

    def partial_update(self, request: Request, kind: str) -> Response:  # type: ignore[override]
        return super().partial_update(request)
