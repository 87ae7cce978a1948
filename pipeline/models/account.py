"""Customer companies and the people there."""

from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q

from lib.events import publish, publishing
from lib.searching import fold
from lib.versions import Versioned
from people import reporting_line
from people.models import User


class AccountQuerySet(models.QuerySet["Account"]):
    def visible_to(self, user: User) -> Self:
        """Accounts nobody owns are everybody's; owned ones belong to the owner's line.

        Whoever works a deal sees the account it is with, whoever owns it. Administrators see all.
        """
        if user.is_administrator:
            return self
        from pipeline.models.opportunity import Opportunity

        below = reporting_line.ids_below(user)
        deals = Opportunity.objects.filter(account=OuterRef("pk"), owner_id__in=below)
        return self.filter(Q(owner=None) | Q(owner_id__in=below) | Exists(deals))

    def search(self, text: str) -> Self:
        return self.filter(search_text__contains=fold(text))


class Account(Versioned):
    """A customer company. Revenue is the yearly one, in millions of `currency`."""

    name = models.CharField(max_length=200)
    parent = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="subsidiaries"
    )
    owner = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="accounts")
    sector = models.CharField(max_length=100, blank=True)
    location = models.CharField(max_length=200, blank=True)
    website = models.URLField(blank=True)
    phone = models.CharField(max_length=50, blank=True)
    year_established = models.PositiveSmallIntegerField(null=True, blank=True)
    employees = models.PositiveIntegerField(null=True, blank=True)
    annual_revenue = models.DecimalField(
        "Annual revenue, millions", max_digits=14, decimal_places=2, null=True, blank=True
    )
    notes = models.TextField(blank=True, max_length=10_000)
    is_sample = models.BooleanField(default=False, editable=False)
    search_text = models.CharField(max_length=700, editable=False, default="")
    name_key = models.CharField(max_length=400, unique=True, editable=False)

    objects = AccountQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        indexes = [models.Index(fields=["name", "id"], name="account_by_name")]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.set_keys()
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "search_text", "name_key"}
        super().save(*args, **kwargs)

    def set_keys(self) -> None:
        """Fill the derived columns; bulk writers call this themselves."""
        self.name_key = fold(self.name)
        self.search_text = fold(self.name, self.sector, self.location)

    def clean(self) -> None:
        same = Account.objects.filter(name_key=fold(self.name)).exclude(pk=self.pk)
        if self.name and same.exists():
            raise ValidationError({"name": "There is an account of that name already."})
        self._refuse_circle()

    @classmethod
    def register(cls, **fields: Any) -> "Account":
        """A new account. Raises ValidationError, for one when the name is taken."""
        account = cls(**fields)
        account.full_clean(exclude=["name_key"])
        with transaction.atomic():
            account.save()
            publish("registered", account)
        return account

    def change(self, *, version: int | None = None, **fields: Any) -> None:
        """Change any facts about the company."""
        with self.editing(version), publishing(self, "changed"):
            for name, value in fields.items():
                setattr(self, name, value)
            self.full_clean(exclude=["name_key"])
            self.save(update_fields=list(fields))

    def _refuse_circle(self) -> None:
        above, seen = self.parent, {self.pk}
        while above is not None:
            if above.pk in seen:
                raise ValidationError({"parent": "An account cannot lie under itself."})
            seen.add(above.pk)
            above = above.parent


class ContactQuerySet(models.QuerySet["Contact"]):
    def visible_to(self, user: User) -> Self:
        """The people at the accounts one sees."""
        if user.is_administrator:
            return self
        return self.filter(account__in=Account.objects.visible_to(user))

    def search(self, text: str) -> Self:
        return self.filter(search_text__contains=fold(text))


class Contact(Versioned):
    """A person at an account."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="contacts")
    name = models.CharField(max_length=200)
    job_title = models.CharField(max_length=200, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=50, blank=True)
    notes = models.TextField(blank=True, max_length=10_000)
    search_text = models.CharField(max_length=900, editable=False, default="")

    objects = ContactQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        indexes = [models.Index(fields=["name", "id"], name="contact_by_name")]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.search_text = fold(self.name, self.job_title, self.email)
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "search_text"}
        super().save(*args, **kwargs)

    @classmethod
    def register(cls, **fields: Any) -> "Contact":
        """A new person at an account. May raise ValidationError."""
        contact = cls(**fields)
        contact.full_clean()
        with transaction.atomic():
            contact.save()
            publish("registered", contact)
        return contact

    def change(self, *, version: int | None = None, **fields: Any) -> None:
        """Change any facts about the person; with another account they have changed employer."""
        with self.editing(version), publishing(self, "changed"):
            for name, value in fields.items():
                setattr(self, name, value)
            self.full_clean()
            self.save(update_fields=list(fields))
