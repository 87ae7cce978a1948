"""Letting a deal wait, and ending that; ticking exit criteria."""

from datetime import datetime
from typing import Any

from django import forms
from django.urls import reverse

from lib.calendar import in_words
from people.models import User
from pipeline.forms.facts import DealForm, day_field
from pipeline.models import CriterionMet, ExitCriterion, Hold, Opportunity


class HoldForm(DealForm):
    """The undo of a hold is its end: one that ends on the day it began does not count as one."""

    heading, button = "Put this deal on hold", "Hold"
    reason = forms.CharField(label="What does it wait for?", max_length=500)
    resume_on = day_field(
        label="Until", help_text="Until then it is not called stalled for resting."
    )

    def verb(self, *, by: User, at: datetime) -> None:
        said = self.cleaned_data
        hold = Hold.begin(
            self.deal, said["reason"], said["resume_on"], by=by, at=at, version=self.seen_version
        )
        self.done = f"On hold until {in_words(hold.resume_on)}."
        self.undo = reverse("hold_end", args=[hold.pk])


class HoldEndForm(DealForm):
    """Works without a version as well: as the undo of a hold just begun."""

    heading, button, done = "End the hold", "End the hold", "The hold has ended."
    version = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)

    @property
    def deal(self) -> Opportunity:
        return self.thing.opportunity  # type: ignore[no-any-return]

    def verb(self, *, by: User, at: datetime) -> None:
        self.thing.end(by=by, at=at, version=self.seen_version)


class CriterionForm(DealForm):
    """One exit criterion: has the buyer done it?"""

    heading = "Exit criterion"
    met = forms.BooleanField(required=False)

    def __init__(self, thing: Any, user: User, data: Any = None, **options: Any) -> None:
        self.criterion: ExitCriterion = options.pop("criterion")
        super().__init__(thing, user, data, **options)
        self.fields["met"].label = self.criterion.text

    def facts(self, thing: Any) -> dict[str, Any]:
        ticks = CriterionMet.objects.visible_to(self.user).filter(opportunity=thing)
        return {"met": ticks.filter(criterion=self.criterion).exists()}

    def verb(self, *, by: User, at: datetime) -> None:
        if self.cleaned_data["met"]:
            CriterionMet.meet(self.deal, self.criterion, by=by, at=at, version=self.seen_version)
            self.done = f"Met: {self.criterion.text}"
        else:
            ticks = CriterionMet.objects.visible_to(by).filter(opportunity=self.deal)
            for tick in ticks.filter(criterion=self.criterion):
                tick.opportunity = self.deal
                tick.remove(version=self.seen_version)
            self.done = f"Open again: {self.criterion.text}"
