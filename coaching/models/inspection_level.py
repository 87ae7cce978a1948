"""How many of a rep's plans are inspected, and every change of it with what it rests on."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F

from coaching import levels
from coaching.sampling import CONTINUOUS, LEVELS, Sample
from coaching.visibility import CoachingQuerySet, require_coach
from lib.events import publishing
from lib.versions import Versioned
from people.models import User
from pipeline.models import Call

if TYPE_CHECKING:
    from coaching.models.debrief import DebriefReview


class InspectionLevelQuerySet(CoachingQuerySet):
    OWNER = "rep"


class InspectionLevel(Versioned):
    """A rep's level now: every plan, until a level is earned.

    `number` counts its changes, `plans` those filed at it, `since` is when it began; `seen` is the
    last review that went into the level before, so that those after it count for this one.
    """

    rep = models.OneToOneField(User, models.CASCADE, related_name="inspection_level")
    level = models.CharField(max_length=12, choices=LEVELS, default=CONTINUOUS)
    number = models.PositiveIntegerField(default=0)
    plans = models.PositiveIntegerField(default=0)
    since = models.DateTimeField(null=True)
    seen = models.PositiveBigIntegerField(default=0, editable=False)

    objects = InspectionLevelQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.rep}: {self.get_level_display()}"

    @classmethod
    def of(cls, rep: User) -> "InspectionLevel":
        """The rep's level; an unsaved one for whoever never had a plan filed or scored."""
        found: InspectionLevel | None = cls.objects.filter(rep=rep).select_related("rep").first()
        return found or cls(rep=rep)

    @property
    def label(self) -> str:
        """ "Every plan", "1 in 5 plans"."""
        return str(self.get_level_display())

    @property
    def progress(self) -> levels.Progress:
        """How far it is to another level; one statement."""
        return levels.progress([review.is_proficient for review in self.scored()])

    @classmethod
    def kept(cls, rep: User) -> "InspectionLevel":
        """The same, made when there is none yet."""
        level: InspectionLevel = cls.objects.get_or_create(rep=rep)[0]
        return level

    # Verbs.

    @classmethod
    def number_plan(cls, rep: User) -> Sample:
        """Count one more plan of this rep, inside the transaction that files it."""
        level = cls.kept(rep)
        cls.objects.filter(pk=level.pk).update(plans=F("plans") + 1)
        level.refresh_from_db()
        return Sample(rep.pk, level.level, level.number, level.plans)

    @contextmanager
    def judging(self) -> Iterator[None]:
        """Lock the level and load it afresh; its version rises only when it becomes another.

        So whoever is about to set it by hand is not told that somebody changed it because a plan
        was filed or a call scored.
        """
        rows = type(self).objects.filter(pk=self.pk)
        with transaction.atomic():
            rows.update(plans=F("plans"))
            self.refresh_from_db()
            number = self.number
            yield
            if self.number != number:
                rows.update(version=F("version") + 1)
                self.refresh_from_db()

    def judge_scores(self, at: datetime) -> "LevelChange | None":
        """Earn or lose a level by what managers scored since it began.

        Inside `judging`, after the review was saved: two reviews at once then count one by one.
        """
        scored = self.scored()
        by = levels.reaches([review.is_proficient for review in scored])
        if by == 0:
            return None
        shown = scored[-levels.UP_AFTER :] if by > 0 else scored[-levels.LOOKED_AT :]
        why = LevelChange.EARNED if by > 0 else LevelChange.TWO_BELOW
        return self._move(levels.moved(self.level, by), why, at=at, scores=shown)

    def judge_unplanned(self, call: Call, at: datetime) -> "LevelChange | None":
        """Lose a level by holding a call without a plan; inside `judging`."""
        down = levels.moved(self.level, -1)
        return self._move(down, LevelChange.UNPLANNED, at=at, call=call)

    def set_by_hand(
        self, level: str, reason: str, *, by: User, at: datetime, version: int | None = None
    ) -> "LevelChange":
        """Put the rep at any level, with a reason that they read.

        Raises PermissionDenied for all but managers above, ValidationError without a reason and
        for the level they are at, and `Stale`.
        """
        require_coach(self.rep, by)
        self._require_sayable(level, reason)
        if self._state.adding:
            self.pk = InspectionLevel.kept(self.rep).pk
        with self.editing(version):
            change = self._move(level, LevelChange.BY_HAND, at=at, by=by, reason=reason.strip())
            if change is None:
                raise ValidationError({"level": "They are at this level already."})
        return change

    @staticmethod
    def _require_sayable(level: str, reason: str) -> None:
        if level not in dict(LEVELS):
            raise ValidationError({"level": "Choose a level."})
        if not reason.strip():
            raise ValidationError({"reason": "Say why; the rep reads it."})
        if len(reason) > REASON_LENGTH:
            raise ValidationError({"reason": f"At most {REASON_LENGTH} characters."})

    def scored(self) -> "list[DebriefReview]":
        """Reviews since the level began, oldest first; no more than a rule looks at."""
        from coaching.models.debrief import DebriefReview

        since = DebriefReview.objects.filter(debrief__rep=self.rep_id, pk__gt=self.seen)
        latest = since.select_related("debrief").order_by("-pk")[: levels.UP_AFTER]
        return list(latest)[::-1]

    def _move(
        self,
        to: str,
        why: str,
        *,
        at: datetime,
        by: User | None = None,
        reason: str = "",
        call: Call | None = None,
        scores: "Sequence[DebriefReview]" = (),
    ) -> "LevelChange | None":
        """Begin another level with a clean sheet; None when it is the same one."""
        if to == self.level:
            return None
        change = LevelChange(
            rep_id=self.rep_id,
            number=self.number + 1,
            from_level=self.level,
            to_level=to,
            why=why,
            at=at,
            by=by,
            reason=reason,
            call=call,
            scores=[
                {"debrief": each.debrief_id, "score": each.score, "minimum": each.minimum}
                for each in scores
            ],
        )
        change.save()
        with publishing(self, "changed", by, at):
            self.level, self.number, self.since, self.plans = to, change.number, at, 0
            self.seen = self._last_review()
            self.save()
        return change

    def _last_review(self) -> int:
        from coaching.models.debrief import DebriefReview

        given = DebriefReview.objects.filter(debrief__rep=self.rep_id)
        last: int | None = given.aggregate(last=models.Max("pk"))["last"]
        return last or 0


REASON_LENGTH = 500


class LevelChangeQuerySet(CoachingQuerySet):
    OWNER = "rep"

    def for_list(self) -> "LevelChangeQuerySet":
        return self.select_related("by", "call__account", "call__opportunity")


class LevelChange(models.Model):
    """A level was earned, lost or set. `scores` are the reviews it rests on, oldest first."""

    EARNED, TWO_BELOW, UNPLANNED, BY_HAND = "earned", "two_below", "unplanned", "by_hand"
    WHY: ClassVar = [
        (EARNED, f"The last {levels.UP_AFTER} scored calls reached the minimum"),
        (
            TWO_BELOW,
            f"{levels.DOWN_AFTER} of the last {levels.LOOKED_AT} scored calls were below it",
        ),
        (UNPLANNED, "A call was held without a plan"),
        (BY_HAND, "Set by the manager"),
    ]

    rep = models.ForeignKey(User, models.CASCADE, related_name="level_changes", db_index=False)
    number = models.PositiveIntegerField()
    from_level = models.CharField(max_length=12, choices=LEVELS)
    to_level = models.CharField(max_length=12, choices=LEVELS)
    why = models.CharField(max_length=9, choices=WHY)
    reason = models.CharField(max_length=REASON_LENGTH, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    call = models.ForeignKey(Call, models.SET_NULL, null=True, related_name="+")
    scores = models.JSONField(default=list)

    objects = LevelChangeQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["rep", "number"], name="level_changes_one_by_one")
        ]

    def __str__(self) -> str:
        return f"{self.get_from_level_display()} → {self.get_to_level_display()}"

    @property
    def is_less_inspection(self) -> bool:
        """Whether fewer plans are inspected than before."""
        return levels.ORDER.index(self.to_level) > levels.ORDER.index(self.from_level)
