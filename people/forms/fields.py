"""Form fields that several pages of people need."""

from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import flatatt
from django.urls import reverse_lazy
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from lib.searching import fold
from people.models import User
from people.models.user import UserQuerySet
from people.zones import zone_names


@cache
def zones_by_area() -> dict[str, list[str]]:
    """`{"Europe": ["Europe/Amsterdam", …], …}`; UTC stands in an area of its own."""
    areas: dict[str, list[str]] = {}
    for name in zone_names():
        areas.setdefault(name.split("/")[0], []).append(name)
    return areas


class ZoneSelect(forms.Select):
    """A select of all time zones, written in one go: a template for each option is slow."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        groups = format_html_join(
            "",
            '<optgroup label="{}">{}</optgroup>',
            ((area, self._options(zones, value)) for area, zones in zones_by_area().items()),
        )
        given = self.build_attrs(self.attrs, {**(attrs or {}), "name": name})
        return format_html("<select{}>{}</select>", flatatt(given), groups)

    @staticmethod
    def _options(zones: list[str], value: Any) -> SafeString:
        return format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            (
                (zone, mark_safe(" selected") if zone == value else "", _spoken(zone))
                for zone in zones
            ),
        )


def _spoken(zone: str) -> str:
    return zone.partition("/")[2].replace("_", " ").replace("/", ", ") or zone


class ZoneField(forms.ChoiceField):
    """A time zone by its IANA name."""

    default_error_messages = {
        "invalid_choice": "%(value)s is no time zone. Use a name like Europe/Berlin."
    }

    def __init__(self, **options: Any) -> None:
        choices = [(name, name) for name in zone_names()]
        super().__init__(choices=choices, widget=ZoneSelect, **options)
        self.widget.choices = []


def day_field(label: str, **options: Any) -> forms.DateField:
    """A date, picked in the browser's own calendar."""
    picker = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=picker, **options)


class OptionsInput(forms.TextInput):
    """A text field that offers names while one types; without scripts it is a text field.

    `url` with `query` answers to what is typed with `<option>`s.
    """

    def __init__(self, url: Any, query: str = "") -> None:
        super().__init__({"autocomplete": "off", "maxlength": 200})
        self.url, self.query = url, query

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        options = f"{(attrs or {}).get('id', name)}_options"
        live = {
            "list": options,
            "hx-get": f"{self.url}{self.query}",
            "hx-trigger": "input changed delay:200ms",
            "hx-target": f"#{options}",
            "hx-sync": "this:replace",
        }
        return super().get_context(name, value, {**(attrs or {}), **live})

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> Any:
        options = f"{(attrs or {}).get('id', name)}_options"
        drawn = super().render(name, value, attrs, renderer)
        return format_html('{}<datalist id="{}"></datalist>', drawn, options)


SEEN, ASSIGNABLE = "seen", "assignable"
CHOSEN_AMONG: dict[str, Callable[[User], UserQuerySet]] = {
    SEEN: lambda user: User.objects.with_work_seen_by(user),
    ASSIGNABLE: lambda user: User.objects.assignable_by(user),
}
MARK = " · "  # between the parts of a full text


def full_text(person: User) -> str:
    """What tells a person from others of the same name: "Rosa Rep · North · rosa@example.com"."""
    parts = person.name, person.team.name if person.team else "", person.email or f"#{person.pk}"
    return MARK.join(filter(None, parts))


def texts_of(found: Sequence[User], among: UserQuerySet) -> list[tuple[User, str]]:
    """Each with the text that stands for them and for nobody else; one statement."""
    names = among.filter(name__in={person.name for person in found}).values_list("name", flat=True)
    times = Counter(names.order_by())
    return [(p, p.name if times[p.name] <= 1 else full_text(p)) for p in found]


class PersonField(forms.CharField):
    """A person by name, by the text that was offered, or by id; tell it which `user` asks.

    `among` says who may be chosen: people whose work the user sees, or those who can be given
    work. Cleans to a User.
    """

    user: User

    def __init__(self, among: str = SEEN, **options: Any) -> None:
        options.setdefault(
            "widget", OptionsInput(reverse_lazy("person_options"), f"?among={among}")
        )
        self.among = among
        self.found: User | None = None
        self.is_only_one = True
        super().__init__(max_length=200, **options)

    @property
    def people(self) -> UserQuerySet:
        """Whom one may choose."""
        return CHOSEN_AMONG[self.among](self.user).select_related("team")

    def prepare_value(self, value: Any) -> Any:
        """Their text; what was typed when it stands for nobody."""
        person = self._by_id(str(value.pk if isinstance(value, User) else value or ""))
        if person is None:
            return value
        return person.name if self.is_only_one else full_text(person)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        self.found = self._by_id(text) or self._by_text(text)
        return self.found

    def _by_id(self, text: str) -> User | None:
        if not text.isdecimal():
            return None
        if self.found is None or str(self.found.pk) != text:
            named = list(self.people.filter(name__in=self.people.filter(pk=text).values("name")))
            self.found = next((person for person in named if str(person.pk) == text), None)
            self.is_only_one = len(named) <= 1
        return self.found

    def _by_text(self, text: str) -> User:
        """Raises ValidationError unless exactly one person is meant."""
        wanted = fold(text)
        near = self.people.called(text) | self.people.called(text.split(MARK)[0])
        exact = [
            person
            for person in near
            if wanted in (fold(person.name), fold(person.email or ""), fold(full_text(person)))
        ]
        if len(exact) == 1:
            return exact[0]
        if not exact:
            problem = f"There is nobody called “{text}” here. Type a part and choose."
            raise ValidationError(problem, code="unknown")
        raise ValidationError(f"{len(exact)} people are called “{text}”. Choose one.", code="many")
