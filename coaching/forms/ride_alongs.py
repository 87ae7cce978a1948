"""Planning a ride-along, writing down what was seen, and the rep's signature."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone

from coaching.forms.calls import FIRST_DAY, LAST_DAY, SKIPPED, choose_from
from coaching.forms.debriefs import Difference
from coaching.models import Behaviour, RideAlong
from coaching.models.behaviour_score import NOTE_LENGTH, Seen
from coaching.models.ride_along import TEXT_LENGTH
from lib.calendar import instant_at
from lib.verb_form import VersionedVerbForm
from people.models import User
from pipeline.models import Call

CALLS = 50  # to choose from at most, the soonest first
NOT_SCORED = "Score what you noted: a note needs its score."


class PlanForm(VersionedVerbForm):
    """At one of the rep's calls; or at a day and time on the person's own clock, and where."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput, required=False)
    call: "forms.ModelChoiceField[Call]" = forms.ModelChoiceField(
        None, label="Call", required=False, empty_label="No call: another time and place"
    )
    on = forms.DateField(
        label="Day",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        validators=[
            MinValueValidator(FIRST_DAY, "Choose a day from 2000 on."),
            MaxValueValidator(LAST_DAY, "Choose a day before 2100."),
        ],
    )
    time = forms.TimeField(
        label="Time",
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    about = forms.CharField(label="Where and with whom", max_length=300, required=False)
    purpose = forms.ChoiceField(
        label="Purpose",
        choices=RideAlong.PURPOSES,
        initial=RideAlong.OBSERVE,
        widget=forms.RadioSelect,
    )
    watch = forms.TypedMultipleChoiceField(
        label="Behaviours to watch",
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(
        self,
        data: Any,
        *,
        rep: User,
        reader: User,
        now: datetime,
        call: Call | None = None,
        ride: RideAlong | None = None,
    ) -> None:
        self.rep, self.ride = rep, ride
        self.behaviours = Behaviour.objects.all().expected_of(rep)
        super().__init__(data, initial=_arranged(ride) if ride else _suggested(call))
        choose_from(self.fields["call"], _to_choose(rep, reader, now, ride))
        self.fields["call"].label_from_instance = _call_in_words  # type: ignore[attr-defined]
        names = [(each.pk, each.name) for each in self.behaviours]
        self.fields["watch"].choices = names  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        said["starts_at"] = None
        day, at = said.get("on"), said.get("time")
        if said.get("call") or day is None or at is None:
            return said
        said["starts_at"] = instant_at(day, at, timezone.get_current_timezone())
        if said["starts_at"] is None:
            self.add_error("time", SKIPPED)
        return said

    def arrangement(self) -> dict[str, Any]:
        """What was chosen, for the model."""
        said = self.cleaned_data
        return {
            "call": said["call"],
            "starts_at": said["starts_at"],
            "about": "" if said["call"] else said["about"],
            "purpose": said["purpose"],
            "watch": [each for each in self.behaviours if each.pk in said["watch"]],
        }

    def take_errors(self, refused: ValidationError) -> None:
        """Without a call, the day or the time is missing."""
        errors = dict(getattr(refused, "error_dict", {}))
        if "starts_at" in errors:
            for name in ("on", "time"):
                if not self.cleaned_data.get(name):
                    self.add_error(name, "Choose a call, or say when.")
            del errors["starts_at"]
            refused = ValidationError(errors)
        super().take_errors(refused)


def _suggested(call: Call | None) -> dict[str, Any]:
    return {"call": call.pk} if call else {}


def _arranged(ride: RideAlong) -> dict[str, Any]:
    local = timezone.localtime(ride.starts_at)
    return {
        "version": ride.version,
        "call": ride.call_id,
        "on": None if ride.call_id else local.date(),
        "time": None if ride.call_id else local.time(),
        "about": ride.about,
        "purpose": ride.purpose,
        "watch": [each.pk for each in ride.watch.all()],
    }


def _to_choose(rep: User, reader: User, now: datetime, ride: RideAlong | None) -> Any:
    """The rep's calls that are not over, soonest first, and the one it is planned with."""
    own = Call.objects.visible_to(reader).filter(owner=rep)
    coming = own.planned().filter(ends_at__gt=now).order_by("starts_at", "pk")
    ids = list(coming.values_list("pk", flat=True)[:CALLS])
    if ride and ride.call_id:
        ids.append(ride.call_id)
    return own.filter(pk__in=ids).for_list().order_by("starts_at", "pk")


def _call_in_words(call: Call) -> str:
    local = timezone.localtime(call.starts_at)
    return f"{local:%a} {local.day} {local:%b %H:%M}, {call.with_whom}"


@dataclass(frozen=True)
class Observation:
    """A behaviour with its two fields, and whether it was to be watched."""

    behaviour: Behaviour
    score: forms.BoundField
    note: forms.BoundField
    is_watched: bool


class ObservationForm(VersionedVerbForm):
    """What a manager sees: a score and a note for each behaviour, and notes in all."""

    notes = forms.CharField(
        label="What I saw",
        required=False,
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": TEXT_LENGTH}),
    )

    def __init__(self, data: Any, *, ride: RideAlong, reader: User) -> None:
        self.ride, self.reader = ride, reader
        watched = {each.pk for each in ride.watch.all()}
        expected = Behaviour.objects.all().expected_of(ride.rep)
        self.behaviours = sorted(expected, key=lambda each: each.pk not in watched)
        self.watched = watched
        super().__init__(data, initial=self._written(ride))
        for each in self.behaviours:
            self.fields[f"score_{each.pk}"] = forms.IntegerField(
                label=each.name, min_value=1, max_value=10, required=False
            )
            self.fields[f"note_{each.pk}"] = forms.CharField(
                label=f"Note: {each.name}", max_length=NOTE_LENGTH, required=False
            )

    def _written(self, ride: RideAlong) -> dict[str, Any]:
        notes, seen = ride.written_for(self.reader)
        written: dict[str, Any] = {"version": ride.version, "notes": notes}
        for pk, said in seen.items():
            written |= {f"score_{pk}": said.score, f"note_{pk}": said.note}
        return written

    def observations(self) -> Iterator[Observation]:
        """Those to be watched first, each group in its order."""
        for each in self.behaviours:
            score, note = self[f"score_{each.pk}"], self[f"note_{each.pk}"]
            yield Observation(each, score, note, each.pk in self.watched)

    def first(self) -> list[Observation]:
        """What stands open on the page: those to be watched; all when none was named."""
        return [each for each in self.observations() if each.is_watched or not self.watched]

    def others(self) -> list[Observation]:
        """What is folded away."""
        return [each for each in self.observations() if self.watched and not each.is_watched]

    @property
    def is_open(self) -> bool:
        """Whether something is written, or wrong, in the fold."""
        fields = [field for each in self.others() for field in (each.score, each.note)]
        return any(field.value() or field.errors for field in fields)

    def said(self) -> dict[str, Any]:
        """Notes and scores, for the model."""
        sent = self.cleaned_data
        seen = {
            each.pk: Seen(sent[f"score_{each.pk}"], sent[f"note_{each.pk}"])
            for each in self.behaviours
            if sent[f"score_{each.pk}"] is not None or sent[f"note_{each.pk}"]
        }
        return {"notes": sent["notes"], "seen": seen}

    def take_errors(self, refused: ValidationError) -> None:
        """Say of each note without a score that it needs one, so that each can be linked to."""
        errors = getattr(refused, "error_dict", {})
        seen = self.said()["seen"]
        bare = [pk for pk, said in seen.items() if said.score is None]
        if "behaviours" not in errors or not bare:
            super().take_errors(refused)
            return
        for pk in bare:
            self.add_error(f"score_{pk}", NOT_SCORED)

    @property
    def is_kept(self) -> bool:
        """Whether what was sent is what is saved: an answer was lost, or it was sent twice."""
        return self.stale is not None and not self.differences()

    def differences(self) -> list[Difference]:
        """Where what was sent differs from what was saved meanwhile."""
        if not isinstance(self.stale, RideAlong):
            return []
        saved = self._written(self.stale)
        names = [name for name in self.fields if name != "version"]
        return [
            Difference(
                label=str(self.fields[name].label),
                saved=_plain(saved.get(name)),
                mine=_plain(self.cleaned_data.get(name)),
                field_id="" if name.startswith("score_") else self[name].auto_id,
            )
            for name in names
            if _plain(self.cleaned_data.get(name)) != _plain(saved.get(name))
        ]


def _plain(value: Any) -> str:
    return "" if value is None else str(value)


class SignatureForm(VersionedVerbForm):
    """The rep has read it."""

    comment = forms.CharField(
        label="What I take from it",
        required=False,
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": TEXT_LENGTH}),
    )


class CancellationForm(VersionedVerbForm):
    reason = forms.CharField(
        label="Reason",
        max_length=500,
        error_messages={"required": "Say why it is called off."},
    )


def opens_on(ride: RideAlong, reader: User, now: datetime) -> bool:
    """Whether its day has come on the reader's clock, so that notes and scores are asked for."""
    return reader.today(now) >= reader.today(ride.starts_at)
