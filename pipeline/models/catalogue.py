"""What the organisation sells, and the stages a deal goes through."""

from collections.abc import Sequence
from decimal import Decimal
from difflib import get_close_matches
from typing import Any, Self

from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import Max, ProtectedError

from lib.events import publish, publishing
from lib.searching import fold
from lib.versions import Versioned
from people.models import Organisation, User
from pipeline import clocks

REWORDED = 0.7  # how alike two texts are, of 1, to be one criterion in other words


class SharedQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """Everybody sees what the organisation sells and how; administrators change it."""
        return self

    def search(self, text: str) -> Self:
        return self.filter(name_key__contains=fold(text))


class Product(Versioned):
    """Something the organisation sells; the list price is in the organisation's currency."""

    CHANGEABLE = frozenset({"name", "series", "list_price", "is_active"})

    name = models.CharField(max_length=200)
    series = models.CharField(max_length=100, blank=True)
    list_price = models.DecimalField(
        max_digits=14, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    is_active = models.BooleanField("Offered", default=True)
    is_sample = models.BooleanField(default=False, editable=False)
    name_key = models.CharField(max_length=400, unique=True, editable=False)

    objects = SharedQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.name_key = fold(self.name)
        super().save(*args, **kwargs)

    def clean(self) -> None:
        if Product.objects.filter(name_key=fold(self.name)).exclude(pk=self.pk).exists():
            raise ValidationError({"name": "There is a product of that name already."})

    @classmethod
    def add(cls, *, name: str, series: str = "", list_price: Decimal | None = None) -> "Product":
        """Offer something new. Raises ValidationError when the name is taken."""
        product = cls(name=name, series=series, list_price=list_price)
        product.full_clean(exclude=["name_key"])
        with transaction.atomic():
            product.save()
            publish("added", product)
        return product

    def change(self, *, version: int | None = None, **values: Any) -> None:
        """Change some of `CHANGEABLE`; what is no longer offered stays on old deals."""
        unknown = values.keys() - self.CHANGEABLE
        if unknown:
            raise TypeError(f"{sorted(unknown)} cannot be changed")
        with self.editing(version), publishing(self, "changed"):
            for name, value in values.items():
                setattr(self, name, value)
            self.full_clean(exclude=["name_key"])
            self.save()


class Stage(Versioned):
    """A step of the sale. Won and lost are outcomes, not stages.

    Probability is in percent. Patience is how many working days a deal may stay here before it
    counts as stalled.
    """

    name = models.CharField(max_length=100)
    order = models.PositiveSmallIntegerField()
    probability = models.PositiveSmallIntegerField(default=10, validators=[MaxValueValidator(100)])
    patience = models.PositiveSmallIntegerField(
        default=15, validators=[MinValueValidator(1), MaxValueValidator(730)]
    )
    name_key = models.CharField(max_length=200, unique=True, editable=False)

    objects = SharedQuerySet.as_manager()

    class Meta:
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.name_key = fold(self.name)
        super().save(*args, **kwargs)

    def clean(self) -> None:
        if Stage.objects.filter(name_key=fold(self.name)).exclude(pk=self.pk).exists():
            raise ValidationError({"name": "There is a stage of that name already."})

    @classmethod
    @transaction.atomic
    def add(
        cls, *, name: str, probability: int, patience: int, criteria: Sequence[str] = ()
    ) -> "Stage":
        """A new last stage. Raises ValidationError for a wrong value or a name that is taken."""
        last = cls.objects.aggregate(last=Max("order"))["last"] or 0
        stage = cls(name=name, order=last + 1, probability=probability, patience=patience)
        stage.full_clean(exclude=["name_key"])
        stage.save()
        stage._require_of_buyers(criteria)
        publish("added", stage)
        return stage

    def change(
        self,
        *,
        name: str,
        probability: int,
        patience: int,
        criteria: Sequence[str],
        version: int | None = None,
    ) -> None:
        """Change the stage and its exit criteria.

        Criteria whose text stays, or is only reworded, remain the same and keep their ticks.
        Raises ValidationError for a wrong value or a name that is taken, and `Stale`.
        """
        with self.editing(version), publishing(self, "changed"):
            self.name, self.probability, self.patience = name, probability, patience
            self.full_clean(exclude=["name_key"])
            self.save()
            self._require_of_buyers(criteria)

    def _require_of_buyers(self, criteria: Sequence[str]) -> None:
        known = {criterion.text: criterion for criterion in self.exit_criteria.all()}
        wanted = list(dict.fromkeys(criteria))
        same = {text: known.pop(text) for text in wanted if text in known}
        for order, text in enumerate(wanted):
            near = [] if text in same else get_close_matches(text, known, n=1, cutoff=REWORDED)
            criterion = same.get(text) or (
                known.pop(near[0]) if near else ExitCriterion(stage=self)
            )
            criterion.order, criterion.text = order, text
            criterion.save()
        self.exit_criteria.filter(pk__in=[gone.pk for gone in known.values()]).delete()

    @transaction.atomic
    def place(self, position: int) -> None:
        """Put the stage at that place among all, counted from 1; the others make room."""
        stages = list(Stage.objects.select_for_update())
        before = stages.index(self)
        stages.remove(self)
        stages.insert(max(position, 1) - 1, self)
        with publishing(self, "placed"):
            for order, stage in enumerate(stages, start=1):
                stage.order = order
            Stage.objects.bulk_update(stages, ["order"])
        after = stages.index(self)
        self._turn_moves(stages[min(before, after) : max(before, after) + 1])

    def _turn_moves(self, passed: Sequence["Stage"]) -> None:
        """Moves between this stage and those it passed now lead the other way."""
        moves: Any = apps.get_model("pipeline", "StageChange")._base_manager
        out, into = moves.filter(from_stage=self), moves.filter(to_stage=self)
        turned = out.filter(to_stage__in=passed) | into.filter(from_stage__in=passed)
        deals: Any = apps.get_model("pipeline", "Opportunity")._base_manager
        here = deals.filter(pk__in=turned.order_by().values("opportunity"))
        clocks.refresh(here, Organisation.current().zone)

    @transaction.atomic
    def remove(self, *, version: int | None = None) -> None:
        """Delete a stage that was never used. Raises ValidationError for any other."""
        if not Stage.objects.exclude(pk=self.pk).exists():
            raise ValidationError("This is the only stage. Add another one first.")
        with self.editing(version):
            publish("removed", self, gone=True)
            try:
                self.delete()
            except ProtectedError as protected:
                raise ValidationError(
                    f"Deals stand in {self} or passed through it, so it stays "
                    f"({len(protected.protected_objects)} entries). Rename it, or move it down."
                ) from None

    @classmethod
    def first(cls) -> "Stage":
        """Where a new deal begins. Raises ValidationError when there are no stages yet."""
        stage = cls.objects.first()
        if stage is None:
            raise ValidationError(
                "There are no stages yet. An administrator adds them in settings."
            )
        return stage


class ExitCriterion(models.Model):
    """What the buyer must have done before a deal leaves its stage."""

    stage = models.ForeignKey(Stage, models.CASCADE, related_name="exit_criteria")
    text = models.CharField(max_length=300)
    order = models.PositiveSmallIntegerField(default=0)

    objects = SharedQuerySet.as_manager()

    class Meta:
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.text
