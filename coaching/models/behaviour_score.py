"""How a behaviour was seen at a call or on a ride-along: the rep's score and the manager's."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from coaching.models.behaviour import SCORE, Behaviour, BehaviourVersion
from coaching.visibility import CoachingQuerySet
from people.models import User

if TYPE_CHECKING:
    from coaching.models.debrief import Debrief
    from coaching.models.ride_along import RideAlong

NOTE_LENGTH = 500


@dataclass(frozen=True)
class Seen:
    """What a manager says of a behaviour: a score from 1 to 10, and what was seen or said.

    The score is None while there is only a note, in the draft of a ride-along.
    """

    score: int | None
    note: str = ""


class BehaviourScoreQuerySet(CoachingQuerySet):
    OWNER = "rep"

    def by_manager(self) -> Self:
        """Those a manager scored: what trends, standings and diagnoses rest on."""
        return self.exclude(manager_score=None)

    def for_list(self) -> Self:
        return self.select_related("version", "debrief__call__account", "ride_along")

    def with_words(self) -> Self:
        """Of one occasion, in the order of their set, each with the words it was scored by."""
        return self.select_related("version", "by").order_by("behaviour__place", "pk")


class BehaviourScore(models.Model):
    """`at` is when the call or ride-along began. Of the two scores one may be missing.

    Belongs to a filed debrief or to a ride-along that was held; `version` says by which words.
    """

    rep = models.ForeignKey(User, models.PROTECT, related_name="behaviour_scores", db_index=False)
    behaviour = models.ForeignKey(Behaviour, models.PROTECT, related_name="scores")
    version = models.ForeignKey(BehaviourVersion, models.PROTECT, related_name="+")
    debrief = models.ForeignKey(
        "coaching.Debrief", models.CASCADE, null=True, related_name="behaviour_scores"
    )
    ride_along = models.ForeignKey(
        "coaching.RideAlong", models.CASCADE, null=True, related_name="behaviour_scores"
    )
    at = models.DateTimeField()
    own_score = models.PositiveSmallIntegerField(null=True, blank=True, validators=SCORE)
    manager_score = models.PositiveSmallIntegerField(null=True, blank=True, validators=SCORE)
    note = models.CharField(max_length=NOTE_LENGTH, blank=True)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    objects = BehaviourScoreQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["debrief", "behaviour"], name="scored_once_a_debrief"),
            models.UniqueConstraint(
                fields=["ride_along", "behaviour"], name="scored_once_a_ride_along"
            ),
            models.CheckConstraint(
                condition=Q(debrief=None) ^ Q(ride_along=None), name="scored_at_one_occasion"
            ),
            models.CheckConstraint(
                condition=Q(own_score__isnull=False) | Q(manager_score__isnull=False),
                name="scored_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["rep", "at", "id"], name="behaviour_score_by_rep"),
            models.Index(
                fields=["rep", "behaviour", "at", "id"],
                condition=Q(manager_score__isnull=False),
                name="behaviour_score_newest",
            ),
            models.Index(
                fields=["rep", "behaviour", "at", "id"],
                condition=~Q(note=""),
                name="behaviour_score_noted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version.name}: {self.manager_score or self.own_score}"

    @property
    def gap(self) -> int | None:
        """The manager's score less the rep's; None when either is missing."""
        if self.own_score is None or self.manager_score is None:
            return None
        return self.manager_score - self.own_score

    @property
    def chosen_anchors(self) -> list[tuple[int, str]]:
        """What the scores that were given looked like then, the lower first, as far as was said."""
        chosen = sorted({score for score in (self.own_score, self.manager_score) if score})
        return [(score, said) for score in chosen if (said := self.version.anchor_of(score))]

    @classmethod
    def keep_own(cls, debrief: "Debrief", scores: Mapping[int, int]) -> None:
        """The rep's scores, by id of the behaviour, when the debrief is filed.

        One that was retired while the debrief was a draft is not scored.
        """
        BehaviourScore.objects.bulk_create(cls._own(debrief, scores))

    @classmethod
    def as_drafted(cls, debrief: "Debrief") -> "list[BehaviourScore]":
        """The rows that the draft would make if it were filed now, not saved."""
        return cls._own(debrief, debrief.drafted_scores)

    @classmethod
    def _own(cls, debrief: "Debrief", scores: Mapping[int, int]) -> "list[BehaviourScore]":
        if not scores:
            return []
        about = {"debrief": debrief, "at": debrief.call.starts_at}
        return [
            cls(**_of(debrief.rep, each), **about, own_score=scores[each.pk])
            for each in Behaviour.objects.all().expected_of(debrief.rep)
            if each.pk in scores
        ]

    @classmethod
    def keep_managers(
        cls, occasion: "Debrief | RideAlong", seen: Mapping[int, Seen], *, by: User
    ) -> None:
        """A manager's scores, by id of the behaviour, beside the rep's own where there are any.

        Raises ValidationError for a behaviour that is not expected of this rep, and for one that
        has a note and no score.
        """
        if any(said.score is None for said in seen.values()):
            raise ValidationError({"behaviours": "Score what you noted: a note needs its score."})
        known = {score.behaviour_id: score for score in occasion.behaviour_scores.all()}
        expected = expected_by_id(occasion.rep, seen.keys() - known.keys())
        rows: list[BehaviourScore] = [
            known.get(pk) or cls._at(occasion, expected[pk]) for pk in seen
        ]
        for row, said in zip(rows, seen.values(), strict=True):
            row.manager_score, row.note, row.by = said.score, said.note.strip(), by
            row.clean_fields(exclude=["rep", "behaviour", "version", "debrief", "ride_along", "by"])
        BehaviourScore.objects.bulk_update(
            [row for row in rows if row.pk], ["manager_score", "note", "by"]
        )
        BehaviourScore.objects.bulk_create(row for row in rows if not row.pk)

    @classmethod
    def _at(cls, occasion: "Debrief | RideAlong", behaviour: Behaviour) -> "BehaviourScore":
        from coaching.models.debrief import Debrief

        about = _of(occasion.rep, behaviour)
        if isinstance(occasion, Debrief):
            return cls(**about, debrief=occasion, at=occasion.call.starts_at)
        return cls(**about, ride_along=occasion, at=occasion.starts_at)


def _of(rep: User, behaviour: Behaviour) -> dict[str, Any]:
    return {"rep": rep, "behaviour": behaviour, "version": behaviour.latest}


def expected_by_id(rep: User, wanted: Any) -> dict[int, Behaviour]:
    """The behaviours expected of a rep; raises ValidationError when one is wanted that is not."""
    if not wanted:
        return {}
    expected = {each.pk: each for each in Behaviour.objects.all().expected_of(rep)}
    if unknown := set(wanted) - expected.keys():
        raise ValidationError(
            {"behaviours": f"Behaviour {min(unknown)} is not expected of {rep.first_name}."}
        )
    return expected
