"""When 1-on-1s are held: the rhythm, one beside it, another time, and why not."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from coaching.forms.calls import WhenForm
from lib.verb_form import VersionedVerbForm
from people.models import User
from pipeline.forms.facts import day_field
from reviews.models import Review, ReviewSchedule
from reviews.models.review import REASON_LENGTH
from reviews.models.review_schedule import NTH_CHOICES, RHYTHMS, WORKING_WEEKDAYS
from reviews.review_planning import next_dates
from reviews.rhythm import DAY_OF_MONTH, EVERY_WEEKS, NTH_WEEKDAY

DATES_SHOWN = 3
FIELDS_OF = {
    NTH_WEEKDAY: ("nth", "weekday"),
    DAY_OF_MONTH: ("day",),
    EVERY_WEEKS: ("weeks", "weekday", "starts_on"),
}
OF_ONE_RHYTHM = frozenset(name for names in FIELDS_OF.values() for name in names)


def _number(label: str, least: int, most: int, **options: Any) -> forms.IntegerField:
    widget = forms.NumberInput(attrs={"inputmode": "numeric"})
    return forms.IntegerField(
        label=label, min_value=least, max_value=most, widget=widget, **options
    )


class ReviewScheduleForm(VersionedVerbForm):
    """The rhythm of a manager with a rep. Fields that another rhythm needs are not looked at."""

    rhythm = forms.ChoiceField(choices=RHYTHMS, widget=forms.RadioSelect, label="Held")
    nth = forms.TypedChoiceField(label="Which one", choices=NTH_CHOICES, coerce=int)
    weekday = forms.TypedChoiceField(label="Day", choices=WORKING_WEEKDAYS, coerce=int)
    day = _number(
        "Day of the month", 1, 31, help_text="In a shorter month the 31st is its last day."
    )
    weeks = _number("Weeks between", 1, 8)
    starts_on = day_field(label="First on or after")
    time = forms.TimeField(widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    minutes = _number("Minutes", 10, 240)
    is_active = forms.BooleanField(label="Held regularly", required=False)

    def __init__(self, schedule: ReviewSchedule, data: Any = None) -> None:
        initial = {name: getattr(schedule, name) for name in ReviewSchedule.CHANGEABLE}
        super().__init__(data, initial={**initial, "version": schedule.version})
        self.schedule = schedule

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        asked_for = FIELDS_OF.get(said.get("rhythm", ""), OF_ONE_RHYTHM)
        for name in OF_ONE_RHYTHM - set(asked_for):
            said.pop(name, None)
            self.errors.pop(name, None)
        return said

    def keep(self, *, by: User, at: datetime) -> bool:
        """Whether it is saved, and the drafts follow it."""
        return self.is_valid() and self.carry_out(
            lambda: ReviewSchedule.set_up(self.schedule.rep, by=by, at=at, **self.cleaned_data)
        )

    def dates(self, now: datetime) -> list[dict[str, Any]]:
        """The next ones as the fields stand; none while they make no rhythm, or it is off."""
        if self.is_bound and not self.is_valid():
            return []
        said = self.cleaned_data if self.is_bound else {}
        values = {name: getattr(self.schedule, name) for name in ReviewSchedule.CHANGEABLE} | said
        values.pop("version", None)
        shown = ReviewSchedule(manager=self.schedule.manager, rep=self.schedule.rep, **values)
        if not shown.is_active:
            return []
        return [
            {"day": held_on, "moved_from": day if day != held_on else None}
            for day, held_on in next_dates(shown, now, DATES_SHOWN)
        ]


class ReviewTimeForm(WhenForm):
    """A day and a time on one's own clock, for a 1-on-1 beside the rhythm."""

    minutes = None  # type: ignore[assignment]

    def take_errors(self, refused: ValidationError) -> None:
        """What is wrong with the moment is said beside the day."""
        if hasattr(refused, "error_dict") and "scheduled_for" in refused.error_dict:
            refused = ValidationError({"on": refused.error_dict["scheduled_for"]})
        super().take_errors(refused)


class ReviewNewForm(ReviewTimeForm):
    rep = forms.ModelChoiceField(User.objects.none(), label="With")

    def __init__(self, manager: User, rep: str, data: Any = None) -> None:
        super().__init__(data, initial={"rep": rep})
        people: Any = self.fields["rep"]
        people.queryset = User.objects.led_by(manager).active().filter(reports_to=manager)
        people.empty_label = "Choose somebody"
        self.order_fields(["rep", "on", "time"])

    def arrange(self, *, by: User, at: datetime) -> Review | None:
        """The meeting, or None when it was refused."""
        made: list[Review] = []
        if self.is_valid():
            rep, when = self.cleaned_data["rep"], self.cleaned_data["starts_at"]
            self.carry_out(lambda: made.append(Review.arrange(rep, when, by=by, at=at)))
        return made[0] if made else None


class RescheduleForm(VersionedVerbForm, ReviewTimeForm):
    """Another time; `version` is the review's."""

    def __init__(self, review: Review, data: Any = None) -> None:
        now = timezone.localtime(review.scheduled_for)
        initial = {"version": review.version, "on": now.date(), "time": now.time()}
        super().__init__(data, initial=initial)
        self.review = review

    def keep(self, *, by: User, at: datetime) -> bool:
        if not self.is_valid():
            return False
        when, version = self.cleaned_data["starts_at"], self.cleaned_data["version"]
        return self.carry_out(lambda: self.review.reschedule(when, by=by, at=at, version=version))


class ExcuseForm(VersionedVerbForm):
    """Why a 1-on-1 is not held."""

    reason = forms.CharField(
        label="Why is it not held?",
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Both of you read it.",
    )

    def __init__(self, review: Review, data: Any = None) -> None:
        super().__init__(data, initial={"version": review.version, "reason": review.excuse})
        self.review = review

    def keep(self, *, by: User, at: datetime) -> bool:
        return self.is_valid() and self.carry_out(
            lambda: self.review.excuse_it(**self.cleaned_data, by=by, at=at)
        )
