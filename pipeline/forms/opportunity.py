"""One form a verb of a deal."""

from datetime import datetime
from typing import Any

from django import forms

from lib.money import CURRENCIES
from people.forms.fields import ASSIGNABLE, PersonField
from people.models import User
from pipeline.forms.facts import AccountField, DealForm, amount_field, day_field
from pipeline.models import Opportunity, Product, Stage
from pipeline.models.opportunity import FORECAST_CATEGORIES


def why_field() -> forms.CharField:
    return forms.CharField(label="Why", max_length=500, required=False)


class StageForm(DealForm):
    """`stages` spares a page that knows them the question what they are."""

    heading, button = "Move to another stage", "Move"
    stage = forms.ModelChoiceField(Stage.objects.none(), empty_label=None)
    why = why_field()

    def __init__(self, thing: Any, user: User, data: Any = None, **options: Any) -> None:
        self.stages: list[Stage] | None = options.pop("stages", None)
        super().__init__(thing, user, data, **options)

    def prepare(self) -> None:
        field: Any = self.fields["stage"]
        field.queryset = Stage.objects.visible_to(self.user)
        if self.stages is not None:
            field.choices = [(stage.pk, stage.name) for stage in self.stages]

    def facts(self, thing: Any) -> dict[str, Any]:
        return {"stage": thing.stage}

    def verb(self, *, by: User, at: datetime) -> None:
        stage: Stage = self.cleaned_data["stage"]
        self.came_from = self.deal.stage_id
        self.deal.move_to(
            stage, by=by, at=at, why=self.cleaned_data["why"], version=self.seen_version
        )
        self.done = f"Moved to {stage}."


class ClosureForm(DealForm):
    """With an `outcome` that is known it asks only what that one needs."""

    heading, button = "Close this deal", "Close the deal"
    outcome = forms.ChoiceField(
        choices=[("won", "Won"), ("lost", "Lost")], widget=forms.RadioSelect
    )
    on = day_field(label="Closed on", required=False, help_text="Today when left empty.")
    reason = forms.CharField(
        label="Why", max_length=500, required=False, help_text="Required for a lost deal."
    )

    def __init__(self, thing: Any, user: User, data: Any = None, **options: Any) -> None:
        self.chosen: str = options.pop("outcome", "")
        super().__init__(thing, user, data, **options)

    def prepare(self) -> None:
        if self.chosen in (Opportunity.WON, Opportunity.LOST):
            self.heading = self.button = f"Close as {self.chosen}"
            self.initial["outcome"] = self.chosen
            self.fields["outcome"].widget = forms.HiddenInput()
            self.fields["reason"].help_text = ""
            self.fields["reason"].required = self.chosen == Opportunity.LOST

    def verb(self, *, by: User, at: datetime) -> None:
        said = self.cleaned_data
        if said["outcome"] == Opportunity.WON:
            self.deal.win(
                by=by, at=at, on=said["on"], why=said["reason"], version=self.seen_version
            )
            self.done = "Won."
        else:
            self.deal.lose(
                by=by, at=at, on=said["on"], reason=said["reason"], version=self.seen_version
            )
            self.done = "Closed as lost."


class ReopeningForm(DealForm):
    heading, button, done = "Open this deal again", "Open again", "The deal is open again."
    why = forms.CharField(label="Why is it open again", max_length=500)

    def verb(self, *, by: User, at: datetime) -> None:
        self.deal.reopen(by=by, at=at, why=self.cleaned_data["why"], version=self.seen_version)


class CloseDateForm(DealForm):
    heading, done = "Close date", "Close date saved."
    close_date = day_field(label="Expected to close on", required=False)
    why = why_field()

    def facts(self, thing: Any) -> dict[str, Any]:
        return {"close_date": thing.close_date}

    def verb(self, *, by: User, at: datetime) -> None:
        said = self.cleaned_data
        self.deal.push(said["close_date"], by=by, at=at, why=said["why"], version=self.seen_version)


class AmountForm(DealForm):
    heading, done = "Amount", "Amount saved."
    amount = amount_field(required=False)
    currency = forms.ChoiceField(choices=[(code, code) for code in CURRENCIES])
    why = why_field()

    def prepare(self) -> None:
        if self.deal.currency not in CURRENCIES:
            own = self.deal.currency
            self.fields["currency"].choices = [(c, c) for c in (own, *CURRENCIES)]  # type: ignore[attr-defined]

    def facts(self, thing: Any) -> dict[str, Any]:
        return {"amount": thing.amount, "currency": thing.currency}

    def verb(self, *, by: User, at: datetime) -> None:
        said = self.cleaned_data
        self.deal.set_amount(
            said["amount"],
            by=by,
            at=at,
            why=said["why"],
            currency=said["currency"],
            version=self.seen_version,
        )


class NextStepForm(DealForm):
    heading, done = "Next step", "Next step saved."
    next_step = forms.CharField(label="Next step", max_length=500, required=False)
    next_step_on = day_field(label="By", required=False)

    def facts(self, thing: Any) -> dict[str, Any]:
        return {"next_step": thing.next_step, "next_step_on": thing.next_step_on}

    def verb(self, *, by: User, at: datetime) -> None:
        said = self.cleaned_data
        self.deal.set_next_step(
            said["next_step"], said["next_step_on"], by=by, at=at, version=self.seen_version
        )


class OwnerForm(DealForm):
    heading, button = "Give this deal to somebody else", "Give"
    owner = PersonField(ASSIGNABLE, help_text="Type a part of the name and choose.")
    why = why_field()

    def prepare(self) -> None:
        self.fields["owner"].user = self.user  # type: ignore[attr-defined]

    def facts(self, thing: Any) -> dict[str, Any]:
        return {"owner": thing.owner}

    def verb(self, *, by: User, at: datetime) -> None:
        owner: User = self.cleaned_data["owner"]
        self.deal.assign(
            owner, by=by, at=at, why=self.cleaned_data["why"], version=self.seen_version
        )
        self.done = f"{owner} has this deal now."


class ForecastForm(DealForm):
    heading, done = "Forecast", "Forecast saved."
    forecast_category = forms.ChoiceField(choices=FORECAST_CATEGORIES)
    own_probability = forms.IntegerField(
        label="Your own probability, %", min_value=0, max_value=100, required=False
    )
    own_probability_reason = forms.CharField(
        label="Why so much or so little", max_length=500, required=False
    )

    def facts(self, thing: Any) -> dict[str, Any]:
        return {
            "forecast_category": thing.forecast_category,
            "own_probability": thing.own_probability,
            "own_probability_reason": thing.own_probability_reason,
        }

    def verb(self, *, by: User, at: datetime) -> None:
        said = {name: self.cleaned_data[name] for name in self.facts(self.deal)}
        self.deal.describe(version=self.seen_version, **said)


class DescriptionForm(DealForm):
    heading, done = "Name, account and product", "Saved."
    name = forms.CharField(max_length=200)
    account = AccountField(required=False)
    product = forms.ModelChoiceField(Product.objects.none(), required=False, empty_label="None")

    def prepare(self) -> None:
        self.fields["account"].user = self.user  # type: ignore[attr-defined]
        offered = Product.objects.filter(is_active=True)
        if self.deal.product_id:
            offered |= Product.objects.filter(pk=self.deal.product_id)
        self.fields["product"].queryset = offered  # type: ignore[attr-defined]

    def facts(self, thing: Any) -> dict[str, Any]:
        return {"name": thing.name, "account": thing.account, "product": thing.product}

    def verb(self, *, by: User, at: datetime) -> None:
        said = {name: self.cleaned_data[name] for name in self.facts(self.deal)}
        self.deal.describe(version=self.seen_version, **said)
