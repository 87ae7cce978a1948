"""Customer companies."""

from typing import Any, ClassVar

import django_filters
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.fields import Assignable
from api.filters import FilterSet, IdFilter
from api.icp_criteria import FitSerializer, shown
from api.resource import Creatable, Editable, Operation, Readable, describes
from api.shapes import ModelBody, Representation
from pipeline.models import Account
from playbook.fit import fit_of
from playbook.models import IcpCriterion

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

    @describes(Operation(answer=FitSerializer))
    @action(detail=True, url_path="fit", pagination_class=None)
    def fit(self, request: Request, pk: str = "") -> Response:
        """How well it fits the ideal customer profile, and why."""
        criteria = list(IcpCriterion.objects.visible_to(self.asker).active())
        return Response(shown(fit_of(self.get_object(), criteria)))
