"""What of the playbook is used: counted from what is written, so that dead material shows."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from people.models import Organisation, User
from playbook.models import Differentiator, MaterialUse, Question
from playbook.models.material import UsedMaterial, words_of

COUNTED: dict[str, type[UsedMaterial]] = {"differentiator": Differentiator, "question": Question}


@transaction.atomic
def note_uses(texts: Iterable[str], place: str, ref: int, *, by: User, at: datetime) -> None:
    """Count the active material whose words stand in one of the texts, once for each `ref`.

    `place` is one of `MaterialUse.PLACES`, `ref` the id of the thing there. At most nine
    statements.
    """
    written = "\n".join({words_of(text) for text in texts if text})
    if not written:
        return
    found = {name: _standing_in(written, model) for name, model in COUNTED.items()}
    if not any(found.values()):
        return
    before = MaterialUse.objects.filter(place=place, ref=ref).values(*COUNTED)
    known = {(name, row[name]) for row in before for name in COUNTED}
    fresh = {name: [pk for pk in pks if (name, pk) not in known] for name, pks in found.items()}
    MaterialUse.objects.bulk_create(
        MaterialUse(place=place, ref=ref, by=by, at=at, **{f"{name}_id": pk})
        for name, pks in fresh.items()
        for pk in pks
    )
    _count(fresh, at)


def _standing_in(written: str, model: type[UsedMaterial]) -> list[int]:
    rows: Any = model._default_manager
    pieces = rows.active().order_by("pk").values_list("pk", "words")
    return [pk for pk, words in pieces if words in written]


def _count(fresh: dict[str, list[int]], at: datetime) -> None:
    """Kept with each piece, so that a list of them need not count all that was ever written."""
    day = Organisation.current().today(at)
    for name, pks in fresh.items():
        if pks:
            rows = COUNTED[name]._base_manager.filter(pk__in=pks)
            rows.update(uses=F("uses") + 1, last_used_on=day)
