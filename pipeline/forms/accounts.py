"""An account: new or changed."""

from datetime import datetime
from typing import Any

from django import forms

from people.models import User
from pipeline.forms.facts import AccountField, FactsForm, amount_field
from pipeline.models import Account

FIELDS = (
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
)


class AccountForm(FactsForm):
    """The owner may be anybody one gives work to, or who has it already."""

    heading = "New account"
    name = forms.CharField(max_length=200)
    owner = forms.ModelChoiceField(
        User.objects.none(),
        required=False,
        empty_label="Everybody",
        help_text="Who looks after it.",
    )
    sector = forms.CharField(max_length=100, required=False)
    location = forms.CharField(max_length=200, required=False)
    parent = AccountField(label="Belongs to", required=False, help_text="The company above it.")
    website = forms.URLField(max_length=200, required=False, assume_scheme="https")
    phone = forms.CharField(
        max_length=50, required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )
    year_established = forms.IntegerField(min_value=0, max_value=9999, required=False)
    employees = forms.IntegerField(min_value=0, max_value=2_000_000_000, required=False)
    annual_revenue = amount_field(label="Annual revenue, millions", required=False)
    notes = forms.CharField(
        max_length=10_000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )

    def prepare(self) -> None:
        fields: dict[str, Any] = self.fields
        fields["parent"].user = self.user
        if self.thing and self.thing.parent_id and not self._sees_parent():
            del fields["parent"]
        people = User.objects.assignable_by(self.user)
        if self.thing and self.thing.owner_id:
            people |= User.objects.get_queryset().filter(pk=self.thing.owner_id)
        fields["owner"].queryset = people
        if not self.thing:
            fields["owner"].initial = self.user.pk

    def _sees_parent(self) -> bool:
        return Account.objects.visible_to(self.user).filter(pk=self.thing.parent_id).exists()

    def facts(self, thing: Any) -> dict[str, Any]:
        return {name: getattr(thing, name) for name in FIELDS}

    def verb(self, *, by: User, at: datetime) -> None:
        said = {name: self.cleaned_data[name] for name in FIELDS if name in self.fields}
        if self.thing:
            self.thing.change(version=self.seen_version, **said)
        else:
            self.thing = Account.register(**said)
