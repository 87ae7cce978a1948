"""What a person changes about themselves."""

from typing import Any

from django import forms
from django.urls import reverse

from lib.verb_form import VersionedVerbForm
from people.forms.fields import ZoneField
from people.models import User


class ProfileForm(VersionedVerbForm):
    """Name, phone and time zone; the e-mail address is the administrators' business."""

    name = forms.CharField(max_length=200)
    phone = forms.CharField(max_length=50, required=False)
    time_zone = ZoneField(help_text="Rules your “today” and the times you see.")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        clock = {"hx-get": reverse("settings_local_time"), "hx-target": "#clock"}
        self.fields["time_zone"].widget.attrs.update(clock)

    def save(self, person: User) -> bool:
        """Whether it was saved."""
        return self.carry_out(lambda: person.change(**self.cleaned_data))
