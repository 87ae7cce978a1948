"""Which rows of a list, and in which order. Names that mean nothing here are errors."""

from collections.abc import Iterable
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError as WrongValue
from django.db.models import QuerySet
from django_filters.rest_framework import DjangoFilterBackend
from django_filters.rest_framework import FilterSet as FilterSet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework.exceptions import ValidationError
from rest_framework.filters import BaseFilterBackend

from api.fields import MAX_ID, Instant

MAX_SEARCH = 200


def refuse_unknown(request: Any, known: Iterable[str]) -> None:
    """Raise ValidationError with each query parameter that is not known."""
    unknown = request.query_params.keys() - set(known)
    if unknown:
        text = "There is no such parameter here."
        raise ValidationError({name: [text] for name in sorted(unknown)}, code="unknown")


def known_parameters(view: Any) -> set[str]:
    """Every query parameter that narrows, orders and cuts the rows."""
    known = set(view.filterset_class.base_filters if view.filterset_class else ())
    known |= set(view.pagination_class.parameters if view.pagination_class else ())
    known |= {"ordering"} if OrderingFilter in view.filter_backends else set()
    return known | {"search"} if view.searchable else known


class StrictFilterBackend(DjangoFilterBackend):
    """django-filter's, without a form to show."""

    def to_html(self, request: Any, queryset: QuerySet[Any], view: Any) -> str:
        return ""


class OrderingFilter(BaseFilterBackend):
    """`?ordering=name` or `-name`, of the names in the view's `orders`; all of them are indexed."""

    def order(self, request: Any, view: Any) -> str:
        """The path to order by, with "-" for descending."""
        asked: str = request.query_params.get("ordering") or view.order
        name = asked.removeprefix("-")
        if name not in view.orders:
            known = ", ".join(view.orders)
            raise ValidationError(
                {"ordering": [f"Order by one of: {known}; “-” before it reverses."]}
            )
        path: str = view.orders[name]
        return asked.replace(name, path, 1)

    def filter_queryset(self, request: Any, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        self.order(request, view)  # the pages are cut in this order, see CursorPages
        return queryset

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        names = [sign + name for name in view.orders for sign in ("", "-")]
        schema = {"type": "string", "enum": names, "default": view.order}
        return [{"name": "ordering", "in": "query", "schema": schema}]


class SearchFilter(BaseFilterBackend):
    """`?search=text`, where the queryset can search: without regard to case and accents."""

    def filter_queryset(self, request: Any, queryset: Any, view: Any) -> QuerySet[Any]:
        text = request.query_params.get("search", "")
        if "\x00" in text or len(text) > MAX_SEARCH:
            raise ValidationError({"search": [f"At most {MAX_SEARCH} characters of text."]})
        found: QuerySet[Any] = queryset.search(text) if text and view.searchable else queryset
        return found

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        schema = {"type": "string", "maxLength": MAX_SEARCH}
        return [{"name": "search", "in": "query", "schema": schema}] if view.searchable else []


@extend_schema_field(OpenApiTypes.INT64)
class IdFilter(django_filters.Filter):
    """The id of something; nothing is found for one that you may not see."""

    field_class = forms.IntegerField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, min_value=0, max_value=MAX_ID, **kwargs)


@extend_schema_field(OpenApiTypes.DATE)
class DayFilter(django_filters.Filter):
    field_class = forms.DateField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, input_formats=["%Y-%m-%d"], **kwargs)


class InstantField(forms.Field):
    def clean(self, value: Any) -> Any:
        if not value:
            return None
        try:
            return Instant().run_validation(value)
        except ValidationError as wrong:
            raise WrongValue(str(wrong.detail[0]), code="invalid") from None  # type: ignore[index]


@extend_schema_field(OpenApiTypes.DATETIME)
class InstantFilter(django_filters.Filter):
    """An instant with its offset, like 2026-11-18T09:00:00Z (write + as %2B)."""

    field_class = InstantField


@extend_schema_field({"type": "string", "enum": ["true", "false"]})
class TrueFalse(django_filters.TypedChoiceFilter):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        choices = [("true", "true"), ("false", "false")]
        super().__init__(*args, choices=choices, coerce=lambda text: text == "true", **kwargs)


@extend_schema_field(OpenApiTypes.DECIMAL)
class MoneyFilter(django_filters.Filter):
    field_class = forms.DecimalField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, max_digits=14, decimal_places=2, **kwargs)
