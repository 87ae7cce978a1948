"""The reading side of the inbox: which of a person's alerts are shown, in which order and card."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import groupby
from typing import Any

from django.db.models import Count, Max, OuterRef, Q, Subquery
from django.http import QueryDict

from alerts.kinds import IDLE, KINDS, RISK, WARN, Kind
from alerts.models import Alert, AlertPreference, AlertQuestion, AlertRule, Notification
from alerts.models.notification import NotificationQuerySet
from lib.calendar import in_short, local_date, start_of_week
from lib.keyset import Page
from lib.money import money
from people.calendar import Calendar
from people.models import User

TO_DO, SNOOZED, DONE = "to_do", "snoozed", "done"  # ?show=
SHOWS = {TO_DO: "To do", SNOOZED: "Snoozed", DONE: "Done"}
ORDERS = {TO_DO: ["-app_at"], SNOOZED: ["snoozed_until"], DONE: ["-app_at"]}
WORST_FIRST = [RISK, WARN, IDLE]


def listed(user: User, now: datetime, show: str) -> NotificationQuerySet:
    """What one of SHOWS holds, with the people and who else is on it."""
    rows, today = Notification.objects.visible_to(user).for_list(), user.today(now)
    rows = with_who_is_on_it(rows, user)
    if show == SNOOZED:
        return rows.snoozed(now, today)
    return rows.done(now) if show == DONE else rows.to_do(now, today)


def with_who_is_on_it(rows: NotificationQuerySet, user: User) -> NotificationQuerySet:
    """With the name of the other person who acted on it first, None without, as `on_it`."""
    others = Notification.objects.exclude(person=user).exclude(acted_at=None)
    on_it = others.filter(alert=OuterRef("alert"), person__is_active=True).order_by("acted_at")
    return rows.annotate(on_it=Subquery(on_it.values("person__name")[:1]))


def unread(user: User, now: datetime) -> NotificationQuerySet:
    """What the bell counts."""
    return Notification.objects.visible_to(user).unread(now, user.today(now))


def bell(user: User, now: datetime, since: datetime) -> dict[str, Any]:
    """How many are unread, when the newest was told, how many since a moment; in one statement."""
    fresh = Count("pk", filter=Q(app_at__gt=since))
    found = unread(user, now).aggregate(count=Count("pk"), newest=Max("app_at"), new=fresh)
    return {**found, "newest": found["newest"] and found["newest"].isoformat()}


def muted(user: User) -> list[Kind]:
    """The kinds this person hears nothing of, by their own choice; in one statement."""
    mandatory = AlertRule.objects.filter(is_mandatory=True).values("kind")
    own = AlertPreference.objects.visible_to(user).filter(is_muted=True)
    names = set(own.exclude(kind__in=mandatory).values_list("kind", flat=True))
    return [kind for name, kind in KINDS.items() if name in names]


def age(span: timedelta) -> str:
    """ "5 min", "3 h", "12 d"; whole ones, rounded down."""
    minutes = max(int(span.total_seconds()) // 60, 0)
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 24 * 60 else f"{minutes // (24 * 60)} d"


@dataclass(frozen=True)
class Moment:
    """Who looks, when, and the organisation's calendar."""

    user: User
    now: datetime
    calendar: Calendar

    @cached_property
    def today(self) -> date:
        """The person's own."""
        return self.user.today(self.now)

    def local_day(self, moment: datetime) -> date:
        return local_date(moment, self.user.zone)

    def in_short(self, moment: datetime) -> str:
        """ "14 Nov", on the person's calendar."""
        return in_short(self.local_day(moment), self.today)

    def sentence(self, alert: Alert) -> str:
        """As of today; the organisation's calendar counts the days."""
        return alert.sentence(self.calendar.today(self.now), self.calendar.holidays)

    def group(self, moment: datetime) -> str:
        """ "Today", "Yesterday", "This week" or "Earlier"."""
        day = self.local_day(moment)
        if day >= self.today:
            return "Today"
        if day == self.today - timedelta(days=1):
            return "Yesterday"
        week = start_of_week(self.today, self.calendar.week_start)
        return "This week" if day >= week else "Earlier"


@dataclass(frozen=True)
class Card:
    """What stands together: the reasons of one subject that were told one after the other."""

    told: list[Notification]
    moment: Moment
    questions: Sequence[AlertQuestion] = ()

    @property
    def first(self) -> Notification:
        return self.told[0]

    @property
    def alert(self) -> Alert:
        return self.first.alert

    @property
    def also(self) -> list[int]:
        """The alerts that are meant together with the first one."""
        return [each.alert_id for each in self.told[1:]]

    @property
    def severity(self) -> str:
        return min((each.alert.severity for each in self.told), key=WORST_FIRST.index)

    @property
    def sentences(self) -> list[str]:
        return [self.moment.sentence(each.alert) for each in self.told]

    @property
    def is_own(self) -> bool:
        return self.alert.about_id == self.moment.user.pk

    @property
    def may_ask(self) -> bool:
        """Managers ask; an alert one sees about somebody else is about somebody one leads."""
        return not self.is_own and self.is_open and not self.alert.is_summary

    @property
    def is_unread(self) -> bool:
        return self.is_open and any(each.read_at is None for each in self.told)

    @property
    def is_open(self) -> bool:
        return self.alert.is_open

    @property
    def action(self) -> str:
        """What its button says."""
        others = "" if self.is_own else self.alert.of_kind.action_for_others
        return others or self.alert.action

    @property
    def money(self) -> str:
        return money(self.alert.money, self.alert.currency)

    @property
    def age(self) -> str:
        """How long the oldest of them is open."""
        return age(self.moment.now - min(each.alert.opened_at for each in self.told))

    @property
    def on_it(self) -> str:
        """Whoever acted on it first: "You" or a name; "" for nobody."""
        if any(each.acted_at for each in self.told):
            return "You"
        return next((name for each in self.told if (name := getattr(each, "on_it", ""))), "")

    @property
    def ended(self) -> str:
        """In words how it came to its end; "" while it is to do."""
        if self.alert.closed_at:
            return f"Ended by itself on {self.moment.in_short(self.alert.closed_at)}"
        if self.first.settled_at:
            return f"Done on {self.moment.in_short(self.first.settled_at)}"
        return ""

    @property
    def question(self) -> AlertQuestion | None:
        """The last one; for whoever is asked only while no answer is given."""
        last = self.questions[-1] if self.questions else None
        return None if last and self.is_own and last.answered_at else last


def cards(
    rows: Iterable[Notification], moment: Moment, *, by_day: bool
) -> list[tuple[str, list[Card]]]:
    """Under "Today", "Yesterday" and so on, or all under "". One statement, for questions."""
    rows = list(rows)
    alerts = [each.alert_id for each in rows]
    asked: dict[int, list[AlertQuestion]] = {}
    visible = AlertQuestion.objects.visible_to(moment.user).filter(alert__in=alerts)
    for question in visible.select_related("asked_by"):
        asked.setdefault(question.alert_id, []).append(question)

    def when(row: Notification) -> str:
        return moment.group(row.app_at) if by_day and row.app_at else ""

    def of_one(rows: Iterator[Notification]) -> Card:
        told = list(rows)
        return Card(told, moment, [q for each in told for q in asked.get(each.alert_id, [])])

    return [
        (group, [of_one(some) for _, some in groupby(dated, key=_subject)])
        for group, dated in groupby(rows, key=when)
    ]


def _subject(row: Notification) -> tuple[Any, ...]:
    """What is shown together: the same thing, about the same person and in the same state."""
    alert = row.alert
    state = alert.closed_at, bool(row.settled_at), row.snoozed_until, row.snooze_reason
    return alert.kind, alert.subject_id, alert.is_summary, alert.about_id, state


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed to: a person, a kind."""

    about: User | None
    kind: Kind | None
    people: Sequence[User] = ()

    @classmethod
    def of(cls, rows: NotificationQuerySet, user: User, query: QueryDict) -> "Filters":
        """Raises User.DoesNotExist for somebody whose alerts one may not see."""
        people: Sequence[User] = []
        if user.leads_people:
            about_whom = rows.order_by().values("alert__about")
            people = list(User.objects.led_by(user).filter(pk__in=about_whom))
        wanted, about = query.get("about", ""), None
        if wanted:
            known = {str(person.pk): person for person in people}
            about = known.get(wanted) or _somebody(user, wanted)
        return cls(about, KINDS.get(query.get("kind", "")), people)

    def narrow(self, rows: NotificationQuerySet) -> NotificationQuerySet:
        if self.about:
            rows = rows.filter(alert__about=self.about)
        return rows.filter(alert__kind=self.kind.name) if self.kind else rows

    @property
    def is_set(self) -> bool:
        return bool(self.about or self.kind)


def _somebody(user: User, wanted: str) -> User:
    """Oneself or somebody one leads."""
    key = int(wanted) if wanted.isdecimal() and len(wanted) < 10 else 0
    return User.objects.led_by(user).get(pk=key)


def parts(user: User, summary: Alert, query: QueryDict) -> Page[Notification]:
    """What a summary tells of and is still open, the most money first."""
    rows = with_who_is_on_it(Notification.objects.visible_to(user).for_list(), user)
    still = rows.parts_of(summary).filter(alert__closed_at=None)
    return Page.of(still, ["-alert__money"], query)


def waking_days(today: date) -> list[tuple[date, str]]:
    """Days until which a snooze is mostly wanted, with their names; each day once."""
    names = {
        today + timedelta(days=7): "In a week",
        today + timedelta(days=7 - today.weekday()): "Next Monday",
        today + timedelta(days=1): "Tomorrow",
    }
    return sorted(names.items())
