"""The buyer's side of a deal: who decides, what we know of their buying, and what they did."""

from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models

from people import reporting_line
from people.models import User
from pipeline.models.account import Contact

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

    def clean(self) -> None:
        same_deal = self.call is None or self.call.opportunity_id == self.opportunity_id
        if not same_deal:
            raise ValidationError({"call": "That call was about another deal."})
