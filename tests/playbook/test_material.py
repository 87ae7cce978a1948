"""Material: its words, its order, its end, and criteria that make sense."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from lib.versions import Stale
from people.models import User
from playbook.models import Differentiator, IcpCriterion, Priority
from playbook.models.priority import IN_FORCE, standing
from tests.factories import (
    NOW,
    TODAY,
    a_criterion,
    a_differentiator,
    a_priority,
    a_product,
    a_question,
    a_stage,
)

pytestmark = pytest.mark.django_db
SAID: dict[str, Any] = {"by": None, "at": NOW}


def texts(*product: Any) -> list[str]:
    rows = Differentiator.objects.active().filter(product=product[0] if product else None)
    return list(rows.order_by("place").values_list("text", flat=True))


def reasons(error: pytest.ExceptionInfo[ValidationError]) -> dict[str, list[str]]:
    return error.value.message_dict


def test_the_same_words_are_the_same_piece_whatever_stands_between_them() -> None:
    a_differentiator("Live in a week!")
    a_differentiator("Live in a week", product=a_product())
    with pytest.raises(ValidationError) as error:
        a_differentiator("  live — in a WEEK")
    assert reasons(error) == {"text": ["This is said of that product already."]}


def test_a_retired_twin_is_to_be_restored() -> None:
    a_differentiator().retire(**SAID)
    with pytest.raises(ValidationError, match="restore it"):
        a_differentiator()


def test_a_text_without_words_is_refused() -> None:
    with pytest.raises(ValidationError) as error:
        a_question("???")
    assert reasons(error) == {"text": ["Write it in words."]}


def test_pieces_stand_in_order_among_those_for_the_same() -> None:
    platform = a_product()
    first, second, third = (a_differentiator(text) for text in ("One", "Two", "Three"))
    a_differentiator("Own", product=platform)
    third.change(place=1, **SAID)
    assert texts() == ["Three", "One", "Two"]
    first.change(product=platform, **SAID)
    assert (texts(), texts(platform)) == (["Three", "Two"], ["Own", "One"])
    third.refresh_from_db()
    third.retire(**SAID)
    second.refresh_from_db()
    assert (texts(), second.place) == (["Two"], 1)
    third.restore(**SAID)
    assert texts() == ["Two", "Three"]


def test_what_is_retired_is_neither_placed_nor_retired_again() -> None:
    piece = a_question()
    piece.retire(**SAID)
    for verb in (lambda: piece.retire(**SAID), lambda: piece.change(place=1, **SAID)):
        with pytest.raises(ValidationError, match="retired"):
            verb()


def test_who_saves_second_is_told_so() -> None:
    piece = a_question()
    piece.change(text="Who decides?", version=1, **SAID)
    with pytest.raises(Stale):
        piece.change(text="Who pays?", version=1, **SAID)


def test_it_is_idle_when_nobody_used_it_for_90_days() -> None:
    piece = a_question()
    assert [piece.is_idle(TODAY + timedelta(days=n)) for n in (89, 90)] == [False, True]
    piece.last_used_on = TODAY + timedelta(days=60)
    assert [piece.is_idle(TODAY + timedelta(days=n)) for n in (149, 150)] == [False, True]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"fact": "sector", "condition": "at_least", "least": 5}, "condition"),
        ({"fact": "parent", "condition": "one_of", "texts": ["Acme"]}, "condition"),
        ({"fact": "sector", "condition": "one_of", "texts": [" "]}, "texts"),
        ({"fact": "sector", "condition": "one_of", "texts": ["Retail; Energy"]}, "texts"),
        ({"fact": "sector", "condition": "one_of", "texts": "Retail"}, "texts"),
        ({"fact": "sector", "condition": "one_of", "texts": ["a"] * 3 + ["x" * 101]}, "texts"),
        ({"fact": "employees", "condition": "between", "least": 5}, "most"),
        ({"fact": "employees", "condition": "between", "least": 5, "most": 4}, "most"),
        ({"fact": "employees", "condition": "at_least", "least": -1}, "least"),
        ({"fact": "employees", "condition": "known", "weight": 11}, "weight"),
        ({"fact": "shoe size", "condition": "known"}, "fact"),
    ],
)
def test_a_criterion_that_makes_no_sense_is_refused(fields: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as error:
        a_criterion(**fields)
    assert field in reasons(error)


def test_a_criterion_keeps_only_what_its_condition_needs() -> None:
    criterion = a_criterion(
        fact="sector", condition="one_of", texts=[" Retail ", "retail", "Energy"], least=5
    )
    assert (criterion.texts, criterion.least) == (["Retail", "Energy"], None)
    criterion.change(condition="known", **SAID)
    assert IcpCriterion.objects.get().texts == []


def on(day: date) -> list[str]:
    return [each.title for each in Priority.objects.on(day)]


def test_a_priority_is_in_force_on_its_first_and_its_last_day_and_between() -> None:
    a_priority("January", first_day=date(2027, 1, 31), last_day=date(2027, 2, 28))
    a_priority("For good", first_day=date(2027, 2, 28))
    assert on(date(2027, 1, 30)) == []
    assert on(date(2027, 1, 31)) == ["January"]
    assert on(date(2027, 2, 28)) == ["January", "For good"]
    assert on(date(2027, 3, 1)) == ["For good"]
    Priority.objects.get(title="For good").retire(**SAID)
    assert on(date(2027, 3, 1)) == []


def test_a_priority_ends_after_it_begins() -> None:
    with pytest.raises(ValidationError) as error:
        a_priority(last_day=TODAY - timedelta(days=1))
    assert "last_day" in reasons(error)


def test_everybody_reads_the_playbook(rosa: User) -> None:
    a_question(stage=a_stage(2))
    assert Differentiator.objects.visible_to(rosa).count() == 0
    assert a_question("Why?").peers().visible_to(rosa).count() == 1


def test_the_query_and_the_piece_agree_on_each_day() -> None:
    days = [TODAY + timedelta(days=n) for n in range(-2, 3)]
    spans = [(first, last) for first in days for last in (None, *days) if not last or last >= first]
    for n, (first, last) in enumerate(spans):
        a_priority(f"Priority {n}", first_day=first, last_day=last)
    for day in days:
        found = set(Priority.objects.on(day))
        for each in Priority.objects.all():
            in_force = standing(each.first_day, each.last_day, day) == IN_FORCE
            assert (each in found) is in_force
