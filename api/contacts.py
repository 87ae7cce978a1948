"""People at customers."""

from typing import Any, ClassVar

from api.filters import FilterSet, IdFilter
from api.resource import Creatable, Editable, Readable
from api.shapes import ModelBody, Representation
from pipeline.models import Contact

WRITTEN = ["account", "name", "job_title", "email", "phone", "notes"]


class ContactSerializer(Representation):
    class Meta:
        model = Contact
        fields = ["id", *WRITTEN, "version"]


class ContactBodySerializer(ModelBody):
    class Meta:
        model = Contact
        fields = WRITTEN


class ContactFilters(FilterSet):
    account = IdFilter()

    class Meta:
        model = Contact
        fields: ClassVar[list[str]] = []


class Contacts(Readable, Creatable, Editable):
    """The people at the accounts one sees."""

    queryset = Contact.objects.all()
    serializer_class = ContactSerializer
    body_class = change_class = ContactBodySerializer
    filterset_class = ContactFilters
    searchable = True
    orders: ClassVar = {"id": "pk", "name": "name"}

    def make(self, values: dict[str, Any]) -> Contact:
        return Contact.register(**values)
