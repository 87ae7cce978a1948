"""The material of the playbook, as administrators write it."""

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from people.models import User
from pipeline.forms.facts import FactsForm, amount_field, day_field
from pipeline.models import Product, Stage
from playbook.models import Differentiator, IcpCriterion, Priority, Question
from playbook.models.icp_criterion import CONDITIONS, FACTS, MOST_TEXTS
from playbook.models.material import TEXT_LENGTH, Material
from playbook.models.question import SITUATIONS

SHORT = {"rows": 2}


class MaterialForm(FactsForm):
    """A piece of the model: new, or changed."""

    model: ClassVar[type[Material]]
    names: ClassVar[tuple[str, ...]]

    def facts(self, thing: Any) -> dict[str, Any]:
        return {name: getattr(thing, name) for name in self.names}

    def verb(self, *, by: User, at: datetime) -> None:
        said = {name: self.cleaned_data[name] for name in self.names}
        if self.thing:
            self.thing.change(version=self.seen_version, by=by, at=at, **said)
        else:
            self.thing = self.model.add(by=by, at=at, **said)


def product_field(**options: Any) -> Any:
    """A product that is offered, or none; one that was chosen before stays a choice."""
    return forms.ModelChoiceField(Product.objects.none(), required=False, **options)


class OfProductForm(MaterialForm):
    """Material for a product, or for whatever is sold."""

    def prepare(self) -> None:
        fields: dict[str, Any] = self.fields
        offered = Product.objects.visible_to(self.user).filter(is_active=True)
        if self.thing and self.thing.product_id:
            offered |= Product.objects.visible_to(self.user).filter(pk=self.thing.product_id)
        fields["product"].queryset = offered


class DifferentiatorForm(OfProductForm):
    heading = "New differentiator"
    model, names = Differentiator, ("text", "product", "proof")
    text = forms.CharField(
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs=SHORT),
        label="What sets us apart",
        help_text="As a rep would say it: it is offered as a line of the plan's Give.",
    )
    product = product_field(empty_label="Whatever we sell")
    proof = forms.CharField(
        max_length=TEXT_LENGTH,
        required=False,
        widget=forms.Textarea(attrs=SHORT),
        help_text="A number, a reference, an address: what a buyer can check.",
    )


class QuestionForm(MaterialForm):
    heading = "New question"
    model, names = Question, ("text", "situation", "stage")
    text = forms.CharField(
        max_length=TEXT_LENGTH, widget=forms.Textarea(attrs=SHORT), label="Question"
    )
    situation = forms.ChoiceField(
        choices=SITUATIONS, widget=forms.RadioSelect, label="Asked", initial=SITUATIONS[0][0]
    )
    stage = forms.ModelChoiceField(
        Stage.objects.none(),
        required=False,
        empty_label="Any stage",
        help_text="Questions of the deal's own stage are offered before those of any.",
    )

    def prepare(self) -> None:
        fields: dict[str, Any] = self.fields
        fields["stage"].queryset = Stage.objects.visible_to(self.user)


class PriorityForm(OfProductForm):
    heading = "New priority"
    model = Priority
    names = ("title", "product", "reason", "first_day", "last_day")
    title = forms.CharField(max_length=120)
    product = product_field(
        empty_label="Every deal", help_text="It shows on the deals for this product."
    )
    reason = forms.CharField(
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs=SHORT),
        help_text="Why now. Reps read it on Today and on their deals.",
    )
    first_day = day_field()
    last_day = day_field(required=False, help_text="Left empty, it holds until it is retired.")


class IcpCriterionForm(MaterialForm):
    heading = "New criterion"
    model = IcpCriterion
    names = ("name", "fact", "condition", "texts", "least", "most", "weight", "why")
    name = forms.CharField(max_length=120, help_text="“Mid-sized”, “In our region”.")
    fact = forms.ChoiceField(choices=FACTS, label="Fact of the account")
    condition = forms.ChoiceField(choices=CONDITIONS)
    texts = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=(
            "For “is one of”: a text a line. It is met when the words of one of them stand in the "
            f"fact. At most {MOST_TEXTS}."
        ),
    )
    least = amount_field(label="At least", required=False)
    most = amount_field(label="At most", required=False)
    weight = forms.IntegerField(
        min_value=1, max_value=10, initial=5, help_text="From 1, nice to have, to 10, decisive."
    )
    why = forms.CharField(
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs=SHORT),
        help_text="A sentence: why such accounts buy and stay.",
    )

    def facts(self, thing: Any) -> dict[str, Any]:
        return {**super().facts(thing), "texts": "\n".join(thing.texts)}

    def clean_texts(self) -> str:
        texts: str = self.cleaned_data["texts"]
        if len(texts.splitlines()) > 2 * MOST_TEXTS:
            raise ValidationError(f"At most {MOST_TEXTS} texts.")
        return texts

    def verb(self, *, by: User, at: datetime) -> None:
        self.cleaned_data["texts"] = self.cleaned_data["texts"].splitlines()
        super().verb(by=by, at=at)
