"""Training modules as CSV files: in, out, and in again without a change."""

from typing import Any

import pytest

from people.models import User
from playbook.models import TrainingModule
from playbook.models.training import LONGEST_TEXT
from tests.conftest import As
from tests.factories import a_training_module
from tests.support.imports import counts, import_text

HEADER = "Title,Afterwards one can,Text,Link,Minutes\n"


def exported(as_: type[As], user: User) -> bytes:
    answer: Any = as_.page(user).get("/playbook/training/export/")
    return b"".join(answer.streaming_content)


def test_a_file_brings_modules_and_the_same_file_again_nothing(ada: User) -> None:
    text = HEADER + (
        'Asking first,Ask before telling,"One, two\n\nthree",example.com/film,30\n'
        "Talking of price,Name it and wait,,,\n"
    )
    assert counts(import_text("training_modules", text, by=ada)) == (2, 0, 0, 0)
    first, second = TrainingModule.objects.all()
    assert (first.text, first.url, first.minutes) == (
        "One, two\n\nthree",
        "https://example.com/film",
        30,
    )
    assert (second.title, second.minutes) == ("Talking of price", 20)
    assert counts(import_text("training_modules", text, by=ada)) == (0, 0, 2, 0)


def test_a_module_is_known_by_its_title_and_changed(ada: User) -> None:
    a_training_module("Asking first", text="Old")
    text = HEADER + "ASKING FIRST,Ask twice,,,45\n"
    assert counts(import_text("training_modules", text, by=ada)) == (0, 1, 0, 0)
    module = TrainingModule.objects.get()
    assert (module.outcome, module.text, module.minutes) == ("Ask twice", "", 45)


def test_what_cannot_be_is_refused_with_its_line(ada: User) -> None:
    text = HEADER + (
        f"Too long,Read,{'x' * (LONGEST_TEXT + 1)},,\n"
        "No minutes,Read,,,0\n"
        "Without an outcome,,,,\n"
        "Twice,Read,,,\n"
        "twice,Read,,,\n"
        "No link,Read,,not a link,\n"
    )
    source = import_text("training_modules", text, by=ada)
    assert counts(source) == (1, 0, 0, 5)
    assert sorted(source.problems.values_list("line", flat=True)) == [2, 3, 4, 6, 7]


@pytest.mark.parametrize("text", ["=1+1\r\n\r\n-2", 'She said "no"; 1,5\nÜnal', "'quoted"])
def test_what_was_exported_comes_back_as_it_was(as_: type[As], ada: User, text: str) -> None:
    a_training_module("=Sum", text=text, url="https://example.com/a?b=c", minutes=7)
    a_training_module("Plain")
    file = exported(as_, ada)
    assert counts(import_text("training_modules", file.decode(), by=ada)) == (0, 0, 2, 0)


def test_everybody_may_take_the_file(as_: type[As], rosa: User) -> None:
    a_training_module("Plain")
    assert exported(as_, rosa).decode("utf-8-sig").splitlines()[1].startswith("Plain,")
