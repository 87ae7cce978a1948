"""Scores of behaviours in a form: the fields, and what a page shows beside each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django import forms

from coaching.models import Behaviour, BehaviourScore


@dataclass(frozen=True)
class Scorable:
    """A behaviour by the words it is scored by: those of the rep's own score, else today's."""

    pk: int
    name: str
    expected: str
    anchors: Sequence[tuple[int, str]]
    rep_score: int | None = None

    @classmethod
    def today(cls, behaviour: Behaviour) -> "Scorable":
        return cls(behaviour.pk, behaviour.name, behaviour.expected, behaviour.anchor_pairs)

    @classmethod
    def as_scored(cls, row: BehaviourScore) -> "Scorable":
        """The words of the row's version, which stay."""
        said = row.version
        return cls(row.behaviour_id, said.name, said.expected, said.anchor_pairs, row.own_score)


@dataclass(frozen=True)
class Scoring:
    """A behaviour with its fields; `previous` is the last score of the same kind."""

    about: Scorable
    score: forms.BoundField
    note: forms.BoundField | None
    previous: int | None
    in_focus: bool

    @property
    def is_said(self) -> bool:
        """Whether something is written of it, or wrong."""
        fields = (self.score, self.note) if self.note else (self.score,)
        return any(field.value() not in (None, "") or field.errors for field in fields)


def behaviour_score(name: str) -> forms.IntegerField:
    wrong = dict.fromkeys(("invalid", "min_value", "max_value"), "Choose 1 to 10, or leave it out.")
    return forms.IntegerField(
        label=name, min_value=1, max_value=10, required=False, error_messages=wrong
    )


class Scorings:
    """The behaviours of a form for its page. `opens` says whether the section stands open."""

    def __init__(
        self,
        form: forms.Form,
        prefix: str,
        behaviours: Sequence[Scorable],
        previous: Mapping[int, int],
        focus: int | None,
    ) -> None:
        self.rows = [
            Scoring(
                each,
                form[f"{prefix}_{each.pk}"],
                form[f"note_{each.pk}"] if prefix == "seen" else None,
                previous.get(each.pk),
                each.pk == focus,
            )
            for each in behaviours
        ]
        self.opens = any(row.is_said or row.in_focus for row in self.rows)
        self.opens |= any(each.rep_score for each in behaviours)
