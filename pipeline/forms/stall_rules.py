"""When deals are called stalled, as administrators set it: one form a reason."""

from typing import Any

from django import forms

from lib.verb_form import VersionedVerbForm
from pipeline.models import StallRules

LIMITS = {
    "past_close": [],
    "stage_age": ["median_factor", "median_won"],
    "silent": ["silent_days", "silent_days_closing", "closing_days"],
    "pushed": ["pushes_warning", "pushes_critical"],
    "overdue_step": [],
    "no_next_step": [],
    "buyer_silent": ["buyer_silent_days"],
    "went_backwards": ["backwards_days"],
    "single_threaded": ["people_needed"],
}
SENTENCES = {
    "past_close": "A deal that is open the day after its close date.",
    "stage_age": "Longer in its stage than the stage's patience, or than {median_factor} times the "
    "median of won deals once {median_won} were won.",
    "silent": "{silent_days} days without any activity, {silent_days_closing} when it closes "
    "within {closing_days}.",
    "pushed": "Close date moved later {pushes_warning} times is a warning, {pushes_critical} times "
    "critical.",
    "overdue_step": "The day after the date of its next step.",
    "no_next_step": "As soon as no next step is planned.",
    "buyer_silent": "{buyer_silent_days} days without a buyer action though the rep is active.",
    "went_backwards": "In an earlier stage than at the last 1-on-1, or, without one, "
    "{backwards_days} days ago.",
    "single_threaded": "Fewer than {people_needed} people engaged on a deal above the team's "
    "median amount.",
}


class StallRuleForm(VersionedVerbForm):
    """The switch and the limits of one reason. `name` is one of LIMITS."""

    def __init__(self, name: str, rules: StallRules, data: Any = None) -> None:
        self.name, self.rules = name, rules
        names = [name, *LIMITS[name]]
        initial = {each: getattr(rules, each) for each in [*names, "version"]}
        super().__init__(data, initial=initial, auto_id=f"{name}_%s")
        for each in names:
            field: Any = StallRules._meta.get_field(each)
            self.fields[each] = field.formfield()
        self.fields[name].label = "On"

    @property
    def limits(self) -> list[forms.BoundField]:
        return [self[each] for each in LIMITS[self.name]]

    @property
    def switch(self) -> forms.BoundField:
        return self[self.name]

    @property
    def sentence(self) -> str:
        """What the rule does: as typed when that is right, otherwise as it is saved."""
        if self.is_bound and self.is_valid():
            values, is_on = dict(self.cleaned_data), self.cleaned_data[self.name]
        else:
            values, is_on = vars(self.rules), getattr(self.rules, self.name)
        if not is_on:
            return "Off: no deal is called stalled for this."
        shown = {name: self._number(values[name]) for name in LIMITS[self.name]}
        return SENTENCES[self.name].format(**shown)

    @property
    def is_changed(self) -> bool:
        """Whether it differs from the first limits."""
        return any(getattr(self.rules, name) != value for name, value in self.first().items())

    def first(self) -> dict[str, Any]:
        """The limits that a new organisation has."""
        names = [self.name, *LIMITS[self.name]]
        return {name: StallRules._meta.get_field(name).get_default() for name in names}  # type: ignore[union-attr]

    def save(self) -> bool:
        """Whether it was saved."""
        return self.is_valid() and self.carry_out(lambda: self.rules.change(**self.cleaned_data))

    def reset(self) -> bool:
        """Whether it has the first limits again."""
        self.is_valid()  # whatever stands in the fields
        asked = VersionedVerbForm(self.data)
        done = asked.is_valid() and asked.carry_out(
            lambda: self.rules.change(version=asked.cleaned_data["version"], **self.first())
        )
        self.stale, self.data = asked.stale, asked.data
        return done

    @staticmethod
    def _number(value: Any) -> str:
        return f"{value.normalize():f}" if hasattr(value, "normalize") else str(value)
