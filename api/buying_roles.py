"""Who takes part in deciding a deal, and what they buy by."""

from typing import Any, ClassVar

import django_filters

from api.filters import FilterSet, IdFilter
from api.resource import Creatable, Deletable, Editable, Readable
from api.shapes import ModelBody, Representation
from pipeline.models import BuyingRole
from pipeline.models.buyer import BUYING_ROLES


class BuyingRoleSerializer(Representation):
    class Meta:
        model = BuyingRole
        fields = ("id", "opportunity", "contact", "role", "criteria")


class NewBuyingRoleSerializer(ModelBody):
    class Meta:
        model = BuyingRole
        fields = ("opportunity", "contact", "role", "criteria")


class BuyingRoleChangeSerializer(ModelBody):
    class Meta:
        model = BuyingRole
        fields = ("role", "criteria")


class BuyingRoleFilters(FilterSet):
    opportunity, contact = IdFilter(), IdFilter()
    role = django_filters.ChoiceFilter(choices=BUYING_ROLES)

    class Meta:
        model = BuyingRole
        fields: ClassVar[list[str]] = []


class BuyingRoles(Readable, Creatable, Editable, Deletable):
    """On the deals one sees. Changes raise the deal's version: its people are one list."""

    queryset = BuyingRole.objects.all()
    serializer_class = BuyingRoleSerializer
    body_class, change_class = NewBuyingRoleSerializer, BuyingRoleChangeSerializer
    filterset_class = BuyingRoleFilters

    def make(self, values: dict[str, Any]) -> BuyingRole:
        return BuyingRole.add(
            values.pop("opportunity"), values.pop("contact"), values.pop("role"), **values
        )
