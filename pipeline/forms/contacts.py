"""A contact: new or changed."""

from datetime import datetime
from typing import Any

from django import forms

from people.models import User
from pipeline.forms.facts import AccountField, FactsForm
from pipeline.models import Contact

FIELDS = ("name", "account", "job_title", "email", "phone", "notes")


class ContactForm(FactsForm):
    heading = "New contact"
    name = forms.CharField(max_length=200)
    account = AccountField(help_text="Type a part of the name and choose.")
    job_title = forms.CharField(max_length=200, required=False)
    email = forms.EmailField(label="E-mail", required=False)
    phone = forms.CharField(
        max_length=50, required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )
    notes = forms.CharField(
        max_length=10_000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def prepare(self) -> None:
        self.fields["account"].user = self.user  # type: ignore[attr-defined]

    def facts(self, thing: Any) -> dict[str, Any]:
        return {name: getattr(thing, name) for name in FIELDS}

    def verb(self, *, by: User, at: datetime) -> None:
        said = {name: self.cleaned_data[name] for name in FIELDS}
        if self.thing:
            self.thing.change(version=self.seen_version, **said)
        else:
            self.thing = Contact.register(**said)
