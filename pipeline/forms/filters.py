"""What a board or list of deals shows, from the URL."""

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from people.models import Team, User
from pipeline.filters import STALL_REASONS, narrow
from pipeline.forms.facts import amount_field, day_field
from pipeline.models import Opportunity, Product, Stage
from pipeline.models.opportunity import FORECAST_CATEGORIES, OpportunityQuerySet
from pipeline.stalls import StallCheck

ANYTHING = ("", "Any")


class FilterForm(forms.Form):
    """The filters of board, list and export. With a wrong value nothing is found, and it says so.

    `on` is the date on which deals are judged stalled, today unless said.
    """

    search = forms.CharField(max_length=200, required=False)
    owner = forms.ModelChoiceField(User.objects.none(), required=False, empty_label="Everybody")
    team = forms.ModelChoiceField(Team.objects.none(), required=False, empty_label="Any")
    stage = forms.ModelChoiceField(Stage.objects.none(), required=False, empty_label="Any")
    status = forms.ChoiceField(
        choices=[ANYTHING, *Opportunity.STATUSES], required=False, initial=Opportunity.OPEN
    )
    stall_reason = forms.ChoiceField(
        label="Stalled", choices=[ANYTHING, *STALL_REASONS], required=False
    )
    product = forms.ModelChoiceField(Product.objects.none(), required=False, empty_label="Any")
    forecast_category = forms.ChoiceField(
        label="Forecast", choices=[ANYTHING, *FORECAST_CATEGORIES], required=False
    )
    close_from = day_field(label="Closes from", required=False)
    close_to = day_field(label="to", required=False)
    amount_from = amount_field(label="Amount from", required=False)
    amount_to = amount_field(label="to", required=False)
    on = day_field(label="As of", required=False)

    def __init__(self, user: User, data: Mapping[str, Any], today: date) -> None:
        self.user, self.today = user, today
        is_said = any(data.get(name) is not None for name in self.base_fields)
        super().__init__(data if is_said else {"status": Opportunity.OPEN})
        fields: dict[str, Any] = self.fields
        seen = User.objects.visible_to if user.is_administrator else User.objects.led_by
        fields["owner"].queryset = seen(user)
        fields["team"].queryset = Team.objects.visible_to(user)
        fields["stage"].queryset = Stage.objects.visible_to(user)
        fields["product"].queryset = Product.objects.visible_to(user)
        self.is_valid()

    def clean_on(self) -> date | None:
        day: date | None = self.cleaned_data["on"]
        if day and day > self.today:
            raise ValidationError("That day has not come yet.")
        return day

    @cached_property
    def check(self) -> StallCheck:
        """The rules by which these deals are judged, on the date that is asked for."""
        return StallCheck.on(self.cleaned_data.get("on") or self.today, self.user)

    @property
    def more_fields(self) -> list[forms.BoundField]:
        """The filters that are folded away until they are used."""
        return [self[name] for name in self.fields if name not in ("search", "status")]

    @property
    def uses_more(self) -> bool:
        return any(field.value() for field in self.more_fields)

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the usual view (open deals) is asked for."""
        wanted = {name: value for name, value in self.cleaned_data.items() if value}
        return wanted != {"status": Opportunity.OPEN}

    def rows(self) -> OpportunityQuerySet:
        """The visible deals that match."""
        if self.errors:
            return Opportunity.objects.none()
        seen = Opportunity.objects.visible_to(self.user)
        return narrow(seen, self.cleaned_data, lambda: self.check)
