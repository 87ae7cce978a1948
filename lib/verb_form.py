"""Forms that carry out one verb of a model and keep what was typed when it is refused."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError

from lib.merging import merged
from lib.versions import Stale, Versioned

STALE = "Somebody else changed this since you opened it. Both texts are below; nothing is lost."


class VerbForm(forms.Form):
    """`if form.is_valid() and form.carry_out(lambda: deal.move_to(...))`: done; else show it again.

    A refused verb leaves its errors on the fields it names. A stale version leaves the object as
    it is saved now in `stale`, and `status` is 412 instead of 400.
    """

    stale: Versioned | None = None

    def carry_out(self, verb: Callable[[], Any]) -> bool:
        """Whether the verb went through."""
        try:
            verb()
        except Stale as stale:
            self.stale = stale.current
            self.add_error(None, STALE)
        except ValidationError as refused:
            self.take_errors(refused)
        return not self.errors

    def take_errors(self, refused: ValidationError) -> None:
        """Put each message on the field it names, or on the form when it has no such field."""
        if not hasattr(refused, "error_dict"):
            self.add_error(None, refused)
            return
        for field, errors in refused.error_dict.items():
            known = field if field in self.fields and field != NON_FIELD_ERRORS else None
            self.add_error(known, errors)

    @property
    def status(self) -> int:
        """The HTTP status with which the form is shown again."""
        if self.stale is not None:
            return 412
        return 400 if self.errors else 200


@dataclass(frozen=True)
class Conflict:
    """A field of a stale form, and the other value that is saved by now."""

    field: forms.BoundField
    saved: Any

    @property
    def mine(self) -> Any:
        """What was typed."""
        return self.field.value()

    @property
    def merged(self) -> str | None:
        """Both texts in one; None for values that are no texts."""
        if isinstance(self.saved, str) and isinstance(self.mine, str):
            return merged(self.saved, self.mine)
        return None


class VersionedVerbForm(VerbForm):
    """A verb form for something two people may edit: carries the version its user saw."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def carry_out(self, verb: Callable[[], Any]) -> bool:
        """As for any verb; after a stale one the form goes on from the version saved now."""
        done = super().carry_out(verb)
        if self.stale is not None:
            data: Any = self.data
            self.data = data.copy()
            self.data[self.add_prefix("version")] = self.stale.version  # type: ignore[index]
        return done

    def conflicts(self) -> list[Conflict]:
        """After a stale save: the fields whose saved value is another one, with that value."""
        return [
            Conflict(field, getattr(self.stale, field.name))
            for field in self.visible_fields()
            if hasattr(self.stale, field.name)
            and getattr(self.stale, field.name) != self.cleaned_data.get(field.name)
        ]
