"""What a manager and a rep agreed on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Self

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import F, Q

from lib.events import publish, publishing
from lib.versions import Versioned
from people import reporting_line
from people.models import User

if TYPE_CHECKING:
    from reviews.models.review import Review

MOST_CARRIES = 3  # product.md 6: then it is dropped or split
TEXT_LENGTH = 500


class AgreementQuerySet(models.QuerySet["Agreement"]):
    def visible_to(self, user: User) -> Self:
        """One's own and those of everybody under one; administrators as such see none.

        What was agreed in a 1-on-1 is read by whoever reads that.
        """
        from reviews.models.review import Review

        alone = Q(review=None, owner_id__in=reporting_line.ids_below(user))
        readable = Review.objects.visible_to(user).order_by().values("pk")
        return self.filter(alone | Q(review__in=readable))

    def between(self, one: User | int, other: User | int) -> Self:
        """Owned by one of the two and agreed with the other."""
        return self.filter(Q(owner=one, agreed_with=other) | Q(owner=other, agreed_with=one))

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


@dataclass(frozen=True)
class NextStep:
    """What an agreement is split into."""

    text: str
    owner: User
    due_on: date | None

    def agree(self, review: "Review", *, by: User, at: datetime) -> "Agreement":
        return Agreement.make(
            text=self.text, owner=self.owner, due_on=self.due_on, by=by, at=at, review=review
        )


class Agreement(Versioned):
    """A next step with an owner and a date, agreed by the owner and one more person.

    `review` is the 1-on-1 it was agreed in. `carried` counts the 1-on-1s that began while it was
    due and not done.
    """

    text = models.CharField("What", max_length=TEXT_LENGTH)
    owner = models.ForeignKey(User, models.CASCADE, related_name="agreements")
    agreed_with = models.ForeignKey(
        User, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    agreed_at = models.DateTimeField(editable=False)
    due_on = models.DateField()
    done_at = models.DateTimeField(null=True, editable=False)
    dropped_at = models.DateTimeField(null=True, editable=False)
    dropped_reason = models.CharField(max_length=500, blank=True, editable=False)
    review = models.ForeignKey(
        "reviews.Review", models.CASCADE, null=True, related_name="agreements", editable=False
    )
    carried = models.PositiveSmallIntegerField(default=0, editable=False)
    split_from = models.ForeignKey(
        "self", models.SET_NULL, null=True, related_name="split_into", editable=False
    )

    objects = AgreementQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        indexes = [
            models.Index(fields=["owner", "due_on"], name="agreement_by_owner"),
            models.Index(
                fields=["owner", "agreed_with"],
                condition=Q(done_at=None, dropped_at=None),
                name="agreement_open_between",
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def state(self) -> str:
        """ "open", "done" or "dropped"."""
        if self.dropped_at:
            return "dropped"
        return "done" if self.done_at else "open"

    @property
    def must_be_settled(self) -> bool:
        """Carried so often that it is dropped or split before the next closing."""
        return self.state == "open" and self.carried >= MOST_CARRIES

    @classmethod
    @transaction.atomic
    def make(
        cls,
        *,
        text: str,
        owner: User,
        due_on: date | None,
        by: User,
        at: datetime,
        review: "Review | None" = None,
    ) -> "Agreement":
        """Write down what was agreed: a manager for somebody under them, a rep for themselves.

        In a running 1-on-1 each of the two writes for either.
        """
        if due_on is None:
            raise ValidationError({"due_on": "Say by when."})
        with_whom = cls._partner(owner, by, review)
        agreement = cls(
            text=text.strip(),
            owner=owner,
            agreed_with=with_whom,
            agreed_at=at,
            due_on=due_on,
            review=review,
        )
        agreement.full_clean()
        if review:
            review.note_change()
        agreement.save()
        publish("made", agreement, by, at)
        return agreement

    @staticmethod
    def _partner(owner: User, by: User, review: "Review | None") -> User | None:
        if review:
            review.require_one_of_two(by)
            if not review.is_of(owner):
                raise ValidationError({"owner": "Choose one of you two."})
            return review.other(owner)
        if by.pk != owner.pk and not by.leads(owner):
            raise ValidationError({"owner": "Agree with yourself or somebody you lead."})
        return owner.reports_to if by.pk == owner.pk else by

    def complete(self, *, by: User, at: datetime, version: int | None = None) -> None:
        """Tick it off."""
        self._require_change_by(by)
        with self.editing(version), publishing(self, "completed", by, at):
            self._require_open()
            self.done_at = at
            self.save(update_fields=["done_at"])

    def drop(self, *, reason: str, by: User, at: datetime, version: int | None = None) -> None:
        """Give it up, with the reason."""
        self._require_change_by(by)
        if not reason.strip():
            raise ValidationError({"reason": "Say why it is dropped."})
        with self.editing(version), publishing(self, "dropped", by, at):
            self._require_open()
            self.dropped_at, self.dropped_reason = at, reason.strip()
            self.save(update_fields=["dropped_at", "dropped_reason"])

    def restore(self, *, by: User, version: int | None = None) -> None:
        """Undo a tick or a drop."""
        self._require_change_by(by)
        with self.editing(version), publishing(self, "restored", by):
            self.done_at = self.dropped_at = None
            self.dropped_reason = ""
            self.save(update_fields=["done_at", "dropped_at", "dropped_reason"])

    def split(
        self,
        into: Sequence[NextStep],
        *,
        review: "Review",
        by: User,
        at: datetime,
        version: int | None = None,
    ) -> "list[Agreement]":
        """Give it up for at least two smaller ones, agreed in a running 1-on-1 of the same two."""
        if len(into) < 2:
            raise ValidationError("Split it into at least two.")
        review.require_one_of_two(by)
        if not (self.agreed_with and review.is_of(self.owner) and review.is_of(self.agreed_with)):
            raise ValidationError("This agreement is not one of this 1-on-1.")
        with self.editing(version), publishing(self, "split", by, at):
            self._require_open()
            made = [
                Agreement.make(
                    text=each.text,
                    owner=each.owner,
                    due_on=each.due_on,
                    by=by,
                    at=at,
                    review=review,
                )
                for each in into
            ]
            Agreement.objects.filter(pk__in=[each.pk for each in made]).update(split_from=self)
            words = " · ".join(each.text for each in made)
            self.dropped_at, self.dropped_reason = at, f"Split into: {words}"[:500]
            self.save(update_fields=["dropped_at", "dropped_reason"])
        return made

    def remove(self, *, by: User, version: int | None = None) -> None:
        """Take it out of the 1-on-1 in which it was just agreed: it was a mistake."""
        if self.review is None:
            raise ValidationError("Drop it, with the reason.")
        self.review.require_one_of_two(by)
        with self.editing(version):
            self.review.note_change()
            publish("removed", self, by, gone=True)
            self.delete()

    # In a 1-on-1.

    @classmethod
    def carry(cls, review: "Review") -> dict[str, int]:
        """The review begins: what was due by now and is not done was carried once more.

        The open ones of the two, by id as text, with how often each was carried.
        """
        open_ones = cls.objects.between(review.manager_id, review.rep_id).open()
        open_ones.filter(due_on__lte=review.day).update(
            carried=F("carried") + 1, version=F("version") + 1
        )
        return {str(pk): carried for pk, carried in open_ones.values_list("pk", "carried")}

    @classmethod
    def require_settled(cls, review: "Review") -> None:
        """Raise ValidationError while one was carried too often to be carried again."""
        open_ones = cls.objects.between(review.manager_id, review.rep_id).open()
        worn = open_ones.filter(carried__gte=MOST_CARRIES).exclude(review=review)
        if names := [f"“{each.text}”" for each in worn[:5]]:
            raise ValidationError(
                f"Drop or split what was carried {MOST_CARRIES} times: {', '.join(names)}."
            )

    def _require_change_by(self, by: User) -> None:
        """Raise PermissionDenied for those who only read the 1-on-1 it was agreed in."""
        if self.review and not self.review.is_of(by):
            raise PermissionDenied("Only the two people of a 1-on-1 settle what they agreed.")

    def _require_open(self) -> None:
        if self.state != "open":
            raise ValidationError(f"This agreement is {self.state} already.")
