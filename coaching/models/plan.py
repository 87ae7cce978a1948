"""The pre-call plan: five parts, filed before the call."""

from datetime import datetime
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction

from coaching.models.inspection_level import InspectionLevel
from coaching.models.plan_content import (
    COMMITMENTS,
    GIVE,
    LEARN,
    LINE_LENGTH,
    LINE_PARTS,
    PARTS,
    WANTED,
    WHO,
    PlanContent,
    TextLine,
    WhoLine,
)
from coaching.sampling import LEVELS, Sample
from coaching.visibility import CoachingQuerySet, require_author
from lib.events import publishing
from lib.versions import Stale, Versioned
from people.models import User
from pipeline.models import Call, Contact
from pipeline.models.buyer import BUYER_QUESTIONS, BUYING_ROLES
from playbook.models import MaterialUse
from playbook.use import note_uses

# Not answered since it was last filed; filed once more after the start, no answer was possible.
UNANSWERED = models.Q(state="filed", submitted_at__lt=models.F("call__starts_at"))


class CallPlanQuerySet(CoachingQuerySet):
    def filed(self) -> Self:
        return self.exclude(filed_at=None)

    def before_the_end(self) -> Self:
        """Filed before their calls were over: what counts as having planned the call."""
        return self.filter(timeliness__in=[CallPlan.ON_TIME, CallPlan.LATE])

    def awaiting_inspection(self, at: datetime) -> Self:
        """To be inspected, not answered since they were last filed, call yet to come."""
        return self._unanswered().filter(call__starts_at__gt=at).order_by("call__starts_at", "pk")

    def owed_inspection(self) -> Self:
        """What a manager is to answer before the call: picked, filed on time, not cancelled."""
        return self.filter(to_inspect=True, timeliness=CallPlan.ON_TIME).exclude(
            call__status=Call.CANCELLED
        )

    def inspection_missed(self, at: datetime) -> Self:
        """The manager's debt: owed, and the call began without an answer to what was filed."""
        return self.owed_inspection().filter(UNANSWERED, call__starts_at__lte=at)

    def _unanswered(self) -> Self:
        return self.filter(state=CallPlan.FILED, to_inspect=True).exclude(
            call__status__in=[Call.CANCELLED]
        )

    def for_list(self) -> Self:
        return self.select_related("call__account", "call__opportunity", "call__owner")


class CallPlan(Versioned):
    """A plan for one call.

    `filed_at` and `timeliness` are set once, the first time it is filed, and never change.
    `to_inspect` and what it follows from (the rep's level, its number and the plan's at it, see
    `sampling.Sample`) are decided then too. A plan that was sent back is filed
    again; `submitted_at` is the last time that happened.
    """

    DRAFT, FILED, GOOD, CHANGE, TALK = "draft", "filed", "good", "change", "talk"
    STATES: ClassVar = [
        (DRAFT, "Draft"),
        (FILED, "Filed"),
        (GOOD, "Good to go"),
        (CHANGE, "Change this"),
        (TALK, "Let's talk"),
    ]
    ON_TIME, LATE, RETROACTIVE = "on_time", "late", "retroactive"
    TIMELINESS: ClassVar = [
        (ON_TIME, "On time"),
        (LATE, "Late"),
        (RETROACTIVE, "Retroactive"),
    ]

    call = models.OneToOneField(Call, models.CASCADE, related_name="plan")
    rep = models.ForeignKey(  # the call's owner, who stays the same: to count a day's plans fast
        User, models.PROTECT, related_name="+", editable=False, db_index=False
    )
    purpose = models.CharField(max_length=LINE_LENGTH, blank=True)
    fallback = models.CharField(max_length=LINE_LENGTH, blank=True)
    state = models.CharField(max_length=6, choices=STATES, default=DRAFT, editable=False)
    timeliness = models.CharField(max_length=11, choices=TIMELINESS, blank=True, editable=False)
    filed_at = models.DateTimeField(null=True, editable=False)
    submitted_at = models.DateTimeField(null=True, editable=False)
    to_inspect = models.BooleanField(default=False, editable=False)
    inspection_level = models.CharField(max_length=12, choices=LEVELS, blank=True, editable=False)
    level_number = models.PositiveIntegerField(default=0, editable=False)
    sample_number = models.PositiveIntegerField(null=True, editable=False)
    filled_parts = models.JSONField(default=list, editable=False)
    validated_parts = models.JSONField(default=list, editable=False)
    sent_back_part = models.CharField(max_length=11, choices=PARTS, blank=True, editable=False)
    saved_at = models.DateTimeField(null=True, editable=False)

    objects = CallPlanQuerySet.as_manager()

    class Meta:
        ordering = ["call__starts_at", "pk"]
        indexes = [
            models.Index(fields=["state", "to_inspect"], name="plan_by_state"),
            models.Index(fields=["rep", "filed_at"], name="plan_by_rep"),
            models.Index(fields=["filed_at", "rep"], name="plan_by_filing"),
        ]

    def __str__(self) -> str:
        return f"Plan for {self.call}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.rep_id:
            self.rep_id = self.call.owner_id
        super().save(*args, **kwargs)

    @property
    def is_filed(self) -> bool:
        return self.filed_at is not None

    @property
    def is_frozen(self) -> bool:
        """A plan is closed to changes once its call is settled; the debrief works on it then."""
        return not self.call.is_planned

    def part_state(self, part: str) -> str:
        """ "sent_back", "validated", "filled" or "empty"."""
        if part == self.sent_back_part:
            return "sent_back"
        if part in self.validated_parts:
            return "validated"
        return "filled" if part in self.filled_parts else "empty"

    @property
    def strip(self) -> list[tuple[str, str, str]]:
        """The five dots: part, its label, its state."""
        return [(part, label, self.part_state(part)) for part, label in PARTS]

    def content(self) -> PlanContent:
        """What is written on the plan now."""
        lines = list(self.lines.all())
        return PlanContent(
            purpose=self.purpose,
            fallback=self.fallback,
            who=[who.as_line() for who in self.people.all()],
            **{
                part: [TextLine(line.text, line.question) for line in lines if line.part == part]
                for part, _ in LINE_PARTS
            },
        )

    def only_inspected_since(self, version: int) -> bool:
        """Whether all that happened since that version are the manager's answers, no new text."""
        answers = self.inspections.filter(plan_version__gt=version).count()
        return answers == self.version - version

    # Verbs.

    @classmethod
    def write_for(
        cls, call: Call, content: PlanContent, *, by: User, at: datetime, version: int | None = None
    ) -> "CallPlan":
        """Save what the rep wrote; the first save makes the plan (its version is then 0).

        Raises Stale when somebody saved in between, ValidationError for what cannot be kept.
        """
        require_author(call, by)
        with transaction.atomic():
            plan, made = cls.objects.get_or_create(call=call)
            if not made and version == 0:
                raise Stale(plan)
            plan.write(content, by=by, at=at, version=None if made else version)
        return plan

    def write(
        self, content: PlanContent, *, by: User, at: datetime, version: int | None = None
    ) -> None:
        """Replace what is written; parts that change lose the manager's validation."""
        require_author(self.call, by)
        content.clean()
        with self.editing(version):
            if self.is_frozen:
                raise ValidationError(f"The call is {self.call.status}; its plan is closed.")
            before = self.content()
            changed = [part for part, _ in PARTS if before.part(part) != content.part(part)]
            self.purpose, self.fallback, self.saved_at = content.purpose, content.fallback, at
            self._replace_lines(content, changed)
            self.filled_parts = content.filled_parts()
            self.validated_parts = [p for p in self.validated_parts if p not in changed]
            self.save()

    def _replace_lines(self, content: PlanContent, changed: list[str]) -> None:
        if WHO in changed:
            self.people.all().delete()
            PlanContact.objects.bulk_create(
                PlanContact(
                    plan=self,
                    order=n,
                    contact=who.contact,
                    name=who.name,
                    role=who.role,
                    met_before=who.met_before,
                )
                for n, who in enumerate(content.who)
            )
        text_parts = [part for part, _ in LINE_PARTS if part in changed]
        self.lines.filter(part__in=text_parts).delete()
        PlanLine.objects.bulk_create(
            PlanLine(plan=self, part=part, order=n, text=line.text, question=line.question)
            for part in text_parts
            for n, line in enumerate(content.lines(part))
        )

    def file(self, *, by: User, at: datetime, version: int | None = None) -> None:
        """Hand the plan in. The first time decides for ever whether it was on time.

        Raises ValidationError naming each part that is still empty.
        """
        require_author(self.call, by)
        with self.editing(version), publishing(self, "filed", by, at):
            if self.is_frozen:
                raise ValidationError(f"The call is {self.call.status}; its plan is closed.")
            if self.state in (self.FILED, self.GOOD):
                raise ValidationError("This plan is filed already.")
            self._require_all_parts()
            if not self.is_filed:
                self.filed_at, self.timeliness = at, self.timeliness_at(at)
                self._sample(InspectionLevel.number_plan(self.call.owner))
            self.state, self.submitted_at, self.sent_back_part = self.FILED, at, ""
            self.save()
            texts = [self.purpose, self.fallback, *self.lines.values_list("text", flat=True)]
            note_uses(texts, MaterialUse.PLAN, self.pk, by=by, at=at)

    def _sample(self, sample: Sample) -> None:
        self.to_inspect, self.inspection_level = sample.is_inspected, sample.level
        self.level_number, self.sample_number = sample.level_number, sample.number

    @property
    def sample(self) -> Sample | None:
        """Why it is inspected or not; None for a draft, and for what was filed before levels."""
        if self.sample_number is None:
            return None
        return Sample(self.rep_id, self.inspection_level, self.level_number, self.sample_number)

    def timeliness_at(self, at: datetime) -> str:
        """How a plan filed at that moment stands against its call: product.md 3."""
        if at >= self.call.ends_at:
            return self.RETROACTIVE
        return self.LATE if at >= self.call.starts_at else self.ON_TIME

    def _require_all_parts(self) -> None:
        missing = {part: WANTED[part] for part, _ in PARTS if part not in self.filled_parts}
        if missing:
            raise ValidationError(missing)


class PlanContact(models.Model):
    """Somebody who must be seen at the call."""

    plan = models.ForeignKey(CallPlan, models.CASCADE, related_name="people")
    order = models.PositiveSmallIntegerField(default=0)
    contact = models.ForeignKey(Contact, models.SET_NULL, null=True, related_name="+")
    name = models.CharField(max_length=200, blank=True)
    role = models.CharField(max_length=14, choices=BUYING_ROLES, blank=True)
    met_before = models.BooleanField(default=False)

    class Meta:
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        return self.contact.name if self.contact else self.name

    def as_line(self) -> WhoLine:
        return WhoLine(self.contact, self.name, self.role, self.met_before)


class PlanLine(models.Model):
    """A line to learn, to give or a commitment to get, and what came of it."""

    YES, PARTLY, NO = "yes", "partly", "no"
    OUTCOMES: ClassVar = [(YES, "Yes"), (PARTLY, "Partly"), (NO, "No")]
    OUTCOME_WORDS: ClassVar = {
        LEARN: [(YES, "Learned"), (PARTLY, "Partly"), (NO, "No")],
        GIVE: [(YES, "Given"), (NO, "No")],
        COMMITMENTS: [(YES, "Got"), (PARTLY, "Partly"), (NO, "No")],
    }

    plan = models.ForeignKey(CallPlan, models.CASCADE, related_name="lines")
    part = models.CharField(max_length=11, choices=LINE_PARTS)
    order = models.PositiveSmallIntegerField(default=0)
    text = models.CharField(max_length=LINE_LENGTH)
    question = models.CharField(max_length=10, choices=BUYER_QUESTIONS, blank=True)
    outcome = models.CharField(max_length=6, choices=OUTCOMES, blank=True, editable=False)
    note = models.CharField(max_length=LINE_LENGTH, blank=True, editable=False)

    class Meta:
        ordering = ["plan", "part", "order", "pk"]

    def __str__(self) -> str:
        return self.text

    @property
    def outcomes(self) -> list[tuple[str, str]]:
        """The answers this line may get, in the words of its part."""
        return self.OUTCOME_WORDS[self.part]

    @property
    def outcome_word(self) -> str:
        return dict(self.outcomes).get(self.outcome, "")
