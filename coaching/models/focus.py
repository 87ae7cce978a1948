"""The one behaviour a rep works on, step by step until they are proficient: product.md 9."""

from datetime import date, datetime
from typing import ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Q

from coaching.models.behaviour import Behaviour
from coaching.models.behaviour_score import BehaviourScore, expected_by_id
from coaching.trends import LAST, STANDING, trend
from coaching.visibility import CoachingQuerySet, require_coach
from lib.events import publish, publishing
from lib.versions import Versioned
from people.models import User

TRAIN, REPEATED_BACK, ROLE_PLAYED = "train", "repeated_back", "role_played"
COACH, MENTOR, HOLD_ACCOUNTABLE, PROFICIENT = "coach", "mentor", "hold_accountable", "proficient"
STEPS = [
    (TRAIN, "Train"),
    (REPEATED_BACK, "Repeated back"),
    (ROLE_PLAYED, "Role-played"),
    (COACH, "Coach"),
    (MENTOR, "Mentor"),
    (HOLD_ACCOUNTABLE, "Hold accountable"),
    (PROFICIENT, "Proficient"),
]
STEP_HELP = {
    TRAIN: "It was taught: what it is, why, and what good looks like.",
    REPEATED_BACK: "The rep said it back in their own words.",
    ROLE_PLAYED: "The rep did it with you in a rehearsal.",
    COACH: "You watched and gave feedback.",
    MENTOR: "You showed it on the job.",
    HOLD_ACCOUNTABLE: "It is agreed that it is done from now on.",
    PROFICIENT: "The scores show it.",
}
UNDERSTOOD = (REPEATED_BACK, ROLE_PLAYED)  # one of them before anybody is held accountable
EVIDENCE_LENGTH = 1_000


class FocusQuerySet(CoachingQuerySet):
    OWNER = "rep"

    def running(self) -> Self:
        return self.filter(ended_on=None)

    def for_list(self) -> Self:
        return self.select_related("behaviour", "rep")


class Focus(Versioned):
    """One at a time for each rep. `step` is the last one recorded, "" before the first."""

    OUTCOMES: ClassVar = [
        (PROFICIENT, "Proficient"),
        ("replaced", "Another behaviour matters more"),
        ("paused", "Put off"),
        ("left", "No longer needed"),
    ]

    rep = models.ForeignKey(User, models.PROTECT, related_name="focuses")
    behaviour = models.ForeignKey(Behaviour, models.PROTECT, related_name="focuses")
    goal = models.CharField("What will be different", max_length=300, blank=True)
    started_on = models.DateField(editable=False)
    started_by = models.ForeignKey(User, models.PROTECT, related_name="+", editable=False)
    step = models.CharField(max_length=16, choices=STEPS, blank=True, editable=False)
    outcome = models.CharField(max_length=10, choices=OUTCOMES, blank=True, editable=False)
    outcome_reason = models.CharField(max_length=EVIDENCE_LENGTH, blank=True, editable=False)
    ended_on = models.DateField(null=True, editable=False)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)

    objects = FocusQuerySet.as_manager()

    class Meta:
        ordering = ["-started_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["rep"], condition=Q(ended_on=None), name="one_focus_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None, outcome="") | Q(ended_on__isnull=False) & ~Q(outcome=""),
                name="focus_ends_with_an_outcome",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.behaviour} ({self.rep})"

    @property
    def is_running(self) -> bool:
        return self.ended_on is None

    @classmethod
    def of(cls, rep: User, reader: User) -> "Focus | None":
        """What the rep works on now, if this reader may know."""
        found: Focus | None = (
            cls.objects.visible_to(reader).running().filter(rep=rep).for_list().first()
        )
        return found

    # Verbs.

    @classmethod
    def start(
        cls, rep: User, behaviour: Behaviour, *, by: User, at: datetime, goal: str = ""
    ) -> "Focus":
        """Choose what the rep works on.

        Raises PermissionDenied for all but managers above; ValidationError while there is another
        and for a behaviour that is not expected of the rep.
        """
        require_coach(rep, by)
        expected_by_id(rep, [behaviour.pk])
        focus = cls(rep=rep, behaviour=behaviour, goal=goal.strip(), started_by=by)
        focus.started_on = by.today(at)
        focus.full_clean(exclude=["rep"], validate_constraints=False)
        try:
            with transaction.atomic():
                focus.save()
                publish("started", focus, by, at)
        except IntegrityError:
            running = cls.objects.running().filter(rep=rep).for_list().get()
            raise ValidationError(
                f"{rep.first_name} works on {running.behaviour} already: one at a time."
            ) from None
        return focus

    def take_step(
        self,
        step: str,
        evidence: str,
        *,
        by: User,
        at: datetime,
        on: date | None = None,
        version: int | None = None,
    ) -> "FocusStep":
        """Record a step with what shows it; steps may be repeated. "proficient" ends the focus.

        Raises ValidationError for accountability before it was repeated back or role-played, and
        for "proficient" while the scores are below the minimum.
        """
        require_coach(self.rep, by)
        with self.editing(version), publishing(self, "stepped", by, at):
            self._require_running()
            self._require_due(step)
            taken = FocusStep(focus=self, step=step, evidence=evidence.strip(), by=by, at=at)
            taken.on = on or by.today(at)
            taken.full_clean()
            self._require_past(taken.on, by.today(at))
            taken.save()
            self.step = step
            if step == PROFICIENT:
                self._end(PROFICIENT, taken.evidence, by, at)
            self.save()
        return taken

    def leave(
        self, outcome: str, reason: str, *, by: User, at: datetime, version: int | None = None
    ) -> None:
        """End it before the rep is proficient, and say what became of it."""
        require_coach(self.rep, by)
        if outcome not in dict(self.OUTCOMES) or outcome == PROFICIENT:
            raise ValidationError({"outcome": "Say what became of it."})
        if not reason.strip():
            raise ValidationError({"reason": "Say why; the rep reads it."})
        with self.editing(version), publishing(self, "ended", by, at):
            self._require_running()
            self._end(outcome, reason.strip(), by, at)
            self.full_clean(validate_constraints=False)
            self.save()

    def _end(self, outcome: str, reason: str, by: User, at: datetime) -> None:
        self.outcome, self.outcome_reason = outcome, reason
        self.ended_on, self.ended_by = by.today(at), by

    def _require_running(self) -> None:
        if not self.is_running:
            raise ValidationError("This focus has ended.")

    def _require_past(self, on: date, today: date) -> None:
        if on > today:
            raise ValidationError({"on": "That day has not come yet."})
        if on < self.started_on:
            raise ValidationError({"on": "The focus began later."})

    def _require_due(self, step: str) -> None:
        if step == HOLD_ACCOUNTABLE and not self.steps.filter(step__in=UNDERSTOOD).exists():
            raise ValidationError(
                {
                    "step": "First have it repeated back or role-played: nobody is held "
                    "accountable for what they have not shown that they understood."
                }
            )
        if step == PROFICIENT:
            self._require_scores()

    def _require_scores(self) -> None:
        """Proficient is who reaches the minimum by the rule of the trend."""
        scores = BehaviourScore.objects.filter(rep=self.rep_id, behaviour=self.behaviour_id)
        latest = scores.by_manager().order_by("-at", "-pk").values_list("manager_score", flat=True)
        so_far = trend(list(latest[:LAST])[::-1], self.behaviour.minimum)
        if so_far.mean is None:
            raise ValidationError(
                {
                    "step": f"Proficient takes {STANDING} scores by a manager; "
                    f"there are {len(so_far.scores)}."
                }
            )
        if not so_far.reaches_minimum:
            raise ValidationError(
                {
                    "step": f"The last {STANDING} scores have a mean of {float(so_far.mean):.1f}; "
                    f"the minimum is {self.behaviour.minimum}."
                }
            )


class FocusStepQuerySet(CoachingQuerySet):
    OWNER = "focus__rep"


class FocusStep(models.Model):
    """A step was taken, on a day of the manager's, and what shows it."""

    focus = models.ForeignKey(Focus, models.CASCADE, related_name="steps")
    step = models.CharField(max_length=16, choices=STEPS)
    evidence = models.CharField(max_length=EVIDENCE_LENGTH)
    on = models.DateField()
    at = models.DateTimeField(editable=False)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", editable=False)

    objects = FocusStepQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return self.get_step_display()
