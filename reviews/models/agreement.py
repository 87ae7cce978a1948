"""What a manager and a rep agreed on."""

from datetime import date, datetime
from typing import Self

from django.core.exceptions import ValidationError
from django.db import models, transaction

from lib.versions import Versioned
from people import reporting_line
from people.models import User


class AgreementQuerySet(models.QuerySet["Agreement"]):
    def visible_to(self, user: User) -> Self:
        """One's own and those of everybody under one; administrators as such see none."""
        return self.filter(owner_id__in=reporting_line.ids_below(user))

    def open(self) -> Self:
        return self.filter(done_at=None, dropped_at=None)

    def in_view(self, view: str) -> Self:
        """ "done", "dropped", or anything else: the open ones."""
        settled = {"done": {"done_at__isnull": False}, "dropped": {"dropped_at__isnull": False}}
        return self.filter(**settled[view]) if view in settled else self.open()

    def due(self, day: date) -> Self:
        """Open and due on that day or before."""
        return self.open().filter(due_on__lte=day)

    def for_list(self) -> Self:
        return self.select_related("owner", "agreed_with")


class Agreement(Versioned):
    """A next step with an owner and a date, agreed by the owner and one more person."""

    text = models.CharField("What", max_length=500)
    owner = models.ForeignKey(User, models.CASCADE, related_name="agreements")
    agreed_with = models.ForeignKey(
        User, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    agreed_at = models.DateTimeField(editable=False)
    due_on = models.DateField()
    done_at = models.DateTimeField(null=True, editable=False)
    dropped_at = models.DateTimeField(null=True, editable=False)
    dropped_reason = models.CharField(max_length=500, blank=True, editable=False)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        indexes = [models.Index(fields=["owner", "due_on"], name="agreement_by_owner")]

    def __str__(self) -> str:
        return self.text

    @property
    def state(self) -> str:
        """ "open", "done" or "dropped"."""
        if self.dropped_at:
            return "dropped"
        return "done" if self.done_at else "open"

    @classmethod
    @transaction.atomic
    def make(
        cls, *, text: str, owner: User, due_on: date | None, by: User, at: datetime
    ) -> "Agreement":
        """Write down what was agreed: a manager for somebody under them, a rep for themselves."""
        with_whom = owner.reports_to if by.pk == owner.pk else by
        if by.pk != owner.pk and not by.leads(owner):
            raise ValidationError({"owner": "Agree with yourself or somebody you lead."})
        if due_on is None:
            raise ValidationError({"due_on": "Say by when."})
        agreement = cls(text=text, owner=owner, agreed_with=with_whom, agreed_at=at, due_on=due_on)
        agreement.full_clean()
        agreement.save()
        return agreement

    def complete(self, *, at: datetime, version: int | None = None) -> None:
        """Tick it off."""
        with self.editing(version):
            self._require_open()
            self.done_at = at
            self.save(update_fields=["done_at"])

    def drop(self, *, reason: str, at: datetime, version: int | None = None) -> None:
        """Give it up, with the reason."""
        if not reason.strip():
            raise ValidationError({"reason": "Say why it is dropped."})
        with self.editing(version):
            self._require_open()
            self.dropped_at, self.dropped_reason = at, reason.strip()
            self.save(update_fields=["dropped_at", "dropped_reason"])

    def restore(self, *, version: int | None = None) -> None:
        """Undo a tick or a drop."""
        with self.editing(version):
            self.done_at = self.dropped_at = None
            self.dropped_reason = ""
            self.save(update_fields=["done_at", "dropped_at", "dropped_reason"])

    def _require_open(self) -> None:
        if self.state != "open":
            raise ValidationError(f"This agreement is {self.state} already.")
