"""What was counted, kept a day in a row so that a page need not read what happened."""

from typing import Any, Self

from django.db import models

from people import reporting_line
from people.models import Team, User


class DailyTallyQuerySet(models.QuerySet["DailyTally"]):
    def visible_to(self, user: User) -> Self:
        """One's own and those of everybody under one; administrators see all."""
        if user.is_administrator:
            return self
        return self.filter(person_id__in=reporting_line.ids_below(user))


class DailyTally(models.Model):
    """A tally of a person on a day; kept right by metrics/rollups.py. Money is one row a currency,
    in major units; `currency` is "" for everything else.
    """

    person = models.ForeignKey(User, models.CASCADE, related_name="+", db_index=False)
    tally = models.CharField(max_length=60)
    day = models.DateField()
    currency = models.CharField(max_length=3, blank=True)
    number = models.DecimalField(max_digits=18, decimal_places=2)

    objects = DailyTallyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "day", "tally", "currency"],
                name="one_tally_a_person_and_day",
            )
        ]

    def __str__(self) -> str:
        return f"{self.tally} {self.number} on {self.day}"


class TeamTallyQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """Of the teams one leads or that lie under them; administrators see all."""
        return self.filter(team__in=Team.objects.led_by(user).order_by().values("pk"))


class TeamTally(models.Model):
    """The same of a team and the teams under it: of who was in them on that day."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="+", db_index=False)
    tally = models.CharField(max_length=60)
    day = models.DateField()
    currency = models.CharField(max_length=3, blank=True)
    number = models.DecimalField(max_digits=18, decimal_places=2)

    objects = TeamTallyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["team", "day", "tally", "currency"],
                name="one_tally_a_team_and_day",
            )
        ]

    def __str__(self) -> str:
        return f"{self.tally} {self.number} on {self.day}"
