"""What sets us apart, offered in the plan's Give."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q

from pipeline.models import Product
from playbook.models.material import TEXT_LENGTH, MaterialQuerySet, UsedMaterial


class DifferentiatorQuerySet(MaterialQuerySet):
    def for_product(self, product: Product | None) -> Self:
        """Those to be offered with it: its own first, then those of whatever we sell."""
        own = Q(product=product.pk) if product else Q(pk__in=[])
        return (
            self.active()
            .filter(own | Q(product=None))
            .order_by(F("product").asc(nulls_last=True), "place", "pk")
        )

    def in_order(self) -> Self:
        """By product, those of whatever we sell first."""
        return self.select_related("product").order_by(
            F("product__name").asc(nulls_first=True), "place", "pk"
        )


class Differentiator(UsedMaterial):
    """Why a buyer would take ours, with proof. Without a product it holds for whatever we sell."""

    CHANGEABLE: ClassVar = frozenset({"product", "text", "proof"})
    FOR: ClassVar = ("product",)
    TWIN: ClassVar = "This is said of that product already."

    product = models.ForeignKey(
        Product, models.CASCADE, null=True, blank=True, related_name="differentiators"
    )
    proof = models.CharField(max_length=TEXT_LENGTH, blank=True)

    objects = DifferentiatorQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        ordering = ["place", "pk"]
