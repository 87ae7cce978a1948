"""What was decided on a deal in a meeting, carried out by the verb that does it elsewhere."""

from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models

from coaching.help_queue import stands_stalled
from coaching.models import HelpRequest
from coaching.models.help_request import JOIN_CALL, OPINION, UNBLOCK
from lib.calendar import in_words
from people.models import User
from pipeline.models import Hold, Opportunity

HELP, HOLD, STEP, PUSH, CLOSE, LEAVE = "help", "hold", "step", "push", "close", "leave"
WON, LOST = Opportunity.WON, Opportunity.LOST
DECISIONS = [
    (HELP, "Help"),
    (HOLD, "Hold"),
    (STEP, "Next step"),
    (PUSH, "Close date"),
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
    "why": "note",
    "next_step_on": "on",
    "resume_on": "on",
    "wanted_on": "on",
    "kind": "how",
}


@dataclass(frozen=True)
class Said:
    """What was typed. `on` is a step's date, the new close date, the day until which a deal waits
    or by which help is wanted; `how` "won" or "lost" of a closing, or the kind of help.
    """

    kind: str
    note: str = ""
    on: date | None = None
    how: str = ""


class DealDecisionQuerySet(models.QuerySet[Any]):
    def for_list(self) -> Self:
        return self.select_related("by", "hold", "help_request")


class DealDecision(models.Model):
    """One a kind, deal and meeting; of a second of the same kind the last words count."""

    opportunity = models.ForeignKey(
        Opportunity, models.SET_NULL, null=True, related_name="%(class)ss"
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

    class Meta:
        abstract = True
        ordering = ["at", "pk"]

    LABELS: ClassVar = {
        HELP: "Help",
        HOLD: "On hold until {on}",
        STEP: "Next step by {on}",
        PUSH: "Close date {on}",
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

    def says(self, said: Said) -> bool:
        return (self.note, self.on, self.how) == (said.note.strip(), said.on, said.how)

    def decide(self, said: Said, deal: Opportunity, *, by: User, at: Any) -> None:
        """Take these words, and do it. The caller holds the deal; ValidationError as the verbs."""
        self.note, self.on, self.how = said.note.strip(), said.on, said.how
        self.deal_name, self.owner, self.owner_name = deal.name, deal.owner, deal.owner.name
        self.by, self.at = by, at
        self._carry_out(deal)
        self.full_clean(exclude=["opportunity", *self.MEETING], validate_unique=False)
        self.save()

    MEETING: ClassVar[list[str]]  # the name of the foreign key to the meeting

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
        open_one = HelpRequest.objects.filter(opportunity=deal).open().first()
        if deal.owner_id == self.by.pk:
            open_one = self._ask_for_help(deal, open_one)
        elif open_one is None:
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

    def _ask_for_help(self, deal: Opportunity, open_one: HelpRequest | None) -> HelpRequest:
        """On one's own deal; meetings in which that makes no sense refuse it."""
        raise ValidationError("This is your own deal. Ask for help with it on its page.")

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

    def _push(self, deal: Opportunity) -> None:
        assert self.by
        if self.on is None:
            raise ValidationError({"on": "Say when it closes."})
        deal.push(self.on, by=self.by, at=self.at, why=self.note)

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


_VERBS: dict[str, Any] = {
    HELP: DealDecision._help,
    HOLD: DealDecision._hold,
    STEP: DealDecision._step,
    PUSH: DealDecision._push,
    CLOSE: DealDecision._close,
    LEAVE: DealDecision._leave,
}
