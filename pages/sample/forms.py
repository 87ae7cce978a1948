"""The form that removes the sample organisation, and makes the first real administrator."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.db import transaction

from lib.verb_form import VerbForm
from pages.sample import organisation
from people.models import User


class RemoveSampleForm(VerbForm):
    """Asks for an administrator of one's own only while there is none."""

    name = forms.CharField(label="Your name", max_length=200)
    email = forms.EmailField(label="Your e-mail")
    password = forms.CharField(
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="At least 8 characters, and not a common one.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.needs_administrator = not organisation.has_real_administrator()
        if not self.needs_administrator:
            self.fields.clear()

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password)
        return password

    @transaction.atomic
    def _remove(self) -> None:
        if self.needs_administrator:
            User.objects.create_user(is_administrator=True, **self.cleaned_data)
        organisation.remove()

    def remove(self) -> bool:
        """Whether the sample organisation is gone."""
        return self.carry_out(self._remove)
