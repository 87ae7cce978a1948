"""Many alerts of a kind that one person hears of at one time are told of by one: a summary."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Max

from alerts.kinds import KINDS, MANY, RISK, WARN
from alerts.models import Alert, Notification
from alerts.models.alert import NUMBER

STORM = 20  # so many of a kind for one person at one time are told one by one, more are not
Group = tuple[int, str]  # a person, a kind


def begun(groups: Iterable[Group], today: date) -> set[Group]:
    """Of whom a summary of today is open: what comes later on the day joins it."""
    people = {person for person, _ in groups}
    rows = Alert.objects.open().summaries().filter(about__in=people, opened_on=today)
    return set(rows.values_list("about", "kind"))


def join(
    group: Group, rows: Sequence[Notification], now: datetime, today: date
) -> tuple[Alert, int | None]:
    """Let these, unsaved, be told of by the person's summary of today, made when there is none.

    It comes up again, unread and awake. The id of its notification is given when that is new. Two
    that make it at once make one.
    """
    person, kind = group
    is_risk = any(row.alert.severity == RISK for row in rows)
    Alert.objects.bulk_create([_new(group, now, today, is_risk=is_risk)], ignore_conflicts=True)
    same = Alert.objects.open_of(kind, MANY).filter(subject_id=_subject(person, today))
    summary = same.select_for_update().get()
    if is_risk and summary.severity != RISK:
        same.update(severity=RISK)
    for row in rows:
        row.summary = summary
    again = Notification.objects.filter(alert=summary, person=person)
    awake = {"read_at": None, "settled_at": None, "snoozed_until": None, "snooze_reason": ""}
    if again.update(**awake):
        return summary, None
    return summary, Notification.objects.create(alert=summary, person_id=person, app_at=now).pk


def count_parts(summaries: Collection[int]) -> None:
    """Bring what these say in line with their parts: how many things, and what is at risk."""
    for summary in Alert.objects.filter(pk__in=summaries):
        parts = Alert.objects.filter(notifications__summary=summary).order_by()
        each = parts.values("subject_id", "currency").annotate(amount=Max("money"))
        found = list(each.values_list("subject_id", "amount", "currency"))
        summary.value = Decimal(len({subject for subject, _, _ in found}))
        summary.money, summary.currency = _sum((a, c) for _, a, c in found if a is not None)
        summary.save(update_fields=["value", "money", "currency"])


def _sum(known: Iterable[tuple[Decimal, str]]) -> tuple[Decimal | None, str]:
    amounts = list(known)
    currencies = {currency for _, currency in amounts}
    if len(currencies) != 1:
        return None, ""
    return sum((amount for amount, _ in amounts), Decimal(0)), currencies.pop()


def _subject(person: int, today: date) -> int:
    """A person has one summary of a kind a day; that of another day is another."""
    return person * 10**7 + today.toordinal()


def _new(group: Group, now: datetime, today: date, *, is_risk: bool) -> Alert:
    person, kind = group
    many = KINDS[kind].many
    return Alert(
        kind=kind,
        rule=MANY,
        subject_id=_subject(person, today),
        about_id=person,
        title=many.capitalize(),
        said=f"{NUMBER} began at one time; more than {STORM} are told of together.",
        severity=RISK if is_risk else WARN,
        value=Decimal(0),
        limit=Decimal(STORM),
        unit=many,
        opened_at=now,
        opened_on=today,
    )
