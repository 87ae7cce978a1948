"""Stages and products, as administrators write them."""

from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError

from lib.verb_form import VerbForm, VersionedVerbForm
from pipeline.models import Product, Stage

LONGEST_CRITERION = 300


class StageFields(forms.Form):
    """A step of the sale."""

    name = forms.CharField(max_length=100)
    probability = forms.IntegerField(
        min_value=0, max_value=100, initial=10, label="Probability, %", help_text="0 to 100."
    )
    patience = forms.IntegerField(
        min_value=1,
        max_value=730,
        initial=15,
        label="Patience, working days",
        help_text="How long a deal may stay here before it counts as stalled.",
    )
    criteria = forms.CharField(
        required=False,
        label="Exit criteria, one a line",
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="What the buyer has done when a deal leaves this stage.",
    )

    def clean_criteria(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["criteria"].splitlines()]
        for number, line in enumerate(lines, start=1):
            if len(line) > LONGEST_CRITERION:
                raise ValidationError(
                    f"Line {number} is longer than {LONGEST_CRITERION} characters."
                )
        return [line for line in lines if line]


class NewStageForm(StageFields, VerbForm):
    """A new last stage."""

    def save(self) -> bool:
        """Whether it was added."""
        return self.carry_out(lambda: Stage.add(**self.cleaned_data))


class StageForm(StageFields, VersionedVerbForm):
    """A stage that is there already."""

    def save(self, stage: Stage) -> bool:
        """Whether it was saved."""
        return self.carry_out(lambda: stage.change(**self.cleaned_data))


class ProductFields(forms.Form):
    """Something the organisation sells."""

    name = forms.CharField(max_length=200)
    series = forms.CharField(max_length=100, required=False)
    list_price = forms.DecimalField(
        required=False,
        min_value=Decimal(0),
        max_digits=14,
        decimal_places=2,
        help_text="In the organisation's currency.",
    )


class NewProductForm(ProductFields, VerbForm):
    """Something new to sell."""

    def save(self) -> bool:
        """Whether it was added."""
        return self.carry_out(lambda: Product.add(**self.cleaned_data))


class ProductForm(ProductFields, VersionedVerbForm):
    """A product that is there already."""

    is_active = forms.BooleanField(
        required=False,
        label="Offered",
        help_text="What is no longer offered stays on old deals and is not suggested for new ones.",
    )

    def save(self, product: Product) -> bool:
        """Whether it was saved."""
        return self.carry_out(lambda: product.change(**self.cleaned_data))
