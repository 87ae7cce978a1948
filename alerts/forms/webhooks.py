"""Endpoints of webhooks, as their owners write them."""

from datetime import datetime
from typing import Any

from django import forms

from alerts.models import WebhookEndpoint
from alerts.models.webhook import CHAT, SIGNED
from lib.events import SUBJECTS
from lib.verb_form import VersionedVerbForm
from people.models import User

HEARD = [
    (SIGNED, "A program: signed events, as Standard Webhooks says"),
    (CHAT, "A chat, such as Slack: my alerts as a sentence and a link"),
]


def groups() -> dict[str, list[tuple[str, str]]]:
    """The events that there are, by what they are about."""
    found: dict[str, list[tuple[str, str]]] = {}
    for subject in SUBJECTS.values():
        types = [(f"{subject.noun}.{verb}", said) for verb, said in subject.events.items()]
        found.setdefault(subject.group, []).extend(types)
    return found


class EndpointForm(VersionedVerbForm):
    """Where, and what of it; no event chosen is all of them."""

    url = forms.CharField(max_length=1000, label="URL", help_text="Begins with https:// as a rule.")
    description = forms.CharField(max_length=200, required=False)
    event_types = forms.MultipleChoiceField(required=False, label="Events")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["url"].widget.input_type = "url"
        choices: Any = self.fields["event_types"]
        choices.choices = list(groups().items())

    @property
    def event_groups(self) -> list[tuple[str, list[tuple[str, str, bool]], int]]:
        """By what they are about: each event, its sentence, whether it is chosen; and how many."""
        chosen = set(self["event_types"].value() or [])
        found = []
        for group, types in groups().items():
            rows = [(name, said, name in chosen) for name, said in types]
            found.append((group, rows, sum(on for _, _, on in rows)))
        return found

    def save(self, endpoint: WebhookEndpoint, by: User) -> bool:
        """Whether it was saved."""
        return self.carry_out(lambda: endpoint.change(by=by, **self.cleaned_data))


class NewEndpointForm(EndpointForm):
    version = None  # type: ignore[assignment]  # there is nothing yet that others could change
    style = forms.ChoiceField(
        choices=HEARD, widget=forms.RadioSelect, initial=SIGNED, label="Who listens"
    )
    field_order = ("style", "url", "description")

    def add(self, by: User, at: datetime) -> WebhookEndpoint | None:
        """The endpoint; None when it was refused."""
        made: list[WebhookEndpoint] = []
        self.carry_out(lambda: made.append(WebhookEndpoint.add(by=by, at=at, **self.cleaned_data)))
        return made[0] if made else None
