"""What the pages of each kind of material say and show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from lib.calendar import in_words
from playbook.fit import wanted
from playbook.forms.material import (
    DifferentiatorForm,
    IcpCriterionForm,
    MaterialForm,
    PriorityForm,
    QuestionForm,
)
from playbook.models.material import Material
from playbook.models.priority import COMING, IN_FORCE, OVER, standing


@dataclass(frozen=True)
class Kind:
    """Names of its pages (`name`, `one`), what is written on them, and the order of its rows."""

    name: str
    one: str
    label: str
    noun: str
    said: str
    empty: str
    form: type[MaterialForm]
    order: tuple[str, ...]
    related: tuple[str, ...] = ()
    places: bool = True  # whether one puts them in order

    @property
    def model(self) -> type[Material]:
        return self.form.model


DIFFERENTIATORS = Kind(
    "differentiators",
    "differentiator",
    "Differentiators",
    "differentiator",
    "What sets us apart, offered in the plan's Give.",
    "Write down what a buyer gets from you and from nobody else, with proof.",
    DifferentiatorForm,
    ("product__name_key", "place"),
    ("product",),
)
QUESTIONS = Kind(
    "questions",
    "question",
    "Questions",
    "question",
    "Ask, do not tell: offered in plans, to inspections and in 1-on-1s.",
    "Collect the questions that make people think: asked of buyers, and of reps.",
    QuestionForm,
    ("situation", "stage__order", "place"),
    ("stage",),
)
ICP_CRITERIA = Kind(
    "icp_criteria",
    "icp_criterion",
    "Ideal customer",
    "criterion",
    "What makes an account fit, and how much each criterion weighs.",
    "Say what the accounts have in common that buy and stay. Each account then shows its fit.",
    IcpCriterionForm,
    ("-weight", "name"),
    places=False,
)
PRIORITIES = Kind(
    "priorities",
    "priority",
    "Priorities",
    "priority",
    "What to push now, shown on Today and on the deals that serve it.",
    "Name what the organisation wants pushed, why, and from when to when.",
    PriorityForm,
    ("place",),
    ("product",),
)
KINDS = {kind.name: kind for kind in (DIFFERENTIATORS, QUESTIONS, ICP_CRITERIA, PRIORITIES)}


@dataclass(frozen=True)
class Row:
    """A piece as the list shows it: `facts` in small print, `chip` its state (kind, text)."""

    piece: Any
    facts: list[str]
    chip: tuple[str, str] | None


def groups(kind: Kind, pieces: Sequence[Any], today: date) -> list[tuple[str, list[Row]]]:
    """The pieces under the heads of what they are for, "" where there is only one head."""
    rows = [Row(piece, _facts(kind, piece), _chip(kind, piece, today)) for piece in pieces]
    return [(head, list(of)) for head, of in groupby(rows, lambda row: _head(kind, row.piece))]


def _head(kind: Kind, piece: Any) -> str:
    if kind is DIFFERENTIATORS:
        return str(piece.product) if piece.product else "Whatever we sell"
    if kind is QUESTIONS:
        return f"{piece.get_situation_display()} · {piece.stage or 'any stage'}"
    return ""


def _facts(kind: Kind, piece: Any) -> list[str]:
    if kind is ICP_CRITERIA:
        return [f"{piece.get_fact_display()}: {wanted(piece)}", piece.why]
    if kind is PRIORITIES:
        last = f"to {in_words(piece.last_day)}" if piece.last_day else "on"
        days = f"from {in_words(piece.first_day)} {last}"
        return [f"{piece.product or 'Every deal'}, {days}", piece.reason]
    proof = getattr(piece, "proof", "")
    used = [_used(piece)] if piece.uses else []  # else the chip says so, once it is time to
    return [*used, *([proof] if proof else [])]


def _used(piece: Any) -> str:
    times = "once" if piece.uses == 1 else f"{piece.uses} times"
    return f"Used {times}, last on {in_words(piece.last_used_on)}"


PRIORITY_CHIPS = {
    COMING: ("idle", "Yet to come"),
    IN_FORCE: ("ok", "In force"),
    OVER: ("idle", "Over"),
}


def _chip(kind: Kind, piece: Any, today: date) -> tuple[str, str] | None:
    if kind is ICP_CRITERIA:
        return ("idle", f"Weight {piece.weight}")
    if kind is PRIORITIES:
        return PRIORITY_CHIPS[standing(piece.first_day, piece.last_day, today)]
    return ("idle", "Not used in 90 days") if piece.is_idle(today) else None
