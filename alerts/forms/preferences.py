"""How a person wants to hear: of each kind, and at which hours."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.db import transaction

from alerts.kinds import KINDS, Kind
from alerts.models import AlertPreference, DeliveryHours
from alerts.models.preference import AT_ONCE, DIGEST, NEVER, Preferences
from lib.verb_form import VerbForm, VersionedVerbForm
from people.models import User

MUTED = "muted"
WAYS = [
    (DIGEST, "In the app and in the digest"),
    (AT_ONCE, "In the app, and by e-mail at once"),
    (NEVER, "In the app only"),
    (MUTED, "Not at all"),
]
MUST_HEAR = {DIGEST, AT_ONCE}
GROUPS = {  # by the app whose rules they are
    "pipeline": "Deals",
    "coaching": "Calls and help",
    "reviews": "1-on-1s and agreements",
    "metrics": "Metrics",
}
OTHERS = "Touchline itself"
WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


@dataclass(frozen=True)
class Group:
    """Kinds that are set together."""

    name: str
    label: str
    kinds: list[Kind]

    @classmethod
    def all(cls) -> "list[Group]":
        """In the order of GROUPS, what belongs to none of them last."""
        kinds: dict[str, list[Kind]] = {name: [] for name in [*GROUPS, ""]}
        for kind in KINDS.values():
            app = type(kind).__module__.partition(".")[0]
            kinds[app if app in GROUPS else ""].append(kind)
        return [
            cls(name or "others", GROUPS.get(name, OTHERS), some)
            for name, some in kinds.items()
            if some
        ]


class KindsForm(VerbForm):
    """One field for each kind of a group: in the app, by e-mail, or not at all."""

    def __init__(self, group: Group, person: User, known: Preferences, data: Any = None) -> None:
        super().__init__(data, prefix=group.name)
        self.group, self.person, self.known = group, person, known
        for kind in group.kinds:
            ways = [way for way in WAYS if way[0] in MUST_HEAR or not self._must(kind)]
            self.fields[kind.name] = forms.ChoiceField(
                label=kind.label,
                choices=ways,
                initial=self._way(kind),
                help_text=kind.explains,
            )

    def _must(self, kind: Kind) -> bool:
        return kind.name in self.known.mandatory

    def _way(self, kind: Kind) -> str:
        if not self.known.hears(self.person.pk, kind.name):
            return MUTED
        return self.known.mail(self.person.pk, kind.name)

    @property
    def rows(self) -> list[tuple[forms.BoundField, bool]]:
        """Each field, and whether the organisation lets nobody mute its kind."""
        return [(self[kind.name], self._must(kind)) for kind in self.group.kinds]

    def save(self) -> bool:
        """Whether all of them were saved; none otherwise."""
        return self.is_valid() and self.carry_out(self._choose)

    @transaction.atomic
    def _choose(self) -> None:
        for name in self.changed_data:
            way = self.cleaned_data[name]
            mail = None if way == MUTED else way
            AlertPreference.choose(self.person, name, mail=mail, is_muted=way == MUTED)


def _time(label: str) -> forms.TimeField:
    return forms.TimeField(
        label=label,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"required": "Give a time."},
    )


class HoursForm(VersionedVerbForm):
    """The digest's hour and days, and the hours in which no mail comes."""

    has_digest = forms.BooleanField(label="Send me a digest", required=False)
    digest_at = _time("At")
    weekdays = forms.TypedMultipleChoiceField(
        label="On",
        coerce=int,
        choices=list(enumerate(WEEKDAYS)),
        widget=forms.CheckboxSelectMultiple,
        help_text="The days on which you work. Not on holidays, nor while you are away.",
        error_messages={"required": "Choose at least one day."},
    )
    quiet_from = _time("Quiet from")
    quiet_until = _time("Quiet until")

    def save(self, own: DeliveryHours, at: datetime) -> bool:
        """Whether it was saved."""
        return self.is_valid() and self.carry_out(lambda: own.change(at=at, **self.cleaned_data))
