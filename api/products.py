"""What the organisation sells."""

from typing import Any, ClassVar

from api.filters import FilterSet, TrueFalse
from api.permissions import ADMINISTRATED
from api.resource import Creatable, Editable, Readable
from api.shapes import ModelBody, Representation
from pipeline.models import Product


class ProductSerializer(Representation):
    """`list_price` is in the organisation's currency; what is not active is no longer offered."""

    class Meta:
        model = Product
        fields = ("id", "name", "series", "list_price", "is_active", "version")


class NewProductSerializer(ModelBody):
    class Meta:
        model = Product
        fields = ("name", "series", "list_price")


class ProductChangeSerializer(ModelBody):
    class Meta:
        model = Product
        fields = ("name", "series", "list_price", "is_active")


class ProductFilters(FilterSet):
    is_active = TrueFalse()

    class Meta:
        model = Product
        fields: ClassVar[list[str]] = []


class Products(Readable, Creatable, Editable):
    """Everybody reads them; administrators change them."""

    queryset = Product.objects.all()
    permission_classes = ADMINISTRATED
    serializer_class = ProductSerializer
    body_class, change_class = NewProductSerializer, ProductChangeSerializer
    filterset_class = ProductFilters
    searchable = True

    def make(self, values: dict[str, Any]) -> Product:
        return Product.add(**values)
