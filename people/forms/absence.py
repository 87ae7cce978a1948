"""Days on which somebody is away."""

from typing import Any

from django import forms

from lib.verb_form import VerbForm
from people.forms.fields import day_field
from people.models import Absence, User


class AbsenceForm(VerbForm):
    """From the first day up to and including the last; for oneself or somebody under one."""

    user = forms.ModelChoiceField(User.objects.none(), label="Who", empty_label=None)
    first_day = day_field("First day away")
    last_day = day_field("Last day away")
    reason = forms.CharField(
        max_length=100, required=False, help_text="Your managers see it. Vacation, training …"
    )

    def __init__(self, *args: Any, by: User, **options: Any) -> None:
        super().__init__(*args, **{"initial": {"user": by.pk}, **options})
        self.by = by
        who: forms.ModelChoiceField[User] = self.fields["user"]  # type: ignore[assignment]
        who.queryset = User.objects.assignable_by(by)

    def save(self) -> bool:
        """Whether it was noted."""
        return self.carry_out(lambda: Absence.record(**self.cleaned_data, by=self.by))
