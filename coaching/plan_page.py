"""What the page of a pre-call plan shows, part by part."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from coaching import prefill
from coaching.forms.plans import PersonRow, PlanForm
from coaching.inspection_queue import read_fully
from coaching.models import CallPlan, Focus, Inspection
from coaching.models.plan_content import LINE_PARTS, PARTS, PURPOSE, WHO, PlanContent
from people.models import User
from pipeline.models import Call, Contact
from pipeline.models.buyer import BUYING_ROLES

HELP = {
    PURPOSE: "In one sentence: what is different when this call has gone well?",
    WHO: "Who must be there, and have you met them before?",
    "learn": "What must you know when you leave?",
    "give": "What do they get from you: information, proof, what sets us apart?",
    "commitments": "What do you ask them to do, and what instead if they will not?",
}


@dataclass(frozen=True)
class Part:
    """One of the five: what is typed, what is offered, and what the manager said about it."""

    key: str
    label: str
    number: int
    help: str
    state: str
    field: Any
    rows: list[Any]
    offered: list[Any]
    notes: list[Inspection]
    saved: PlanContent | None
    saved_rows: list[Any]

    @property
    def has_lines(self) -> bool:
        return self.key in dict(LINE_PARTS)

    @property
    def texts(self) -> tuple[str, str]:
        """Saved and typed text of a part in conflict, a line each."""
        return _as_text(self.saved_rows), _as_text(self.rows)


@dataclass
class PlanPage:
    """The plan of a call, as its owner writes on it."""

    call: Call
    user: User
    form: PlanForm
    people: list[Contact]
    content: PlanContent

    @classmethod
    def of(cls, call: Call, user: User, data: Any = None) -> "PlanPage":
        """Saved content, or for a call without a plan the prefilled one."""
        people = prefill.people_for(call, user)
        plan: CallPlan | None = getattr(call, "plan", None)
        content = read_fully(plan).content() if plan else prefill.prefilled(call, people, user)
        form = PlanForm(data, call=call, content=content, people=people)
        return cls(call, user, form, people, content)

    @cached_property
    def focus(self) -> Focus | None:
        """The one behaviour its author works on."""
        return Focus.of(self.user, self.user)

    @property
    def plan(self) -> CallPlan | None:
        return self.form.plan

    roles = BUYING_ROLES
    blanks = ("", "")  # empty rows, for browsers without scripts
    blank_part = {"key": "new", "label": "Part"}

    @property
    def can_be_filed(self) -> bool:
        """Not filed yet, or sent back since."""
        return self.plan is None or self.plan.state not in (CallPlan.FILED, CallPlan.GOOD)

    @property
    def saved_fallback(self) -> str | None:
        """The fallback that somebody else saved meanwhile; None when it is no other one."""
        saved = self.form.conflicts_by_part().get("fallback")
        return saved.fallback if saved else None

    @property
    def strip(self) -> list[tuple[str, str, str]]:
        """The five dots; before the first save those of what is prefilled."""
        unsaved = CallPlan(call=self.call, filled_parts=self.content.filled_parts())
        return (self.plan or unsaved).strip

    @property
    def is_prefilled(self) -> bool:
        return self.plan is None and bool(self.content.filled_parts())

    @property
    def answers(self) -> list[Inspection]:
        """The manager's answers, newest first."""
        return list(read_fully(self.plan).inspections.all()) if self.plan else []

    def parts(self) -> Iterable[Part]:
        """The five parts in their order."""
        conflicts, answers, states = self.form.conflicts_by_part(), self.answers, self.strip
        shown = self.form.content() if self.form.is_bound and self.form.is_valid() else self.content
        offered = prefill.suggestions(self.call, shown, self.people)
        for number, (key, label) in enumerate(PARTS, start=1):
            saved = conflicts.get(key)
            yield Part(
                key=key,
                label=label,
                number=number,
                help=HELP[key],
                state=states[number - 1][2],
                field=self.form[key],
                rows=self.form.rows(key) if key != PURPOSE else [],
                offered=list(map(PersonRow.of, offered.who)) if key == WHO else offered.lines[key],
                notes=[answer for answer in answers if answer.part == key][:1],
                saved=saved,
                saved_rows=_rows(key, saved) if saved and key != PURPOSE else [],
            )


def _rows(key: str, content: PlanContent) -> list[Any]:
    return list(map(PersonRow.of, content.who)) if key == WHO else content.lines(key)


def _as_text(rows: list[Any]) -> str:
    said = (row.name if isinstance(row, PersonRow) else row.text for row in rows)
    return "\n".join(text for text in said if text.strip())
