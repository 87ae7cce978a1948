"""What came of a call: the rep's debrief, and the manager's review of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Self

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import MaxValueValidator
from django.db import models, transaction

from coaching.models.behaviour import SCORE
from coaching.models.behaviour_score import BehaviourScore, Seen, expected_by_id
from coaching.models.coaching_rules import MINIMUM, CoachingRules
from coaching.models.inspection_level import InspectionLevel
from coaching.models.plan import CallPlan, PlanLine
from coaching.models.plan_content import LEARN
from coaching.visibility import CoachingQuerySet, require_author
from lib.calendar import local_date
from lib.events import publish, publishing
from lib.versions import Stale, Versioned
from people.models import Organisation, User
from pipeline.models import BuyerAction, BuyerAnswer, Call

OVERDUE_AFTER = timedelta(hours=24)  # product.md 4
TEXT_LENGTH = 5_000
MAX_BUYER_ACTIONS = 20


@dataclass
class LineResult:
    """What came of one line of the plan: "yes", "partly", "no" or "" (not said yet)."""

    outcome: str = ""
    note: str = ""


@dataclass
class DebriefContent:
    """Everything a rep writes on a debrief; `results` by id of the plan's line."""

    results: dict[int, LineResult] = field(default_factory=dict)
    as_prepared: str = ""
    score: int | None = None
    worked: str = ""
    went_poorly: str = ""
    forgot: str = ""
    buyer_actions: list[str] = field(default_factory=list)
    next_step: str = ""
    next_step_on: date | None = None
    no_next_step_reason: str = ""
    actual_minutes: int | None = None
    own_scores: dict[int, int] = field(default_factory=dict)  # by id of the behaviour


class DebriefQuerySet(CoachingQuerySet):
    OWNER = "rep"

    def filed(self) -> Self:
        return self.exclude(filed_at=None)

    def awaiting_review(self) -> Self:
        """Filed and not yet looked at by a manager, oldest first."""
        return self.filed().filter(reviewed_at=None).order_by("filed_at", "pk")

    def for_list(self) -> Self:
        return self.select_related(
            "call__account", "call__opportunity", "call__owner", "review__by"
        )


class Debrief(Versioned):
    """Drafts save themselves; filing one is final and moves the deal on."""

    call = models.OneToOneField(Call, models.CASCADE, related_name="debrief")
    rep = models.ForeignKey(  # the call's owner, who stays the same: to find a team's debriefs fast
        User, models.PROTECT, related_name="debriefs", editable=False, db_index=False
    )
    as_prepared = models.CharField(
        "Did I do what I prepared?", max_length=6, choices=PlanLine.OUTCOMES, blank=True
    )
    score = models.PositiveSmallIntegerField(null=True, blank=True, validators=SCORE)
    worked = models.TextField("What worked", max_length=TEXT_LENGTH, blank=True)
    went_poorly = models.TextField("What went poorly", max_length=TEXT_LENGTH, blank=True)
    forgot = models.TextField(
        "What I forgot to ask or did not think of", max_length=TEXT_LENGTH, blank=True
    )
    buyer_actions = models.JSONField(default=list, blank=True)
    next_step = models.CharField(max_length=500, blank=True)
    next_step_on = models.DateField(null=True, blank=True)
    no_next_step_reason = models.CharField(max_length=500, blank=True)
    actual_minutes = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MaxValueValidator(1440)]
    )
    own_scores = models.JSONField(default=dict, editable=False)  # until it is filed: rows then
    saved_at = models.DateTimeField(null=True, editable=False)
    filed_at = models.DateTimeField(null=True, editable=False)
    reviewed_at = models.DateTimeField(null=True, editable=False)  # its review's, to count fast

    objects = DebriefQuerySet.as_manager()

    class Meta:
        ordering = ["-filed_at", "-pk"]
        indexes = [
            models.Index(fields=["filed_at"], name="debrief_by_filing"),
            models.Index(fields=["rep", "reviewed_at"], name="debrief_by_rep"),
            models.Index(fields=["rep", "filed_at"], name="debrief_of_rep_by_filing"),
            models.Index(
                fields=["rep", "filed_at", "id"],
                condition=models.Q(reviewed_at=None, filed_at__isnull=False),
                name="debrief_awaiting_review",
            ),
        ]

    def __str__(self) -> str:
        return f"Debrief of {self.call}"

    @property
    def is_filed(self) -> bool:
        return self.filed_at is not None

    @property
    def plan(self) -> CallPlan | None:
        """The plan the call was held by, if there was one."""
        return CallPlan.objects.filter(call_id=self.call_id).first()

    # Verbs.

    @classmethod
    def write_for(
        cls,
        call: Call,
        content: DebriefContent,
        *,
        by: User,
        at: datetime,
        version: int | None = None,
    ) -> "Debrief":
        """Save a draft; the first save makes it (its version is then 0).

        Raises Stale when somebody saved in between, ValidationError for what cannot be kept.
        """
        require_author(call, by)
        with transaction.atomic():
            debrief, made = cls.objects.get_or_create(call=call, defaults={"rep_id": call.owner_id})
            if not made and version == 0:
                raise Stale(debrief)
            debrief.write(content, by=by, at=at, version=None if made else version)
        return debrief

    def write(
        self, content: DebriefContent, *, by: User, at: datetime, version: int | None = None
    ) -> None:
        """Replace what the draft says. A filed debrief no longer changes."""
        require_author(self.call, by)
        with self.editing(version):
            self._require_draft()
            for name in (
                "as_prepared",
                "score",
                "worked",
                "went_poorly",
                "forgot",
                "next_step",
                "next_step_on",
                "no_next_step_reason",
                "actual_minutes",
            ):
                setattr(self, name, getattr(content, name))
            self.buyer_actions = [line for text in content.buyer_actions if (line := text.strip())]
            self._draft_own_scores(content.own_scores)
            self.saved_at = at
            self._clean_draft()
            self.save()
            self._write_results(content.results)

    def _draft_own_scores(self, scores: dict[int, int]) -> None:
        if any(not 1 <= score <= 10 for score in scores.values()):
            raise ValidationError({"behaviours": "Scores are from 1 to 10."})
        expected_by_id(self.rep, scores)
        self.own_scores = {str(pk): score for pk, score in scores.items()}

    @property
    def drafted_scores(self) -> dict[int, int]:
        """The rep's scores of behaviours as far as they are written, by id."""
        return {int(pk): score for pk, score in self.own_scores.items()}

    @property
    def said_of_behaviours(self) -> dict[int, int]:
        """The rep's scores of behaviours, by id, drafted or handed in."""
        if not self.is_filed:
            return self.drafted_scores
        rows = self.behaviour_scores.exclude(own_score=None)
        return dict(rows.values_list("behaviour_id", "own_score"))

    @property
    def scored_behaviours(self) -> list[BehaviourScore]:
        """Each with the words it was scored by; of a draft as they would be handed in now."""
        if self.is_filed:
            return list(self.behaviour_scores.with_words())
        return BehaviourScore.as_drafted(self)

    def _clean_draft(self) -> None:
        self.full_clean(exclude=["call"])
        actions = self.buyer_actions
        if len(actions) > MAX_BUYER_ACTIONS or any(len(text) > 500 for text in actions):
            raise ValidationError(
                {"buyer_actions": f"At most {MAX_BUYER_ACTIONS} of 500 characters each."}
            )

    def _write_results(self, results: dict[int, LineResult]) -> None:
        lines = {line.pk: line for line in self.plan_lines()}
        if unknown := results.keys() - lines.keys():
            raise ValidationError({"results": f"No line {min(unknown)} on this call's plan."})
        for pk, result in results.items():
            line = lines[pk]
            if result.outcome and result.outcome not in dict(line.outcomes):
                raise ValidationError({"results": f"“{line.text}” cannot be {result.outcome}."})
            if len(result.note) > 500:
                raise ValidationError({"results": "A note has at most 500 characters."})
            line.outcome, line.note = result.outcome, result.note.strip()
        PlanLine.objects.bulk_update(lines.values(), ["outcome", "note"])

    def plan_lines(self) -> list[PlanLine]:
        """The lines of the call's plan in their order; none when it was held without one."""
        return list(PlanLine.objects.filter(plan__call_id=self.call_id))

    def file(self, *, by: User, at: datetime, version: int | None = None) -> None:
        """Hand it in: the call counts as held, evidence and next step go to the deal.

        Raises ValidationError with a key for each thing still missing.
        """
        require_author(self.call, by)
        with self.editing(version), publishing(self, "filed", by, at):
            self._require_draft()
            lines = self.plan_lines()
            self._require_complete(lines)
            self._settle_call(by, at)
            BehaviourScore.keep_own(self, self.drafted_scores)
            self.filed_at, self.own_scores = at, {}
            self.save(update_fields=["filed_at", "own_scores"])
            self._tell_the_deal(lines, by, at)

    def _require_draft(self) -> None:
        if self.is_filed:
            raise ValidationError("This debrief is filed and no longer changes.")

    def _require_complete(self, lines: list[PlanLine]) -> None:
        errors = {}
        if any(not line.outcome for line in lines):
            errors["results"] = "Say what came of each line of the plan."
        if lines and not self.as_prepared:
            errors["as_prepared"] = "Say whether you did what you prepared."
        if self.score is None:
            errors["score"] = "Score the call from 1 to 10."
        if self.next_step and not self.next_step_on:
            errors["next_step_on"] = "Give the next step a date."
        if not self.next_step and not self.no_next_step_reason.strip():
            errors["next_step"] = "Plan the next step, or say why there is none."
        if errors:
            raise ValidationError(errors)

    def _settle_call(self, by: User, at: datetime) -> None:
        if self.call.status in (Call.MISSED, Call.CANCELLED):
            raise ValidationError(f"This call was {self.call.status}; there is nothing to debrief.")
        if self.call.is_planned:
            self.call.hold(by=by, at=at, actual_minutes=self.actual_minutes)

    def _tell_the_deal(self, lines: list[PlanLine], by: User, at: datetime) -> None:
        deal = self.call.opportunity
        if deal is None:
            return
        held_on = local_date(self.call.starts_at, Organisation.current().zone)
        for what in self.buyer_actions:
            BuyerAction.record(deal, what, held_on, by=by, at=at, call=self.call)
        for line in lines:
            if line.part == LEARN and line.question and line.outcome != PlanLine.NO and line.note:
                BuyerAnswer.give(deal, line.question, line.note, by=by, at=at)
        if deal.is_open and self.next_step:
            deal.set_next_step(self.next_step, self.next_step_on, by=by, at=at)


class DebriefReviewQuerySet(CoachingQuerySet):
    OWNER = "debrief__rep"


class DebriefReview(models.Model):
    """The manager's score beside the rep's, what to modify, and how the manager will help."""

    debrief = models.OneToOneField(Debrief, models.CASCADE, related_name="review")
    score = models.PositiveSmallIntegerField(validators=SCORE)
    minimum = models.PositiveSmallIntegerField(default=MINIMUM, editable=False)  # of that day
    modify = models.TextField("What to modify", max_length=TEXT_LENGTH, blank=True)
    help = models.TextField("How I will help", max_length=TEXT_LENGTH, blank=True)
    at = models.DateTimeField(editable=False)
    by = models.ForeignKey(User, models.PROTECT, related_name="debrief_reviews", editable=False)

    objects = DebriefReviewQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"Review of {self.debrief}"

    @property
    def gap(self) -> int:
        """The manager's score less the rep's."""
        return self.score - (self.debrief.score or 0)

    @property
    def is_proficient(self) -> bool:
        """Whether the score reaches the minimum of the day on which it was given."""
        return self.score >= self.minimum

    @classmethod
    @transaction.atomic
    def give(
        cls,
        debrief: Debrief,
        *,
        by: User,
        at: datetime,
        score: int | None,
        modify: str = "",
        help: str = "",  # noqa: A002 - the field's name
        seen: Mapping[int, Seen] | None = None,
    ) -> "DebriefReview":
        """Review a filed debrief, once; `seen` are behaviours by id. The rep's level follows.

        Raises PermissionDenied for all but a manager above.
        """
        if not by.leads(debrief.call.owner):
            raise PermissionDenied("Only a manager of this rep reviews the debrief.")
        if not debrief.is_filed:
            raise ValidationError("This debrief is not filed yet.")
        if cls.objects.filter(debrief=debrief).exists():
            raise ValidationError("This debrief has been reviewed already.")
        if score is None:
            raise ValidationError({"score": "Score the call from 1 to 10."})
        review = cls(debrief=debrief, by=by, at=at, score=score, modify=modify, help=help)
        review.minimum = CoachingRules.current().minimum
        review.full_clean()
        level = InspectionLevel.kept(debrief.rep)
        with level.judging():  # locked first: two reviews at once then count one by one
            review.save()
            level.judge_scores(at)
        BehaviourScore.keep_managers(debrief, seen or {}, by=by)
        Debrief.objects.filter(pk=debrief.pk).update(reviewed_at=at)
        publish("given", review, by, at)
        return review
