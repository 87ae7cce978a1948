"""What the resources of the playbook's material share."""

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from api.fields import Small
from api.filters import DayFilter, FilterSet, TrueFalse
from api.permissions import ADMINISTRATED
from api.resource import Creatable, Editable, Readable, undo, verb
from api.shapes import ModelBody
from people.models import User

ALWAYS = ("id", "added_on", "retired_at", "version")
USED = ("uses", "last_used_on")


class MaterialBodySerializer(ModelBody):
    """`place` is counted from 1, among the active ones that are for the same."""

    place = Small(min_value=1, required=False)


class MaterialFilters(FilterSet):
    retired = TrueFalse("retired_at", "isnull", exclude=True)


class UsedMaterialFilters(MaterialFilters):
    """`unused_since` finds what was not used on that day or later."""

    unused_since = DayFilter(method="not_used_since")

    def not_used_since(self, rows: Any, name: str, value: Any) -> QuerySet[Any]:
        found: QuerySet[Any] = rows.filter(Q(last_used_on=None) | Q(last_used_on__lt=value))
        return found


class MaterialResource(Readable, Creatable, Editable):
    """Everybody reads it, retired pieces among it; administrators change it."""

    permission_classes = ADMINISTRATED
    searchable = True

    def make(self, values: dict[str, Any]) -> Any:
        place = values.pop("place", None)
        piece = self.model.add(**values, **self.done())  # type: ignore[attr-defined]
        if place is not None:
            piece.change(place=place, **self.done())
        return piece

    def change(self, thing: Any, values: dict[str, Any], **seen: Any) -> None:
        thing.change(**values, **seen, **self.done())

    @verb("retirement")
    def retirement(self, piece: Any, *, by: User, at: datetime, version: int | None) -> None:
        """Offer it no longer; what was written with it stays."""
        piece.retire(by=by, at=at, version=version)

    @retirement.mapping.delete  # type: ignore[untyped-decorator]
    @undo
    def unretirement(self, piece: Any, *, by: User, at: datetime, version: int | None) -> None:
        """Offer it again, as the last of those that are for the same."""
        piece.restore(by=by, at=at, version=version)
