"""What has changed since the tallies were last brought up to date."""

from typing import ClassVar

from django.db import models


class Touch(models.Model):
    """A note, written by the database itself with each change of a row that is counted.

    See metrics/triggers.py for who writes it and metrics/rollups.py for who reads it. `ref` is the
    id of what it names: a call, plan, debrief, person or team.
    """

    PERSON_DAY, PERSON_MOMENT = "person_day", "person_moment"
    CALL, PLAN, DEBRIEF = "call", "plan", "debrief"
    MEMBERSHIP, TEAM, EVERYTHING = "membership", "team", "everything"
    SOURCES: ClassVar = [
        (name, name)
        for name in (
            PERSON_DAY,
            PERSON_MOMENT,
            CALL,
            PLAN,
            DEBRIEF,
            MEMBERSHIP,
            TEAM,
            EVERYTHING,
        )
    ]

    source = models.CharField(max_length=13, choices=SOURCES)
    ref = models.BigIntegerField(null=True)
    day = models.DateField(null=True)
    until = models.DateField(null=True)
    at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.source} {self.ref}"
