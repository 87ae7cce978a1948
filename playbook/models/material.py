"""What all pieces of the playbook share: words, an order, and an end that keeps what was."""

import hashlib
import re
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F

from lib.events import publish, publishing
from lib.searching import fold
from lib.versions import Versioned
from people.models import Organisation, User

TEXT_LENGTH = 500
IDLE_DAYS = 90  # what was not used for so long is dead material
WORD = re.compile(r"\w+")


def words_of(text: str) -> str:
    """Its folded words alone, each between spaces: `words_of("Who signs?") == " who signs "`.

    A text stands in another one when its words stand in the words of that one.
    """
    return f" {' '.join(WORD.findall(fold(text)))} "


class MaterialQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """Everybody reads the playbook; administrators change it."""
        return self

    def active(self) -> Self:
        """Those that are offered; retired ones stay for what was written with them."""
        return self.filter(retired_at=None)

    def search(self, text: str) -> Self:
        return self.filter(words__contains=words_of(text).strip())


class Material(Versioned):
    """A piece of the playbook. `place` is its order among its `peers`, from 1.

    `key` tells pieces apart: by their words, and by what they are for. A retired one is kept, with
    its key: who wants it again restores it.
    """

    SAID_BY: ClassVar[str]  # the field whose words the piece is known by
    FOR: ClassVar[tuple[str, ...]] = ()  # what it is for: among these it has its place
    CHANGEABLE: ClassVar[frozenset[str]]
    TWIN: ClassVar = "The playbook has this already."

    place = models.PositiveIntegerField(default=1, editable=False)
    words = models.TextField(editable=False)
    key = models.CharField(max_length=64, unique=True, editable=False)
    added_on = models.DateField(editable=False)
    retired_at = models.DateTimeField(null=True, editable=False)
    is_sample = models.BooleanField(default=False, editable=False)

    objects = MaterialQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(getattr(self, self.SAID_BY))

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.set_keys()
        super().save(*args, **kwargs)

    def set_keys(self) -> None:
        """Fill the columns that follow from what is written."""
        self.words = words_of(getattr(self, self.SAID_BY))
        self.key = self.key_for(self.words, *self._scope().values())

    @staticmethod
    def key_for(words: str, *scope: object) -> str:
        """By what a piece of these words is known; of any length, so of one length."""
        parts = [words.strip(), *("" if part is None else str(part) for part in scope)]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    def _scope(self) -> dict[str, Any]:
        known = {each.name: each.attname for each in self._meta.concrete_fields}
        return {name: getattr(self, known[name]) for name in self.FOR}

    @property
    def is_active(self) -> bool:
        return self.retired_at is None

    def peers(self) -> models.QuerySet[Any]:
        """The active pieces among which it has its place, itself among them."""
        rows: Any = type(self)._default_manager
        found: models.QuerySet[Any] = rows.active().filter(**self._scope())
        return found.order_by("place", "pk")

    def refuse_nonsense(self) -> None:
        """Raises ValidationError for what cannot stand beside each other. Reads nothing."""
        if not words_of(getattr(self, self.SAID_BY)).strip():
            raise ValidationError({self.SAID_BY: "Write it in words."})

    def clean(self) -> None:
        self.refuse_nonsense()
        self.set_keys()
        twin = type(self)._base_manager.filter(key=self.key).exclude(pk=self.pk).first()
        if twin is not None:
            hint = "" if twin.is_active else " It is retired: restore it."
            raise ValidationError({self.SAID_BY: self.TWIN + hint})

    # Verbs.

    @classmethod
    def add(cls, *, by: User, at: datetime, **fields: Any) -> Self:
        """A new piece, the last of its peers. Raises ValidationError, for one for a twin."""
        piece = cls(added_on=Organisation.current().today(at))
        piece._set(fields)
        with transaction.atomic():
            piece.place = piece._last_place() + 1
            piece.save(force_insert=True)
            publish("added", piece, by, at)
        return piece

    def change(self, *, by: User, at: datetime, version: int | None = None, **fields: Any) -> None:
        """Change some of `CHANGEABLE`, or `place`; what was written with it stays as it was.

        Another thing to be for makes it the last of its new peers. Raises ValidationError, `Stale`.
        """
        place = fields.pop("place", None)
        with self.editing(version), publishing(self, "changed", by, at):
            before, behind = self._scope(), self._behind()
            self._set(fields)
            if self._scope() != before and self.is_active:
                behind.update(place=F("place") - 1)
                self.place = self._last_place() + 1
            self.save()
            if place is not None:
                self._take_place(place)

    def retire(self, *, by: User, at: datetime, version: int | None = None) -> None:
        """Offer it no longer."""
        with self.editing(version), publishing(self, "retired", by, at):
            if not self.is_active:
                raise ValidationError("This is retired already.")
            self.retired_at = at
            self.save(update_fields=["retired_at"])
            self._behind().update(place=F("place") - 1)

    def restore(self, *, by: User, at: datetime, version: int | None = None) -> None:
        """Offer it again, as the last of its peers."""
        with self.editing(version), publishing(self, "restored", by, at):
            if self.is_active:
                raise ValidationError("This is in use.")
            self.retired_at, self.place = None, self._last_place() + 1
            self.save(update_fields=["retired_at", "place"])

    def _set(self, fields: dict[str, Any]) -> None:
        if unknown := fields.keys() - self.CHANGEABLE:
            raise TypeError(f"{sorted(unknown)} cannot be set")
        for name, value in fields.items():
            setattr(self, name, value.strip() if isinstance(value, str) else value)
        self.full_clean(exclude=["key"])

    def _behind(self) -> models.QuerySet[Any]:
        """Those that move up when it leaves."""
        return self.peers().filter(place__gt=self.place).order_by()

    def _last_place(self) -> int:
        last: int | None = self.peers().aggregate(last=models.Max("place"))["last"]
        return last or 0

    def _take_place(self, place: int) -> None:
        if not self.is_active:
            raise ValidationError({"place": "What is retired has no place. Restore it first."})
        others = [each for each in self.peers().select_for_update() if each.pk != self.pk]
        others.insert(max(place, 1) - 1, self)
        moved = []
        for number, piece in enumerate(others, start=1):
            if piece.place != number:
                piece.place = number
                moved.append(piece)
        type(self)._base_manager.bulk_update(moved, ["place"])


class UsedMaterial(Material):
    """What is offered as a text: each use of its words is counted (`playbook/use.py`).

    `last_used_on` is a day of the organisation's calendar.
    """

    text = models.CharField(max_length=TEXT_LENGTH)
    uses = models.PositiveIntegerField(default=0, editable=False)
    last_used_on = models.DateField(null=True, editable=False)

    SAID_BY: ClassVar = "text"

    class Meta:
        abstract = True

    def is_idle(self, today: date) -> bool:
        """Whether nobody used it in the last 90 days, though it was there."""
        since = self.last_used_on or self.added_on
        return self.is_active and today - since >= timedelta(days=IDLE_DAYS)
