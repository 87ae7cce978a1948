"""The buyer's side of a deal: who decides, what we know of their buying, and what they did."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction

from lib.calendar import local_date
from lib.events import publish, publishing
from people import reporting_line
from people.models import Organisation, User
from pipeline.models.account import Contact

if TYPE_CHECKING:
    from pipeline.models.call import Call
    from pipeline.models.opportunity import Opportunity

BUYING_ROLES = [
    ("economic_buyer", "Economic buyer"),
    ("decision_maker", "Decision maker"),
    ("champion", "Champion"),
    ("influencer", "Influencer"),
    ("user", "User"),
    ("blocker", "Blocker"),
]
BUYER_QUESTIONS = [
    ("problem", "What problem can we solve?"),
    ("criteria", "What are each decision maker's buying criteria?"),
    ("evaluation", "What has the prospect done so far to evaluate?"),
    ("decision", "What is their timeline and process for deciding?"),
]


class OnOpportunityQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """What belongs to the deals one sees."""
        if user.is_administrator:
            return self
        return self.filter(opportunity__owner_id__in=reporting_line.ids_below(user))


class BuyingRole(models.Model):
    """A contact's part in deciding a deal, and what they buy by."""

    opportunity = models.ForeignKey(
        "pipeline.Opportunity", models.CASCADE, related_name="buying_roles"
    )
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="buying_roles")
    role = models.CharField(max_length=14, choices=BUYING_ROLES)
    criteria = models.CharField("Buying criteria", max_length=500, blank=True)

    objects = OnOpportunityQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["opportunity", "contact"],
                name="one_buying_role_a_contact",
                violation_error_message="That person has a buying role on this deal already.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.contact}, {self.get_role_display()}"

    @classmethod
    def add(
        cls,
        deal: "Opportunity",
        contact: Contact,
        role: str,
        *,
        criteria: str = "",
        version: int | None = None,
    ) -> "BuyingRole":
        """Give a contact a part in the deal; one that is not saved yet is saved with it.

        `version` is the deal's: its people are edited as one list. May raise ValidationError.
        """
        with deal.editing(version):
            if contact._state.adding:
                contact.full_clean()
                contact.save()
                publish("registered", contact)
            part = cls(opportunity=deal, contact=contact, role=role, criteria=criteria.strip())
            part.full_clean()
            part.save()
            deal.refresh_clocks()
            publish("added", part)
        return part

    def change(self, *, version: int | None = None, **fields: Any) -> None:
        """Change `role` or `criteria`; `version` is the deal's."""
        if unknown := set(fields) - {"role", "criteria"}:
            raise TypeError(f"not to be changed here: {unknown}")
        with self.opportunity.editing(version), publishing(self, "changed"):
            for name, value in fields.items():
                setattr(self, name, value)
            self.full_clean()
            self.save(update_fields=list(fields))

    def remove(self, *, version: int | None = None) -> None:
        """Take this person off the deal; the contact stays. `version` is the deal's."""
        with self.opportunity.editing(version):
            publish("removed", self, gone=True)
            self.delete()
            self.opportunity.refresh_clocks()


class BuyerAnswer(models.Model):
    """What we know so far about one of the four buyer questions. None or "" is still open."""

    opportunity = models.ForeignKey(
        "pipeline.Opportunity", models.CASCADE, related_name="buyer_answers"
    )
    question = models.CharField(max_length=10, choices=BUYER_QUESTIONS)
    answer = models.TextField(max_length=5_000, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    objects = OnOpportunityQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["opportunity", "question"], name="one_answer_a_buyer_question"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_question_display()} {self.answer}"

    @classmethod
    def give(
        cls,
        deal: "Opportunity",
        question: str,
        answer: str,
        *,
        by: User,
        at: datetime,
        version: int | None = None,
    ) -> "BuyerAnswer":
        """Write what is known about a buyer question; "" opens it again. `version`: the deal's."""
        with deal.editing(version):
            row = cls.objects.filter(opportunity=deal, question=question).first()
            row = row or cls(opportunity=deal, question=question)
            row.answer, row.at, row.by = answer.strip(), at, by
            row.full_clean()
            row.save()
            publish("given", row, by, at)
        return row


class BuyerAction(models.Model):
    """Dated evidence of what the customer did, as against rep activity."""

    opportunity = models.ForeignKey(
        "pipeline.Opportunity", models.CASCADE, related_name="buyer_actions"
    )
    contact = models.ForeignKey(
        Contact, models.SET_NULL, null=True, blank=True, related_name="buyer_actions"
    )
    call = models.ForeignKey(
        "pipeline.Call", models.SET_NULL, null=True, blank=True, related_name="buyer_actions"
    )
    on = models.DateField()
    what = models.CharField(max_length=500)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", editable=False)

    objects = OnOpportunityQuerySet.as_manager()

    class Meta:
        ordering = ["-on", "-pk"]
        indexes = [models.Index(fields=["opportunity", "on"], name="buyer_action_history")]

    def __str__(self) -> str:
        return self.what

    @classmethod
    def record(
        cls,
        deal: "Opportunity",
        what: str,
        on: date,
        *,
        by: User | None,
        at: datetime,
        contact: Contact | None = None,
        call: "Call | None" = None,
    ) -> "BuyerAction":
        """Write down what the customer did. Raises ValidationError for a day yet to come."""
        if on > local_date(at, Organisation.current().zone):
            raise ValidationError({"on": "That day has not come yet."})
        action = cls(opportunity=deal, what=what.strip(), on=on, by=by, contact=contact, call=call)
        action.full_clean()
        with transaction.atomic():
            action.save()
            deal.refresh_clocks()
            publish("recorded", action, by, at)
        return action

    @transaction.atomic
    def remove(self) -> None:
        """Take it back: it was written down by mistake."""
        publish("removed", self, gone=True)
        self.delete()
        self.opportunity.refresh_clocks()

    def clean(self) -> None:
        same_deal = self.call is None or self.call.opportunity_id == self.opportunity_id
        if not same_deal:
            raise ValidationError({"call": "That call was about another deal."})
