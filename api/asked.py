"""What stands in the address after “?”, where it is no filter of rows."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet
from rest_framework.exceptions import ValidationError

from api.fields import MANY, Day
from api.resource import whole_id
from people.models import Team, User


def day_asked(request: Any, name: str) -> date | None:
    """That parameter, None where it is not given. Raises ValidationError for what is no date."""
    text = request.query_params.get(name)
    if not text:
        return None
    try:
        day: date = Day().run_validation(text)
    except ValidationError as wrong:
        raise ValidationError({name: wrong.detail}) from None
    return day


def choice_asked(request: Any, name: str, choices: Sequence[str], default: str = "") -> str:
    """One of these words; `default` where none is given."""
    said: str = request.query_params.get(name) or default
    if said != default and said not in choices:
        raise ValidationError({name: [f"One of: {', '.join(choices)}."]}, code="invalid_choice")
    return said


def rows_asked(request: Any, name: str, rows: QuerySet[Any]) -> list[Any]:
    """The rows of the ids that are given, in that order and in one statement; [] without any.

    One that is not among the rows does not exist: ValidationError, as for what is no id.
    """
    texts = [text for text in request.query_params.getlist(name) if text]
    if len(texts) > MANY:
        raise ValidationError({name: [f"At most {MANY} at once."]})
    ids = {text: whole_id(text) for text in texts}
    found = rows.in_bulk([pk for pk in ids.values() if pk is not None]) if ids else {}
    if missing := [text for text, pk in ids.items() if pk not in found]:
        text = f'Invalid pk "{missing[0][:20]}" - object does not exist.'
        raise ValidationError({name: [text]}, code="does_not_exist")
    return [found[pk] for pk in dict.fromkeys(ids.values())]


def the_one_asked(request: Any, name: str, rows: QuerySet[Any]) -> Any:
    """The row of the one id that is given; ValidationError without one, as for one not there."""
    found = rows_asked(request, name, rows)
    if len(found) != 1:
        raise ValidationError({name: ["Say which one."]}, code="required")
    return found[0]


def whose(request: Any) -> User | Team:
    """Whom figures are asked of: `person`, whose work the asker sees, or a `team` they lead."""
    asker, both = request.user, ("person", "team")
    given = [name for name in both if request.query_params.get(name)]
    text = "Say either one person or one team."
    if len(given) != 1:
        raise ValidationError({name: [text] for name in given or both[:1]}, code="required")
    rows: Any = {
        "person": User.objects.with_work_seen_by(asker),
        "team": Team.objects.led_by(asker),
    }[given[0]]
    found: list[User | Team] = rows_asked(request, given[0], rows)
    if len(found) > 1:
        raise ValidationError({given[0]: [text]})
    return found[0]
