"""Boards and lists with their filters, kept under a name."""

from typing import Any, ClassVar

import django_filters

from api.filters import FilterSet, IdFilter
from api.resource import Creatable, Deletable, Editable, Readable
from api.shapes import ModelBody, Representation
from pipeline.models import SavedView

WRITTEN = ["name", "layout", "query", "team"]


class SavedViewSerializer(Representation):
    """`query` is what stands behind the "?" of the page; `team` is whom it is shared with."""

    class Meta:
        model = SavedView
        fields = ["id", "owner", *WRITTEN, "version"]


class SavedViewBodySerializer(ModelBody):
    """`team`, one's own or one below, shares the view; null keeps it to oneself."""

    class Meta:
        model = SavedView
        fields = WRITTEN


class SavedViewFilters(FilterSet):
    owner, team = IdFilter(), IdFilter()
    layout = django_filters.ChoiceFilter(choices=SavedView.LAYOUTS)

    class Meta:
        model = SavedView
        fields: ClassVar[list[str]] = []


class SavedViews(Readable, Creatable, Editable, Deletable):
    """One's own, and those shared with a team that one sees; only their owner changes them.

    A view filters for whoever opens it: it shows nobody more deals than they see anyway.
    """

    queryset = SavedView.objects.all()
    serializer_class = SavedViewSerializer
    body_class = change_class = SavedViewBodySerializer
    filterset_class = SavedViewFilters
    orders: ClassVar = {"id": "pk", "name": "name"}

    def make(self, values: dict[str, Any]) -> SavedView:
        return SavedView.keep(by=self.asker, **values)

    def change(self, thing: SavedView, values: dict[str, Any], **seen: Any) -> None:
        thing.change(by=self.asker, **values, **seen)

    def remove(self, thing: SavedView, **seen: Any) -> None:
        thing.remove(by=self.asker, **seen)
