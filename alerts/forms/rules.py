"""What is alerted to and who hears of it, as administrators set it: one form a kind."""

from typing import Any

from django import forms

from alerts.models import AlertRule
from alerts.models.rule import RUNG_WORDS, RUNGS, STEPS
from lib.verb_form import VersionedVerbForm


class AlertRuleForm(VersionedVerbForm):
    """The settings that the kind has; those it has not are no fields."""

    def __init__(self, rule: AlertRule, currency: str, data: Any = None) -> None:
        self.rule = rule
        super().__init__(
            data, initial={name: getattr(rule, name) for name in ["version", *self.names]}
        )
        for name in self.names:
            field: Any = AlertRule._meta.get_field(name)
            self.fields[name] = field.formfield()
            if name in STEPS:  # in a table, whose heads are no labels
                self.fields[name].widget.attrs["aria-label"] = self.fields[name].label
        if "days" in self.fields:
            self.fields["days"].label = rule.of_kind.days_label
        if "minimum_money" in self.fields:
            self.fields["minimum_money"].label = f"Only from this much money on, in {currency}"
            self.fields["minimum_money"].help_text = "Left empty, any amount and none."

    @property
    def names(self) -> list[str]:
        """The settings of this kind, in the order of the page."""
        kind = self.rule.of_kind
        has = {"days": bool(kind.days_label), "minimum_money": kind.has_money}
        return [name for name in self.rule.first_settings if has.get(name, True)]

    @property
    def switches(self) -> list[forms.BoundField]:
        return [
            self[name]
            for name in ("is_on", "is_mandatory", "days", "minimum_money")
            if name in self.fields
        ]

    @property
    def ladder(self) -> list[tuple[str, forms.BoundField, forms.BoundField]]:
        """Who, and after how many days in the app and in the digest."""
        words = {rung: RUNG_WORDS[rung].capitalize() for rung in RUNGS}
        return [(words[rung], self[f"{rung}_app"], self[f"{rung}_digest"]) for rung in RUNGS]

    @property
    def is_changed(self) -> bool:
        """Whether it differs from the first settings."""
        first = self.rule.first_settings
        return any(getattr(self.rule, name) != first[name] for name in first)

    def save(self) -> bool:
        """Whether it was saved."""
        return self.is_valid() and self.carry_out(lambda: self.rule.change(**self.cleaned_data))

    def reset(self) -> bool:
        """Whether it has the first settings again, whatever stands in the fields."""
        asked = VersionedVerbForm(self.data)
        done = asked.is_valid() and asked.carry_out(
            lambda: self.rule.change(
                version=asked.cleaned_data["version"], **self.rule.first_settings
            )
        )
        if not done:
            self.is_valid()
            self.stale, self.data = asked.stale, asked.data
        return done
