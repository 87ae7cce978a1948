"""A planned contact with a customer, on the phone or in person."""

from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction

from lib.events import publish, publishing
from lib.searching import fold
from lib.versions import Versioned
from people import reporting_line
from people.models import User
from pipeline.models.account import Account, Contact
from pipeline.models.opportunity import Opportunity

CALL_KINDS = [
    ("prospecting", "Prospecting"),
    ("interview", "Interview"),
    ("presentation", "Presentation"),
    ("proposal_review", "Proposal review"),
    ("negotiation", "Negotiation"),
    ("account_review", "Account review"),
]
CHANNELS = [("phone", "Phone"), ("video", "Video"), ("in_person", "In person")]
MAX_MINUTES = 600


class CallQuerySet(models.QuerySet["Call"]):
    def visible_to(self, user: User) -> Self:
        """One's own calls and those of everybody under one; administrators see all."""
        if user.is_administrator:
            return self
        return self.filter(owner_id__in=reporting_line.ids_below(user))

    def planned(self) -> Self:
        return self.filter(status=Call.PLANNED)

    def between(self, start: datetime, end: datetime) -> Self:
        """Starting from `start` on and before `end`."""
        return self.filter(starts_at__gte=start, starts_at__lt=end)

    def search(self, text: str) -> Self:
        """By the name of the account or the deal."""
        folded = fold(text)
        by_account = models.Q(account__search_text__contains=folded)
        return self.filter(by_account | models.Q(opportunity__search_text__contains=folded))

    def upcoming(self, now: datetime) -> Self:
        """Not over yet by the clock, soonest first, whatever became of them."""
        longest = timedelta(minutes=MAX_MINUTES)  # lets the index by start find them
        coming = self.filter(ends_at__gt=now, starts_at__gt=now - longest)
        return coming.order_by("starts_at", "pk")

    def past(self, now: datetime) -> Self:
        """Over by the clock, the latest first."""
        return self.filter(starts_at__lt=now, ends_at__lte=now).order_by("-starts_at", "-pk")

    def took_place(self, now: datetime) -> Self:
        """Held, or over by the clock and not yet said to be missed or cancelled."""
        return self.filter(status__in=[Call.PLANNED, Call.HELD], ends_at__lte=now)

    def for_list(self) -> Self:
        """With everything a row of a list shows, in one statement."""
        return self.select_related("account", "opportunity", "owner")


class Call(Versioned):
    """A call belongs to an account, and to a deal when it is about one. Minutes are minutes."""

    PLANNED, HELD, MISSED, CANCELLED = "planned", "held", "missed", "cancelled"
    STATUSES: ClassVar = [
        (PLANNED, "Planned"),
        (HELD, "Held"),
        (MISSED, "Missed"),
        (CANCELLED, "Cancelled"),
    ]

    owner = models.ForeignKey(User, models.PROTECT, related_name="calls")
    account = models.ForeignKey(
        Account, models.PROTECT, null=True, blank=True, related_name="calls"
    )
    opportunity = models.ForeignKey(
        Opportunity, models.PROTECT, null=True, blank=True, related_name="calls"
    )
    kind = models.CharField(max_length=15, choices=CALL_KINDS, default="interview")
    channel = models.CharField(max_length=9, choices=CHANNELS, default="phone")
    starts_at = models.DateTimeField("Starts")
    planned_minutes = models.PositiveSmallIntegerField(
        default=30, validators=[MinValueValidator(5), MaxValueValidator(MAX_MINUTES)]
    )
    ends_at = models.DateTimeField(editable=False)
    status = models.CharField(max_length=9, choices=STATUSES, default=PLANNED, editable=False)
    actual_minutes = models.PositiveSmallIntegerField(null=True, editable=False)
    status_reason = models.CharField(max_length=500, blank=True, editable=False)
    status_at = models.DateTimeField(null=True, editable=False)
    attendees = models.ManyToManyField(
        Contact, through="pipeline.CallAttendee", related_name="calls"
    )

    objects = CallQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        indexes = [
            models.Index(fields=["owner", "starts_at"], name="call_by_owner"),
            models.Index(fields=["starts_at", "id"], name="call_by_start"),
            models.Index(fields=["status", "starts_at"], name="call_by_status"),
            models.Index(fields=["opportunity", "starts_at"], name="call_by_deal"),
            models.Index(fields=["account", "starts_at"], name="call_by_account"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.with_whom}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.ends_at = self.starts_at + timedelta(minutes=self.planned_minutes)
        super().save(*args, **kwargs)

    @property
    def with_whom(self) -> str:
        """The account's name, or the deal's when it has no account."""
        if self.account is not None:
            return self.account.name
        return self.opportunity.name if self.opportunity is not None else "nobody yet"

    @property
    def is_planned(self) -> bool:
        return self.status == self.PLANNED

    def clean(self) -> None:
        if self.opportunity and self.opportunity.account_id and not self.account_id:
            self.account = self.opportunity.account
        if not self.account and not self.opportunity:
            raise ValidationError({"account": "Choose an account or a deal."})
        other = (
            self.opportunity
            and self.account_id
            and self.opportunity.account_id not in (None, self.account_id)
        )
        if other:
            raise ValidationError({"opportunity": "That deal is with another account."})

    @classmethod
    @transaction.atomic
    def schedule(
        cls, *, owner: User, attendees: "list[Contact] | None" = None, **fields: Any
    ) -> "Call":
        """Put a call on the calendar; one in the past is legal (written down afterwards)."""
        call = cls(owner=owner, **fields)
        call.full_clean(exclude=["ends_at"])
        call.save()
        call.attendees.set(attendees or [])
        publish("scheduled", call)
        return call

    def reschedule(
        self,
        starts_at: datetime,
        *,
        by: User,
        at: datetime,
        why: str = "",
        planned_minutes: int | None = None,
        version: int | None = None,
    ) -> None:
        """Move a planned call to another time."""
        with self.editing(version), publishing(self, "rescheduled", by, at):
            self._require_planned("moved")
            CallReschedule.objects.create(
                call=self, at=at, by=by, why=why, from_time=self.starts_at, to_time=starts_at
            )
            self.starts_at = starts_at
            self.planned_minutes = planned_minutes or self.planned_minutes
            self.full_clean(exclude=["ends_at"])
            self.save()

    def describe(
        self, *, version: int | None = None, attendees: list[Contact] | None = None, **fields: Any
    ) -> None:
        """Change kind, channel or attendees."""
        if unknown := set(fields) - {"kind", "channel"}:
            raise TypeError(f"not to be changed here: {unknown}")
        with self.editing(version), publishing(self, "described"):
            for name, value in fields.items():
                setattr(self, name, value)
            self.full_clean(exclude=["ends_at"])
            self.save()
            if attendees is not None:
                self.attendees.set(attendees)
                self._tell_clocks()

    def hold(
        self,
        *,
        by: User,
        at: datetime,
        actual_minutes: int | None = None,
        version: int | None = None,
    ) -> None:
        """Record that the call took place. Raises ValidationError before it began."""
        if at < self.starts_at:
            raise ValidationError("This call has not begun yet.")
        with transaction.atomic():
            self._settle(self.HELD, by, at, version, actual_minutes=actual_minutes)
            self._tell_clocks()

    def miss(self, *, by: User, at: datetime, why: str = "", version: int | None = None) -> None:
        """Record that the call did not take place though its time has come."""
        if at < self.starts_at:
            raise ValidationError("This call has not begun yet. Cancel or move it instead.")
        self._settle(self.MISSED, by, at, version, status_reason=why)

    def cancel(self, *, by: User, at: datetime, why: str = "", version: int | None = None) -> None:
        """Call it off."""
        self._settle(self.CANCELLED, by, at, version, status_reason=why)

    def restore(self, *, by: User, at: datetime, version: int | None = None) -> None:
        """Undo a cancellation or a miss: the call is planned again."""
        with self.editing(version), publishing(self, "restored", by, at):
            if self.status not in (self.MISSED, self.CANCELLED):
                raise ValidationError("Only a missed or cancelled call can be planned again.")
            self.status, self.status_reason, self.status_at = self.PLANNED, "", at
            self.save(update_fields=["status", "status_reason", "status_at"])

    def _settle(
        self, status: str, by: User, at: datetime, version: int | None, **fields: Any
    ) -> None:
        with self.editing(version), publishing(self, status, by, at):
            self._require_planned(status)
            self.status, self.status_at = status, at
            for name, value in fields.items():
                setattr(self, name, value)
            self.full_clean(exclude=["ends_at"])
            self.save()

    def _tell_clocks(self) -> None:
        """A held call, and who was there, is what stall clocks go by."""
        if self.opportunity is not None and self.status == self.HELD:
            self.opportunity.refresh_clocks()

    def _require_planned(self, verb: str) -> None:
        if not self.is_planned:
            raise ValidationError(f"A {self.status} call cannot be {verb}.")


class CallAttendee(models.Model):
    call = models.ForeignKey(Call, models.CASCADE, related_name="+")
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["call", "contact"], name="attends_a_call_once")
        ]

    def __str__(self) -> str:
        return f"{self.contact} at {self.call}"


class CallReschedule(models.Model):
    """A call was moved: from, to, when, by whom and why."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="reschedules")
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    why = models.CharField(max_length=500, blank=True)
    from_time = models.DateTimeField()
    to_time = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.from_time:%Y-%m-%d %H:%M} to {self.to_time:%Y-%m-%d %H:%M}"
