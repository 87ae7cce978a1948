"""Each person's digest: at their own hour and days, one a day at most, none when there is nothing.

It leads with what is new since the last one, then by money at risk: a line for each thing of one's
own, one line for each person one answers for, MOST_LINES at most.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F, Max

from alerts.kinds import KINDS, MANY, RISK
from alerts.line import Line, days_off
from alerts.models import Alert, AlertPreference, DeliveryHours, Digest, Notification
from alerts.models.preference import NEVER, Preferences
from alerts.sending import ring_for
from lib.calendar import local_date
from lib.money import money
from people.calendar import Calendar
from people.models import User

BATCH = 500
MOST_LINES = 10
LATE = timedelta(hours=1)  # after their hour quiet hours count: before, they chose it so


def make_due(now: datetime) -> int:
    """Make the digests whose hour has come; returns how many. A few statements for each BATCH."""
    _plan(now)
    made = 0
    while (some := _some(now)) is not None:
        made += some
    return made


@transaction.atomic
def _plan(now: datetime) -> None:
    """Everybody has hours, reckoned in the zone in which they live by now."""
    new = User.objects.get_queryset().active().exclude(email=None).filter(delivery_hours=None)
    rows = [DeliveryHours(person=user) for user in new]
    elsewhere = DeliveryHours.objects.exclude(zone=F("person__time_zone"))
    moved = list(elsewhere.select_related("person").select_for_update(of=("self",)))
    for row in [*rows, *moved]:
        row.plan(now)
    DeliveryHours.objects.bulk_create(rows, ignore_conflicts=True, batch_size=BATCH)
    DeliveryHours.objects.bulk_update(moved, ["zone", "next_digest_at"], batch_size=BATCH)


@transaction.atomic
def _some(now: datetime) -> int | None:
    """Of some people whose hour has come; None when there are none left."""
    due = DeliveryHours.objects.filter(next_digest_at__lte=now).order_by("next_digest_at", "pk")
    locked = due.select_for_update(skip_locked=True, of=("self",)).select_related("person")
    chosen = list(locked[:BATCH])
    if not chosen:
        return None
    off = days_off([own.person_id for own in chosen], now)
    days = {}
    for own in chosen:
        if _speaks(own, off[own.person_id], now):
            days[own.person_id] = local_date(now, own.person.zone)
    found = digests_of(days, now) if days else []
    Digest.objects.bulk_create(found, ignore_conflicts=True)
    DeliveryHours.objects.bulk_update(chosen, ["zone", "next_digest_at"])
    if found:
        ring_for(Digest)
    return len(found)


def _speaks(own: DeliveryHours, off: Collection[date], now: datetime) -> bool:
    """Whether they have their digest now; their next time is reckoned, to be saved.

    Not on days off. After an outage not in quiet hours: when these end it may still come today.
    """
    hours, was_due = own.hours(off), own.next_digest_at or now
    today = local_date(now, hours.zone)
    own.plan(now)
    if not (own.person.is_active and own.person.email and hours.works_on(today)):
        return False
    if now - was_due < LATE or not hours.is_quiet(now):
        return True
    later = hours.speaks_from(now)
    if local_date(later, hours.zone) == today:
        own.next_digest_at = min(later, own.next_digest_at or later)
    return False


def digests_of(days: dict[int, date], now: datetime) -> list[Digest]:
    """Unsaved ones of these people, each with the date on their wall; of none with nothing in it.

    Eight statements, however many they are.
    """
    written = Digest.objects.filter(person__in=days).order_by()
    had = set(written.filter(day__in=set(days.values())).values_list("person", "day"))
    people = [person for person, day in days.items() if (person, day) not in had]
    sent = written.exclude(sent_at=None).values_list("person")
    last = {person: Last(*rest) for person, *rest in sent.annotate(Max("day"), Max("newest"))}
    preferences = AlertPreference.of(people)
    items: dict[int, list[Notification]] = defaultdict(list)
    for told in _open(people, max(days.values())).iterator(chunk_size=2_000):
        if _is_for(told, days[told.person_id], preferences):
            items[told.person_id].append(told)
    if not items:
        return []
    line, calendar = Line.on(now.date()), Calendar.current()
    found = []
    for person, told_of in items.items():
        entries = _entries(told_of, line, last.get(person), calendar, days[person])
        if entries:
            found.append(_digest(person, days[person], entries, now))
            found[-1].newest = max(told.pk for told in told_of)
    return found


def _digest(person: int, day: date, entries: Sequence["Said"], now: datetime) -> Digest:
    return Digest(
        person_id=person,
        day=day,
        lines=[entry.as_json() for entry in entries[:MOST_LINES]],
        more=max(0, len(entries) - MOST_LINES),
        changed=sum(entry.new for entry in entries),
        made_at=now,
        due_at=now,
    )


def _open(people: Collection[int], day: date) -> Any:
    rows = Notification.objects.filter(person__in=people, digest_on__lte=day, settled_at=None)
    open_ones = rows.filter(alert__closed_at=None, alert__kind__in=KINDS).exclude(alert__rule=MANY)
    return open_ones.select_related("alert__about").order_by("person", "pk")


def _is_for(told: Notification, day: date, preferences: Preferences) -> bool:
    if told.digest_on is None or told.digest_on > day:
        return False
    if told.snoozed_until and told.snoozed_until > day:
        return False
    return preferences.mail(told.person_id, told.alert.kind) != NEVER


@dataclass(frozen=True)
class Last:
    """Of somebody's last digest that went out: its day, and the last notification there was."""

    day: date
    newest: int

    def lacks(self, told: Notification) -> bool:
        """Whether this could not be in it: they were told since, or it was for a later day."""
        first_day = max(day for day in (told.digest_on, told.snoozed_until, date.min) if day)
        return told.pk > self.newest or first_day > self.day


def _entries(
    told_of: Sequence[Notification], line: Line, last: Last | None, calendar: Calendar, day: date
) -> list["Said"]:
    """The lines of one person's digest, the first first."""
    groups: dict[Any, list[Notification]] = defaultdict(list)
    for told in told_of:
        alert = told.alert
        if alert.about_id == told.person_id:
            groups[alert.kind, alert.subject_id].append(told)
        elif line.leads(told.person_id, alert.about_id):
            groups[alert.about_id].append(told)
    said = []
    for some in groups.values():
        alerts = sorted((told.alert for told in some), key=_gravest_first)
        new = {_subject(told.alert) for told in some if last is None or last.lacks(told)}
        own = alerts[0].about_id == some[0].person_id
        words = _own_words(alerts, day, calendar.holidays) if own else _counted(alerts)
        said.append(Said(alerts, words, len(new), is_own=own))
    return sorted(said, key=lambda each: each.rank)


def _gravest_first(alert: Alert) -> tuple[Any, ...]:
    return alert.severity != RISK, alert.pk


def _subject(alert: Alert) -> tuple[str, int]:
    """What an alert is of: a deal with three reasons counts once."""
    return alert.kind, alert.subject_id


@dataclass(frozen=True)
class Said:
    """One line: of one thing of one's own, or of all that is about one person; the gravest alert
    first. `new` counts the things in it that the last digest did not have.
    """

    alerts: Sequence[Alert]
    words: str
    new: int
    is_own: bool

    @property
    def name(self) -> str:
        return self.alerts[0].title if self.is_own else self.alerts[0].about.name

    @property
    def at_risk(self) -> dict[str, Decimal]:
        """By currency, the most first: each thing's money once."""
        by_age = sorted(self.alerts, key=lambda alert: alert.pk)
        of_each = {_subject(alert): (alert.currency, alert.money) for alert in by_age}
        sums: dict[str, Decimal] = defaultdict(Decimal)
        for currency, amount in of_each.values():
            sums[currency] += amount or 0
        return dict(sorted(sums.items(), key=lambda pair: (-pair[1], pair[0])))

    @property
    def rank(self) -> tuple[Any, ...]:
        """What is new first, then the most money, then what needs a decision."""
        most = max(self.at_risk.values())
        return not self.new, -most, self.alerts[0].severity != RISK, self.name

    def as_json(self) -> dict[str, Any]:
        """`alert` is where a line of one's own leads; the others lead to all about that person."""
        shown = [money(amount, currency) for currency, amount in self.at_risk.items() if amount]
        return {
            "about": self.alerts[0].about_id,
            "alert": self.alerts[0].pk if self.is_own else None,
            "name": self.name,
            "words": self.words,
            "money": " + ".join(shown),
            "severity": self.alerts[0].severity,
            "new": self.new,
        }


def _own_words(alerts: Sequence[Alert], day: date, holidays: Collection[date]) -> str:
    others = len(alerts) - 1
    more = f" And {others} more reason{'s' * (others != 1)}." if others else ""
    return f"{alerts[0].sentence(day, holidays)}{more}"


def _counted(alerts: Iterable[Alert]) -> str:
    """ "3 stalled deals, 1 overdue debrief"."""
    subjects: dict[str, set[int]] = defaultdict(set)
    for alert in alerts:
        subjects[alert.kind].add(alert.subject_id)
    counted = ((len(subjects[name]), kind) for name, kind in KINDS.items() if name in subjects)
    return ", ".join(f"{n} {kind.one if n == 1 else kind.many}" for n, kind in counted)
