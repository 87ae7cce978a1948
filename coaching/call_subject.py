"""What a new call is about: a deal, an account, or a person there."""

from dataclasses import dataclass
from typing import Any

from django.db.models import F, QuerySet
from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404

from people.models import User
from pipeline.models import Account, Contact, Opportunity

NAMES = ("opportunity", "account", "contact")
OFFERED = 8


@dataclass(frozen=True)
class CallSubject:
    """At least one of deal and account; a contact is somebody to be seen."""

    opportunity: Opportunity | None = None
    account: Account | None = None
    contact: Contact | None = None

    @classmethod
    def of(cls, user: User, params: QueryDict) -> "CallSubject | None":
        """What the ids name; None without any. Raises Http404 for what this person may not see."""
        deals = Opportunity.objects.visible_to(user).select_related("account")
        opportunity = _found(deals, params.get("opportunity", ""))
        account = _found(Account.objects.visible_to(user), params.get("account", ""))
        contacts = Contact.objects.visible_to(user).select_related("account")
        contact = _found(contacts, params.get("contact", ""))
        account = account or (contact.account if contact else None)
        account = account or (opportunity.account if opportunity else None)
        return cls(opportunity, account, contact) if opportunity or account else None

    @property
    def name(self) -> str:
        return str(self.account or self.opportunity)

    def people(self, user: User) -> "QuerySet[Contact]":
        """Who may attend: the people at the account."""
        return Contact.objects.visible_to(user).filter(account=self.account)

    def deals(self, user: User) -> "QuerySet[Opportunity]":
        """The open deals with the account, to choose from when none is named."""
        return Opportunity.objects.visible_to(user).open().filter(account=self.account)


@dataclass(frozen=True)
class Choices:
    """What a call may be about, to choose from."""

    deals: list[Opportunity]
    accounts: list[Account]
    contacts: list[Contact]

    @classmethod
    def matching(cls, user: User, text: str) -> "Choices":
        """By name; without a text the person's own open deals, next step due first."""
        deals = Opportunity.objects.visible_to(user).open().select_related("account", "owner")
        if not text:
            own = deals.filter(owner=user).order_by(F("next_step_on").asc(nulls_last=True), "pk")
            return cls(list(own[:OFFERED]), [], [])
        contacts = Contact.objects.visible_to(user).select_related("account")
        return cls(
            list(deals.search(text).order_by("name", "pk")[:OFFERED]),
            list(Account.objects.visible_to(user).search(text)[:OFFERED]),
            list(contacts.search(text)[:OFFERED]),
        )

    @property
    def any(self) -> bool:
        return bool(self.deals or self.accounts or self.contacts)


def _found(rows: "QuerySet[Any]", pk: str) -> Any:
    if not pk:
        return None
    if not pk.isdecimal() or len(pk) > 18:
        raise Http404
    return get_object_or_404(rows, pk=pk)
