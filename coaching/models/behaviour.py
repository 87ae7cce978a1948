"""The four or five elements of the selling process that are scored, and what each score means."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, ClassVar, Self

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import F, Max, Q
from django.db.models.expressions import RawSQL

from lib.events import publish, publishing
from lib.searching import fold
from lib.versions import Versioned
from people.models import Team, User
from playbook.models import TrainingModule

SCORE = [MinValueValidator(1), MaxValueValidator(10)]
NEEDED_ANCHORS = (4, 7, 9)
MOST = 5  # product.md 2: four or five elements
WANTED = 4


class StepsUp(RawSQL):
    """How far up the tree a behaviour's team stands from a team; null when it is not above it."""

    SQL = (
        "(WITH RECURSIVE up(id, parent_id, steps) AS ("
        "SELECT id, parent_id, 0 FROM people_team WHERE id = %s UNION ALL "
        "SELECT team.id, team.parent_id, up.steps + 1 FROM people_team team "
        "JOIN up ON team.id = up.parent_id) "
        "SELECT steps FROM up WHERE up.id = coaching_behaviour.team_id)"
    )

    @classmethod
    def of(cls, team_id: int | None) -> "StepsUp":
        return cls(cls.SQL, [team_id or 0], models.IntegerField())


class BehaviourQuerySet(models.QuerySet["Behaviour"]):
    def visible_to(self, user: User) -> Self:
        """Everybody sees what is expected of whom; scores are another matter."""
        return self

    def changeable_by(self, user: User) -> Self:
        """Administrators change all, managers those of the teams they lead."""
        if user.is_administrator:
            return self
        return self.filter(team__in=Team.objects.led_by(user))

    def in_use(self) -> Self:
        return self.filter(retired_at=None)

    def of_set(self, team: Team | None) -> Self:
        """Those in use of this team itself, or of the whole organisation."""
        return self.in_use().filter(team=team)

    def expected_of(self, rep: User) -> "list[Behaviour]":
        """The set a rep is scored by: their team's, else of the nearest one above, else all's.

        In their order, in one statement.
        """
        near = self.in_use().annotate(steps_up=StepsUp.of(rep.team_id))
        near = near.filter(Q(team=None) | Q(steps_up__isnull=False))
        found = list(near.order_by(F("steps_up").asc(nulls_last=True), "place", "pk"))
        return [each for each in found if each.team_id == found[0].team_id]


class Behaviour(Versioned):
    """An element of the selling process, as it stands now; `versions` keep what it was before.

    `anchors` say what a score looks like, by the score as text: {"4": "…", "7": "…", "9": "…"}.
    `minimum` is the score at or above which somebody is proficient in it, `weight` how much it
    counts beside the others of its set, both 1 to 10.
    """

    SAID: ClassVar = ("name", "expected", "anchors", "minimum", "weight")

    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="behaviours")
    name = models.CharField(max_length=80)
    expected = models.TextField("What is expected", max_length=1_000)
    anchors = models.JSONField(default=dict)
    minimum = models.PositiveSmallIntegerField("Proficiency minimum", default=7, validators=SCORE)
    weight = models.PositiveSmallIntegerField(default=1, validators=SCORE)
    place = models.PositiveSmallIntegerField(default=1, editable=False)
    training = models.ManyToManyField(TrainingModule, related_name="behaviours", blank=True)
    retired_at = models.DateTimeField(null=True, editable=False)
    is_sample = models.BooleanField(default=False, editable=False)

    objects = BehaviourQuerySet.as_manager()

    class Meta:
        ordering = ["place", "pk"]
        indexes = [models.Index(fields=["team", "place"], name="behaviour_by_team")]

    def __str__(self) -> str:
        return self.name

    @property
    def anchor_pairs(self) -> list[tuple[int, str]]:
        """The anchors in the order of their scores."""
        return sorted((int(score), text) for score, text in self.anchors.items())

    @property
    def latest(self) -> "BehaviourVersion":
        """The version that new scores are given by."""
        return self.versions.latest("number")

    def clean(self) -> None:
        self._clean_anchors()
        namesakes = Behaviour.objects.of_set(self.team).exclude(pk=self.pk)
        if fold(self.name) in {fold(each.name) for each in namesakes}:
            raise ValidationError({"name": "There is a behaviour of that name already."})

    def _clean_anchors(self) -> None:
        anchors = self.anchors
        scores = {str(score) for score in range(1, 11)}
        if not isinstance(anchors, dict) or not anchors.keys() <= scores:
            raise ValidationError({"anchors": "Anchors belong to scores from 1 to 10."})
        if any(not isinstance(text, str) or len(text) > 300 for text in anchors.values()):
            raise ValidationError({"anchors": "An anchor is a sentence of at most 300 characters."})
        self.anchors = {score: said for score, text in anchors.items() if (said := text.strip())}
        missing = [str(score) for score in NEEDED_ANCHORS if str(score) not in self.anchors]
        if missing:
            raise ValidationError({"anchors": f"Say what a {' and a '.join(missing)} looks like."})

    # Verbs.

    @classmethod
    @transaction.atomic
    def define(
        cls,
        *,
        by: User,
        at: datetime,
        team: Team | None = None,
        name: str,
        expected: str,
        anchors: Mapping[str, str],
        minimum: int = 7,
        weight: int = 1,
        training: Iterable[TrainingModule] = (),
    ) -> "Behaviour":
        """Add one to the organisation's set or to a team's; `training` are modules that teach it.

        Raises PermissionDenied for whoever leads no such team, ValidationError for a sixth.
        """
        _require_definer(team, by)
        behaviour = cls(team=team, name=name.strip(), expected=expected.strip(), minimum=minimum)
        behaviour.anchors, behaviour.weight = dict(anchors), weight
        behaviour._require_room()
        last = cls.objects.of_set(team).aggregate(last=Max("place"))["last"] or 0
        behaviour.place = last + 1
        behaviour.full_clean()
        behaviour.save()
        behaviour.training.set(training)
        behaviour._keep_version(by, at)
        publish("defined", behaviour, by, at)
        return behaviour

    def change(
        self,
        *,
        by: User,
        at: datetime,
        version: int | None = None,
        training: Iterable[TrainingModule] | None = None,
        **values: Any,
    ) -> None:
        """Change what it says, or what teaches it. Scores given before keep their words."""
        if unknown := values.keys() - set(self.SAID):
            raise TypeError(f"{sorted(unknown)} cannot be changed")
        _require_definer(self.team, by)
        with self.editing(version), publishing(self, "changed", by, at):
            before = [getattr(self, name) for name in self.SAID]
            for name, value in values.items():
                setattr(self, name, value.strip() if isinstance(value, str) else value)
            self.full_clean()
            self.save()
            if before != [getattr(self, name) for name in self.SAID]:
                self._keep_version(by, at)
            if training is not None:
                self.training.set(training)

    def retire(self, *, by: User, at: datetime, version: int | None = None) -> None:
        """Score it no longer. What was scored stays."""
        _require_definer(self.team, by)
        with self.editing(version), publishing(self, "retired", by, at):
            if self.retired_at is not None:
                raise ValidationError("It is retired already.")
            self.retired_at = at
            self.save(update_fields=["retired_at"])

    def restore(self, *, by: User, at: datetime, version: int | None = None) -> None:
        """Score a retired one again, at the end of its set."""
        _require_definer(self.team, by)
        with self.editing(version), publishing(self, "restored", by, at):
            if self.retired_at is None:
                raise ValidationError("It is in use.")
            self._require_room()
            self.clean()
            self.retired_at = None
            last = Behaviour.objects.of_set(self.team).aggregate(last=Max("place"))["last"] or 0
            self.place = last + 1
            self.save(update_fields=["retired_at", "place"])

    @transaction.atomic
    def put(self, position: int, *, by: User, at: datetime) -> None:
        """Give it that place in its set, counted from 1; the others make room."""
        _require_definer(self.team, by)
        others = list(Behaviour.objects.of_set(self.team).select_for_update())
        if self not in others:
            raise ValidationError("A retired behaviour has no place.")
        others.remove(self)
        others.insert(max(position, 1) - 1, self)
        with publishing(self, "placed", by, at):
            for place, each in enumerate(others, start=1):
                each.place = place
            Behaviour.objects.bulk_update(others, ["place"])

    def _require_room(self) -> None:
        # The row of the team, or the organisation's set, is not locked: a sixth by two at once
        # harms nothing and can be retired.
        if Behaviour.objects.of_set(self.team).count() >= MOST:
            raise ValidationError(f"At most {MOST} behaviours are scored: retire one first.")

    def _keep_version(self, by: User, at: datetime) -> None:
        last = self.versions.aggregate(last=Max("number"))["last"] or 0
        said = {name: getattr(self, name) for name in self.SAID}
        BehaviourVersion.objects.create(behaviour=self, number=last + 1, by=by, at=at, **said)


def _require_definer(team: Team | None, by: User) -> None:
    """Raise PermissionDenied for all but administrators and, for a team's, its managers."""
    if by.is_administrator:
        return
    if team is None:
        raise PermissionDenied("Administrators define the organisation's behaviours.")
    if not Team.objects.led_by(by).filter(pk=team.pk).exists():
        raise PermissionDenied("Managers define the behaviours of teams they lead.")


class BehaviourVersionQuerySet(models.QuerySet["BehaviourVersion"]):
    def visible_to(self, user: User) -> Self:
        """Everybody, as the behaviours themselves."""
        return self


class BehaviourVersion(models.Model):
    """A behaviour as it was from `at` on, until the next version."""

    behaviour = models.ForeignKey(Behaviour, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=80)
    expected = models.TextField(max_length=1_000)
    anchors = models.JSONField(default=dict)
    minimum = models.PositiveSmallIntegerField()
    weight = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    objects = BehaviourVersionQuerySet.as_manager()

    class Meta:
        ordering = ["behaviour", "number"]
        constraints = [
            models.UniqueConstraint(fields=["behaviour", "number"], name="one_of_each_version")
        ]

    def __str__(self) -> str:
        return f"{self.name}, version {self.number}"

    def anchor_of(self, score: int | None) -> str:
        """What that score looked like; "" where nothing was said of it."""
        said: str = self.anchors.get(str(score), "")
        return said

    @property
    def anchor_pairs(self) -> list[tuple[int, str]]:
        """The anchors in the order of their scores."""
        return sorted((int(score), text) for score, text in self.anchors.items())
