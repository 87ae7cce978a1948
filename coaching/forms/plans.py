"""The pre-call plan as a form: five parts, three of them made of lines, one of people."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict

from coaching.models import CallPlan
from coaching.models.plan_content import LINE_LENGTH, LINE_PARTS, PlanContent, TextLine, WhoLine
from lib.searching import fold
from lib.verb_form import VersionedVerbForm
from lib.versions import Stale
from people.models import User
from pipeline.models import Call, Contact
from pipeline.models.buyer import BUYER_QUESTIONS, BUYING_ROLES

PERSON = re.compile(r"-(\d{1,4})-(contact|name|role|met)$")
NOT_THERE = "That person is not at this account. Remove the line, or write the name."

Data = Mapping[str, Any]
Files = MultiValueDict[str, Any]


@dataclass
class PersonRow:
    """A line of "who" as a page shows it: `contact` is the contact's id, "" for somebody new."""

    contact: str = ""
    name: str = ""
    role: str = ""
    met_before: bool = False

    @classmethod
    def of(cls, line: WhoLine) -> "PersonRow":
        if line.contact is None:
            return cls("", line.name, line.role, line.met_before)
        return cls(str(line.contact.pk), line.contact.name, line.role, line.met_before)


class LinesInput(forms.Widget):
    """Any number of texts under one name, each with the buyer question it asks."""

    def value_from_datadict(self, data: Data, files: Files, name: str) -> list[TextLine]:
        if not isinstance(data, MultiValueDict):
            return []
        pairs = zip_longest(data.getlist(name), data.getlist(f"{name}-question"), fillvalue="")
        return [TextLine(text, question) for text, question in pairs]


class PeopleInput(forms.Widget):
    """Numbered people: `who-0-contact`, `who-0-name`, `who-0-role`, `who-0-met`."""

    def value_from_datadict(self, data: Data, files: Files, name: str) -> list[PersonRow]:
        rows: dict[int, PersonRow] = {}
        for key in data:
            found = PERSON.search(key)
            if not found or key[: found.start()] != name:
                continue
            row = rows.setdefault(int(found[1]), PersonRow())
            if found[2] == "met":
                row.met_before = True
            else:
                setattr(row, found[2], data[key])
        return [rows[number] for number in sorted(rows)]


class LinesField(forms.Field):
    """Cleans to the lines that say something. How many there may be is the plan's own rule."""

    widget = LinesInput
    text = forms.CharField(max_length=LINE_LENGTH, required=False)
    question = forms.ChoiceField(choices=BUYER_QUESTIONS, required=False)

    def clean(self, value: list[TextLine]) -> list[TextLine]:
        lines = [
            TextLine(" ".join(self.text.clean(line.text).split()), self.question.clean(q))
            for line in value
            for q in [line.question]
        ]
        return [line for line in lines if line.text]


class PeopleField(forms.Field):
    """Cleans to people: contacts among `people`, found by id or by name, and names of others."""

    widget = PeopleInput
    name = forms.CharField(max_length=200, required=False)
    role = forms.ChoiceField(choices=BUYING_ROLES, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people: list[Contact] = []

    def clean(self, value: list[PersonRow]) -> list[WhoLine]:
        lines: list[WhoLine] = []
        for row in value:
            line = self._line(row)
            if line and not any(_same(line, other) for other in lines):
                lines.append(line)
        return lines

    def _line(self, row: PersonRow) -> WhoLine | None:
        name, role = " ".join(self.name.clean(row.name).split()), self.role.clean(row.role)
        if row.contact and row.contact not in {str(person.pk) for person in self.people}:
            raise ValidationError(NOT_THERE)
        chosen = [person for person in self.people if str(person.pk) == row.contact]
        if chosen and fold(name) not in ("", fold(chosen[0].name)):
            chosen = []  # somebody else's name was written over it
        named = [person for person in self.people if name and fold(person.name) == fold(name)]
        contact = next(iter(chosen or named), None)
        if contact is None and not name:
            return None
        return WhoLine(contact, contact.name if contact else name, role, row.met_before)


def _same(one: WhoLine, other: WhoLine) -> bool:
    return (one.contact, fold(one.name)) == (other.contact, fold(other.name))


def _sentence(label: str) -> forms.CharField:
    attributes = {"rows": 1, "maxlength": LINE_LENGTH, "data-field": "text"}
    area = forms.Textarea(attrs=attributes)
    return forms.CharField(label=label, max_length=LINE_LENGTH, required=False, widget=area)


class PlanForm(VersionedVerbForm):
    """A draft may lack anything; filing names each part that is still empty."""

    purpose = _sentence("Purpose")
    who = PeopleField(label="Who", required=False)
    learn = LinesField(label="Learn", required=False)
    give = LinesField(label="Give", required=False)
    commitments = LinesField(label="Commitments", required=False)
    fallback = _sentence("Fallback")

    def __init__(
        self, data: Any, *, call: Call, content: PlanContent, people: list[Contact]
    ) -> None:
        self.call = call
        self.plan: CallPlan | None = getattr(call, "plan", None)
        super().__init__(data, initial=_initial(content, self.plan))
        on_plan = [line.contact for line in content.who if line.contact]
        self.fields["who"].people = _distinct([*people, *on_plan])  # type: ignore[attr-defined]

    def clean_purpose(self) -> str:
        return " ".join(self.cleaned_data["purpose"].split())

    def clean_fallback(self) -> str:
        return " ".join(self.cleaned_data["fallback"].split())

    def content(self) -> PlanContent:
        """What was sent."""
        return PlanContent(**{k: v for k, v in self.cleaned_data.items() if k != "version"})

    def keep(self, *, by: User, at: datetime) -> bool:
        """Save what was sent; `plan` is then the saved one, and the form goes on from it."""
        return self.is_valid() and self.carry_out(lambda: self._write(by, at))

    def hand_in(self, *, by: User, at: datetime) -> bool:
        """Save what was sent, then file it. What was saved stays saved when filing is refused."""
        return self.keep(by=by, at=at) and self.carry_out(lambda: self._file(by, at))

    def _write(self, by: User, at: datetime) -> None:
        content, seen = self.content(), self.cleaned_data["version"]
        try:
            self.plan = CallPlan.write_for(self.call, content, by=by, at=at, version=seen)
        except Stale as stale:
            self.plan = self._catch_up(stale, content, seen, by, at)
        self._go_on_from(self.plan)

    def _catch_up(
        self, stale: Stale, content: PlanContent, seen: int, by: User, at: datetime
    ) -> CallPlan:
        """The same text again is saved already, and the manager's answers are no other text."""
        plan = cast(CallPlan, stale.current)
        if plan.content() == content:
            return plan
        if not seen or not plan.only_inspected_since(seen):
            raise stale
        plan.write(content, by=by, at=at, version=plan.version)
        return plan

    def _file(self, by: User, at: datetime) -> None:
        if self.plan:
            self.plan.file(by=by, at=at, version=self.plan.version)
            self._go_on_from(self.plan)

    def _go_on_from(self, plan: CallPlan) -> None:
        data: Any = self.data
        self.data = data = data.copy()
        data["version"] = plan.version

    def rows(self, part: str) -> list[Any]:
        """What to show in a part: what was typed, or what is saved."""
        return list(self[part].value() or [])

    def conflicts_by_part(self) -> dict[str, PlanContent]:
        """After a stale save, by part with another text: the plan as somebody else saved it."""
        if not isinstance(self.stale, CallPlan):
            return {}
        saved, mine = self.stale.content(), self.content()
        return {
            name: saved
            for name in ("purpose", "who", "learn", "give", "commitments", "fallback")
            if getattr(saved, name) != getattr(mine, name)
        }


def _initial(content: PlanContent, plan: CallPlan | None) -> dict[str, Any]:
    lines = {part: content.lines(part) for part, _ in LINE_PARTS}
    return {
        "version": plan.version if plan else 0,
        "purpose": content.purpose,
        "fallback": content.fallback,
        "who": [PersonRow.of(line) for line in content.who],
        **lines,
    }


def _distinct(people: Iterable[Contact]) -> list[Contact]:
    return list({person.pk: person for person in people}.values())
