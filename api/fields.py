"""Fields that refuse what only looks right, and ids of what the asker may see."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from lib.calendar import EARLIEST, LATEST
from people.models import User

MAX_ID = 2**63 - 1
SMALL, LARGE = 32_767, 2_147_483_647  # what the integer columns hold on every database
MANY = 50


class Text(serializers.CharField):
    """Text; numbers are not text."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Day(serializers.DateField):
    """A date, like 2026-11-18."""

    default_error_messages: ClassVar = {"range": f"A date from {EARLIEST} to {LATEST}."}

    def to_internal_value(self, value: Any) -> date:
        day: date = super().to_internal_value(value)
        if not EARLIEST <= day <= LATEST:
            self.fail("range")
        return day


@extend_schema_field({"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"})
class TimeOfDay(serializers.TimeField):
    """What a clock on the wall shows, like 16:30."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%H:%M", input_formats=["%H:%M"], **kwargs)


class Instant(serializers.DateTimeField):
    """An instant with its offset, like 2026-11-18T09:00:00Z; answered in UTC."""

    default_error_messages: ClassVar = {
        "range": f"A time from {EARLIEST} to {LATEST}.",
        "offset": "Add the offset from UTC, like 2026-11-18T09:00:00Z or +01:00.",
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(default_timezone=UTC, **kwargs)

    def enforce_timezone(self, value: datetime) -> datetime:
        if value.tzinfo is None:
            self.fail("offset")
        if not EARLIEST < value.date() < LATEST:
            self.fail("range")
        return super().enforce_timezone(value)


class Small(serializers.IntegerField):
    """A whole number for a small integer column, 0 or more."""

    LIMIT = SMALL

    def __init__(self, **kwargs: Any) -> None:
        kwargs["min_value"] = max(kwargs.get("min_value") or 0, 0)
        kwargs["max_value"] = min(kwargs.get("max_value") or self.LIMIT, self.LIMIT)
        super().__init__(**kwargs)


class Large(Small):
    LIMIT = LARGE


class Money(serializers.DecimalField):
    """An amount in major units, as text: "48000.00"."""

    def __init__(self, **kwargs: Any) -> None:
        if "min_value" in kwargs:
            kwargs["min_value"] = Decimal(kwargs["min_value"])
        super().__init__(**kwargs)


class Currency(serializers.RegexField):
    """An ISO 4217 code, like EUR."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(regex=r"^[A-Z]{3}\Z", max_length=3, **kwargs)


class Visible(serializers.PrimaryKeyRelatedField[Any]):
    """The id of something the asker may see; what they may not see does not exist."""

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().visible_to(self.asker)  # type: ignore[union-attr, no-any-return]

    @property
    def asker(self) -> User:
        user: User = self.context["request"].user
        return user

    def to_internal_value(self, data: Any) -> Any:
        if type(data) is not int:
            self.fail("incorrect_type", data_type=type(data).__name__)
        if not 0 <= data <= MAX_ID:
            self.fail("does_not_exist", pk_value=data)
        return super().to_internal_value(data)


class Assignable(Visible):
    """The id of somebody to whom the asker may give work."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=User.objects.get_queryset(), **kwargs)

    def get_queryset(self) -> QuerySet[Any]:
        return User.objects.assignable_by(self.asker)


class VisibleList(serializers.ListField):
    """Ids of things the asker may see, each once, in one query."""

    def __init__(self, *, queryset: Any, **kwargs: Any) -> None:
        self.queryset = queryset
        child = serializers.IntegerField(min_value=0, max_value=MAX_ID)
        super().__init__(child=child, max_length=MANY, **kwargs)

    def to_internal_value(self, data: Any) -> list[Any]:
        ids = list(dict.fromkeys(super().to_internal_value(data)))
        user = self.context["request"].user
        found = self.queryset.all().visible_to(user).in_bulk(ids)
        if missing := [pk for pk in ids if pk not in found]:
            text = f'Invalid pk "{missing[0]}" - object does not exist.'
            raise serializers.ValidationError(text, code="does_not_exist")
        return [found[pk] for pk in ids]


@extend_schema_field(OpenApiTypes.INT64)
class Id(serializers.PrimaryKeyRelatedField[Any]):
    """A foreign key as it stands in the row; nothing is loaded for it."""

    def get_attribute(self, instance: Any) -> Any:
        return getattr(instance, f"{self.source}_id")

    def to_representation(self, value: Any) -> Any:
        return value


class Ids(serializers.ListField):
    """The ids of a prefetched relation."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=serializers.IntegerField(), read_only=True, **kwargs)

    def to_representation(self, data: Any) -> list[int]:
        return [row.pk for row in data.all()]
