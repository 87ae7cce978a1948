"""Time zones by their IANA names."""

from functools import cache
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError


@cache
def zone_names() -> tuple[str, ...]:
    """Every area/location name in order, and UTC first."""
    return ("UTC", *sorted(name for name in available_timezones() if "/" in name))


def validate_zone(name: str) -> None:
    """Raise ValidationError for a name that is no time zone."""
    if name not in zone_names():
        raise ValidationError(
            "%(name)s is no time zone. Use a name like Europe/Berlin.", params={"name": name}
        )
