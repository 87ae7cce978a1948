"""The manager's answer to a plan."""

from typing import Any

from django import forms

from coaching.models import Inspection
from coaching.models.plan_content import PARTS
from lib.verb_form import VersionedVerbForm


class NumberedRadios(forms.RadioSelect):
    """Choices that the keys 1, 2, 3 … pick; the first one has the focus when they appear."""

    def create_option(
        self,
        name: str,
        value: Any,
        label: int | str,
        selected: bool,  # noqa: FBT001
        index: int,
        subindex: int | None = None,
        attrs: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        option = super().create_option(name, value, label, selected, index, subindex, attrs)
        option["attrs"]["data-key"] = str(index + 1)
        if index == 0:
            option["attrs"]["autofocus"] = True
        return option


class InspectionForm(VersionedVerbForm):
    """What each verdict needs besides itself is the model's rule."""

    verdict = forms.ChoiceField(choices=Inspection.VERDICTS)
    part = forms.ChoiceField(
        label="Which part?",
        choices=[(part, f"{n} · {label}") for n, (part, label) in enumerate(PARTS, 1)],
        required=False,
        widget=NumberedRadios,
    )
    comment = forms.CharField(
        required=False, max_length=2_000, widget=forms.Textarea(attrs={"rows": 3})
    )
