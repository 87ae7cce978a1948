"""Alerts in tests: found, told of and read, with the time given."""

from datetime import datetime

from alerts.climb import climb, end_summaries
from alerts.kinds import KINDS
from alerts.models import Alert, AlertPreference, AlertRule, Notification
from alerts.models.notification import NotificationQuerySet
from alerts.models.preference import AT_ONCE
from alerts.sweep import sweep
from people.models import Organisation, User


def look(now: datetime, *kinds: str) -> None:
    """What the tick of a minute does: find what begins and is over, and tell of it."""
    for name in kinds or KINDS:
        sweep(KINDS[name], now)
    climb(now)
    end_summaries(now)


def one(kind: str, rule: str = "") -> Alert:
    """The only open alert of that kind and rule."""
    return Alert.objects.open_of(kind, rule).get()


def is_open(kind: str, subject: int, rule: str = "") -> bool:
    return Alert.objects.open_of(kind, rule).filter(subject_id=subject).exists()


def inbox(person: User, now: datetime) -> NotificationQuerySet:
    return Notification.objects.visible_to(person).to_do(now, person.today(now))


def at_once(person: User, *kinds: str) -> None:
    """They want these mailed at once."""
    for kind in kinds:
        AlertPreference.choose(person, kind, mail=AT_ONCE)


def set_rule(kind: str, **values: object) -> AlertRule:
    rule = AlertRule.of(KINDS[kind])
    rule.change(**values)
    return rule


def in_zone(name: str) -> None:
    """The organisation's calendar is that of this zone."""
    Organisation.current().change(time_zone=name)
