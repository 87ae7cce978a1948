"""A manager rides along with a rep: planned like a call, scored, commented and signed."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, ClassVar, Self

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction

from coaching.models.behaviour import Behaviour
from coaching.models.behaviour_score import NOTE_LENGTH, BehaviourScore, Seen, expected_by_id
from coaching.visibility import CoachingQuerySet, require_coach
from lib.events import publish, publishing
from lib.versions import Versioned
from people.models import User
from pipeline.models import Call

TEXT_LENGTH = 5_000


class RideAlongQuerySet(CoachingQuerySet):
    OWNER = "rep"

    def held(self) -> Self:
        return self.filter(state=RideAlong.HELD)

    def planned(self) -> Self:
        return self.filter(state=RideAlong.PLANNED)

    def to_sign(self) -> Self:
        """Held, and not signed by the rep."""
        return self.held().filter(signed_at=None)

    def for_call(self, call: Call) -> "RideAlong | None":
        """The one that is planned or was held at a call; the first of several."""
        there = self.exclude(state=RideAlong.CANCELLED).filter(call=call)
        ride: RideAlong | None = there.select_related("manager").order_by("pk").first()
        return ride

    def for_list(self) -> Self:
        return self.select_related("rep", "manager", "call__account", "call__opportunity")


class RideAlong(Versioned):
    """`draft` holds the manager's scores until it is held: by id of the behaviour, score and note.

    With a call it is there and then; without one `about` says where.
    """

    OBSERVE, MODEL, JOINT = "observe", "model", "joint"
    PURPOSES: ClassVar = [
        (OBSERVE, "Observe: the rep leads, I watch"),
        (MODEL, "Model: I lead, the rep watches"),
        (JOINT, "Joint: we share the call"),
    ]
    PLANNED, HELD, CANCELLED = "planned", "held", "cancelled"
    STATES: ClassVar = [(PLANNED, "Planned"), (HELD, "Held"), (CANCELLED, "Cancelled")]

    rep = models.ForeignKey(User, models.PROTECT, related_name="ride_alongs", db_index=False)
    manager = models.ForeignKey(User, models.PROTECT, related_name="+", editable=False)
    call = models.ForeignKey(
        Call, models.SET_NULL, null=True, blank=True, related_name="ride_alongs"
    )
    about = models.CharField("Where and with whom", max_length=300, blank=True)
    starts_at = models.DateTimeField("Starts")
    purpose = models.CharField(max_length=7, choices=PURPOSES, default=OBSERVE)
    watch = models.ManyToManyField(Behaviour, related_name="+", blank=True)
    state = models.CharField(max_length=9, choices=STATES, default=PLANNED, editable=False)
    notes = models.TextField("What I saw", max_length=TEXT_LENGTH, blank=True)
    draft = models.JSONField(default=dict, editable=False)
    saved_at = models.DateTimeField(null=True, editable=False)
    held_at = models.DateTimeField(null=True, editable=False)  # when the manager handed it in
    comment = models.TextField("What I take from it", max_length=TEXT_LENGTH, blank=True)
    signed_at = models.DateTimeField(null=True, editable=False)
    cancel_reason = models.CharField(max_length=500, blank=True, editable=False)

    objects = RideAlongQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at", "-pk"]
        indexes = [
            models.Index(fields=["rep", "state", "starts_at"], name="ride_along_by_rep"),
            models.Index(fields=["starts_at", "id"], name="ride_along_by_start"),
        ]

    def __str__(self) -> str:
        return f"Ride-along with {self.rep}: {self.with_whom}"

    @property
    def with_whom(self) -> str:
        return self.call.with_whom if self.call else self.about

    @property
    def is_planned(self) -> bool:
        return self.state == self.PLANNED

    @property
    def drafted(self) -> dict[int, Seen]:
        """The scores as far as they are written."""
        return {int(pk): Seen(score, note) for pk, (score, note) in self.draft.items()}

    def written_for(self, reader: User) -> tuple[str, dict[int, Seen]]:
        """Notes and scores as far as this reader may see: a draft is only its writer's."""
        if self.state == self.HELD:
            rows = self.behaviour_scores.all()
            return self.notes, {row.behaviour_id: Seen(row.manager_score, row.note) for row in rows}
        return (self.notes, self.drafted) if reader.pk == self.manager_id else ("", {})

    def clean(self) -> None:
        if self.call is None and not self.about.strip():
            raise ValidationError({"about": "Choose a call, or say where and with whom."})
        if self.call is not None and self.call.owner_id != self.rep_id:
            raise ValidationError({"call": "That is somebody else's call."})

    # Verbs.

    @classmethod
    @transaction.atomic
    def plan(
        cls,
        rep: User,
        *,
        by: User,
        at: datetime,
        starts_at: datetime | None = None,
        call: Call | None = None,
        about: str = "",
        purpose: str = OBSERVE,
        watch: Collection[Behaviour] = (),
    ) -> "RideAlong":
        """Arrange one, at a call of the rep's or at a time of one's own.

        Raises PermissionDenied for all but managers above, ValidationError for what is missing.
        """
        require_coach(rep, by)
        ride = cls(rep=rep, manager=by, call=call, about=about.strip(), purpose=purpose)
        ride._arrange(starts_at, watch)
        publish("planned", ride, by, at)
        return ride

    def change(
        self,
        *,
        by: User,
        at: datetime,
        starts_at: datetime | None = None,
        call: Call | None = None,
        about: str = "",
        purpose: str = OBSERVE,
        watch: Collection[Behaviour] = (),
        version: int | None = None,
    ) -> None:
        """Arrange it otherwise while it is planned."""
        require_coach(self.rep, by)
        with self.editing(version), publishing(self, "changed", by, at):
            self._require_planned()
            self.call, self.about, self.purpose = call, about.strip(), purpose
            self._arrange(starts_at, watch)

    def _arrange(self, starts_at: datetime | None, watch: Collection[Behaviour]) -> None:
        when = self.call.starts_at if self.call else starts_at
        if when is None:
            raise ValidationError({"starts_at": "Say when."})
        self.starts_at = when
        expected_by_id(self.rep, [each.pk for each in watch])
        self.full_clean()
        self.save()
        self.watch.set(watch)

    def follow_call(self, by: Any, at: Any) -> None:
        """The call was moved: ride along at its new time."""
        with self.editing(), publishing(self, "changed", by, at):
            if self.is_planned and self.call is not None:
                self.starts_at = self.call.starts_at
                self.save(update_fields=["starts_at"])

    def write(
        self,
        *,
        by: User,
        at: datetime,
        notes: str,
        seen: Mapping[int, Seen],
        version: int | None = None,
    ) -> None:
        """Keep notes and scores while it goes on; nobody else reads them before it is held."""
        with self.editing(version):
            self._write(by, at, notes, seen)

    def _write(self, by: User, at: datetime, notes: str, seen: Mapping[int, Seen]) -> None:
        self._require_rider(by)
        self._require_planned()
        if any(len(said.note) > NOTE_LENGTH for said in seen.values()):
            raise ValidationError({"behaviours": f"At most {NOTE_LENGTH} characters each."})
        if any(said.score is not None and not 1 <= said.score <= 10 for said in seen.values()):
            raise ValidationError({"behaviours": "Scores are from 1 to 10."})
        expected_by_id(self.rep, seen)
        self.notes, self.saved_at = notes, at
        self.draft = {str(pk): [said.score, said.note] for pk, said in seen.items()}
        self.full_clean()
        self.save()

    def hold(
        self,
        *,
        by: User,
        at: datetime,
        notes: str,
        seen: Mapping[int, Seen],
        version: int | None = None,
    ) -> None:
        """Hand it in: the rep reads it, comments and signs. Final.

        Raises ValidationError before it began, and when nothing was noted nor scored.
        """
        with self.editing(version), publishing(self, "held", by, at):
            self._write(by, at, notes, seen)
            if at < self.starts_at:
                raise ValidationError("It has not begun yet.")
            if not notes.strip() and not seen:
                raise ValidationError({"notes": "Say what you saw, or score a behaviour."})
            self.state, self.held_at, self.draft = self.HELD, at, {}
            self.save()
            BehaviourScore.keep_managers(self, seen, by=by)

    def cancel(self, reason: str, *, by: User, at: datetime, version: int | None = None) -> None:
        """Call it off."""
        require_coach(self.rep, by)
        with self.editing(version), publishing(self, "cancelled", by, at):
            self._require_planned()
            self.state, self.cancel_reason = self.CANCELLED, reason.strip()
            self.full_clean()
            self.save()

    def restore(self, *, by: User, at: datetime, version: int | None = None) -> None:
        """Undo a cancellation."""
        require_coach(self.rep, by)
        with self.editing(version), publishing(self, "restored", by, at):
            if self.state != self.CANCELLED:
                raise ValidationError("Only a cancelled ride-along can be planned again.")
            self.state, self.cancel_reason = self.PLANNED, ""
            self.save()

    def sign(
        self, *, by: User, at: datetime, comment: str = "", version: int | None = None
    ) -> None:
        """The rep has read it, and says what they take from it. Once."""
        if by.pk != self.rep_id:
            raise PermissionDenied("The rep signs their own ride-along.")
        with self.editing(version), publishing(self, "signed", by, at):
            if self.state != self.HELD:
                raise ValidationError("It was not held yet.")
            if self.signed_at is not None:
                raise ValidationError("It is signed already.")
            self.comment, self.signed_at = comment.strip(), at
            self.full_clean()
            self.save()

    def _require_rider(self, by: User) -> None:
        if by.pk != self.manager_id:
            raise PermissionDenied("Whoever rides along writes what they saw.")

    def _require_planned(self) -> None:
        if not self.is_planned:
            raise ValidationError(f"This ride-along was {self.state}.")
