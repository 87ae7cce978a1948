"""Forms for agreements."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone

from lib.verb_form import VerbForm, VersionedVerbForm
from people.models import User
from reviews.models import Agreement


class AgreementForm(VerbForm):
    """Write down what was agreed; somebody who leads nobody agrees for themselves."""

    text = forms.CharField(label="What", max_length=500)
    owner = forms.ModelChoiceField(User.objects.none(), label="Who")
    due_on = forms.DateField(label="By", widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        in_a_week = user.today(timezone.now()) + timedelta(days=7)
        kwargs["initial"] = {"owner": user.pk, "due_on": in_a_week}
        super().__init__(*args, **kwargs)
        owner = self.fields["owner"]
        assert isinstance(owner, forms.ModelChoiceField)
        owner.queryset = User.objects.led_by(user).active()
        if not user.leads_people:
            owner.widget = forms.HiddenInput()

    def make(self, by: User) -> bool:
        """Whether it is written down now."""
        return self.carry_out(lambda: Agreement.make(by=by, at=timezone.now(), **self.cleaned_data))


class AgreementDropForm(VersionedVerbForm):
    reason = forms.CharField(label="Why is it dropped?", max_length=500)
