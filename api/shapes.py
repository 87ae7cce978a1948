"""What goes out (Representation) and what comes in (Body)."""

import copy
from collections.abc import Callable, Mapping
from functools import cached_property
from operator import attrgetter
from typing import Any, ClassVar

from django.db import models
from rest_framework import serializers

from api.fields import Day, Id, Instant, Large, Small, Text, Visible

COLUMNS: dict[Any, Any] = {
    **serializers.ModelSerializer.serializer_field_mapping,
    models.CharField: Text,
    models.TextField: Text,
    models.DateField: Day,
    models.DateTimeField: Instant,
    models.PositiveIntegerField: Large,
    models.PositiveSmallIntegerField: Small,
}


class Representation(serializers.ModelSerializer[Any]):
    """A row as a client reads it.

    Fields are worked out once a class, and a row is read without the checks that only writing needs.
    """

    serializer_field_mapping = COLUMNS
    serializer_related_field = Id
    _built: ClassVar[dict[type, dict[str, serializers.Field[Any, Any, Any, Any]]]] = {}

    def get_fields(self) -> dict[str, Any]:
        if type(self) not in self._built:
            fields = super().get_fields()
            for field in fields.values():
                field.read_only, field.required = True, False
            self._built[type(self)] = fields
        return copy.copy(self._built[type(self)]) if False else copy.deepcopy(self._built[type(self)])

    @cached_property
    def _columns(self) -> list[tuple[str, Callable[[Any], Any], Callable[[Any], Any]]]:
        columns = []
        for name, field in self.fields.items():
            plain = not isinstance(field, Id) and field.source.isidentifier()
            read = attrgetter(field.source) if plain else field.get_attribute
            columns.append((name, read, field.to_representation))
        return columns

    def to_representation(self, instance: Any) -> dict[str, Any]:
        row = {}
        for name, read, show in self._columns:
            value = read(instance)
            row[name] = None if value is None else show(value)
        return row


class Body(serializers.Serializer[Any]):
    """What a client sends. Names that are not written here are errors, not ignored."""

    def to_internal_value(self, data: Any) -> Any:
        unknown = [name for name in data if name not in self.fields] if isinstance(data, Mapping) else []
        errors: dict[str, Any] = {name: ["This is not written here."] for name in unknown}
        values = {}
        try:
            values = super().to_internal_value(data)
        except serializers.ValidationError as wrong:
            errors = {**wrong.detail, **errors}  # type: ignore[dict-item]
        if errors:
            raise serializers.ValidationError(errors, code="unknown")
        return values


class ModelBody(Body, serializers.ModelSerializer[Any]):
    """A body whose limits are those of the model's columns; foreign keys only to what one sees."""

    serializer_field_mapping = COLUMNS
    serializer_related_field = Visible
