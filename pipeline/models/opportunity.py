"""A deal, its verbs and the rules of its states."""

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction

from lib.calendar import local_date
from lib.events import publish, publishing
from lib.searching import fold
from lib.versions import Versioned
from people import reporting_line
from people.models import Organisation, User
from pipeline import clocks, credit
from pipeline.models.account import Account
from pipeline.models.catalogue import Product, Stage
from pipeline.models.changes import (
    AmountChange,
    CloseDateChange,
    NextStepChange,
    OutcomeChange,
    OwnerChange,
    StageChange,
)
from pipeline.models.hold import Hold
from pipeline.models.stall_rules import StallRules

if TYPE_CHECKING:
    from pipeline.stalls import StallCheck

FORECAST_CATEGORIES = [
    ("pipeline", "Pipeline"),
    ("best_case", "Best case"),
    ("commit", "Commit"),
    ("omitted", "Omitted"),
]
SEARCHED = {"name", "account", "external_id"}


class OpportunityQuerySet(models.QuerySet["Opportunity"]):
    def visible_to(self, user: User) -> Self:
        """One's own deals and those of everybody under one; administrators see all."""
        if user.is_administrator:
            return self
        return self.filter(owner_id__in=reporting_line.ids_below(user))

    def open(self) -> Self:
        return self.filter(status=Opportunity.OPEN)

    def search(self, text: str) -> Self:
        return self.filter(search_text__contains=fold(text))

    def stalled(self, check: "StallCheck", *reasons: str) -> Self:
        """Open deals with any of these reasons; with any at all when none is named."""
        return self.filter(check.condition(*reasons))

    def note_review(self, at: datetime) -> None:
        """A 1-on-1 over these deals ended: from now on they are compared with how they stand."""
        day = local_date(at, Organisation.current().zone)
        self.order_by().update(reviewed_at=at, reviewed_on=day)

    def for_list(self) -> Self:
        """With everything a row of a list shows, in one statement."""
        return self.select_related("account", "owner", "product", "stage")


class Opportunity(Versioned):
    """A deal. Amounts are in major units of `currency`; probabilities in percent.

    Dates without a time are dates on the organisation's calendar; `opened_on` and `stage_since` are
    empty when an import did not know them. `external_id` is its key in the system it came from.
    `opening_owner` and `closing_owner` are whose it was then; see pipeline/credit.py.
    """

    OPEN, WON, LOST = "open", "won", "lost"
    STATUSES: ClassVar = [(OPEN, "Open"), (WON, "Won"), (LOST, "Lost")]

    name = models.CharField(max_length=200)
    account = models.ForeignKey(
        Account, models.PROTECT, null=True, blank=True, related_name="opportunities"
    )
    owner = models.ForeignKey(User, models.PROTECT, related_name="opportunities")
    product = models.ForeignKey(
        Product, models.PROTECT, null=True, blank=True, related_name="opportunities"
    )
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="opportunities")
    stage_since = models.DateField(null=True, editable=False)
    status = models.CharField(max_length=4, choices=STATUSES, default=OPEN, editable=False)
    amount = models.DecimalField(
        max_digits=14, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    currency = models.CharField(max_length=3, default="EUR")
    close_date = models.DateField(null=True, blank=True)
    forecast_category = models.CharField(
        max_length=9, choices=FORECAST_CATEGORIES, default="pipeline"
    )
    own_probability = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MaxValueValidator(100)]
    )
    own_probability_reason = models.CharField(max_length=500, blank=True)
    next_step = models.CharField(max_length=500, blank=True)
    next_step_on = models.DateField(null=True, blank=True)
    opened_on = models.DateField(null=True, editable=False)
    closed_on = models.DateField(null=True, editable=False)
    opening_owner = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", editable=False, db_index=False
    )
    closing_owner = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", editable=False, db_index=False
    )
    lost_reason = models.CharField(max_length=500, blank=True, editable=False)
    external_id = models.CharField(  # noqa: DJ001 - many may have none
        max_length=100, null=True, unique=True, editable=False
    )
    is_sample = models.BooleanField(default=False, editable=False)
    search_text = models.CharField(max_length=900, editable=False, default="")
    # The clocks of stalls, kept by pipeline/clocks.py.
    last_activity_on = models.DateField(null=True, editable=False)
    last_buyer_action_on = models.DateField(null=True, editable=False)
    pushes = models.PositiveSmallIntegerField(default=0, editable=False)
    pushed_on = models.DateField(null=True, editable=False)
    next_step_said_on = models.DateField(null=True, editable=False)
    people_engaged = models.PositiveSmallIntegerField(default=0, editable=False)
    moved_back_on = models.DateField(null=True, editable=False)
    held_until = models.DateField(null=True, editable=False)
    alerted = models.PositiveSmallIntegerField(default=0, editable=False)  # see alert_kinds.py
    # The end of the last 1-on-1 in which it was open, kept by the reviews; and its date.
    reviewed_at = models.DateTimeField(null=True, editable=False)
    reviewed_on = models.DateField(null=True, editable=False)

    objects = OpportunityQuerySet.as_manager()

    class Meta:
        ordering = ["close_date", "pk"]
        verbose_name_plural = "opportunities"
        indexes = [
            models.Index(fields=["owner", "status", "close_date", "id"], name="deal_by_owner"),
            models.Index(fields=["status", "close_date", "id"], name="deal_by_close_date"),
            models.Index(fields=["stage", "status"], name="deal_by_stage"),
            models.Index(fields=["owner", "account"], name="deal_by_owner_account"),
            models.Index(  # sums of open deals are read from it alone
                fields=["owner", "stage", "forecast_category", "currency", "amount"],
                condition=models.Q(status="open"),
                name="open_deal_totals",
            ),
            models.Index(fields=["id"], condition=models.Q(alerted__gt=0), name="deal_alerted"),
            models.Index(fields=["opening_owner", "opened_on"], name="deal_by_opening"),
            models.Index(fields=["closing_owner", "closed_on"], name="deal_by_closing"),
            # Today's are read for everybody at once: metrics/tallies.py.
            models.Index(fields=["opened_on", "opening_owner"], name="deal_by_opening_day"),
            models.Index(fields=["closed_on", "closing_owner"], name="deal_by_closing_day"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        credit.note(self)
        fields = kwargs.get("update_fields")
        if fields is None or not SEARCHED.isdisjoint(fields):
            self.set_keys()
            if fields is not None:
                kwargs["update_fields"] = {*fields, "search_text"}
        super().save(*args, **kwargs)

    def set_keys(self) -> None:
        """Fill the derived column; bulk writers call this themselves."""
        self.search_text = fold(
            self.name, self.account.name if self.account else "", self.external_id or ""
        )

    @property
    def is_open(self) -> bool:
        return self.status == self.OPEN

    def is_held(self, on: date) -> bool:
        """Whether it waits, by a hold, on that date."""
        return self.held_until is not None and self.held_until > on

    def refresh_clocks(self) -> None:
        """Bring the clocks in line with what happened; see pipeline/clocks.py."""
        own = Opportunity.objects.filter(pk=self.pk)
        # Locked before it is read what happened, so that what others enter meanwhile is not missed.
        own.select_for_update(no_key=True).values_list("pk").get()
        clocks.refresh_one(self.pk, Organisation.current().zone)
        self.refresh_from_db(fields=clocks.CLOCKS)

    # Verbs. Each is one transaction and writes what happened as a row.

    @classmethod
    @transaction.atomic
    def open_new(cls, *, by: User, at: datetime, **fields: Any) -> "Opportunity":
        """A new deal in its first stage (or the given one); `owner` defaults to the opener."""
        day = local_date(at, Organisation.current().zone)
        stage = fields.pop("stage", None) or Stage.first()
        fields.setdefault("owner", by)
        deal = cls(stage=stage, opened_on=day, stage_since=day, **fields)
        _require_words_and_date(deal.next_step, deal.next_step_on)
        deal.full_clean()
        deal.save()
        StageChange.objects.create(opportunity=deal, at=at, by=by, to_stage=stage)
        if deal.next_step:
            deal._note_next_step(by, at)
            deal.refresh_clocks()
        publish("opened", deal, by, at)
        return deal

    def move_to(
        self, stage: Stage, *, by: User, at: datetime, why: str = "", version: int | None = None
    ) -> None:
        """Move to another stage, forward or back. Only an open deal moves."""
        with self.editing(version), publishing(self, "moved", by, at):
            self.require_open("moved")
            if stage.pk == self.stage_id:
                return
            StageChange.objects.create(
                opportunity=self, at=at, by=by, why=why, from_stage=self.stage, to_stage=stage
            )
            self.stage, self.stage_since = stage, local_date(at, Organisation.current().zone)
            self.save(update_fields=["stage", "stage_since"])
            self.refresh_clocks()

    def win(
        self,
        *,
        by: User,
        at: datetime,
        on: date | None = None,
        why: str = "",
        version: int | None = None,
    ) -> None:
        """Close as won on a date (the organisation's today unless given)."""
        self._close(self.WON, by=by, at=at, on=on, why=why, version=version)

    def lose(
        self,
        *,
        by: User,
        at: datetime,
        reason: str,
        on: date | None = None,
        version: int | None = None,
    ) -> None:
        """Close as lost; the reason is required."""
        if not reason.strip():
            raise ValidationError({"reason": "Say why it was lost."})
        self._close(self.LOST, by=by, at=at, on=on, why=reason.strip(), version=version)

    def _close(
        self, status: str, *, by: User, at: datetime, on: date | None, why: str, version: int | None
    ) -> None:
        today = local_date(at, Organisation.current().zone)
        if on and on > today:
            raise ValidationError({"on": "That day has not come yet."})
        with self.editing(version), publishing(self, status, by, at):
            self.require_open("closed")
            self._note_outcome(status, by=by, at=at, on=on or today, why=why)
            self.closed_on = on or today
            self.lost_reason = why if status == self.LOST else ""
            self.save(update_fields=["status", "closed_on", "closing_owner", "lost_reason"])
            Hold.end_with(self, by=by, at=at)
            if self.closed_on < today:
                StallRules.past_changed()

    def reopen(self, *, by: User, at: datetime, why: str, version: int | None = None) -> None:
        """Open a closed deal again, in the stage it was closed from."""
        if not why.strip():
            raise ValidationError({"why": "Say why it is open again."})
        with self.editing(version), publishing(self, "reopened", by, at):
            if self.is_open:
                raise ValidationError("This deal is open already.")
            today = local_date(at, Organisation.current().zone)
            self._note_outcome(self.OPEN, by=by, at=at, on=today, why=why)
            if self.closed_on and self.closed_on < today:
                StallRules.past_changed()
            self.closed_on, self.lost_reason = None, ""
            self.save(update_fields=["status", "closed_on", "closing_owner", "lost_reason"])

    def push(
        self, to: date | None, *, by: User, at: datetime, why: str = "", version: int | None = None
    ) -> None:
        """Set the expected close date, later (a push), earlier, or none."""
        with self.editing(version), publishing(self, "pushed", by, at):
            self.require_open("given another close date")
            if to == self.close_date:
                return
            CloseDateChange.objects.create(
                opportunity=self, at=at, by=by, why=why, from_date=self.close_date, to_date=to
            )
            self.close_date = to
            self.save(update_fields=["close_date"])
            self.refresh_clocks()

    def set_amount(
        self,
        amount: Decimal | None,
        *,
        by: User,
        at: datetime,
        why: str = "",
        currency: str | None = None,
        version: int | None = None,
    ) -> None:
        """Set what the deal is worth, in major units."""
        if amount is not None and amount < 0:
            raise ValidationError({"amount": "An amount is 0 or more."})
        with self.editing(version), publishing(self, "amount_set", by, at):
            currency = currency or self.currency
            if (amount, currency) == (self.amount, self.currency):
                return
            AmountChange.objects.create(
                opportunity=self,
                at=at,
                by=by,
                why=why,
                from_amount=self.amount,
                to_amount=amount,
                currency=currency,
            )
            self.amount, self.currency = amount, currency
            self.save(update_fields=["amount", "currency"])

    def set_next_step(
        self, next_step: str, on: date | None, *, by: User, at: datetime, version: int | None = None
    ) -> None:
        """Say what happens next and by when; an empty step with no date takes it away."""
        next_step = next_step.strip()
        _require_words_and_date(next_step, on)
        with self.editing(version), publishing(self, "next_step_set", by, at):
            self.require_open("given a next step")
            if (next_step, on) == (self.next_step, self.next_step_on):
                return
            self.next_step, self.next_step_on = next_step, on
            others = {field.name for field in self._meta.fields} - {"next_step", "next_step_on"}
            self.clean_fields(exclude=others)
            self.save(update_fields=["next_step", "next_step_on"])
            self._note_next_step(by, at)
            self.refresh_clocks()

    def assign(
        self, owner: User, *, by: User, at: datetime, why: str = "", version: int | None = None
    ) -> None:
        """Give the deal to another person."""
        with self.editing(version), publishing(self, "assigned", by, at):
            if owner.pk == self.owner_id:
                return
            OwnerChange.objects.create(
                opportunity=self, at=at, by=by, why=why, from_owner=self.owner, to_owner=owner
            )
            self.owner = owner
            self.save(update_fields=["owner"])

    def describe(self, *, version: int | None = None, **fields: Any) -> None:
        """Change what needs no history: name, account, product, forecast, own probability."""
        forecast = {"forecast_category", "own_probability", "own_probability_reason"}
        if unknown := set(fields) - forecast - {"name", "account", "product"}:
            raise TypeError(f"not to be changed here: {unknown}")
        with self.editing(version), publishing(self, "described"):
            for name, value in fields.items():
                setattr(self, name, value)
            self.full_clean(validate_unique=False, validate_constraints=False)
            self.save(update_fields=list(fields))

    def require_open(self, verb: str) -> None:
        """Raise ValidationError for a closed deal; `verb` says what cannot be done to it."""
        if not self.is_open:
            raise ValidationError(f"A {self.status} deal cannot be {verb}. Reopen it first.")

    def _note_outcome(self, status: str, *, by: User, at: datetime, on: date, why: str) -> None:
        OutcomeChange.objects.create(
            opportunity=self,
            at=at,
            by=by,
            why=why,
            on=on,
            from_status=self.status,
            to_status=status,
        )
        self.status = status

    def _note_next_step(self, by: User, at: datetime) -> None:
        NextStepChange.objects.create(
            opportunity=self,
            at=at,
            by=by,
            next_step=self.next_step,
            next_step_on=self.next_step_on,
        )


def _require_words_and_date(next_step: str, on: date | None) -> None:
    if bool(next_step.strip()) != bool(on):
        field = "next_step" if on else "next_step_on"
        raise ValidationError({field: "A next step needs words and a date."})
