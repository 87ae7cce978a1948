"""Of two texts in one nothing is lost, and what they share is said once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.merging import merged

LINES = st.lists(st.sampled_from(["", "a", "b", "c", "ab", "Ask Ann"]), max_size=12).map("\n".join)
TEXTS = st.one_of(LINES, st.text(max_size=40))


@pytest.mark.parametrize(
    ("saved", "mine", "both"),
    [
        ("", "", ""),
        ("Rosa calls", "", "Rosa calls"),
        ("", "Mia asks", "Mia asks"),
        ("Same", "Same", "Same"),
        ("Rosa calls", "Mia asks", "Rosa calls\nMia asks"),
        ("Agenda\nRosa calls", "Agenda\nMia asks", "Agenda\nRosa calls\nMia asks"),
        ("One\nTwo\nThree", "One\n2\nThree", "One\nTwo\n2\nThree"),
        ("One\nTwo", "Zero\nOne\nTwo\nThree", "Zero\nOne\nTwo\nThree"),
        ("Zero\nOne\nTwo", "One\nTwo\nThree", "Zero\nOne\nTwo\nThree"),
        ("Ask A", "Ask Ann", "Ask Ann"),
        ("One\r\nTwo", "One\nTwo\nThree\r\n", "One\nTwo\nThree\n"),
        ("x\na\nb", "x\nc\na\nd\nb\nx\na", "x\nc\na\nd\nb\nx\na"),
    ],
)
def test_two_texts_in_one(saved: str, mine: str, both: str) -> None:
    assert merged(saved, mine) == both


def lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").split("\n")


def in_order(some: list[str], whole: list[str]) -> bool:
    rest = iter(whole)
    return all(line in rest for line in some)


@given(TEXTS, TEXTS)
def test_every_line_of_either_is_there_in_its_order(saved: str, mine: str) -> None:
    both = merged(saved, mine)
    for text in (saved, mine):
        whole = text.replace("\r\n", "\n") in both
        assert whole or in_order(lines(text), lines(both))


@given(TEXTS, TEXTS)
def test_nothing_is_there_more_often_than_in_both_together(saved: str, mine: str) -> None:
    both = lines(merged(saved, mine))
    for line in both:
        assert both.count(line) <= lines(saved).count(line) + lines(mine).count(line)


@given(TEXTS)
def test_a_text_and_itself_is_itself(text: str) -> None:
    assert merged(text, text) == "\n".join(lines(text))


@given(LINES, LINES, LINES)
def test_the_longer_of_two_is_both(before: str, text: str, after: str) -> None:
    longer = f"{before}\n{text}\n{after}"
    assert merged(text, longer) == merged(longer, text) == longer


@given(LINES, LINES)
def test_keeping_both_again_changes_nothing(saved: str, mine: str) -> None:
    both = merged(saved, mine)
    assert merged(both, mine) == merged(saved, both) == both
