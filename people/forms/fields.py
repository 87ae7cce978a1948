"""Form fields that several pages of people need."""

from functools import cache
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

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
