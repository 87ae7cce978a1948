"""The tree of teams."""

from typing import Any, ClassVar

from api.filters import FilterSet, IdFilter
from api.permissions import ADMINISTRATED
from api.resource import Creatable, Deletable, Editable, Readable
from api.shapes import ModelBody, Representation
from people.models import Team

WRITTEN = ["name", "parent", "manager"]


class TeamSerializer(Representation):
    class Meta:
        model = Team
        fields = ["id", *WRITTEN, "version"]


class TeamBodySerializer(ModelBody):
    class Meta:
        model = Team
        fields = WRITTEN


class TeamFilters(FilterSet):
    parent, manager = IdFilter(), IdFilter()

    class Meta:
        model = Team
        fields: ClassVar[list[str]] = []


class Teams(Readable, Creatable, Editable, Deletable):
    """One's own team and those below; administrators see and change all. Empty ones are deleted."""

    queryset = Team.objects.all()
    permission_classes = ADMINISTRATED
    serializer_class = TeamSerializer
    body_class = change_class = TeamBodySerializer
    filterset_class = TeamFilters
    orders: ClassVar = {"id": "pk", "name": "name"}

    def make(self, values: dict[str, Any]) -> Team:
        return Team.add(**values)

    def change(self, thing: Team, values: dict[str, Any], **seen: Any) -> None:
        now = {name: getattr(thing, name) for name in WRITTEN}
        thing.change(**{**now, **values}, **seen)
