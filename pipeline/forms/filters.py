"""What a board or list of deals shows, from the URL."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, partial
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import CharField, Value
from django.http import QueryDict

from lib.calendar import in_words, local_date
from people.forms.fields import PersonField
from people.models import Organisation, Team, User
from pipeline import summary
from pipeline.filters import ANY_REASON, NO_REASON, STALL_REASONS, narrow
from pipeline.forms.facts import amount_field, day_field
from pipeline.listing import FILTERS, USUAL_STATUS, kept, order_keys, written
from pipeline.models import Opportunity, Product, Stage
from pipeline.models.opportunity import FORECAST_CATEGORIES, OpportunityQuerySet
from pipeline.stalls import StallCheck

BOARD, LIST = "board", "list"
ANYTHING = ("", "Any")
MOST_COUNTED = 2_000  # deals over which reasons are counted unasked
COUNTED = "counted"  # stands in the URL to ask for it
LABELS = {
    "stall_reason": "Stalled",
    "forecast_category": "Forecast",
    "close_from": "Closes from",
    "close_to": "Closes until",
    "amount_from": "Amount from",
    "amount_to": "Amount up to",
    "on": "As of",
}


def one_of_ours() -> forms.TypedChoiceField:
    """A choice by id; `FilterForm` fills in what there is."""
    return forms.TypedChoiceField(coerce=int, empty_value=None, required=False)


@dataclass(frozen=True)
class Chip:
    """A filter in force, and the query that goes without it."""

    text: str
    query: str


class FilterForm(forms.Form):
    """The filters of board, list and export. With a wrong value nothing is found, and it says so.

    `on` is the date on which deals are judged stalled, today unless said. Without a status open
    deals are meant; a board is always of open ones. `now` is a moment, or the organisation's date.
    """

    search = forms.CharField(max_length=200, required=False)
    status = forms.ChoiceField(choices=[ANYTHING, *Opportunity.STATUSES], required=False)
    stall_reason = forms.ChoiceField(
        label="Stalled", choices=[ANYTHING, *STALL_REASONS], required=False
    )
    owner = PersonField(required=False)
    team, stage, product = one_of_ours(), one_of_ours(), one_of_ours()
    forecast_category = forms.ChoiceField(
        label="Forecast", choices=[ANYTHING, *FORECAST_CATEGORIES], required=False
    )
    close_from = day_field(label="Closes from", required=False)
    close_to = day_field(label="to", required=False)
    amount_from = amount_field(label="Amount from", required=False)
    amount_to = amount_field(label="to", required=False)
    on = day_field(label="As of", required=False)

    MAIN = ("status", "stall_reason")
    most_counted = MOST_COUNTED

    def __init__(
        self,
        user: User,
        data: Mapping[str, Any],
        now: date | datetime,
        *,
        layout: str = LIST,
    ) -> None:
        self.user, self.now, self.layout = user, now, layout
        self._asks_to_count = COUNTED in data
        self.kept = kept(data if isinstance(data, QueryDict) else _as_query(data))
        if layout == BOARD:
            self.kept.pop("status", None)
        self.order, self.keys = order_keys(self.kept.get("order", ""))
        super().__init__({"status": USUAL_STATUS, **self.kept}, auto_id="filter_%s")
        fields: dict[str, Any] = self.fields
        fields["owner"].user = user
        for name in ("team", "stage", "product"):
            fields[name].choices = partial(self._choices_of, name)
        if layout == BOARD:
            fields["stage"].widget = fields["status"].widget = forms.HiddenInput()
        self.is_valid()
        fields["stall_reason"].widget.choices = self._counted_reasons

    def clean_on(self) -> date | None:
        day: date | None = self.cleaned_data["on"]
        if day and day > self._today():
            raise ValidationError("That day has not come yet.")
        return day

    @cached_property
    def stages(self) -> list[Stage]:
        return list(Stage.objects.visible_to(self.user))

    def _choices_of(self, name: str) -> list[tuple[Any, str]]:
        if name == "stage":
            return [ANYTHING, *((stage.pk, stage.name) for stage in self.stages)]
        return [ANYTHING, *self._choices[name]]

    @cached_property
    def _choices(self) -> dict[str, list[tuple[int, str]]]:
        return _choices(self.user)

    @cached_property
    def check(self) -> StallCheck:
        """The rules by which these deals are judged, on the date that is asked for."""
        return StallCheck.on(self.cleaned_data.get("on") or self.now, self.user, self.stages)

    def _today(self) -> date:
        if isinstance(self.now, datetime):
            return local_date(self.now, Organisation.current().zone)
        return self.now

    # What is found.

    def rows(self) -> OpportunityQuerySet:
        """The visible deals that match."""
        return self._narrowed(self.cleaned_data)

    def _narrowed(self, said: Mapping[str, Any]) -> OpportunityQuerySet:
        if self.errors:
            return Opportunity.objects.none()
        seen = Opportunity.objects.visible_to(self.user)
        return narrow(seen, said, lambda: self.check)

    @cached_property
    def totals(self) -> dict[int, summary.Total]:
        """By id of the stage, of the deals that match."""
        if self.errors:
            return {}
        if self._reason:
            return self._stalled_totals[0]
        [by_stage] = summary.totals(self.rows(), "stage", stages=self.stages)
        return by_stage

    @property
    def _reason(self) -> str:
        return str(self.cleaned_data["stall_reason"])

    @cached_property
    def _stalled_totals(self) -> tuple[dict[int, summary.Total], dict[str, int]]:
        rows = self._narrowed({**self.cleaned_data, "stall_reason": ""})
        return summary.stalled_totals(rows, self.check, self._reason, self.stages)

    @cached_property
    def total(self) -> summary.Total:
        return summary.together(self.totals.values())

    @property
    def leaves_uncounted(self) -> bool:
        """Whether there are so many deals that stall reasons are only counted when asked for."""
        if self.errors or self._reason or self._asks_to_count:
            return False
        return self.total.count > MOST_COUNTED

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """How many deals each stall reason would find under the other filters."""
        if self.errors or self.leaves_uncounted:
            return {}
        if self._reason:
            return self._stalled_totals[1]
        return summary.reason_counts(self.rows(), self.check)

    def count_reasons(self) -> None:
        """Do it before deals are judged: what it reads of their teams serves them as well."""
        _ = self.counts

    def _counted_reasons(self) -> Iterator[tuple[str, str]]:
        yield ANYTHING
        for name, label in STALL_REASONS:
            if name in self.counts:
                yield name, f"{label} ({self.counts[name]:,})"
            elif not self.counts and (self.errors or getattr(self.check.rules, name, True)):
                yield name, label

    # The URL.

    @property
    def query(self) -> str:
        """Filters and order as they stand in a URL: people by id, nothing but what is said."""
        found = self.fields["owner"].found if "owner" in self.kept else None  # type: ignore[attr-defined]
        return written({**self.kept, "owner": str(found.pk)} if found else self.kept)

    @property
    def has_typed_name(self) -> bool:
        """Whether a person was named in words who is known: `query` has the id instead."""
        said = self.kept.get("owner", "")
        return bool(self.cleaned_data.get("owner")) and not said.isdecimal()

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the usual view (open deals) is asked for."""
        return bool(self.kept.keys() - {"order"})

    @property
    def chips(self) -> list[Chip]:
        """The filters in force, each with the way to be rid of it."""
        return [self._chip(name) for name in FILTERS if name in self.kept and name in self.fields]

    def _chip(self, name: str) -> Chip:
        label = LABELS.get(name, name.capitalize())
        rest = {key: text for key, text in self.kept.items() if key != name}
        speaks_for_itself = self.kept[name] in (ANY_REASON, NO_REASON) and name == "stall_reason"
        words = self._in_words(name)
        return Chip(words if speaks_for_itself else f"{label}: {words}", written(rest))

    def _in_words(self, name: str) -> str:
        """The filter's value as people say it; as it was typed when it makes no sense."""
        said, value = self.kept[name], self.cleaned_data.get(name)
        choices = getattr(self.fields[name], "choices", ())
        if name in self.errors:
            return said
        if choices:
            return str({str(key): text for key, text in choices}.get(said, said))
        if isinstance(value, date):
            return in_words(value)
        return f"{value:,f}" if name.startswith("amount") else str(value)

    # The bar.

    @property
    def main_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.MAIN if not self[name].is_hidden]

    @property
    def more_fields(self) -> list[forms.BoundField]:
        """The filters that are folded away until they are used."""
        fields = [self[name] for name in self.fields if name not in ("search", *self.MAIN)]
        return [field for field in fields if not field.is_hidden]

    @property
    def uses_more(self) -> bool:
        """Whether one of those is wrong, and should be seen."""
        return any(field.errors for field in self.more_fields)


def _as_query(data: Mapping[str, Any]) -> QueryDict:
    query = QueryDict(mutable=True)
    query.update({name: str(value) for name, value in data.items()})
    return query


def _choices(user: User) -> dict[str, list[tuple[int, str]]]:
    """The teams and products one may filter by, in one statement."""
    teams, products = (
        rows.order_by().annotate(kind=Value(kind, CharField())).values_list("kind", "name", "pk")
        for kind, rows in (
            ("team", Team.objects.visible_to(user)),
            ("product", Product.objects.visible_to(user)),
        )
    )
    found: dict[str, list[tuple[int, str]]] = {"team": [], "product": []}
    for kind, name, pk in sorted(teams.union(products, all=True)):
        found[kind].append((pk, name))
    return found
