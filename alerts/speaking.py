"""From when people may be spoken to outside the app: not in their quiet hours, nor on days off."""

from collections.abc import Collection
from datetime import datetime

from alerts.hours import Hours
from alerts.line import days_off
from alerts.models import DeliveryHours
from people.models import User


def hours_of(people: Collection[int], now: datetime) -> dict[int, Hours]:
    """By person, for those who work here; days off from now on. Four statements."""
    users = User.objects.get_queryset().active().filter(pk__in=people)
    chosen = {row.person_id: row for row in DeliveryHours.objects.filter(person__in=people)}
    off = days_off(people, now)
    found = {}
    for user in users:
        own = chosen.get(user.pk) or DeliveryHours()
        own.person = user
        found[user.pk] = own.hours(off[user.pk])
    return found
