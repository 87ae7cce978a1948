"""The rep's debrief of a call."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict

from coaching.forms.behaviour_scores import Scorable, Scorings, behaviour_score
from coaching.models import Behaviour, Debrief, PlanLine
from coaching.models.debrief import TEXT_LENGTH, DebriefContent, LineResult
from coaching.models.plan_content import LINE_LENGTH
from lib.verb_form import VersionedVerbForm
from pipeline.models import Call

ABOUT_A_LINE = re.compile(r"(?:outcome|note)_(\d{1,18})")


class LinesInput(forms.Widget):
    """Several inputs of one name; their values as a list."""

    def value_from_datadict(
        self, data: Mapping[str, Any], files: MultiValueDict[str, Any], name: str
    ) -> list[str]:
        return data.getlist(name) if isinstance(data, MultiValueDict) else data.get(name, [])

    def value_omitted_from_data(
        self, data: Mapping[str, Any], files: MultiValueDict[str, Any], name: str
    ) -> bool:
        return name not in data


def _paragraphs(label: str) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": 2, "maxlength": TEXT_LENGTH})
    return forms.CharField(label=label, required=False, max_length=TEXT_LENGTH, widget=area)


def _sentence(label: str) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=LINE_LENGTH)


@dataclass(frozen=True)
class Answer:
    """A line of the plan with its two fields."""

    line: PlanLine
    outcome: forms.BoundField
    note: forms.BoundField


@dataclass(frozen=True)
class Difference:
    """One thing that two savers said differently; `field_id` where either text can be taken."""

    label: str
    saved: str
    mine: str
    field_id: str


class DebriefForm(VersionedVerbForm):
    """Everything a debrief says. Drafts may lack anything; filing names what is missing."""

    USUAL_ACTIONS = (
        "Asked for a contract",
        "Brought in a decision maker",
        "Asked for references",
        "Told us their timeline",
    )

    as_prepared = forms.ChoiceField(
        label="Did I do what I prepared?", choices=PlanLine.OUTCOMES, required=False
    )
    score = forms.IntegerField(
        label="Score",
        min_value=1,
        max_value=10,
        required=False,
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), "Score the call from 1 to 10."
        ),
    )
    worked = _paragraphs("What worked")
    went_poorly = _paragraphs("What went poorly")
    forgot = _paragraphs("What I forgot to ask or did not think of")
    buyer_actions = forms.Field(label="Buyer actions", widget=LinesInput, required=False)
    next_step = _sentence("Next step")
    next_step_on = forms.DateField(
        label="By when",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    no_next_step_reason = _sentence("No next step, because")
    actual_minutes = forms.IntegerField(
        label="Minutes it took",
        min_value=0,
        max_value=1440,
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )

    def __init__(
        self,
        data: Any,
        *,
        call: Call,
        debrief: Debrief | None,
        lines: list[PlanLine],
        behaviours: Sequence[Behaviour] = (),
    ) -> None:
        self.call, self.lines, self.behaviours = call, lines, behaviours
        super().__init__(data, initial=_initial(call, debrief, lines))
        for line in lines:
            self.fields[f"outcome_{line.pk}"] = forms.ChoiceField(
                label=line.text, choices=line.outcomes, required=False
            )
            self.fields[f"note_{line.pk}"] = _sentence("What?")
        for behaviour in behaviours:
            self.fields[f"own_{behaviour.pk}"] = behaviour_score(behaviour.name)
        self.order_fields([name for name in self.fields if name not in self.base_fields])

    def answers(self) -> Iterator[Answer]:
        """The plan's lines in their order."""
        for line in self.lines:
            yield Answer(line, self[f"outcome_{line.pk}"], self[f"note_{line.pk}"])

    def scorings(self, previous: Mapping[int, int], focus: int | None) -> Scorings:
        """The behaviours that can be scored, each with the rep's last score of it."""
        scorable = [Scorable.today(each) for each in self.behaviours]
        return Scorings(self, "own", scorable, previous, focus)

    def actions(self) -> list[str]:
        """The buyer actions written so far and one more line to write on."""
        return [text for text in self["buyer_actions"].value() or [] if text.strip()] + [""]

    @property
    def unknown_lines(self) -> list[int]:
        """Ids of answered lines that are not on this call's plan (any more)."""
        sent = {int(found[1]) for name in self.data if (found := ABOUT_A_LINE.fullmatch(name))}
        return sorted(sent - {line.pk for line in self.lines})

    @property
    def lost_notes(self) -> list[str]:
        """What was typed on lines that are not on the plan (any more)."""
        notes = (self.data.get(f"note_{pk}", "").strip() for pk in self.unknown_lines)
        return [note for note in notes if note]

    def content(self) -> DebriefContent:
        """What was sent, for the model; ids it does not know are left to the model to refuse."""
        sent = self.cleaned_data
        results = {
            line.pk: LineResult(sent[f"outcome_{line.pk}"], sent[f"note_{line.pk}"])
            for line in self.lines
        }
        results |= {pk: LineResult() for pk in self.unknown_lines}
        own = {name: sent[name] for name in self.base_fields if name != "version"}
        scores = {each.pk: sent[f"own_{each.pk}"] for each in self.behaviours}
        known = {pk: score for pk, score in scores.items() if score is not None}
        return DebriefContent(results=results, own_scores=known, **own)

    def differences(self) -> list[Difference]:
        """Where what was sent differs from what somebody else saved meanwhile."""
        if not isinstance(self.stale, Debrief):
            return []
        saved = _initial(self.call, self.stale, self.lines)
        return [
            self._difference(name, saved.get(name))
            for name in self.fields
            if name != "version" and _plain(self.cleaned_data[name]) != _plain(saved.get(name))
        ]

    def _difference(self, name: str, saved: Any) -> Difference:
        field = self.fields[name]
        words: dict[str, str] = dict(getattr(field, "choices", []))
        mine = _plain(self.cleaned_data[name])
        is_text = isinstance(field, forms.CharField | forms.DateField)
        about = next((line for line in self.lines if name == f"note_{line.pk}"), None)
        return Difference(
            label=f"{about.text}: what?" if about else str(field.label),
            saved=words.get(_plain(saved), _plain(saved)),
            mine=words.get(mine, mine),
            field_id=self[name].auto_id if is_text else "",
        )

    def take_errors(self, refused: ValidationError) -> None:
        """Say of each line without an answer that it lacks one, so that each can be linked to."""
        errors = getattr(refused, "error_dict", {})
        open_lines = [
            line for line in self.lines if not self.cleaned_data.get(f"outcome_{line.pk}")
        ]
        if "results" in errors and open_lines and not self.unknown_lines:
            for line in open_lines:
                self.add_error(f"outcome_{line.pk}", "Say what came of this line.")
            refused = ValidationError({k: v for k, v in errors.items() if k != "results"})
        super().take_errors(refused)


def _initial(call: Call, debrief: Debrief | None, lines: list[PlanLine]) -> dict[str, Any]:
    """What is saved; the minutes are those planned until something else is said."""
    minutes = call.actual_minutes or call.planned_minutes
    if debrief is None:
        return {"version": 0, "actual_minutes": minutes}
    saved = {name: getattr(debrief, name) for name in DebriefForm.base_fields}
    saved["actual_minutes"] = minutes if debrief.actual_minutes is None else debrief.actual_minutes
    for line in lines:
        saved |= {f"outcome_{line.pk}": line.outcome, f"note_{line.pk}": line.note}
    return saved | {f"own_{pk}": score for pk, score in debrief.said_of_behaviours.items()}


def _plain(value: Any) -> str:
    """A field's value as a person would write it; "" for nothing."""
    if isinstance(value, list):
        return "\n".join(line for each in value if (line := each.strip()))
    return "" if value is None else str(value)
