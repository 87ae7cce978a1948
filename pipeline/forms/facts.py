"""Forms about the facts of one thing that two people may edit."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.urls import reverse_lazy

from lib.calendar import EARLIEST, LATEST, in_words
from lib.searching import fold
from lib.verb_form import VersionedVerbForm
from lib.versions import Versioned
from people.forms.fields import OptionsInput
from people.models import User
from pipeline.models import Account, Opportunity


def day_field(**options: Any) -> forms.DateField:
    """A day, chosen or typed as 2026-12-14."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    wrong = {"invalid": "Write the day as year-month-day, for example 2026-12-14."}
    field = forms.DateField(
        widget=widget, input_formats=["%Y-%m-%d"], error_messages=wrong, **options
    )
    field.validators += [
        MinValueValidator(EARLIEST, f"Choose a day from {in_words(EARLIEST)} on."),
        MaxValueValidator(LATEST, f"Choose a day until {in_words(LATEST)}."),
    ]
    return field


def amount_field(**options: Any) -> forms.DecimalField:
    """Money in major units, with cents when need be."""
    widget = forms.NumberInput(attrs={"step": "any", "inputmode": "decimal", "min": 0})
    return forms.DecimalField(
        max_digits=14, decimal_places=2, min_value=0, widget=widget, **options
    )


class FactsForm(VersionedVerbForm):
    """Carries out one verb on `thing`; without one it makes it and asks for no version.

    After a stale save what was typed is kept, and saving once more is a choice made with both
    texts in view.
    """

    heading = ""
    button = "Save"
    done = "Saved."
    undo = ""

    def __init__(self, thing: Any, user: User, data: Any = None, **options: Any) -> None:
        self.thing, self.user = thing, user
        initial = {**self.facts(thing), **options.pop("initial", {})} if thing else None
        if isinstance(thing, Versioned):
            initial = {"version": thing.version, **(initial or {})}
        options.setdefault("initial", initial)
        super().__init__(data, **options)
        if thing is None:
            self.fields.pop("version", None)
        self.prepare()

    def prepare(self) -> None:
        """Fill the choices, which depend on who asks."""

    def facts(self, thing: Any) -> dict[str, Any]:
        """The fields' values as they are saved."""
        return {}

    def verb(self, *, by: User, at: datetime) -> Any:
        """Do it, with `cleaned_data`."""
        raise NotImplementedError

    def run(self, *, at: datetime) -> bool:
        """Whether the form was right and the verb went through."""
        return self.is_valid() and self.carry_out(lambda: self.verb(by=self.user, at=at))

    @property
    def seen_version(self) -> int | None:
        """The version its user saw; None for what asks for none."""
        return self.cleaned_data.get("version")

    @property
    def saved_text(self) -> str:
        """After a stale save: the fields as they are saved now."""
        return self._in_words(self.facts(self._newest())) if self.stale else ""

    @property
    def typed_text(self) -> str:
        """The fields as they were typed."""
        return self._in_words(self.cleaned_data)

    def _newest(self) -> Any:
        """`thing` as it is saved now; it may hang on the versioned row rather than be it."""
        return type(self.thing)._base_manager.filter(pk=self.thing.pk).first() or self.thing

    def _in_words(self, values: dict[str, Any]) -> str:
        known = [name for name in self.facts(self.thing) if name in self.fields]
        if len(known) == 1:
            return self._word(known[0], values.get(known[0]))
        return "\n".join(
            f"{self.fields[name].label or name.replace('_', ' ').capitalize()}: "
            f"{self._word(name, values.get(name))}"
            for name in known
        )

    def _word(self, name: str, value: Any) -> str:
        field = self.fields[name]
        if value in (None, ""):
            return "nothing"
        if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
            return str(dict(field.choices).get(value, value))  # type: ignore[arg-type]
        return in_words(value) if isinstance(value, date) else str(value)


class DealForm(FactsForm):
    """A form whose versioned thing is a deal; `thing` may be a row that hangs on it."""

    @property
    def deal(self) -> Opportunity:
        return self.thing  # type: ignore[no-any-return]


class AccountField(forms.CharField):
    """An account by its name (names are unique); give it the `user` who asks."""

    user: User

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", OptionsInput(reverse_lazy("account_options")))
        super().__init__(max_length=200, **options)

    def prepare_value(self, value: Any) -> Any:
        return value.name if isinstance(value, Account) else value

    def clean(self, value: Any) -> Any:
        name = super().clean(value)
        if not name:
            return None
        seen = Account.objects.visible_to(self.user)
        found = seen.filter(name_key=fold(name)).first()
        if found is None:
            raise ValidationError(_unknown(name, seen.search(name)[:3]), code="unknown")
        return found


def _unknown(name: str, near: Any) -> str:
    names = " or ".join(f"“{account.name}”" for account in near)
    return f"There is no account “{name}”. " + (f"Did you mean {names}?" if names else "")
