"""What all resources share: rows the asker may see, versions, verbs as nouns, answers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db import models, transaction
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from api.concurrency import etag, seen_version
from api.fields import MAX_ID
from api.filters import known_parameters, refuse_unknown
from api.idempotency import once
from api.shapes import Body, Representation
from lib.versions import Versioned
from people.models import User


@dataclass(frozen=True)
class Operation:
    """What one method of one address takes and answers; the schema is written from it."""

    body: type[Body] | None = None
    answer: type[serializers.Serializer[Any]] | None = None
    status: int = status.HTTP_200_OK
    guarded: bool = False  # needs If-Match
    query: tuple[OpenApiParameter, ...] = ()  # beside what narrows a list
    or_many: bool = False  # takes and answers a list of these as well


class Resource(GenericViewSet[Any]):
    """The base of every resource. `queryset` is narrowed to what the asker sees."""

    queryset: Any
    serializer_class: type[serializers.Serializer[Any]]
    post: Any  # set for each request by the viewset, where the address takes a POST
    detail_class: type[Representation] | None = None  # where it says more than a row of the list
    body_class: type[Body] | None = None  # of POST
    change_class: type[Body] | None = None  # of PATCH and PUT
    filterset_class: Any = None
    searchable = False
    orders: ClassVar[dict[str, str]] = {"id": "pk"}
    order = "id"
    replayable = True  # False where an answer to POST holds a secret

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        refuse_unknown(request, self.parameters())
        if request.method == "POST" and self.action:
            self.post = once(self.post, replayable=self.replayable)  # dispatch() calls it next

    def narrows(self) -> bool:
        """Whether the current action takes the filters of the rows."""
        return self.action == "list"

    def parameters(self) -> set[str]:
        """The query parameters that the current action takes."""
        known = known_parameters(self) if self.narrows() else set()
        return known | {each.name for each in self.operation().query}

    @property
    def asker(self) -> User:
        """The person behind the session or token."""
        assert isinstance(self.request.user, User)
        return self.request.user

    # Rows.

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().visible_to(self.asker)  # type: ignore[attr-defined, no-any-return]

    def detailed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows with what one of them shows beyond a list."""
        return rows

    def get_object(self) -> Any:
        return find(self.detailed(self.get_queryset()), self.kwargs["pk"])

    # Answers.

    def operation(self) -> Operation:
        """What the current action takes and answers."""
        handler = getattr(self, self.action or "", None)
        described: Operation | None = getattr(handler, "operation", None)
        if described is not None:
            return described
        versioned = issubclass(self.model, Versioned)
        return {
            "create": Operation(self.body_class, status=status.HTTP_201_CREATED),
            "partial_update": Operation(self.change_class, guarded=versioned),
            "update": Operation(self.change_class, guarded=versioned),
            "destroy": Operation(status=status.HTTP_204_NO_CONTENT, guarded=versioned),
        }.get(self.action or "", Operation())

    @property
    def model(self) -> type[models.Model]:
        model: type[models.Model] = self.queryset.model
        return model

    def represent(self, thing: Any) -> dict[str, Any]:
        shape = self.detail_class or self.serializer_class
        return shape().to_representation(thing)

    def represent_stale(self, current: Any) -> dict[str, Any]:
        """The saved state beside a 412."""
        return self.represent(current)

    def answer(self, thing: Any, code: int = status.HTTP_200_OK) -> Response:
        response = Response(self.represent(thing), code)
        if isinstance(thing, Versioned):
            response["ETag"] = etag(thing)
        if code == status.HTTP_201_CREATED:
            response["Location"] = f"{self.request.path}{thing.pk}/"
        return response

    # What was sent.

    def sent(self, body: type[Body], *, partial: bool = False) -> dict[str, Any]:
        """The checked body; raises ValidationError with each wrong field."""
        shape = body(data=self.request.data, partial=partial, context={"request": self.request})
        shape.is_valid(raise_exception=True)
        values: dict[str, Any] = shape.validated_data
        return values

    def done(self) -> dict[str, Any]:
        """By whom and when: what every verb wants to know."""
        return {"by": self.asker, "at": timezone.now()}


class Readable(Resource):
    """GET the list and one of it."""

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        self.reading(page)
        show = self.serializer_class().to_representation
        return self.get_paginated_response([show(row) for row in page])

    def retrieve(self, request: Request, pk: str = "") -> Response:
        thing = self.get_object()
        self.reading([thing])
        return self.answer(thing)

    def reading(self, rows: Sequence[Any]) -> None:
        """What has to be written down before the asker is shown these."""


class Creatable(Resource):
    """POST one more."""

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        assert self.body_class
        thing = self.make(self.sent(self.body_class))
        return self.answer(thing, status.HTTP_201_CREATED)

    def make(self, values: dict[str, Any]) -> Any:
        """Make it by the model's verb."""
        raise NotImplementedError


class Editable(Resource):
    """PATCH some of its fields."""

    def partial_update(self, request: Request, pk: str = "") -> Response:
        assert self.change_class
        seen = {"version": seen_version(request)} if issubclass(self.model, Versioned) else {}
        thing = self.get_object()
        self.change(thing, self.sent(self.change_class, partial=True), **seen)
        return self.answer(thing)

    def change(self, thing: Any, values: dict[str, Any], **seen: Any) -> None:
        """Change it by the model's verb."""
        thing.change(**values, **seen)


class Deletable(Resource):
    """DELETE it."""

    def destroy(self, request: Request, pk: str = "") -> Response:
        seen = {"version": seen_version(request)} if self.operation().guarded else {}
        self.remove(self.get_object(), **seen)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def remove(self, thing: Any, **seen: Any) -> None:
        """Take it away by the model's verb."""
        thing.remove(**seen)


def find(rows: QuerySet[Any], pk: str) -> Any:
    """The row of that id; Http404 for none, and for what is no id at all."""
    number = whole_id(pk)
    found = None if number is None else rows.filter(pk=number).first()
    if found is None:
        raise Http404
    return found


def whole_id(text: str) -> int | None:
    """The id that is written there; None for what is no id at all."""
    is_id = text.isascii() and text.isdigit() and len(text) < 20 and int(text) <= MAX_ID
    return int(text) if is_id else None


def verb(
    noun: str,
    body: type[Body] | None = None,
    *,
    method: str = "post",
    guarded: bool = True,
    answer: type[Representation] | None = None,
) -> Callable[[Callable[..., Any]], Any]:
    """A business verb as a noun below one thing: `POST /opportunities/7/closure/`.

    The method gets the thing, what was sent, and `by`, `at` and `version` to hand on. Answers with
    the thing as it is then; or 201 with what the method returns when `answer` is its shape.
    """

    def decorate(carry_out: Callable[..., Any]) -> Any:
        below: Any = action(detail=True, methods=[method], url_path=noun, url_name=noun)  # type: ignore[list-item]
        return below(_handler(carry_out, body, guarded=guarded, answer=answer))

    return decorate


def undo(carry_out: Callable[..., Any]) -> Any:
    """DELETE of a verb's noun: takes it back. Put `@noun.mapping.delete` above it."""
    return _handler(carry_out, None, guarded=True, answer=None)


def undo_at_once(carry_out: Callable[..., Any]) -> Any:
    """The same without If-Match, for what both may do at any time."""
    return _handler(carry_out, None, guarded=False, answer=None)


def describes(operation: Operation) -> Callable[[Callable[..., Any]], Any]:
    """Say what a handler takes and answers where that is not the usual."""

    def decorate(handler: Any) -> Any:
        handler.operation = operation
        return handler

    return decorate


def _handler(
    carry_out: Callable[..., Any],
    body: type[Body] | None,
    *,
    guarded: bool,
    answer: type[Representation] | None,
) -> Any:
    def handler(self: Resource, request: Request, pk: str = "") -> Response:
        done = self.done() | ({"version": seen_version(request)} if guarded else {})
        thing = self.get_object()
        sent = [self.sent(body)] if body else []
        if request.method == "POST" and not body:
            self.sent(Body)  # which is empty
        with transaction.atomic():
            made = carry_out(self, thing, *sent, **done)
        if answer:
            return Response(answer().to_representation(made), status.HTTP_201_CREATED)
        return self.answer(thing)

    code = status.HTTP_201_CREATED if answer else status.HTTP_200_OK
    handler.__name__, handler.__doc__ = carry_out.__name__, carry_out.__doc__
    handler.operation = Operation(body, answer, code, guarded)  # type: ignore[attr-defined]
    return handler
