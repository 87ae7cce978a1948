"""The organisation, its calendar and its holidays."""

import re
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse

from lib.money import CURRENCIES
from lib.verb_form import VerbForm, VersionedVerbForm
from people.forms.fields import ZoneField, day_field
from people.models import Holiday, Organisation
from people.models.organisation import MONTHS, WEEKDAYS

LINE = re.compile(r"(\d{4}-\d{2}-\d{2})[\s,;]+(.+)")
MOST_LINES = 500


class OrganisationForm(VersionedVerbForm):
    """What all totals go by."""

    name = forms.CharField(max_length=200, label="Name of the organisation")
    time_zone = ZoneField(help_text="Rules the totals: which day, week and quarter a deal is in.")
    week_start = forms.TypedChoiceField(choices=WEEKDAYS, coerce=int, label="Week begins on")
    fiscal_year_start = forms.TypedChoiceField(
        choices=MONTHS, coerce=int, label="Fiscal year begins in"
    )
    currency = forms.ChoiceField(choices=[(code, code) for code in CURRENCIES])

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        preview = {"hx-get": reverse("settings_quarters"), "hx-target": "#quarters"}
        self.fields["fiscal_year_start"].widget.attrs.update(preview)

    def save(self, organisation: Organisation) -> bool:
        """Whether it was saved."""
        return self.carry_out(lambda: organisation.change(**self.cleaned_data))


class ReviewReadingForm(VersionedVerbForm):
    """Who reads 1-on-1s beside the two people of each."""

    managers_manager_reads_reviews = forms.BooleanField(
        label="A manager's manager may read closed 1-on-1s", required=False
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"auto_id": "reading_%s", **options})

    def save(self, organisation: Organisation) -> bool:
        """Whether it was saved."""
        return self.carry_out(lambda: organisation.change(**self.cleaned_data))


class HolidayForm(VerbForm):
    """One more day on which nobody works."""

    day = day_field("Day")
    name = forms.CharField(max_length=100)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"auto_id": "holiday_%s", **options})

    def save(self) -> bool:
        """Whether it was added."""
        return self.carry_out(lambda: Holiday.add(**self.cleaned_data))


class HolidaysForm(VerbForm):
    """Many holidays at once, one a line."""

    days = forms.CharField(
        label="Holidays, one a line",
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=MOST_LINES * 120,
        help_text="Date and name, like: 2026-12-25 Christmas Day",
    )
    added = 0

    def clean_days(self) -> dict[date, str]:
        lines = enumerate(self.cleaned_data["days"].splitlines(), start=1)
        return dict(_read(number, line.strip()) for number, line in lines if line.strip())

    def save(self) -> bool:
        """Whether the days were added; `added` says how many were new."""
        return self.carry_out(self._add)

    def _add(self) -> None:
        self.added = Holiday.add_many(self.cleaned_data["days"])


def _read(number: int, line: str) -> tuple[date, str]:
    found = LINE.fullmatch(line)
    if not found:
        raise ValidationError(f"Line {number}: write a date and a name, like 2026-12-25 Christmas.")
    try:
        day = date.fromisoformat(found[1])
    except ValueError:
        raise ValidationError(f"Line {number}: there is no day {found[1]}.") from None
    if len(found[2]) > 100:
        raise ValidationError(f"Line {number}: the name is longer than 100 characters.")
    return day, found[2]
