"""Each person's digest: at their own hour and days, one a day at most, none when there is nothing.

It leads with what changed since the last one, then by money at risk: a line for each thing of
one's own, one line for each person one answers for, MOST_LINES at most.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F, Max
from django.urls import reverse

from alerts.climb import at_risk
from alerts.kinds import KINDS, MANY, RISK
from alerts.line import Line, days_off
from alerts.models import Alert, AlertPreference, DeliveryHours, Digest, Notification
from alerts.models.preference import NEVER, Preferences
from alerts.sending import ring_for
from lib.calendar import local_date
from lib.money import money
from people.models import User

BATCH = 500
MOST_LINES = 10


def make_due(now: datetime) -> int:
    """Make the digests whose hour has come; returns how many. A few statements for each BATCH."""
    _plan(now)
    made = 0
    while (some := _some(now)) is not None:
        made += some
    return made


def _plan(now: datetime) -> None:
    """Everybody has hours, reckoned in the zone in which they live by now."""
    new = User.objects.get_queryset().active().exclude(email=None).filter(delivery_hours=None)
    rows = [DeliveryHours(person=user) for user in new]
    elsewhere = DeliveryHours.objects.exclude(zone=F("person__time_zone"))
    moved = list(elsewhere.select_related("person"))
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
    people = [own.person_id for own in chosen]
    off = days_off(people, now)
    speak = {
        own.person_id: local_date(now, own.person.zone)
        for own in chosen
        if own.person.is_active and own.person.email and _may_speak(own, off[own.person_id], now)
    }
    found = digests_of(speak, now) if speak else []
    Digest.objects.bulk_create(found, ignore_conflicts=True)
    for own in chosen:
        own.plan(now, off[own.person_id])
    DeliveryHours.objects.bulk_update(chosen, ["zone", "next_digest_at"])
    if found:
        ring_for(Digest)
    return len(found)


def _may_speak(own: DeliveryHours, off: Collection[date], now: datetime) -> bool:
    """Not on a day off, nor in the quiet hours: after an outage it waits for its next time."""
    hours = own.hours(off)
    on_time = own.next_digest_at is not None and (now - own.next_digest_at).total_seconds() < 3600
    return hours.works_on(local_date(now, hours.zone)) and (on_time or not hours.is_quiet(now))


def digests_of(days: dict[int, date], now: datetime) -> list[Digest]:
    """Unsaved ones of these people, each with the date on their wall; of none with nothing in it.

    Six statements, however many they are.
    """
    written = Digest.objects.filter(person__in=days)
    last = dict(written.order_by().values_list("person").annotate(last=Max("made_at")))
    had = set(written.filter(day__in=set(days.values())).values_list("person", "day"))
    people = [person for person, day in days.items() if (person, day) not in had]
    preferences = AlertPreference.of(people)
    items: dict[int, list[Alert]] = defaultdict(list)
    for notification in _open(people, max(days.values())).iterator(chunk_size=2_000):
        person, alert = notification.person_id, notification.alert
        if _is_for(notification, days[person], preferences):
            items[person].append(alert)
    line = Line.on(now.date()) if items else None
    found = []
    for person, alerts in items.items():
        assert line is not None
        entries = _entries(person, alerts, line, last.get(person), days[person])
        if entries:
            shown = [entry.as_json() for entry in entries[:MOST_LINES]]
            more = max(0, len(entries) - MOST_LINES)
            day = days[person]
            found.append(
                Digest(person_id=person, day=day, lines=shown, more=more, made_at=now, due_at=now)
            )
    return found


def _open(people: Collection[int], day: date) -> Any:
    rows = Notification.objects.filter(person__in=people, digest_on__lte=day, settled_at=None)
    open_ones = rows.filter(alert__closed_at=None).exclude(alert__rule=MANY)
    return open_ones.select_related("alert__about").order_by("person", "pk")


def _is_for(notification: Notification, day: date, preferences: Preferences) -> bool:
    if notification.digest_on is None or notification.digest_on > day:
        return False
    if notification.snoozed_until and notification.snoozed_until > day:
        return False
    return preferences.mail(notification.person_id, notification.alert.kind) != NEVER


def _entries(
    person: int, alerts: Sequence[Alert], line: Line, since: datetime | None, day: date
) -> list["Said"]:
    """The lines of one person's digest, the first first."""
    groups: dict[Any, list[Alert]] = defaultdict(list)
    for alert in alerts:
        if alert.about_id == person:
            groups[alert.kind, alert.subject_id].append(alert)
        elif line.leads(person, alert.about_id):
            groups[alert.about_id].append(alert)
    said = [Said.of(person, some, since, day) for some in groups.values()]
    return sorted(said, key=lambda each: each.rank)


@dataclass(frozen=True)
class Said:
    """One line, in words."""

    path: str
    name: str
    words: str
    money: Decimal | None
    currency: str
    severity: str
    is_new: bool

    @classmethod
    def of(cls, person: int, alerts: Sequence[Alert], since: datetime | None, day: date) -> "Said":
        first = min(alerts, key=lambda alert: (alert.severity != RISK, alert.pk))
        own = first.about_id == person
        amount, currency = at_risk(alerts)
        return cls(
            path=first.of_kind.path(first)
            if own
            else f"{reverse('alerts')}?about={first.about_id}",
            name=first.title if own else first.about.name,
            words=_own_words(first, alerts, day) if own else _counted(alerts),
            money=amount,
            currency=currency,
            severity=first.severity,
            is_new=since is None or any(alert.opened_at > since for alert in alerts),
        )

    @property
    def rank(self) -> tuple[Any, ...]:
        """What changed first, then the most money, then what needs a decision."""
        return not self.is_new, -(self.money or Decimal(0)), self.severity != RISK, self.name

    def as_json(self) -> dict[str, Any]:
        return {
            "path": self.path,
            "name": self.name,
            "words": self.words,
            "money": money(self.money, self.currency) if self.money else "",
            "severity": self.severity,
            "is_new": self.is_new,
        }


def _own_words(first: Alert, alerts: Sequence[Alert], day: date) -> str:
    others = len(alerts) - 1
    more = f" And {others} more reason{'s' * (others != 1)}." if others else ""
    return f"{first.sentence(day)}{more}"


def _counted(alerts: Iterable[Alert]) -> str:
    """ "3 stalled deals, 1 overdue debrief"."""
    subjects: dict[str, set[int]] = defaultdict(set)
    for alert in alerts:
        subjects[alert.kind].add(alert.subject_id)
    counted = ((len(subjects[name]), kind) for name, kind in KINDS.items() if name in subjects)
    return ", ".join(f"{n} {kind.one if n == 1 else kind.many}" for n, kind in counted)
