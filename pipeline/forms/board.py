"""Moving a card: to another stage, or off the board."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from people.models import User
from pipeline.forms.facts import DealForm
from pipeline.models import Opportunity, Stage


class MoveForm(DealForm):
    """`to` is a stage's id, "won", "lost" with its reason, or "open" to take an outcome back."""

    to = forms.CharField(max_length=20, widget=forms.HiddenInput)
    reason = forms.CharField(max_length=500, required=False)
    undo_to = ""

    def clean_to(self) -> Any:
        said = self.cleaned_data["to"]
        if said in (Opportunity.WON, Opportunity.LOST, Opportunity.OPEN):
            return said
        stages = Stage.objects.visible_to(self.user)
        stage = stages.filter(pk=said).first() if said.isdecimal() else None
        if stage is None:
            raise ValidationError("There is no such stage any more.")
        return stage

    def verb(self, *, by: User, at: datetime) -> None:
        deal, to, version = self.deal, self.cleaned_data["to"], self.seen_version
        back = str(deal.stage_id)
        if isinstance(to, Stage):
            deal.move_to(to, by=by, at=at, version=version)
            self.done, self.undo_to = f"Moved to {to}.", back
        elif to == Opportunity.OPEN:
            deal.reopen(by=by, at=at, why="Taken back on the board.", version=version)
            self.done = f"Open again, in {deal.stage}."
        else:
            self._close(to, by=by, at=at)
            self.undo_to = Opportunity.OPEN

    def _close(self, outcome: str, *, by: User, at: datetime) -> None:
        version = self.seen_version
        if outcome == Opportunity.WON:
            self.deal.win(by=by, at=at, version=version)
            self.done = "Won."
        else:
            self.deal.lose(by=by, at=at, reason=self.cleaned_data["reason"], version=version)
            self.done = "Closed as lost."

    @property
    def refusal(self) -> str:
        """Why the card was not moved, and where the deal stands now."""
        saved: Any = self.stale
        if saved is None:
            words = " ".join(str(error) for errors in self.errors.values() for error in errors)
            return f"Not moved. {words}"
        if not saved.is_open:
            return f"Not moved: “{saved}” was {saved.status} meanwhile."
        return (
            f"Not moved: somebody else changed “{saved}” since you opened this board. "
            f"It is in {saved.stage}. Move it again if that is still right."
        )
