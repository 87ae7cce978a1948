"""Customer companies."""

from typing import Any, ClassVar

import django_filters

from api.fields import Assignable
from api.filters import FilterSet, IdFilter
from api.resource import Creatable, Editable, Readable
from api.shapes import ModelBody, Representation
from pipeline.models import Account

WRITTEN = [
    "name",
    "parent",
    "owner",
    "sector",
    "location",
    "website",
    "phone",
    "year_established",
    "employees",
    "annual_revenue",
    "notes",
]


class AccountSerializer(Representation):
    """`annual_revenue` is in millions."""

    class Meta:
        model = Account
        fields = ["id", *WRITTEN, "version"]


class AccountBodySerializer(ModelBody):
    owner = Assignable(required=False, allow_null=True)

    class Meta:
        model = Account
        fields = WRITTEN


class AccountFilters(FilterSet):
    owner, parent = IdFilter(), IdFilter()
    sector = django_filters.CharFilter()

    class Meta:
        model = Account
        fields: ClassVar[list[str]] = []


class Accounts(Readable, Creatable, Editable):
    """Customer companies: those nobody owns, those of one's line, and those its deals are with."""

    queryset = Account.objects.all()
    serializer_class = AccountSerializer
    body_class = change_class = AccountBodySerializer
    filterset_class = AccountFilters
    searchable = True
    orders: ClassVar = {"id": "pk", "name": "name"}

    def make(self, values: dict[str, Any]) -> Account:
        return Account.register(**values)
