"""A diagnosis: skill and will with their reasons, and what they rest on."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from django import forms

from coaching import evidence
from coaching.evidence import Evidence
from coaching.models import Behaviour, Diagnosis
from coaching.models.diagnosis import LEVELS
from lib.verb_form import VerbForm
from people.models import User


class AnyOf(forms.MultipleChoiceField):
    """Which keys are evidence is the model's rule: what was offered may be another list by now."""

    def valid_value(self, value: Any) -> bool:
        return True


def _level(label: str) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=LEVELS, widget=forms.RadioSelect)


def _reason(label: str) -> forms.CharField:
    length = Diagnosis._meta.get_field("skill_reason").max_length
    return forms.CharField(label=label, max_length=length, widget=forms.Textarea(attrs={"rows": 2}))


class DiagnosisForm(VerbForm):
    skill = _level("Skill: can they do it?")
    skill_reason = _reason("Why the skill is so")
    will = _level("Will: do they want to?")
    will_reason = _reason("Why the will is so")
    evidence = AnyOf(label="What this rests on", required=False)

    def __init__(self, rep: User, behaviour: Behaviour, reader: User, data: Any = None) -> None:
        super().__init__(data)
        self.about = (rep, behaviour, reader)

    def pieces(self) -> "list[tuple[str, list[tuple[Evidence, str, bool]]]]":
        """By kind: each piece, where it is read, and whether it is ticked."""
        rep = self.about[0]
        ticked = set(self["evidence"].value() or [])
        shown = self._shown(ticked)
        return [
            (
                evidence.KINDS[kind].label,
                [
                    (each, evidence.path(kind, each.subject_id, rep.pk), each.key in ticked)
                    for each in pieces
                ],
            )
            for kind, pieces in groupby(shown, lambda each: each.kind)
        ]

    def _shown(self, ticked: set[str]) -> Sequence[Evidence]:
        """What is offered, and what was ticked when other things were."""
        offered = evidence.offered(*self.about)
        others = ticked - {each.key for each in offered}
        kept = evidence.chosen(*self.about, others) if others else []
        order = list(evidence.KINDS)
        return sorted([*offered, *kept], key=lambda each: order.index(each.kind))
