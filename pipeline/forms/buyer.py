"""What the buyer's side of a deal is told by: answers, people, actions, proposals."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from people.models import User
from pipeline.forms.facts import DealForm, amount_field, day_field
from pipeline.models import BuyerAction, BuyerAnswer, BuyingRole, Contact, Opportunity, Proposal
from pipeline.models.buyer import BUYER_QUESTIONS, BUYING_ROLES


class BuyerAnswerForm(DealForm):
    """`question` is the one it answers; `known` what is known by now, when the caller has it."""

    done = "Answer saved."
    answer = forms.CharField(
        label="What we know",
        max_length=5_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, thing: Any, user: User, data: Any = None, **options: Any) -> None:
        self.question: str = options.pop("question")
        self.known: str | None = options.pop("known", None)
        self.heading = dict(BUYER_QUESTIONS)[self.question]
        super().__init__(thing, user, data, **options)

    def facts(self, thing: Any) -> dict[str, Any]:
        if self.known is None or self.stale is not None:
            row = BuyerAnswer.objects.filter(opportunity=thing, question=self.question).first()
            return {"answer": row.answer if row else ""}
        return {"answer": self.known}

    def verb(self, *, by: User, at: datetime) -> None:
        text = self.cleaned_data["answer"]
        BuyerAnswer.give(self.deal, self.question, text, by=by, at=at, version=self.seen_version)


class NewBuyingRoleForm(DealForm):
    """Somebody of the account, or somebody new there."""

    heading, button = "Add a person", "Add"
    contact = forms.ModelChoiceField(
        Contact.objects.none(), required=False, empty_label="Somebody new", label="Who"
    )
    name = forms.CharField(label="Name of somebody new", max_length=200, required=False)
    job_title = forms.CharField(max_length=200, required=False)
    role = forms.ChoiceField(choices=BUYING_ROLES)
    criteria = forms.CharField(label="Buying criteria", max_length=500, required=False)

    def prepare(self) -> None:
        people = Contact.objects.visible_to(self.user).filter(account=self.deal.account_id)
        self.fields["contact"].queryset = people  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        if said.get("contact") and said.get("name"):
            raise ValidationError({"name": "Choose somebody or name somebody new, not both."})
        if not said.get("contact") and not said.get("name") and "contact" not in self.errors:
            raise ValidationError({"name": "Choose somebody, or name somebody new."})
        if said.get("name") and self.deal.account is None:
            raise ValidationError({"name": "Give the deal an account first: people belong to one."})
        return said

    def verb(self, *, by: User, at: datetime) -> None:
        said = self.cleaned_data
        contact = said["contact"] or Contact(
            account=self.deal.account, name=said["name"], job_title=said["job_title"]
        )
        BuyingRole.add(
            self.deal, contact, said["role"], criteria=said["criteria"], version=self.seen_version
        )
        self.done = f"{contact} added."


class BuyingRoleForm(DealForm):
    heading, done = "Buying role", "Saved."
    role = forms.ChoiceField(choices=BUYING_ROLES)
    criteria = forms.CharField(label="Buying criteria", max_length=500, required=False)

    def __init__(self, thing: Any, user: User, data: Any = None, **options: Any) -> None:
        options["initial"] = {"version": thing.opportunity.version, **self.facts(thing)}
        super().__init__(thing, user, data, **options)

    @property
    def deal(self) -> Opportunity:
        return self.thing.opportunity  # type: ignore[no-any-return]

    def facts(self, thing: Any) -> dict[str, Any]:
        return {"role": thing.role, "criteria": thing.criteria}

    def verb(self, *, by: User, at: datetime) -> None:
        said = self.cleaned_data
        self.thing.change(role=said["role"], criteria=said["criteria"], version=self.seen_version)


class BuyerActionForm(DealForm):
    """Adding asks for no version: two people may each write down what they saw."""

    heading, button, done = "Add a buyer action", "Add", "Buyer action added."
    version = None  # type: ignore[assignment]
    what = forms.CharField(label="What did the customer do?", max_length=500)
    on = day_field(label="When", initial=timezone.localdate)
    contact = forms.ModelChoiceField(
        Contact.objects.none(), required=False, empty_label="Nobody in particular", label="Who"
    )

    def __init__(self, thing: Any, user: User, data: Any = None, **options: Any) -> None:
        self.people: list[Contact] | None = options.pop("people", None)
        super().__init__(thing, user, data, **options)

    def prepare(self) -> None:
        """Any person of the account will do; `people` spares a page the question who they are."""
        field: Any = self.fields["contact"]
        field.queryset = Contact.objects.visible_to(self.user).filter(account=self.deal.account_id)
        if self.people is not None:
            known = [(contact.pk, contact.name) for contact in self.people]
            field.choices = [("", field.empty_label), *known]

    def verb(self, *, by: User, at: datetime) -> None:
        said = self.cleaned_data
        BuyerAction.record(
            self.deal, said["what"], said["on"], by=by, at=at, contact=said["contact"]
        )


class ProposalForm(DealForm):
    heading, button, done = "Add a proposal", "Add", "Proposal added."
    version = None  # type: ignore[assignment]
    title = forms.CharField(label="Title", max_length=200)
    sent_on = day_field(label="Sent on", initial=timezone.localdate)
    amount = amount_field(required=False)

    def verb(self, *, by: User, at: datetime) -> None:
        said = self.cleaned_data
        Proposal.record(
            self.deal, said["title"], said["sent_on"], by=by, at=at, amount=said["amount"]
        )
