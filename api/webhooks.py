"""Programs that are told what happens, and what they were sent."""

from datetime import datetime
from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from alerts.models import WebhookDelivery, WebhookEndpoint
from api.fields import Text
from api.filters import FilterSet, IdFilter, TrueFalse
from api.pagination import OnePage
from api.resource import (
    Creatable,
    Deletable,
    Editable,
    Operation,
    Readable,
    Resource,
    describes,
    undo,
    verb,
)
from api.shapes import ModelBody, Representation
from lib.events import event_types

WRITTEN = ["url", "description", "event_types"]
MOST_TYPES = 500


class EventTypes(serializers.ListField):
    """Types of events; none is all of them."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=Text(max_length=60), max_length=MOST_TYPES, **kwargs)


class WebhookEndpointSerializer(Representation):
    """`url` is shown to its owner whole, to administrators without its path. `former_until` is
    when the secret before this one signs no longer. `off_because` says why it was switched off;
    empty when somebody did.
    """

    event_types = EventTypes(read_only=True)

    class Meta:
        model = WebhookEndpoint
        fields = (
            "id",
            "owner",
            "style",
            *WRITTEN,
            "is_on",
            "off_at",
            "off_because",
            "failures",
            "failing_since",
            "former_until",
            "made_at",
            "version",
        )


class NewWebhookEndpointSerializer(WebhookEndpointSerializer):
    """`secret` is shown here and never again."""

    class Meta:
        model = WebhookEndpoint
        fields = (*WebhookEndpointSerializer.Meta.fields, "secret")


class WebhookEndpointBodySerializer(ModelBody):
    """A `chat` is posted the alerts of its owner and chooses no events."""

    event_types = EventTypes(required=False)

    class Meta:
        model = WebhookEndpoint
        fields = ["style", *WRITTEN]


class WebhookEndpointChangeSerializer(ModelBody):
    event_types = EventTypes(required=False)

    class Meta:
        model = WebhookEndpoint
        fields = WRITTEN


class WebhookDeliverySerializer(Representation):
    """`uid` is what the receiver reads as `webhook-id`; `subject` is where in this API it is."""

    state = serializers.ChoiceField(choices=WebhookDelivery.STATES, read_only=True)

    class Meta:
        model = WebhookDelivery
        fields: tuple[str, ...] = (
            "id",
            "uid",
            "endpoint",
            "event_type",
            "subject",
            "state",
            "made_at",
            "due_at",
            "attempts",
            "attempted_at",
            "status",
            "milliseconds",
            "last_error",
            "sent_at",
            "gave_up_at",
            "resent_at",
        )


class OneWebhookDeliverySerializer(WebhookDeliverySerializer):
    """With what was sent, and how the answer begins."""

    class Meta:
        model = WebhookDelivery
        fields = (*WebhookDeliverySerializer.Meta.fields, "payload", "excerpt")


class WebhookEndpointFilters(FilterSet):
    owner, is_on = IdFilter(), TrueFalse()

    class Meta:
        model = WebhookEndpoint
        fields: ClassVar[list[str]] = []


class WebhookEndpoints(Readable, Creatable, Editable, Deletable):
    """One's own; administrators see all, switch them off and remove them.

    An endpoint is told what its owner may see. Its secret stands in the answer to making it and
    to `secret/`, and nowhere else.
    """

    queryset = WebhookEndpoint.objects.all()
    serializer_class = WebhookEndpointSerializer
    body_class, change_class = WebhookEndpointBodySerializer, WebhookEndpointChangeSerializer
    filterset_class = WebhookEndpointFilters
    replayable = False

    def represent(self, thing: WebhookEndpoint) -> dict[str, Any]:
        return super().represent(thing) | {"url": thing.url_for(self.asker)}

    def reading(self, rows: Any) -> None:
        for row in rows:
            row.url = row.url_for(self.asker)

    @describes(Operation(WebhookEndpointBodySerializer, NewWebhookEndpointSerializer, 201))
    def create(self, request: Request) -> Response:
        made = WebhookEndpoint.add(**self.sent(WebhookEndpointBodySerializer), **self.done())
        answer = self.answer(made, 201)
        answer.data = NewWebhookEndpointSerializer().to_representation(made)
        return answer

    def change(self, thing: WebhookEndpoint, values: dict[str, Any], **seen: Any) -> None:
        thing.change(by=self.asker, **values, **seen)

    def remove(self, thing: WebhookEndpoint, **seen: Any) -> None:
        thing.remove(by=self.asker, **seen)

    @verb("secret", answer=NewWebhookEndpointSerializer)
    def rotate(self, endpoint: WebhookEndpoint, **done: Any) -> WebhookEndpoint:
        """A new secret; the former one signs as well for 24 hours."""
        endpoint.rotate_secret(**done)
        return endpoint

    @verb("test", guarded=False, answer=WebhookDeliverySerializer)
    def ping(self, endpoint: WebhookEndpoint, *, by: Any, at: datetime) -> WebhookDelivery:
        """Send a `ping`; the answer is its delivery."""
        return endpoint.ping(by=by, at=at)

    @verb("deactivation")
    def deactivation(self, endpoint: WebhookEndpoint, **done: Any) -> None:
        """Switch it off: nothing more is sent, what still waits is given up."""
        endpoint.switch_off(**done)

    @deactivation.mapping.delete  # type: ignore[untyped-decorator]
    @undo
    def activation(self, endpoint: WebhookEndpoint, **done: Any) -> None:
        """Switch it on: what happens from now on is sent."""
        endpoint.switch_on(**done)


class WebhookDeliveryFilters(FilterSet):
    endpoint = IdFilter()
    event_type = django_filters.CharFilter(max_length=60)
    state = django_filters.ChoiceFilter(choices=WebhookDelivery.STATES, method="in_state")

    def in_state(self, rows: Any, name: str, value: str) -> QuerySet[Any]:
        found: QuerySet[Any] = rows.in_state(value)
        return found

    class Meta:
        model = WebhookDelivery
        fields: ClassVar[list[str]] = []


class WebhookDeliveries(Readable):
    """What one's own endpoints were sent, for 30 days; the latest first."""

    queryset = WebhookDelivery.objects.all()
    serializer_class = WebhookDeliverySerializer
    detail_class = OneWebhookDeliverySerializer
    filterset_class = WebhookDeliveryFilters
    order = "-id"

    @verb("resend", guarded=False)
    def resend(self, delivery: WebhookDelivery, *, by: Any, at: datetime) -> None:
        """Send it once more under the same id."""
        delivery.resend(by=by, at=at)


class WebhookEventTypeSerializer(serializers.Serializer[Any]):
    """`name` is what an endpoint chooses."""

    name = Text()
    description = Text()


class WebhookEventTypes(Resource):
    """What there is to be told."""

    queryset = WebhookEndpoint.objects.all()
    serializer_class = WebhookEventTypeSerializer
    pagination_class = OnePage
    filter_backends = ()

    def list(self, request: Request) -> Response:
        """All there are."""
        types: Any = [{"name": name, "description": said} for name, said in event_types().items()]
        page = self.paginate_queryset(types) or []
        return self.get_paginated_response([self.represent(row) for row in page])
