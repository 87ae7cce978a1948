"""Who hears of what is about somebody: they, their manager, the one above.

A manager who is away is passed over.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from people.models import Absence, Holiday, User


@dataclass(frozen=True)
class Line:
    """Everybody's manager, who works here and who is away on a day."""

    managers: dict[int, int | None]
    active: Collection[int]
    away: Collection[int]

    @classmethod
    def on(cls, day: date) -> "Line":
        """As it stands now, with the absences of that day; in two statements."""
        everybody = User.objects.get_queryset().order_by()
        rows = list(everybody.values_list("pk", "reports_to", "is_active"))
        return cls(
            {pk: manager for pk, manager, _ in rows},
            {pk for pk, _, is_active in rows if is_active},
            set(Absence.objects.all().on(day).values_list("user", flat=True)),
        )

    @classmethod
    def of(cls, people: Iterable[User], day: date) -> "Line":
        """Among these, who are read already; in one statement."""
        people = list(people)
        away = Absence.objects.all().on(day).filter(user__in=people)
        return cls(
            {person.pk: person.reports_to_id for person in people},
            {person.pk for person in people if person.is_active},
            set(away.values_list("user", flat=True)),
        )

    def rungs(self, about: int) -> dict[str, int]:
        """By rung: the person, their manager and the one above.

        A manager who is away or has left is passed over: theirs hears instead.
        """
        found = {"person": about} if about in self.active else {}
        manager = self._up(self.managers.get(about))
        if manager is not None:
            found["manager"] = manager
            above = self._up(self.managers.get(manager))
            if above is not None:
                found["above"] = above
        return found

    def successors(self) -> dict[int, int | None]:
        """By manager who has left: the nearest above who works here; None where nobody does."""
        managers = set(self.managers.values()) - {None}
        return {old: self._works(old) for old in managers if old and old not in self.active}

    def _works(self, person: int | None) -> int | None:
        while person is not None and person not in self.active:
            person = self.managers.get(person)
        return person

    def leads(self, manager: int, person: int) -> bool:
        """Whether somebody is under this manager, over any number of steps."""
        above = self.managers.get(person)
        while above is not None and above != manager:
            above = self.managers.get(above)
        return above is not None

    def _up(self, person: int | None) -> int | None:
        """This one, or the nearest above who is there; when all are away, the first of them."""
        first = None
        while person is not None:
            if person in self.active:
                if person not in self.away:
                    return person
                first = first or person
            person = self.managers.get(person)
        return first


def days_off(people: Collection[int], now: datetime) -> dict[int, set[date]]:
    """By person: the holidays to come, and the days on which they are away, a year ahead."""
    first, last = now.date() - timedelta(days=2), now.date() + timedelta(days=400)
    holidays = set(Holiday.objects.filter(day__range=(first, last)).values_list("day", flat=True))
    off = {person: set(holidays) for person in people}
    for absence in Absence.objects.filter(user__in=people, last_day__gte=first):
        begin, end = max(absence.first_day, first), min(absence.last_day, last)
        off[absence.user_id] |= {begin + timedelta(days=n) for n in range((end - begin).days + 1)}
    return off
