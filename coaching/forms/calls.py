"""Putting a call on the calendar, and what may happen to it there."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone

from coaching.call_subject import CallSubject
from lib.calendar import instant_at
from lib.verb_form import VerbForm, VersionedVerbForm
from people.models import User
from pipeline.models import Call, Contact, Opportunity
from pipeline.models.call import CALL_KINDS, CHANNELS, MAX_MINUTES

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)
SKIPPED = "On that day clocks are put forward over this time; it does not exist. Choose another."
UPCOMING, PAST = "upcoming", "past"


class WhenForm(VerbForm):
    """A day and a time on the person's own clock, and how long."""

    on = forms.DateField(
        label="Day",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        validators=[
            MinValueValidator(FIRST_DAY, "Choose a day from 2000 on."),
            MaxValueValidator(LAST_DAY, "Choose a day before 2100."),
        ],
    )
    time = forms.TimeField(
        label="Time", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    minutes = forms.IntegerField(
        label="Minutes",
        min_value=5,
        max_value=MAX_MINUTES,
        initial=30,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "step": 5}),
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        day, at = said.get("on"), said.get("time")
        if day is None or at is None:
            return said
        said["starts_at"] = instant_at(day, at, timezone.get_current_timezone())
        if said["starts_at"] is None:
            self.add_error("time", SKIPPED)
        return said


class NewCallForm(WhenForm):
    """A call about a known subject. A time in the past is a call written down afterwards."""

    kind = forms.ChoiceField(label="Kind", choices=CALL_KINDS, initial="interview")
    channel = forms.ChoiceField(label="How", choices=CHANNELS, initial="phone")
    opportunity: "forms.ModelChoiceField[Opportunity]" = forms.ModelChoiceField(
        None, label="Deal", required=False, empty_label="No deal"
    )
    attendees: "forms.ModelMultipleChoiceField[Contact]" = forms.ModelMultipleChoiceField(
        None, label="Who attends", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Any, *, subject: CallSubject, user: User, starts: datetime) -> None:
        local = timezone.localtime(starts)
        initial = {"on": local.date(), "time": local.time(), "attendees": [subject.contact]}
        super().__init__(data, initial=initial)
        self.subject = subject
        choose_from(self.fields["attendees"], subject.people(user))
        if subject.opportunity or not subject.account:
            del self.fields["opportunity"]
        else:
            choose_from(self.fields["opportunity"], subject.deals(user))

    def schedule(self, owner: User) -> Call:
        """Put it on the owner's calendar."""
        said = self.cleaned_data
        return Call.schedule(
            owner=owner,
            account=self.subject.account,
            opportunity=self.subject.opportunity or said.get("opportunity"),
            kind=said["kind"],
            channel=said["channel"],
            starts_at=said["starts_at"],
            planned_minutes=said["minutes"],
            attendees=list(said["attendees"]),
        )


class TimeForm(WhenForm, VersionedVerbForm):
    """Another time for a planned call."""

    why = forms.CharField(label="Why", max_length=500, required=False)


class ReasonForm(VersionedVerbForm):
    """Why a call is cancelled, or did not take place."""

    why = forms.CharField(label="Reason", max_length=500, required=False)


class CancellationForm(ReasonForm):
    why = forms.CharField(
        label="Reason",
        max_length=500,
        error_messages={"required": "Say why the call is called off."},
    )


class DetailsForm(VersionedVerbForm):
    """Kind, channel and attendees."""

    kind = forms.ChoiceField(label="Kind", choices=CALL_KINDS)
    channel = forms.ChoiceField(label="How", choices=CHANNELS)
    attendees = forms.TypedMultipleChoiceField(
        label="Who attends", required=False, coerce=int, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Any = None, *, call: Call, people: list[Contact]) -> None:
        attending = [person.pk for person in people if person.attends]  # type: ignore[attr-defined]
        now = {"version": call.version, "kind": call.kind, "channel": call.channel}
        super().__init__(data, initial={**now, "attendees": attending})
        self.people = people
        self.fields["attendees"].choices = [(person.pk, person.name) for person in people]  # type: ignore[attr-defined]

    def describe(self, call: Call) -> None:
        """Write it down on the call."""
        said = self.cleaned_data
        chosen = [person for person in self.people if person.pk in said["attendees"]]
        call.describe(
            version=said["version"], kind=said["kind"], channel=said["channel"], attendees=chosen
        )


class CallFilterForm(forms.Form):
    """Which calls to list. What makes no sense filters nothing."""

    person: "forms.ModelChoiceField[User]" = forms.ModelChoiceField(
        None, label="Person", required=False, empty_label="Everybody"
    )
    status = forms.ChoiceField(
        label="Status", choices=[("", "Any"), *Call.STATUSES], required=False
    )
    kind = forms.ChoiceField(label="Kind", choices=[("", "Any"), *CALL_KINDS], required=False)
    q = forms.CharField(label="Search", max_length=200, required=False, widget=forms.SearchInput)

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data)
        if user.leads_people or user.is_administrator:
            choose_from(self.fields["person"], User.objects.assignable_by(user))
        else:
            del self.fields["person"]

    @property
    def chosen(self) -> dict[str, Any]:
        """What was asked for and makes sense."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


def choose_from(field: forms.Field, rows: Any) -> None:
    """Limit a choice of rows to these."""
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = rows
