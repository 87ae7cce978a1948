"""What was decided on a deal in a pipeline call, carried out by the verb that does it elsewhere."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction

from coaching.help_queue import stands_stalled
from coaching.models import HelpRequest
from coaching.models.help_request import JOIN_CALL, OPINION, UNBLOCK
from lib.calendar import in_words
from people import reporting_line
from people.models import User
from pipeline.models import Hold, Opportunity

if TYPE_CHECKING:
    from reviews.models.pipeline_call import PipelineCall

HELP, HOLD, STEP, CLOSE, LEAVE = "help", "hold", "step", "close", "leave"
WON, LOST = Opportunity.WON, Opportunity.LOST
DECISIONS = [
    (HELP, "Help"),
    (HOLD, "Hold"),
    (STEP, "Next step"),
    (CLOSE, "Close"),
    (LEAVE, "Leave"),
]
OUTCOMES = [(WON, "Won"), (LOST, "Lost")]
HELP_GIVEN = [
    (UNBLOCK, "Unblock something inside"),
    (JOIN_CALL, "Join a call"),
    (OPINION, "Give an opinion"),
]
OURS = {  # what the verbs' fields are called here
    "reason": "note",
    "how_it_helps": "note",
    "next_step": "note",
    "next_step_on": "on",
    "resume_on": "on",
    "kind": "how",
}


@dataclass(frozen=True)
class Said:
    """What was typed. `on` is a step's date or the day a hold ends; `how` "won" or "lost" of a
    closing, or the kind of help.
    """

    kind: str
    note: str = ""
    on: date | None = None
    how: str = ""


class PipelineCallDecisionQuerySet(models.QuerySet["PipelineCallDecision"]):
    def visible_to(self, user: User) -> Self:
        """Those on one's own deals and on those of everybody under one, as they were owned then."""
        return self.filter(owner_id__in=reporting_line.ids_below(user))

    def for_list(self) -> Self:
        return self.select_related("by", "hold", "help_request")


class PipelineCallDecision(models.Model):
    """One a kind, deal and call; of a second of the same kind the last words count."""

    call = models.ForeignKey("reviews.PipelineCall", models.CASCADE, related_name="decisions")
    opportunity = models.ForeignKey(
        Opportunity, models.SET_NULL, null=True, related_name="call_decisions"
    )
    deal_name = models.CharField(max_length=200, editable=False)
    owner = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", editable=False)
    owner_name = models.CharField(max_length=200, editable=False)
    kind = models.CharField(max_length=5, choices=DECISIONS)
    note = models.CharField(max_length=500, blank=True)
    on = models.DateField(null=True, blank=True)
    how = models.CharField(max_length=11, blank=True)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", editable=False)
    at = models.DateTimeField(editable=False)
    help_request = models.ForeignKey(
        HelpRequest, models.SET_NULL, null=True, related_name="+", editable=False
    )
    hold = models.ForeignKey(Hold, models.SET_NULL, null=True, related_name="+", editable=False)

    objects = PipelineCallDecisionQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["call", "opportunity", "kind"], name="one_decision_a_kind"
            )
        ]

    LABELS: ClassVar = {
        HELP: "Help",
        HOLD: "On hold until {on}",
        STEP: "Next step by {on}",
        LEAVE: "Left as it is",
    }

    def __str__(self) -> str:
        return f"{self.deal_name}: {self.label}"

    @property
    def label(self) -> str:
        """ "On hold until 4 Dec 2026"."""
        if self.kind == CLOSE:
            return f"Closed as {self.how}"
        if self.kind == HELP and self.how:
            return f"Help: {dict(HELP_GIVEN).get(self.how, self.how).lower()}"
        return str(self.LABELS[self.kind]).format(on=in_words(self.on))

    @classmethod
    def make(
        cls,
        call: "PipelineCall",
        deal: Opportunity,
        said: Said,
        *,
        by: User,
        at: datetime,
        version: int | None = None,
    ) -> "PipelineCallDecision":
        """Decide, and do it: one transaction. `version` is the deal's, as it was on the screen.

        The same words twice are one decision, whichever screen they came from. Raises `Stale` with
        the deal when it has moved on since, PermissionDenied for all but who runs the call, and
        ValidationError as the verbs do.
        """
        call.require_runner(by)
        with transaction.atomic():
            _lock(call)
            call.require_running()
            made = cls.objects.filter(call=call, opportunity=deal, kind=said.kind).first()
            if made and made.says(said):
                return made
            if not call.deals(by).filter(pk=deal.pk).exists():
                raise ValidationError({"opportunity": "This deal is not on this call."})
            with deal.editing(version):
                decision = made or cls(call=call, opportunity=deal, kind=said.kind)
                decision._take(said, deal, by=by, at=at)
                decision._carry_out(deal)
                decision.full_clean(exclude=["call", "opportunity"], validate_unique=False)
                decision.save()
        return decision

    def says(self, said: Said) -> bool:
        return (self.note, self.on, self.how) == (said.note.strip(), said.on, said.how)

    def _take(self, said: Said, deal: Opportunity, *, by: User, at: datetime) -> None:
        self.note, self.on, self.how = said.note.strip(), said.on, said.how
        self.deal_name, self.owner, self.owner_name = deal.name, deal.owner, deal.owner.name
        self.by, self.at = by, at

    # The verbs, each of its own model.

    def _carry_out(self, deal: Opportunity) -> None:
        """Raises ValidationError with the names of our fields for what a verb refuses."""
        try:
            _VERBS[self.kind](self, deal)
        except ValidationError as refused:
            if not hasattr(refused, "error_dict"):
                raise
            named = {OURS.get(name, name): errors for name, errors in refused.error_dict.items()}
            raise ValidationError(named) from refused

    def _help(self, deal: Opportunity) -> None:
        """Accept what the rep asked for; step in where nobody asked."""
        assert self.by
        if deal.owner_id == self.by.pk:
            raise ValidationError("This is your own deal. Ask for help with it on its page.")
        open_one = HelpRequest.objects.filter(opportunity=deal).open().first()
        if open_one is None:
            open_one = HelpRequest.step_in(
                deal,
                by=self.by,
                at=self.at,
                kind=self.how or UNBLOCK,
                what=self.note,
                was_stalled=stands_stalled(deal, self.at),
            )
        elif open_one.state == HelpRequest.ASKED and open_one.may_answer(self.by):
            open_one.accept(by=self.by, at=self.at)
        self.help_request = open_one

    def _hold(self, deal: Opportunity) -> None:
        assert self.by
        self.hold = Hold.begin(deal, self.note, self.on, by=self.by, at=self.at)

    def _step(self, deal: Opportunity) -> None:
        assert self.by
        if not self.note:
            raise ValidationError({"note": "Say what happens next."})
        if self.on is None:
            raise ValidationError({"on": "Say by when."})
        deal.set_next_step(self.note, self.on, by=self.by, at=self.at)

    def _close(self, deal: Opportunity) -> None:
        assert self.by
        if self.how == WON:
            deal.win(by=self.by, at=self.at, why=self.note)
        elif self.how == LOST:
            deal.lose(by=self.by, at=self.at, reason=self.note)
        else:
            raise ValidationError({"how": "Say whether it is won or lost."})

    def _leave(self, deal: Opportunity) -> None:
        """Nothing is to be done now."""


def _lock(call: "PipelineCall") -> None:
    """Two screens decide one after the other."""
    list(type(call).objects.select_for_update().filter(pk=call.pk))
    call.refresh_from_db(fields=["closed_at", "closed_by", "day"])


_VERBS: dict[str, Any] = {
    HELP: PipelineCallDecision._help,
    HOLD: PipelineCallDecision._hold,
    STEP: PipelineCallDecision._step,
    CLOSE: PipelineCallDecision._close,
    LEAVE: PipelineCallDecision._leave,
}
