"""Writing products; known again by their folded name."""

from collections.abc import Sequence
from typing import Any

from pipeline.imports.drafts import key_of
from pipeline.imports.writer import Writer, overwrite
from pipeline.models.catalogue import Product


class ProductWriter(Writer[Product]):
    model = Product

    def existing(self, keys: Sequence[str]) -> dict[str, Product]:
        rows = Product.objects.select_for_update() if self.write else Product.objects
        return {product.name_key: product for product in rows.filter(name_key__in=keys)}

    def create(self, wanted: list[dict[str, Any]]) -> None:
        Product.objects.bulk_create(
            [Product(name_key=key_of(values["name"]), **values) for values in wanted]
        )

    def update(self, wanted: list[tuple[Product, dict[str, Any]]]) -> None:
        for product, values in wanted:
            for name, value in values.items():
                setattr(product, name, value)
        overwrite([product for product, _ in wanted], ["name", "series", "list_price"])
