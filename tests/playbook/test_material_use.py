"""What is used is counted, from what is written, so that dead material shows."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from coaching.models import Inspection
from coaching.models.plan_content import TextLine
from people.models import Organisation, User
from playbook.models import Differentiator, MaterialUse, Question
from playbook.use import note_uses
from reviews.models import Review
from tests.factories import NOW, TODAY, a_call, a_differentiator, a_plan, a_question

HOUR = timedelta(hours=1)
COSTS = TextLine("What does waiting cost them?")


def uses() -> dict[str, int]:
    rows = [*Differentiator.objects.all(), *Question.objects.all()]
    return {each.text: each.uses for each in rows if each.uses}


def note(text: str, rosa: User, ref: int = 1) -> None:
    note_uses([text], MaterialUse.PLAN, ref, by=rosa, at=NOW)


@pytest.mark.parametrize(
    ("written", "counts"),
    [
        ("Who signs?", True),
        ("Ask: WHO  signs, and when", True),
        ("whó signs", True),
        ("Who signs", True),
        ("Whoever signs", False),
        ("Who\nsigns", True),
        ("Who else signs", False),
        ("", False),
    ],
)
def test_it_was_used_when_its_words_stand_in_what_was_written(
    rosa: User, written: str, counts: bool
) -> None:
    a_question()
    note(written, rosa)
    assert uses() == ({"Who signs?": 1} if counts else {})


def test_words_of_two_texts_are_no_use(rosa: User) -> None:
    a_question()
    note_uses(["Who", "signs"], MaterialUse.PLAN, 1, by=rosa, at=NOW)
    assert uses() == {}


def test_it_counts_once_a_place(rosa: User) -> None:
    a_question()
    for ref in (1, 1, 2):
        note("Who signs?", rosa, ref)
    note_uses(["Who signs?"], MaterialUse.REVIEW, 1, by=rosa, at=NOW)
    assert uses() == {"Who signs?": 3}
    assert MaterialUse.objects.count() == 3


def test_retired_material_is_not_counted(rosa: User) -> None:
    a_question().retire(by=rosa, at=NOW)
    note("Who signs?", rosa)
    assert uses() == {}


def test_the_day_of_use_is_the_organisations(rosa: User) -> None:
    Organisation.current().change(time_zone="Pacific/Auckland")
    a_question()
    note_uses(["Who signs?"], MaterialUse.PLAN, 1, by=rosa, at=NOW + 4 * HOUR)
    assert Question.objects.get().last_used_on == TODAY + timedelta(days=1)


def test_filing_a_plan_counts_its_lines_and_filing_it_again_counts_nothing(
    rosa: User, mia: User
) -> None:
    a_question("What does waiting cost them?")
    a_differentiator("Live in a week")
    a_differentiator("Cheaper")
    call = a_call(rosa)
    plan = a_plan(call, learn=[COSTS], give=[TextLine("Live in a week, with proof")])
    Inspection.give(plan, "change", by=mia, at=NOW, part="learn", comment="Which cost?")
    plan.refresh_from_db()
    plan.file(by=rosa, at=NOW + HOUR)
    assert uses() == {"Live in a week": 1, "What does waiting cost them?": 1}


def test_a_draft_uses_nothing(rosa: User) -> None:
    a_question("What does waiting cost them?")
    a_plan(a_call(rosa), file=False, learn=[COSTS])
    assert uses() == {}


def test_asking_in_an_inspection_counts(rosa: User, mia: User) -> None:
    a_question("What if they say no?", situation="inspection")
    plan = a_plan(a_call(rosa))
    Inspection.give(plan, "talk", by=mia, at=NOW, comment="What if they say no?")
    assert uses() == {"What if they say no?": 1}


def test_a_closed_1_on_1_counts_what_its_parts_say(rosa: User, mia: User) -> None:
    a_question("What did you learn?", situation="review")
    review = Review.arrange(rosa, NOW, by=mia, at=NOW)
    review.start(by=mia, at=NOW)
    review.parts.get(number=3).write("What did you learn? Nothing", by=mia, at=NOW)
    assert uses() == {}
    review.refresh_from_db()
    review.close(by=mia, at=NOW + HOUR)
    assert uses() == {"What did you learn?": 1}


def test_it_takes_the_same_statements_however_much_there_is(rosa: User) -> None:
    def statements(pieces: range, ref: int) -> int:
        for n in pieces:
            a_question(f"Question {n}?")
            a_differentiator(f"Apart {n}")
        texts = [f"Question {n} and apart {n}" for n in range(pieces.stop)]
        with CaptureQueriesContext(connection) as queries:
            note_uses(texts, MaterialUse.PLAN, ref, by=rosa, at=NOW)
        return len(queries)

    assert statements(range(2), 1) == statements(range(2, 12), 2) <= 9
    assert len(uses()) == 24
