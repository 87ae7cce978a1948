"""What was judged, and when: the days on which metrics are held against their targets."""

from decimal import Decimal
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q

from metrics.models.metric import Metric
from metrics.pace import MISSED, STATES
from metrics.periods import END, MIDDLE
from people import reporting_line
from people.models import Team, User


class CheckpointDay(models.Model):
    """A day that was judged, once: whoever writes this row takes its checkpoints."""

    day = models.DateField(unique=True)
    taken_at = models.DateTimeField()

    class Meta:
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"{self.day}"


class CheckpointQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """Of oneself and everybody under one, and of the teams one leads; administrators all."""
        if user.is_administrator:
            return self
        below = reporting_line.ids_below(user)
        led = Team.objects.led_by(user).order_by().values("pk")
        return self.filter(Q(person__in=below) | Q(team__in=led))

    def missed(self) -> Self:
        return self.filter(state=MISSED)

    def missed_again(self) -> Self:
        """Ends of periods that were missed and the one before as well."""
        return self.filter(kind=END, state=MISSED, streak__gte=2)

    def for_list(self) -> Self:
        return self.select_related("metric", "team", "person", "broken_link")


class Checkpoint(models.Model):
    """How a metric stood for one person or team after a day of its period; it stays as judged.

    Values are in the unit of the measure; `target` is that of the whole period, `due` what was to
    be reached by then. `pace` is 1 when on target. `short` is what was missing. `streak` counts
    the missed periods in a row, this one among them. `effect` is what the miss will cost the
    ultimate metric, at the conversion of `effect_basis`.
    """

    KINDS: ClassVar = [(MIDDLE, "Middle"), (END, "End")]
    OWN, TEAM = "own", "team"
    BASES: ClassVar = [(OWN, "Own conversion"), (TEAM, "The team's conversion")]

    metric = models.ForeignKey(Metric, models.CASCADE, related_name="checkpoints")
    person = models.ForeignKey(User, models.CASCADE, null=True, related_name="checkpoints")
    team = models.ForeignKey(Team, models.CASCADE, null=True, related_name="checkpoints")
    day = models.DateField()
    kind = models.CharField(max_length=6, choices=KINDS)
    first_day = models.DateField()
    last_day = models.DateField()
    value = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    target = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    due = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    pace = models.DecimalField(max_digits=12, decimal_places=4, null=True)
    state = models.CharField(max_length=10, choices=STATES)
    short = models.DecimalField(max_digits=18, decimal_places=4, default=Decimal(0))
    streak = models.PositiveSmallIntegerField(default=0)
    # The chain's first missed metric on that day; it has a row of its own when it was judged then.
    broken_link = models.ForeignKey(
        Metric, models.SET_NULL, null=True, related_name="+", db_index=False
    )
    effect = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    effect_basis = models.CharField(max_length=4, choices=BASES, blank=True)

    objects = CheckpointQuerySet.as_manager()

    class Meta:
        ordering = ["-day", "metric", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "metric", "day"],
                condition=Q(team=None),
                name="judged_once_a_person",
            ),
            models.UniqueConstraint(
                fields=["team", "metric", "day"],
                condition=Q(person=None),
                name="judged_once_a_team",
            ),
        ]
        indexes = [models.Index(fields=["day", "state"], name="checkpoint_by_day")]

    def __str__(self) -> str:
        return f"{self.metric} of {self.whose} on {self.day}: {self.get_state_display()}"

    @property
    def whose(self) -> User | Team | None:
        return self.person or self.team

    @property
    def is_missed(self) -> bool:
        return self.state == MISSED


class ForetellingQuerySet(models.QuerySet["Foretelling"]):
    def visible_to(self, user: User) -> Self:
        """Everybody sees whether a metric tells something: it is about no one person."""
        return self


class Foretelling(models.Model):
    """How a precursor went with the ultimate metric so many weeks later, over the organisation.

    `points` are the weeks that were compared; `correlation` is Spearman's, from -1 to 1, with its
    95 % interval; None with too little data.
    """

    precursor = models.ForeignKey(Metric, models.CASCADE, related_name="foretelling")
    ultimate = models.ForeignKey(Metric, models.CASCADE, related_name="+")
    weeks = models.PositiveSmallIntegerField()
    points = models.PositiveIntegerField()
    correlation = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    worked_out_on = models.DateField()

    objects = ForetellingQuerySet.as_manager()

    class Meta:
        ordering = ["precursor", "weeks"]
        constraints = [
            models.UniqueConstraint(fields=["precursor", "weeks"], name="one_foretelling_a_lag")
        ]

    def __str__(self) -> str:
        return f"{self.precursor}, {self.weeks} weeks before"


class TallyCheckQuerySet(models.QuerySet["TallyCheck"]):
    def visible_to(self, user: User) -> Self:
        """Administrators see whether the tallies are right."""
        return self if user.is_administrator else self.none()


class TallyCheck(models.Model):
    """A sample of days was counted again: how many tallies, and which were not what was kept."""

    MOST_KEPT: ClassVar = 100

    at = models.DateTimeField()
    day = models.DateField(unique=True)  # the night it belongs to: once each
    checked = models.PositiveIntegerField(default=0)
    differed = models.PositiveIntegerField(default=0)
    differences = models.JSONField(default=list)

    objects = TallyCheckQuerySet.as_manager()

    class Meta:
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"{self.differed} of {self.checked} differed"
