"""Who was in which team, and when: a team's past figures are of the people it had then."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Self

from django.db import models, transaction
from django.db.models import F, Q

from lib.calendar import EARLIEST, LATEST
from people import reporting_line
from people.models.team import Team
from people.models.user import User


class TeamMembershipQuerySet(models.QuerySet["TeamMembership"]):
    def visible_to(self, user: User) -> Self:
        """One's own and those of everybody under one; administrators see all."""
        if user.is_administrator:
            return self
        return self.filter(person_id__in=reporting_line.ids_below(user))

    def during(self, first: date, last: date) -> Self:
        """Those that hold on some day of these, both included."""
        return self.filter(first_day__lte=last, last_day__gte=first)


class TeamMembership(models.Model):
    """From the first day up to and including the last, on the organisation's calendar.

    The first one of a person begins at the beginning of time, so that what was imported from
    before they were entered here counts for their team; a running one ends at its end.
    """

    person = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    team = models.ForeignKey(Team, models.CASCADE, related_name="memberships")
    first_day = models.DateField(default=EARLIEST)
    last_day = models.DateField(default=LATEST)

    objects = TeamMembershipQuerySet.as_manager()

    class Meta:
        ordering = ["person", "first_day"]
        constraints = [
            models.UniqueConstraint(fields=["person", "first_day"], name="one_team_from_a_day_on"),
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")), name="membership_ends_after_it_begins"
            ),
        ]
        indexes = [
            models.Index(fields=["team", "last_day", "first_day"], name="membership_by_team")
        ]

    def __str__(self) -> str:
        return f"{self.person} in {self.team}"

    @classmethod
    @transaction.atomic
    def follow(cls, people: "Iterable[tuple[int, int | None]]", on: date) -> None:
        """From a day on people, by id, are in these teams (by id, or in none).

        What was noted from that day on is written anew: somebody who moves twice on one day was
        in the second team that day.
        """
        wanted = dict(people)
        running = dict(cls.objects.filter(last_day=LATEST).values_list("person_id", "team_id"))
        moved = {pk: team for pk, team in wanted.items() if running.get(pk) != team}
        if not moved:
            return
        known = cls.objects.filter(person_id__in=moved)
        known.filter(first_day__gte=on).delete()
        known.filter(last_day__gte=on).update(last_day=on - timedelta(days=1))
        before = set(known.values_list("person_id", flat=True))
        TeamMembership.objects.bulk_create(
            TeamMembership(person_id=pk, team_id=team, first_day=on if pk in before else EARLIEST)
            for pk, team in moved.items()
            if team is not None
        )
