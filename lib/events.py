"""What happens in the house, told to whoever registered to hear of it.

A verb says it in the transaction in which it happens:

    with self.editing(version), publishing(self, "moved", by, at):
        ...

and a verb that makes something says `publish("opened", deal, by, at)` at its end. What is told of
a thing are the fields that its `Subject` lists, and no others; each app lists its own in
`<app>/events.py` and registers them when it starts. `alerts/publishing.py` hears everything.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from django.db.models import Model

API = "/api/v1/"


@dataclass(frozen=True)
class Subject:
    """A kind of thing that events are about.

    `noun` begins the names of its events. `path` is where its like are in the API, "" for
    nowhere; with a slash at its end it is the only one of its kind.
    `fields` are all that is ever told of it: no texts but names. `name` is the one it is called
    by. `events` says each in a sentence, by what stands behind the dot.
    """

    model: type[Model]
    noun: str
    path: str
    fields: tuple[str, ...]
    events: Mapping[str, str]
    name: str = ""
    group: str = ""
    visible_to: Callable[[Any], Any] | None = None  # where everybody sees it

    @cached_property
    def columns(self) -> dict[str, str]:
        """The attribute of each field: of a foreign key its id, so that nothing is read."""
        known = {each.name: each.attname for each in self.model._meta.concrete_fields}
        return {name: known.get(name, name) for name in self.fields}

    def address(self, thing: Model) -> str:
        """Where it is in the API; "" for nowhere."""
        return self.address_of(thing.pk)

    def address_of(self, pk: int) -> str:
        """Where the thing of that id is in the API; "" for nowhere."""
        if not self.path or self.path.endswith("/"):
            return self.path and f"{API}{self.path}"
        return f"{API}{self.path}/{pk}/"

    def rows_for(self, user: Any) -> Any:
        """Those that this person sees, by the rule of the model."""
        manager: Any = self.model._default_manager
        return self.visible_to(user) if self.visible_to else manager.all().visible_to(user)


@dataclass(frozen=True)
class Event:
    """`old` and `new` hold the fields that changed; of something new, `old` is empty."""

    subject: Subject
    verb: str
    thing: Model
    by: Any  # a person; None when the verb was not told
    at: datetime | None
    old: dict[str, Any] = field(default_factory=dict)
    new: dict[str, Any] = field(default_factory=dict)

    @property
    def type(self) -> str:
        return f"{self.subject.noun}.{self.verb}"


def stamp(moment: datetime) -> str:
    """An instant as events write it: 2026-11-18T09:00:00Z."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


SUBJECTS: dict[type[Model], Subject] = {}
LISTENERS: list[Callable[[Event], None]] = []


def register(*subjects: Subject) -> None:
    """Let these be told of."""
    SUBJECTS.update({each.model: each for each in subjects})


def listen(listener: Callable[[Event], None]) -> None:
    """Call this with each event, in the transaction of what happened."""
    LISTENERS.append(listener)


def event_types() -> dict[str, str]:
    """Every type of event with its sentence, in the order in which they were registered."""
    return {
        f"{subject.noun}.{verb}": sentence
        for subject in SUBJECTS.values()
        for verb, sentence in subject.events.items()
    }


def publish(
    verb: str, thing: Model, by: Any = None, at: datetime | None = None, *, gone: bool = False
) -> None:
    """Tell that this was made, or is about to be removed: `gone`, said before it is."""
    subject = SUBJECTS[type(thing)]
    told = _fields(subject, thing)
    sides = {"old": told} if gone else {"new": told}
    _tell(Event(subject, verb, thing, by, at, **sides))


@contextmanager
def publishing(
    thing: Model, verb: str, by: Any = None, at: datetime | None = None
) -> Iterator[None]:
    """Tell what this block changes, if it changes anything that is told."""
    subject = SUBJECTS[type(thing)]
    before = _fields(subject, thing)
    yield
    after = _fields(subject, thing)
    changed = [name for name, value in after.items() if before[name] != value]
    if changed:
        old = {name: before[name] for name in changed}
        new = {name: after[name] for name in changed}
        _tell(Event(subject, verb, thing, by, at, old, new))


def _tell(event: Event) -> None:
    if event.verb not in event.subject.events:
        raise KeyError(event.type)
    for listener in LISTENERS:
        listener(event)


def _fields(subject: Subject, thing: Model) -> dict[str, Any]:
    """What is told of it, as it is now."""
    read = {name: getattr(thing, column) for name, column in subject.columns.items()}
    return {name: list(value) if isinstance(value, list) else value for name, value in read.items()}
