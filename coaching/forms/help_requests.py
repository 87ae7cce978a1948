"""Asking for help, ready to send but for one sentence; and the answers to it."""

from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from django import forms
from django.db.models import Case, IntegerField, OuterRef, Q, Subquery, Value, When

from coaching.help_queue import stands_stalled
from coaching.help_synopsis import synopsis
from coaching.models import HelpRequest
from coaching.models.help_request import (
    CALL_PERSON,
    HELP_KINDS,
    JOIN_CALL,
    LINE_LENGTH,
    OPINION,
    SEND_EMAIL,
    TEXT_LENGTH,
    TO_SOMEBODY,
    manager_above,
)
from lib.calendar import in_words, local_date, next_working_day
from lib.verb_form import VerbForm, VersionedVerbForm
from people.models import Holiday, Organisation, User
from pipeline.models import BuyingRole, Call, Contact, Opportunity
from pipeline.models.buyer import BUYING_ROLES

PEOPLE, CALLS = 200, 20  # to choose from at most
SOON = timedelta(days=7)  # a call this near is what help is most likely wanted for
NOBODY_ABOVE = "Nobody is above you to be asked. An administrator sets who leads whom."


def _lines(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class HelpForm(VerbForm):
    """The deal's owner asks; a manager above them steps in by the same form."""

    kind = forms.ChoiceField(
        label="What should happen?",
        choices=HELP_KINDS,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what should happen."},
    )
    contact = forms.TypedChoiceField(label="Whom", coerce=int, empty_value=None)
    call = forms.TypedChoiceField(label="Which call", coerce=int, empty_value=None, required=False)
    how_it_helps = forms.CharField(
        label="How will it help?",
        max_length=TEXT_LENGTH,
        widget=_lines(2),
        error_messages={"required": "Say how it will help."},
    )
    wanted_on = forms.DateField(
        label="Wanted by",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Say by when."},
    )
    draft_subject = forms.CharField(label="Subject", max_length=200, required=False)
    draft = forms.CharField(
        label="Draft or talking points",
        max_length=TEXT_LENGTH,
        required=False,
        widget=_lines(4),
    )
    synopsis = forms.CharField(
        label="What has happened",
        max_length=TEXT_LENGTH,
        required=False,
        widget=_lines(6),
        help_text="Written for you from the deal. Shorten it, or add what only you know.",
    )

    def __init__(self, deal: Opportunity, user: User, now: datetime, data: Any = None) -> None:
        super().__init__(data)
        self.deal, self.user, self.now = deal, user, now
        self.asks = deal.owner_id == user.pk
        self.manager = manager_above(deal.owner) if self.asks else user
        if not self.asks:
            self.fields["how_it_helps"].label = "What will you do, and how will it help?"
        self.people = {person.pk: person for person in _people(deal, user)}
        self.calls = {call.pk: call for call in _coming_calls(deal, user, now)}
        self._offer("contact", [(pk, _person(each)) for pk, each in self.people.items()])
        self._offer("call", [(pk, _call(each, user)) for pk, each in self.calls.items()])
        if data is None:
            self.initial = self._ready_to_send()
        else:
            self.fields["contact"].required = False  # the model knows for which kinds it is

    def _offer(self, name: str, choices: list[tuple[int, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "Nobody yet" if name == "contact" else "None yet"), *choices]

    @property
    def refusal(self) -> str:
        """Why nothing can be asked at all; "" when it can."""
        if not self.deal.is_open:
            return f"This deal is {self.deal.status} and needs no help."
        return "" if self.manager else NOBODY_ABOVE

    # What it opens with.

    def _ready_to_send(self) -> dict[str, Any]:
        return {
            "kind": self._fitting_kind,
            "contact": self._first_person.pk if self._first_person else None,
            "call": next(iter(self.calls), None),
            "wanted_on": _soon(local_date(self.now, Organisation.current().zone)),
            "draft_subject": self.deal.name,
            "synopsis": synopsis(self.deal, self.manager, by=self.user, at=self.now),
        }

    @property
    def _first_person(self) -> Contact | None:
        """The champion, else the first with a part in the deal, else anybody at the account."""
        return next(iter(self.people.values()), None)

    @cached_property
    def _fitting_kind(self) -> str:
        call, person = next(iter(self.calls.values()), None), self._first_person
        if call and call.starts_at - self.now <= SOON:
            return JOIN_CALL
        if person is None:
            return OPINION
        return SEND_EMAIL if person.email and not person.phone else CALL_PERSON

    # What was said.

    def clean(self) -> dict[str, Any]:
        """Fields that do not belong to the kind are hidden on the page, and say nothing."""
        said = super().clean() or self.cleaned_data
        kind = said.get("kind")
        self.fields["contact"].required = kind in TO_SOMEBODY  # or it would be shown as optional
        said["contact"] = self.people.get(said.get("contact") if kind in TO_SOMEBODY else None)
        said["call"] = self.calls.get(said.get("call") if kind == JOIN_CALL else None)
        if kind not in TO_SOMEBODY:
            said["draft"] = ""
        if kind != SEND_EMAIL:
            said["draft_subject"] = ""
        return said

    def send(self) -> HelpRequest | None:
        """What was asked for; None when it was refused."""
        made: list[HelpRequest] = []
        if self.is_valid() and self.carry_out(lambda: made.append(self._make())):
            return made[0]
        return None

    def _make(self) -> HelpRequest:
        said = dict(self.cleaned_data)
        done: dict[str, Any] = {
            "by": self.user,
            "at": self.now,
            "was_stalled": stands_stalled(self.deal, self.now),
        }
        if self.asks:
            return HelpRequest.ask(self.deal, **done, **said)
        return HelpRequest.step_in(self.deal, what=said.pop("how_it_helps"), **done, **said)


def _people(deal: Opportunity, user: User) -> Any:
    """Those at the account or with a part in the deal, each with their `role`; champion first."""
    roles = BuyingRole.objects.filter(opportunity=deal, contact=OuterRef("pk"))
    people = Contact.objects.visible_to(user).annotate(role=Subquery(roles.values("role")[:1]))
    rank = Case(
        When(role="champion", then=Value(0)),
        When(role__isnull=False, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    known = people.filter(Q(account_id=deal.account_id) | Q(role__isnull=False))
    return known.order_by(rank, "name", "pk")[:PEOPLE]


def _coming_calls(deal: Opportunity, user: User, now: datetime) -> Any:
    calls = Call.objects.visible_to(user).planned().filter(opportunity=deal, starts_at__gte=now)
    return calls.order_by("starts_at", "pk")[:CALLS]


def _person(person: Any) -> str:
    words = [person.name, person.job_title, dict(BUYING_ROLES).get(person.role, "")]
    return ", ".join(word for word in words if word)


def _call(call: Call, user: User) -> str:
    begins = call.starts_at.astimezone(user.zone)
    return f"{call.get_kind_display()}, {begins:%a} {in_words(begins.date())} {begins:%H:%M}"


def _soon(today: date) -> date:
    """The second working day from now."""
    near = Holiday.objects.filter(day__range=(today, today + timedelta(days=30)))
    off = set(near.values_list("day", flat=True))
    first = next_working_day(today + timedelta(days=1), off)
    return next_working_day(first + timedelta(days=1), off)


class AnswerForm(VersionedVerbForm):
    """A verb that needs no words. Without a version it comes from a list or a toast."""

    version = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)


class OutcomeForm(AnswerForm):
    outcome = forms.CharField(
        label="What happened?",
        max_length=LINE_LENGTH,
        error_messages={"required": "Say in one line what happened."},
    )


class DeclineForm(AnswerForm):
    reason = forms.CharField(
        label="Why not?", max_length=LINE_LENGTH, error_messages={"required": "Say why not."}
    )
