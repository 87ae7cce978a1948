"""Tells people of alerts, step by step up the ladder; each of one alert once.

The alert's row is locked while it climbs, and who was told is unique: two that climb at once tell
nobody twice. More than STORM of one kind for one person at one time are told of by one summary.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Exists, OuterRef

from alerts import telling
from alerts.kinds import KINDS, MANY, RISK, WARN
from alerts.line import Line
from alerts.models import Alert, AlertPreference, AlertRule, Notification
from alerts.models.alert import NUMBER
from alerts.models.preference import Preferences
from alerts.models.rule import RUNGS
from lib.calendar import start_of_day
from people.models import Organisation

BATCH = 1_000
STORM = 20  # so many of a kind for one person at one time are told one by one, more are not


def climb(now: datetime) -> int:
    """Tell of everything that is due; returns of how many alerts."""
    climbed = 0
    if Alert.objects.climbing(now).exists():
        organisation = Organisation.current()
        step = Climb(now, organisation.zone, organisation.today(now), AlertRule.all_known())
        while some := step.some():
            climbed += some
    return climbed


def end_summaries(now: datetime) -> None:
    """Close the summaries of which nothing is left open."""
    left = Notification.objects.filter(summary=OuterRef("pk"), alert__closed_at=None)
    over = Alert.objects.open().summaries().filter(~Exists(left))
    Alert.end(over, now)


def look_again(now: datetime) -> None:
    """Let open alerts climb anew whose person has another manager by now, who was not told."""
    told = Notification.objects.filter(alert=OuterRef("pk"), person=OuterRef("about__reports_to"))
    open_ones = Alert.objects.open().exclude(rule=MANY).filter(climbs_at=None)
    anew = open_ones.exclude(about__reports_to=None).filter(~Exists(told))
    heard = Notification.objects.filter(alert=OuterRef("pk")).exclude(person=OuterRef("about"))
    anew.filter(Exists(heard)).update(climbs_at=now)


@dataclass
class Climb:
    """One run: the ladders, who is whose manager, and what was told."""

    now: datetime
    zone: ZoneInfo
    today: date
    rules: dict[str, AlertRule]

    @cached_property
    def line(self) -> Line:
        return Line.on(self.today)

    @transaction.atomic
    def some(self) -> int:
        """Of some alerts, locked until it is written down who was told; how many they were."""
        rows = Alert.objects.climbing(self.now).select_for_update(skip_locked=True, of=("self",))
        rows = rows.select_related("about")
        alerts = list(rows[:BATCH])
        known = Notification.objects.filter(alert__in=[alert.pk for alert in alerts])
        told = set(known.values_list("alert", "person"))
        due = [step for alert in alerts for step in self._steps(alert, told)]
        preferences = self._preferences(due)
        heard = [n for n in due if preferences.hears(n.person_id, n.alert.kind)]
        alone, together = self._apart(heard)
        summaries = [self._summary(*group) for group in together.items()]
        Notification.objects.bulk_create([*alone, *_all(together)])
        telling.queue([*alone, *filter(None, summaries)], preferences, self.now)
        self._wait(alerts)
        return len(alerts)

    # The ladder.

    def _moment(self, alert: Alert, days: int) -> datetime:
        if days == 0:
            return alert.opened_at
        return start_of_day(alert.opened_on + timedelta(days=days), self.zone)

    def _steps(self, alert: Alert, told: set[tuple[int, int]]) -> Iterable[Notification]:
        """Whoever is to hear by now and has not; unsaved."""
        rungs = self.line.rungs(alert.about_id)
        for rung in RUNGS:
            person = rungs.get(rung)
            first = self._first(alert, rung)
            if person is None or first is None or first > self.now or (alert.pk, person) in told:
                continue
            told.add((alert.pk, person))
            app, digest = self.rules[alert.kind].steps(rung)
            yield Notification(
                alert=alert,
                person_id=person,
                app_at=None if app is None else max(self._moment(alert, app), self.now),
                digest_on=None if digest is None else alert.opened_on + timedelta(days=digest),
            )

    def _first(self, alert: Alert, rung: str) -> datetime | None:
        """When that person first hears of it, in the app or in a digest; None is never."""
        days = [days for days in self.rules[alert.kind].steps(rung) if days is not None]
        return self._moment(alert, min(days)) if days else None

    def _wait(self, alerts: Sequence[Alert]) -> None:
        """Write down when somebody else is to hear of each."""
        waiting: dict[datetime | None, list[int]] = defaultdict(list)
        for alert in alerts:
            moments = (self._first(alert, rung) for rung in RUNGS)
            later = [moment for moment in moments if moment and moment > self.now]
            waiting[min(later, default=None)].append(alert.pk)
        for moment, some in waiting.items():
            Alert.objects.filter(pk__in=some).update(climbs_at=moment)

    def _preferences(self, due: Sequence[Notification]) -> Preferences:
        return AlertPreference.of({n.person_id for n in due}, {n.alert.kind for n in due})

    # Many at once.

    def _apart(
        self, heard: Sequence[Notification]
    ) -> tuple[list[Notification], "dict[tuple[int, str], list[Notification]]"]:
        """What is told one by one, and what is told together, by person and kind."""
        groups: dict[tuple[int, str], list[Notification]] = defaultdict(list)
        for each in heard:
            groups[each.person_id, each.alert.kind].append(each)
        begun = self._begun(groups)
        many = {g: rows for g, rows in groups.items() if len(rows) > STORM or g in begun}
        return [row for g, rows in groups.items() if g not in many for row in rows], many

    def _begun(self, groups: Iterable[tuple[int, str]]) -> set[tuple[int, str]]:
        """Of whom a summary of today is open: what comes later on the day joins it."""
        people = {person for person, _ in groups}
        rows = Alert.objects.open().summaries().filter(about__in=people, opened_on=self.today)
        return set(rows.values_list("about", "kind"))

    def _summary(self, group: tuple[int, str], rows: Sequence[Notification]) -> Notification | None:
        """Let these be told of by one alert; its notification when that is new."""
        (person, kind), alerts = group, [row.alert for row in rows]
        open_one = Alert.objects.open_of(kind, MANY).filter(subject_id=person).first()
        alert = open_one or self._new_summary(person, kind, alerts)
        alert.value += len(rows)
        alert.money, alert.currency = at_risk([alert, *alerts] if open_one else alerts)
        alert.save()
        for row in rows:
            row.summary = alert
        if open_one:
            again = Notification.objects.filter(alert=alert, person=person)
            again.update(read_at=None, settled_at=None)
            return None
        return Notification.objects.create(alert=alert, person_id=person, app_at=self.now)

    def _new_summary(self, person: int, kind: str, alerts: Sequence[Alert]) -> Alert:
        of_kind = KINDS[kind]
        return Alert(
            kind=kind,
            rule=MANY,
            subject_id=person,
            about_id=person,
            title=of_kind.many.capitalize(),
            said=f"{NUMBER} began at one time; more than {STORM} are told of together.",
            severity=RISK if any(alert.severity == RISK for alert in alerts) else WARN,
            value=Decimal(0),
            limit=Decimal(STORM),
            unit=of_kind.many,
            opened_at=self.now,
            opened_on=self.today,
        )


def at_risk(alerts: Iterable[Alert]) -> tuple[Decimal | None, str]:
    """The money of their subjects, each counted once; None where the currencies differ."""
    money = {(a.kind, a.rule == MANY, a.subject_id): (a.money, a.currency) for a in alerts}
    known = [(amount, currency) for amount, currency in money.values() if amount is not None]
    currencies = {currency for _, currency in known}
    if len(currencies) != 1:
        return None, ""
    return sum((amount for amount, _ in known), Decimal(0)), currencies.pop()


def _all(together: "dict[tuple[int, str], list[Notification]]") -> Iterable[Notification]:
    return (row for rows in together.values() for row in rows)
