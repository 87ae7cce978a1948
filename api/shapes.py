"""What goes out (Representation) and what comes in (Body)."""

from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any, ClassVar

from django.db import models
from rest_framework import serializers

from api.fields import Day, Id, Instant, Large, Money, Small, Text, TimeOfDay, Visible

Column = tuple[str, Callable[[Any], Any], Callable[[Any], Any]]
COLUMNS: dict[Any, Any] = {
    **serializers.ModelSerializer.serializer_field_mapping,
    models.CharField: Text,
    models.TextField: Text,
    models.DateField: Day,
    models.DateTimeField: Instant,
    models.TimeField: TimeOfDay,
    models.DecimalField: Money,
    models.PositiveIntegerField: Large,
    models.PositiveSmallIntegerField: Small,
}


class Representation(serializers.ModelSerializer[Any]):
    """A row as a client reads it.

    How to read each column is worked out once a class: nothing here depends on who asks.
    """

    serializer_field_mapping = {**COLUMNS, models.EmailField: Text, models.URLField: Text}
    serializer_related_field = Id
    _compiled: ClassVar[dict[type, list[Column]]] = {}

    def get_extra_kwargs(self) -> dict[str, Any]:
        return {name: {"read_only": True} for name in self.Meta.fields}

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        for name, field in fields.items():
            if isinstance(field, serializers.ChoiceField) and name not in self._declared_fields:
                field.allow_blank = self.Meta.model._meta.get_field(name).blank  # type: ignore[attr-defined]
        return fields

    def to_representation(self, instance: Any) -> dict[str, Any]:
        columns = self._compiled.get(type(self)) or self._compile()
        row = {}
        for name, read, show in columns:
            value = read(instance)
            row[name] = None if value is None else show(value)
        return row

    def _compile(self) -> list[Column]:
        columns: list[Column] = []
        for name, field in self.fields.items():
            special = isinstance(field, Id | serializers.BaseSerializer)
            plain = str(field.source).isidentifier() and not special
            read = attrgetter(str(field.source)) if plain else field.get_attribute
            columns.append((name, read, field.to_representation))
        self._compiled[type(self)] = columns
        return columns


class Body(serializers.Serializer[Any]):
    """What a client sends. Names that are not written here are errors, not ignored."""

    def to_internal_value(self, data: Any) -> Any:
        unknown = (
            [name for name in data if name not in self.fields] if isinstance(data, Mapping) else []
        )
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

    def get_validators(self) -> list[Any]:
        """None across columns: the model's own say the same, with its words."""
        return []
