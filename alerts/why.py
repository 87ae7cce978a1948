"""Why somebody is told of an alert: its rule, its clock, its ladder and what was before it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import cached_property

from django.db.models import Q

from alerts.inbox import Card, Moment
from alerts.line import Line
from alerts.models import Alert, AlertQuestion, AlertRule, Notification
from alerts.models.alert import in_units
from alerts.models.rule import RUNGS
from alerts.summaries import STORM
from lib.calendar import in_words
from lib.money import money
from people.models import User

ABOVE = "alert__about" + "__reports_to" * 4  # as far up as managers who are away are passed over
EARLIER = 10  # episodes of the same subject and rule
KNOWN = 40  # episodes of a subject that are read to find them


@dataclass(frozen=True)
class Step:
    """One person on the ladder: who they are to whom it is about, and when they hear."""

    person: User
    is_you: bool
    words: str


@dataclass(frozen=True)
class Why:
    """Everything one page says of one alert to one person."""

    notification: Notification
    moment: Moment

    @property
    def alert(self) -> Alert:
        return self.notification.alert

    @cached_property
    def _of_subject(self) -> list[Notification]:
        """What this person was told of the same thing: open by any rule, and over by this one."""
        alert = self.alert
        rows = Notification.objects.visible_to(self.moment.user).exclude(pk=self.notification.pk)
        rows = rows.filter(alert__kind=alert.kind, alert__subject_id=alert.subject_id)
        wanted = Q(alert__closed_at=None) | Q(alert__rule=alert.rule)
        return list(rows.filter(wanted).for_list().order_by("-alert__opened_at", "-pk")[:KNOWN])

    @property
    def earlier(self) -> list[Alert]:
        """Episodes of the same rule that are over, the last first."""
        over = [row.alert for row in self._of_subject if row.alert.closed_at]
        return over[:EARLIER]

    @cached_property
    def card(self) -> Card:
        """This alert with the other reasons of the same thing that are open, and what was asked."""
        others = [row for row in self._of_subject if row.alert.is_open and self.alert.is_open]
        others = [] if self.alert.is_summary else others
        return Card([self.notification, *others], self.moment)

    @cached_property
    def questions(self) -> list[AlertQuestion]:
        rows = AlertQuestion.objects.visible_to(self.moment.user).filter(alert=self.alert)
        return list(rows.select_related("asked_by"))

    # What was measured.

    def _measured(self, value: Decimal) -> str:
        if self.alert.unit == "money":
            return money(value, self.alert.currency).strip()
        return in_units(value, self.alert.unit)

    @property
    def at_opening(self) -> str:
        return self._measured(self.alert.value)

    @property
    def now(self) -> str:
        """ "17 days"; "" where it is as it was when it opened, or over."""
        calendar = self.moment.calendar
        value = self.alert.value_on(calendar.today(self.moment.now), calendar.holidays)
        return self._measured(value) if self.alert.is_open and value != self.alert.value else ""

    @property
    def limit(self) -> str:
        return self._measured(self.alert.limit)

    @property
    def clock(self) -> str:
        """The date on which the clock started, on the person's calendar; "" for no date."""
        alert = self.alert
        day = self.moment.local_day(alert.clock_at) if alert.clock_at else alert.clock_on
        return in_words(day)

    # Who hears.

    @cached_property
    def _rungs(self) -> dict[str, User]:
        """By rung: the person, their manager and the one above; who is away is passed over."""
        chain: dict[int, User] = {}
        person: User | None = self.alert.about
        for _ in ABOVE.split("__")[1:]:
            if person is not None and person.pk not in chain:
                chain[person.pk] = person
                person = person.reports_to
        today = self.moment.calendar.today(self.moment.now)
        rungs = Line.of(chain.values(), today).rungs(self.alert.about_id)
        return {rung: chain[pk] for rung, pk in rungs.items() if pk in chain}

    @property
    def because(self) -> str:
        """In a sentence what this person is to whom it is about."""
        user, about = self.moment.user, self.alert.about
        if self.alert.is_summary:
            return f"More than {STORM} began at one time, so that one alert tells of them all."
        if user.pk == about.pk:
            return "You hear of it because it is about your own work."
        if user.pk == about.reports_to_id:
            return f"You hear of it because you are {about.first_name}’s manager."
        manager = about.reports_to
        if manager is not None and self._rungs.get("manager") == user:
            gone = "is away" if manager.is_active else "has left"
            return f"You hear of it because {manager}, {about.first_name}’s manager, {gone}."
        return f"You hear of it because {about.first_name} is in your line."

    @cached_property
    def ladder(self) -> list[Step]:
        """Who hears of it while it lasts, and when; none of a summary."""
        rule = AlertRule.all_known()[self.alert.kind]
        return [] if self.alert.is_summary else list(self._steps(rule))

    def _steps(self, rule: AlertRule) -> Iterator[Step]:
        for rung in RUNGS:
            person = self._rungs.get(rung)
            app, digest = rule.steps(rung)
            ways = [("in the app", app), ("in the digest", digest)]
            words = [f"{way} {self._after(days)}" for way, days in ways if days is not None]
            if person is not None and words:
                yield Step(person, person == self.moment.user, ", ".join(words))

    def _after(self, days: int) -> str:
        if days == 0:
            return "at once"
        on = in_words(self.alert.opened_on + timedelta(days=days))
        return f"after {days} day{'s' * (days != 1)}, from {on} on"
