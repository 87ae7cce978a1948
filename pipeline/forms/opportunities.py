"""A new deal."""

from datetime import datetime
from typing import Any

from django import forms
from django.db import transaction

from lib.money import CURRENCIES
from people.forms.fields import ASSIGNABLE, PersonField
from people.models import Organisation, User
from pipeline.forms.facts import AccountField, FactsForm, amount_field, day_field
from pipeline.models import Account, Opportunity, Product, Stage
from pipeline.models.opportunity import FORECAST_CATEGORIES


class NewOpportunityForm(FactsForm):
    """Four things to say; the rest has a good default or can wait."""

    heading, button = "New deal", "Open the deal"
    name = forms.CharField(max_length=200)
    account = AccountField(required=False, help_text="Type a part of the name and choose.")
    add_account = forms.BooleanField(required=False)
    amount = amount_field(required=False)
    close_date = day_field(label="Expected to close on", required=False)
    currency = forms.ChoiceField(choices=[(code, code) for code in CURRENCIES])
    stage = forms.ModelChoiceField(Stage.objects.none(), empty_label=None, required=False)
    product = forms.ModelChoiceField(Product.objects.none(), required=False, empty_label="None")
    owner = PersonField(ASSIGNABLE, required=False, help_text="Type a part of the name and choose.")
    forecast_category = forms.ChoiceField(choices=FORECAST_CATEGORIES, required=False)
    next_step = forms.CharField(max_length=500, required=False)
    next_step_on = day_field(label="By", required=False)

    MAIN = ("name", "account", "amount", "close_date")
    REST = ("stage", "owner", "product", "forecast_category", "next_step", "next_step_on")

    def prepare(self) -> None:
        fields: dict[str, Any] = self.fields
        own = Organisation.current().currency
        if own not in CURRENCIES:
            fields["currency"].choices = [(code, code) for code in (own, *CURRENCIES)]
        fields["currency"].initial = own
        fields["account"].user = self.user
        fields["stage"].queryset = Stage.objects.visible_to(self.user)
        fields["product"].queryset = Product.objects.visible_to(self.user).filter(is_active=True)
        fields["owner"].user = self.user
        fields["owner"].initial = self.user

    @property
    def is_account_unknown(self) -> bool:
        """Whether the typed account does not exist, so that the page offers to add it."""
        return self.has_error("account", "unknown")

    @property
    def has_errors_in_rest(self) -> bool:
        return any(name in self.errors for name in (*self.REST, "currency"))

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        if said.get("add_account") and self.is_account_unknown:
            del self.errors["account"]
            said["new_account"] = self.data["account"].strip()
        return said

    def verb(self, *, by: User, at: datetime) -> None:
        said = {
            name: self.cleaned_data[name]
            for name in (*self.MAIN, *self.REST, "currency")
            if self.cleaned_data.get(name) not in (None, "")
        }
        with transaction.atomic():
            if new := self.cleaned_data.get("new_account"):
                said["account"] = Account.register(name=new, owner=said.get("owner", by))
            self.thing = Opportunity.open_new(by=by, at=at, **said)
        self.done = "Deal opened."
