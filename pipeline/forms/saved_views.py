"""Keeping filters under a name."""

from datetime import datetime
from typing import Any

from django import forms

from people.models import Team, User
from pipeline.forms.facts import FactsForm
from pipeline.models import SavedView


class SavedViewForm(FactsForm):
    """A view's name, with whom it is shared, and what it shows. What is not said stays as it is."""

    heading, button = "Save this view", "Save view"
    name = forms.CharField(max_length=60)
    team = forms.ModelChoiceField(
        Team.objects.none(),
        label="Share with",
        empty_label="Nobody: private",
        required=False,
        help_text="Its people find it above their board and list. It shows each only the deals "
        "they see anyway.",
    )
    layout = forms.ChoiceField(choices=SavedView.LAYOUTS, widget=forms.HiddenInput)
    query = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)

    def __init__(self, thing: SavedView | None, user: User, data: Any = None, **rest: Any) -> None:
        if thing is not None:
            self.heading, self.button = f"View “{thing}”", "Save"
            if data is not None:
                team = thing.team_id or ""
                data = {**self.facts(thing), "team": team, **data.dict()}
        super().__init__(thing, user, data, **rest)

    def prepare(self) -> None:
        self.fields["team"].queryset = Team.objects.visible_to(self.user)  # type: ignore[attr-defined]

    def facts(self, thing: Any) -> dict[str, Any]:
        return {
            "name": thing.name,
            "team": thing.team,
            "layout": thing.layout,
            "query": thing.query,
        }

    def verb(self, *, by: User, at: datetime) -> None:
        said = {name: self.cleaned_data[name] for name in ("name", "team", "layout", "query")}
        if self.thing is None:
            self.thing = SavedView.keep(by=by, **said)
        else:
            self.thing.change(by=by, version=self.seen_version, **said)
        self.done = f"View “{self.thing}” saved."
