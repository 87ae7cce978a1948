"""Skill x will of a rep in a behaviour, resting on evidence: product.md 9."""

from collections.abc import Collection
from datetime import datetime
from typing import ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction

from coaching import evidence
from coaching.models.behaviour import Behaviour
from coaching.models.behaviour_score import expected_by_id
from coaching.visibility import CoachingQuerySet, require_coach
from lib.events import publish
from people.models import User

LOW, HIGH = "low", "high"
LEVELS = [(LOW, "Low"), (HIGH, "High")]
TRAIN, COACH, MOTIVATE, DELEGATE = "train", "coach", "motivate", "delegate"
# By skill and will: what to do, and how.
WHAT_TO_DO = {
    (LOW, HIGH): (TRAIN, "Train", "Wants to and cannot yet: teach it, rehearse it, watch it done."),
    (LOW, LOW): (COACH, "Coach", "Neither yet: small steps with a date, looked at together often."),
    (HIGH, LOW): (MOTIVATE, "Motivate", "Can and does not: find out what is in the way, and why."),
    (HIGH, HIGH): (DELEGATE, "Delegate", "Can and wants to: hand it over and let them teach it."),
}
MAX_EVIDENCE = 20


class DiagnosisQuerySet(CoachingQuerySet):
    OWNER = "rep"

    def for_list(self) -> Self:
        return self.select_related("behaviour", "by").prefetch_related("evidence")


class Diagnosis(models.Model):
    """A verdict of one day; a later one of the same behaviour takes its place, this one stays."""

    rep = models.ForeignKey(User, models.PROTECT, related_name="diagnoses", db_index=False)
    behaviour = models.ForeignKey(Behaviour, models.PROTECT, related_name="diagnoses")
    skill = models.CharField(max_length=4, choices=LEVELS)
    skill_reason = models.CharField("Why the skill is so", max_length=500)
    will = models.CharField(max_length=4, choices=LEVELS)
    will_reason = models.CharField("Why the will is so", max_length=500)
    at = models.DateTimeField(editable=False)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", editable=False)

    objects = DiagnosisQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name_plural = "diagnoses"
        indexes = [models.Index(fields=["rep", "behaviour", "at"], name="diagnosis_by_rep")]

    def __str__(self) -> str:
        return f"{self.behaviour}: skill {self.skill}, will {self.will}"

    @property
    def what_to_do(self) -> str:
        """One of "train", "coach", "motivate", "delegate"."""
        return WHAT_TO_DO[self.skill, self.will][0]

    @property
    def what_to_do_label(self) -> str:
        return WHAT_TO_DO[self.skill, self.will][1]

    @property
    def how(self) -> str:
        """What to do, in a sentence."""
        return WHAT_TO_DO[self.skill, self.will][2]

    @classmethod
    @transaction.atomic
    def give(
        cls,
        rep: User,
        behaviour: Behaviour,
        *,
        by: User,
        at: datetime,
        skill: str,
        skill_reason: str,
        will: str,
        will_reason: str,
        evidence_keys: Collection[str],
    ) -> "Diagnosis":
        """Say how it is, with what it rests on ("debrief:7", "ride_along:3", "checkpoint:12").

        Raises PermissionDenied for all but managers above; ValidationError without evidence.
        """
        require_coach(rep, by)
        expected_by_id(rep, [behaviour.pk])
        if len(evidence_keys) > MAX_EVIDENCE:
            raise ValidationError({"evidence": f"At most {MAX_EVIDENCE} pieces."})
        rests_on = evidence.chosen(rep, behaviour, by, evidence_keys)
        if len(rests_on) < len(set(evidence_keys)):
            raise ValidationError({"evidence": "Some of this is no evidence about this rep."})
        if not rests_on:
            raise ValidationError(
                {"evidence": "No verdict without evidence: choose what this rests on."}
            )
        diagnosis = cls(
            rep=rep,
            behaviour=behaviour,
            skill=skill,
            skill_reason=skill_reason.strip(),
            will=will,
            will_reason=will_reason.strip(),
            at=at,
            by=by,
        )
        diagnosis.full_clean()
        diagnosis.save()
        DiagnosisEvidence.objects.bulk_create(
            DiagnosisEvidence(
                diagnosis=diagnosis, kind=e.kind, subject_id=e.subject_id, said=e.said, on=e.on
            )
            for e in rests_on
        )
        publish("given", diagnosis, by, at)
        return diagnosis


class DiagnosisEvidenceQuerySet(CoachingQuerySet):
    OWNER = "diagnosis__rep"


class DiagnosisEvidence(models.Model):
    """What a diagnosis rests on, as it was then."""

    KIND_LENGTH: ClassVar = 20

    diagnosis = models.ForeignKey(Diagnosis, models.CASCADE, related_name="evidence")
    kind = models.CharField(max_length=KIND_LENGTH)
    subject_id = models.PositiveBigIntegerField()
    said = models.CharField(max_length=500)
    on = models.DateField()

    objects = DiagnosisEvidenceQuerySet.as_manager()

    class Meta:
        ordering = ["on", "pk"]

    def __str__(self) -> str:
        return self.said

    @property
    def path(self) -> str:
        """Where it is read; "" when its kind is no longer known."""
        return evidence.path(self.kind, self.subject_id, self.diagnosis.rep_id)
