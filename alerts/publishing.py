"""Tells programs what happened: one delivery for each endpoint that wants it and may know.

Written in the transaction of what happened, so that both are there or neither. When nobody
listens, an event costs the one statement that finds this out.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime, time
from decimal import Decimal
from functools import reduce
from typing import Any

from django.db.models import DecimalField, ForeignKey, IntegerField, QuerySet, Value
from django.utils import timezone

from alerts.models.webhook import WebhookDelivery, WebhookEndpoint
from lib.events import SUBJECTS, Event, stamp
from people.asked import asked
from people.models import User

AT_ONCE = 50  # people whose sight one statement asks for


def deliver(event: Event) -> None:
    """Queue the event for all who want it and may see what it is about."""
    endpoints = [each for each in WebhookEndpoint.objects.listening() if each.hears(event.type)]
    if not endpoints:
        return
    seeing = _who_sees(event, {each.owner_id: each.owner for each in endpoints}.values())
    told = [each for each in endpoints if each.owner_id in seeing]
    if told:
        at = _when(event)
        payload = {"type": event.type, "timestamp": _shown(at), "data": _data(event, at)}
        subject = event.subject.address(event.thing)
        said = {"event_type": event.type, "subject": subject, "payload": payload}
        WebhookDelivery.queue_all(told, said, at)


def _who_sees(event: Event, people: Iterable[User]) -> set[int]:
    """The ids of those who may see what happened, by the rule of its model; in few statements."""
    everybody, seeing = list(people), set()
    for first in range(0, len(everybody), AT_ONCE):
        rows = [_seen_by(event, person) for person in everybody[first : first + AT_ONCE]]
        one: Any = reduce(lambda some, more: some.union(more, all=True), rows)
        seeing |= {row["seen_by"] for row in one}
    return seeing


def _seen_by(event: Event, person: User) -> QuerySet[Any, Any]:
    own: QuerySet[Any] = event.subject.rows_for(person).filter(pk=event.thing.pk).order_by()
    return own.values(seen_by=Value(person.pk, output_field=IntegerField()))


def _when(event: Event) -> datetime:
    """Verbs that were not told are credited to the request, and jobs to the moment."""
    request = asked()
    return event.at or (request.at if request else timezone.now())


def _data(event: Event, at: datetime) -> dict[str, Any]:
    request = asked()
    by = event.by or (request.by if request else None)
    subject: dict[str, Any] = {"type": event.subject.noun, "id": event.thing.pk}
    if event.subject.name:
        subject["name"] = getattr(event.thing, event.subject.name)
    if address := event.subject.address(event.thing):
        subject["path"] = address
    names = _Names(event)
    return {
        "subject": subject,
        "by": {"id": by.pk, "name": by.name} if by else None,
        "at": _shown(at),
        "old": {name: names.show(name, value) for name, value in event.old.items()},
        "new": {name: names.show(name, value) for name, value in event.new.items()},
    }


class _Names:
    """How the values of an event are written; what foreign keys lead to has its name beside it."""

    def __init__(self, event: Event) -> None:
        self.columns = {each.name: each for each in event.subject.model._meta.concrete_fields}
        self.known: dict[tuple[type, Any], str] = {}
        wanted: dict[Any, set[Any]] = {}
        for name in event.old.keys() | event.new.keys():
            column = self.columns.get(name)
            if isinstance(column, ForeignKey) and self._name_of(column.related_model):
                keys = {event.old.get(name), event.new.get(name)} - {None}
                wanted.setdefault(column.related_model, set()).update(keys)
        for model, keys in wanted.items():
            self._read(model, keys)

    def _read(self, model: Any, keys: Collection[Any]) -> None:
        if keys:
            rows = model._base_manager.filter(pk__in=keys).values_list("pk", self._name_of(model))
            self.known.update({(model, pk): name for pk, name in rows})

    @staticmethod
    def _name_of(model: Any) -> str:
        """The field by which its like are called; "" where that is not told."""
        return SUBJECTS[model].name if model in SUBJECTS else ""

    def show(self, name: str, value: Any) -> Any:
        column = self.columns.get(name)
        if isinstance(column, ForeignKey) and value is not None:
            called = self.known.get((column.related_model, value))
            return {"id": value} | ({"name": called} if called is not None else {})
        if isinstance(column, DecimalField) and value is not None:
            return f"{Decimal(value):.{column.decimal_places}f}"
        return _shown(value)


def _shown(value: Any) -> Any:
    """As the API writes it."""
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, time):
        return value.isoformat("minutes")
    return value.isoformat() if isinstance(value, date) else value
