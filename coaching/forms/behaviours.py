"""What is scored, and what each score means."""

from datetime import datetime
from typing import Any

from django import forms

from coaching.models import Behaviour, CoachingRules
from coaching.models.behaviour import NEEDED_ANCHORS
from lib.verb_form import Conflict, VerbForm, VersionedVerbForm
from people.models import Team, User
from playbook.models import TrainingModule

SCORES = range(1, 11)
ANCHOR_LENGTH = 300


def _score(label: str, help_text: str = "") -> forms.IntegerField:
    wrong = dict.fromkeys(("required", "invalid", "min_value", "max_value"), "Choose 1 to 10.")
    return forms.IntegerField(
        label=label, min_value=1, max_value=10, help_text=help_text, error_messages=wrong
    )


def _anchor(score: int) -> forms.CharField:
    needed = score in NEEDED_ANCHORS
    return forms.CharField(
        label=f"A {score} looks like",
        required=needed,
        max_length=ANCHOR_LENGTH,
        error_messages={"required": f"Say what a {score} looks like."},
        widget=forms.Textarea(attrs={"rows": 1}),
    )


class _Said(VerbForm):
    """What a behaviour says: its words, an anchor for each score, minimum and weight."""

    name = forms.CharField(max_length=Behaviour._meta.get_field("name").max_length)
    expected = forms.CharField(
        label="What is expected",
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="What somebody who does this well does, so that two managers score it alike.",
    )
    minimum = _score("Proficiency minimum")
    weight = _score("Weight", "1 to 10: how much it counts beside the others of its set.")
    training = forms.ModelMultipleChoiceField(
        TrainingModule.objects.none(),
        label="Taught by",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Modules of training offered to whoever is furthest below the minimum in it.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for score in SCORES:
            self.fields[f"anchor_{score}"] = _anchor(score)
        training = self.fields["training"]
        assert isinstance(training, forms.ModelMultipleChoiceField)
        training.queryset = TrainingModule.objects.active().order_by("place", "pk")

    @property
    def needed(self) -> list[forms.BoundField]:
        """The anchors that nobody can do without."""
        return [self[f"anchor_{score}"] for score in NEEDED_ANCHORS]

    @property
    def others(self) -> list[forms.BoundField]:
        return [self[f"anchor_{score}"] for score in SCORES if score not in NEEDED_ANCHORS]

    @property
    def shows_others(self) -> bool:
        """Whether one of the other anchors is written, or wrong."""
        return any(field.value() or field.errors for field in self.others)

    def said(self) -> dict[str, Any]:
        """What was sent, for the model."""
        sent = self.cleaned_data
        anchors = {str(score): sent[f"anchor_{score}"] for score in SCORES}
        return {
            **{name: sent[name] for name in ("name", "expected", "minimum", "weight", "training")},
            "anchors": {score: text for score, text in anchors.items() if text},
        }


class NewBehaviourForm(_Said):
    """One more, of the organisation's set or of a team's."""

    team = forms.ModelChoiceField(
        Team.objects.none(),
        label="Scored in",
        required=False,
        help_text="A team with behaviours of its own is scored by those alone, with all below it.",
    )

    field_order = ("team", "name", "expected")

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by, team = by, self.fields["team"]
        assert isinstance(team, forms.ModelChoiceField)
        team.queryset = Team.objects.led_by(by).order_by("name")
        team.empty_label = "The whole organisation"
        if not by.is_administrator:
            team.required, team.empty_label = True, None
            team.error_messages["required"] = "Choose one of the teams you lead."

    def save(self, at: datetime) -> bool:
        """Whether it was defined."""
        team = self.cleaned_data["team"]
        return self.carry_out(lambda: Behaviour.define(team=team, by=self.by, at=at, **self.said()))


class BehaviourForm(_Said, VersionedVerbForm):
    """Change what one says; scores given before keep the words they were given by."""

    def __init__(self, data: Any, *, behaviour: Behaviour, by: User) -> None:
        self.behaviour, self.by = behaviour, by
        super().__init__(data, initial=_as_fields(behaviour))
        self.initial["training"] = behaviour.training.all()

    def save(self, at: datetime) -> bool:
        """Whether it was changed."""
        version = self.cleaned_data["version"]
        return self.carry_out(
            lambda: self.behaviour.change(by=self.by, at=at, version=version, **self.said())
        )

    def conflicts(self) -> list[Conflict]:
        """The anchors among them, which are one column of the row."""
        if not isinstance(self.stale, Behaviour):
            return []
        saved = _as_fields(self.stale)
        return [
            Conflict(field, saved[field.name])
            for field in self.visible_fields()
            if field.name in saved and saved[field.name] != self.cleaned_data.get(field.name)
        ]


def _as_fields(behaviour: Behaviour) -> dict[str, Any]:
    anchors = {f"anchor_{score}": behaviour.anchors.get(str(score), "") for score in SCORES}
    names = ("version", "name", "expected", "minimum", "weight")
    return {**{name: getattr(behaviour, name) for name in names}, **anchors}


class CoachingRulesForm(VersionedVerbForm):
    """The score of a call from which on it was proficient."""

    minimum = _score("Proficiency minimum of a call")

    def save(self, rules: CoachingRules, *, by: User, at: datetime) -> bool:
        """Whether it was changed."""
        sent = self.cleaned_data
        return self.carry_out(
            lambda: rules.change(minimum=sent["minimum"], by=by, at=at, version=sent["version"])
        )
