"""Tells people of alerts, step by step up the ladder; each of one alert once.

The alert's row is locked while it climbs, and who was told is unique: two that climb at once tell
nobody twice. More than STORM of one kind for one person at one time are told of by one summary,
which what comes later on the day joins; a kind that is being swept waits until all of it is there.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import islice
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import BigIntegerField, Case, Exists, F, OuterRef, When

from alerts import summaries, telling
from alerts.kinds import KINDS, MANY
from alerts.line import Line
from alerts.models import Alert, AlertPreference, AlertRule, Notification, Sweep
from alerts.models.alert import AlertQuerySet
from alerts.models.rule import RUNGS
from alerts.summaries import STORM, Group
from lib.calendar import start_of_day
from people.models import Organisation

BATCH = 1_000


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
    """Let open alerts climb anew of which whoever is the person's manager by now was not told.

    Who left is passed over. Who is away hears when they are back, who muted the kind never.
    """
    line = Line.on(Organisation.current().today(now))
    successors = [When(about__reports_to=old, then=new) for old, new in line.successors().items()]
    mandatory = AlertRule.objects.filter(is_mandatory=True).values("kind")
    muted = AlertPreference.objects.filter(is_muted=True).exclude(kind__in=mandatory)
    muted = muted.filter(person=OuterRef("manager"), kind=OuterRef("kind"))
    told = Notification.objects.filter(alert=OuterRef("pk"))
    open_ones = Alert.objects.open().exclude(rule=MANY).exclude(climbs_at__lte=now)
    manager = Case(*successors, default=F("about__reports_to"), output_field=BigIntegerField())
    anew = open_ones.annotate(manager=manager)
    anew = anew.exclude(manager=None).exclude(manager__in=line.away)
    anew = anew.filter(~Exists(told.filter(person=OuterRef("manager"))), ~Exists(muted))
    anew.filter(Exists(told.exclude(person=OuterRef("about")))).update(climbs_at=now)


@dataclass
class Climb:
    """One run: the ladders, who is whose manager, and what was told."""

    now: datetime
    zone: ZoneInfo
    today: date
    rules: dict[str, AlertRule]
    is_long: bool = False  # more is due than fits into one batch

    @cached_property
    def line(self) -> Line:
        return Line.on(self.today)

    def due(self) -> AlertQuerySet:
        """Alerts of which somebody is to hear by now."""
        settled = KINDS.keys() - Sweep.objects.running(self.now)
        return Alert.objects.climbing(self.now).filter(kind__in=settled)

    @transaction.atomic
    def some(self) -> int:
        """Of some alerts, locked until it is written down who was told; how many they were."""
        rows = self.due().select_for_update(skip_locked=True, of=("self",))
        alerts = list(rows.select_related("about")[:BATCH])
        self.is_long = self.is_long or len(alerts) == BATCH
        steps, moved = self._told(alerts)
        preferences = AlertPreference.of({n.person_id for n in steps}, {a.kind for a in alerts})
        heard = [n for n in steps if preferences.hears(n.person_id, n.alert.kind)]
        together = self._together(heard).items()
        joined = [summaries.join(group, some, self.now, self.today) for group, some in together]
        Notification.objects.bulk_create(heard)
        Notification.objects.bulk_update(moved, ["app_at", "digest_on"])
        summaries.count_parts([summary.pk for summary, _ in joined])
        alone = [each for each in heard if each.summary_id is None]
        new = Notification.objects.filter(pk__in=[told for _, told in joined if told])
        telling.queue([*alone, *new.for_list()], preferences, self.now)
        self._wait(alerts)
        return len(alerts)

    # Many at once.

    def _together(self, heard: Sequence[Notification]) -> dict[Group, list[Notification]]:
        """What is told in the app now and not one by one, by person and kind.

        In one order always, so that two who write the same summaries do not wait for each other.
        """
        groups = _by_group(heard, self.now)
        crowds = self.crowds if self.is_long else _crowds(heard, self.now)
        many = crowds | summaries.begun(groups, self.today)
        return {group: groups[group] for group in sorted(groups.keys() & many)}

    @cached_property
    def crowds(self) -> set[Group]:
        """Who hears of more than STORM of a kind by now, of all that is due: a batch is a part."""
        rows = self.due().iterator(chunk_size=BATCH)
        batches = iter(lambda: list(islice(rows, BATCH)), [])
        return _crowds((each for some in batches for each in self._told(some)[0]), self.now)

    # The ladder.

    def _moment(self, alert: Alert, days: int) -> datetime:
        if days == 0:
            return alert.opened_at
        return start_of_day(alert.opened_on + timedelta(days=days), self.zone)

    def _told(self, alerts: Sequence[Alert]) -> tuple[list[Notification], list[Notification]]:
        """Unsaved ones for whoever is to hear by now and has not, and those on another step now."""
        known = Notification.objects.filter(alert__in=[alert.pk for alert in alerts])
        told = {(each.alert_id, each.person_id): each for each in known}
        new, moved = [], []
        for alert in alerts:
            for rung, person in self.line.rungs(alert.about_id).items():
                own = told.get((alert.pk, person))
                if own is not None and self._moves(own, alert, rung):
                    moved.append(own)
                elif own is None and self._is_due(alert, rung):
                    new.append(Notification(alert=alert, person_id=person))
                    self._moves(new[-1], alert, rung)
        return new, moved

    def _moves(self, told: Notification, alert: Alert, rung: str) -> bool:
        """Put it on the step of this rung; whether that is another than it was on.

        In the app not before now; where it was heard of there it stays.
        """
        before = told.app_at, told.digest_on
        app, digest = self.rules[alert.kind].steps(rung)
        if told.app_at is None or told.app_at > self.now:
            told.app_at = None if app is None else max(self._moment(alert, app), self.now)
        told.digest_on = None if digest is None else alert.opened_on + timedelta(days=digest)
        return before != (told.app_at, told.digest_on)

    def _is_due(self, alert: Alert, rung: str) -> bool:
        first = self._first(alert, rung)
        return first is not None and first <= self.now

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


def _by_group(heard: Iterable[Notification], now: datetime) -> dict[Group, list[Notification]]:
    """Those that are heard of in the app now."""
    groups: dict[Group, list[Notification]] = defaultdict(list)
    for each in heard:
        if each.app_at is not None and each.app_at <= now:
            groups[each.person_id, each.alert.kind].append(each)
    return groups


def _crowds(heard: Iterable[Notification], now: datetime) -> set[Group]:
    """Who hears of more than STORM things of a kind in the app now."""
    found: dict[Group, set[int]] = defaultdict(set)
    for each in heard:
        subjects = found[each.person_id, each.alert.kind]
        if each.app_at is not None and each.app_at <= now and len(subjects) <= STORM:
            subjects.add(each.alert.subject_id)
    return {group for group, subjects in found.items() if len(subjects) > STORM}
