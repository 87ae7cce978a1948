"""Two write in the same parts at once, by the API, in any order: not a line is lost unseen.

Each client has a copy of its own, types and deletes lines in it, and sends it with the version it
read. Answered 412, it takes the text that came with it, keeps what it typed itself, and goes on.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from random import Random
from typing import Any

import pytest
from django.utils import timezone

from people.models import User
from reviews.models import Review, ReviewPart
from tests.conftest import As

INTERLEAVINGS = 1_000
A_PART = 100  # of them; then the next one begins empty


@dataclass
class Paper:
    """What was ever typed into a part, and what somebody deleted who had it before their eyes."""

    part: ReviewPart
    typed: set[str] = field(default_factory=set)
    deleted: set[str] = field(default_factory=set)
    saves: int = 0
    refusals: int = 0

    @property
    def address(self) -> str:
        return f"/api/v1/review-parts/{self.part.pk}/"

    @property
    def saved(self) -> str:
        return ReviewPart.objects.values_list("notes", flat=True).get(pk=self.part.pk)

    @property
    def wanted(self) -> set[str]:
        return self.typed - self.deleted


class Writer:
    """One device: the text on its screen, and the text and version that it read last."""

    def __init__(self, name: str, api: Any, paper: Paper, *, careless: bool = False) -> None:
        self.name, self.api, self.paper, self.careless = name, api, paper, careless
        self.lines: list[str] = []
        self.read: list[str] = []
        self.version = 1
        self.numbers = count(1)

    @property
    def unsaved(self) -> set[str]:
        return set(self.lines) - set(self.read)

    def edit(self, draw: Random) -> None:
        """Type a line or two, and now and then delete one that is on the screen."""
        for _ in range(draw.randint(1, 2)):
            line = f"{self.name} {self.paper.part.pk}.{next(self.numbers)}"
            self.lines.insert(draw.randint(0, len(self.lines)), line)
            self.paper.typed.add(line)
        for _ in range(draw.choice([0, 1, 1, 2, 3]) if len(self.lines) > 3 else 0):
            line = draw.choice(self.lines)
            self.lines.remove(line)
            self.paper.deleted.add(line)

    def save(self) -> bool:
        """Send what is on the screen; whether it was taken."""
        tag = "*" if self.careless else f'"{self.version}"'
        said = {"notes": "\n".join(self.lines)}
        answer = self.api.patch(self.paper.address, said, headers={"if-match": tag})
        if answer.status_code == 200:
            self.paper.saves += 1
            assert answer.data["notes"] == said["notes"]
            self.read, self.version = list(self.lines), answer.data["version"]
            return True
        assert answer.status_code == 412, answer.data
        self.paper.refusals += 1
        sent = answer.json()
        assert sent["current"]["notes"] == self.paper.saved, "412 without the text that is saved"
        assert answer["ETag"] == f'"{sent["version"]}"' != tag
        self.merge(lines_of(sent["current"]["notes"]), sent["version"])
        return False

    def look(self) -> None:
        """Others' changes appear."""
        seen = self.api.get(self.paper.address).data
        self.merge(lines_of(seen["notes"]), seen["version"])

    def merge(self, theirs: Sequence[str], version: int) -> None:
        """Their text without what was deleted here, with what was typed here."""
        gone, typed = set(self.read) - set(self.lines), self.unsaved
        merged = [line for line in theirs if line not in gone]
        merged += [line for line in self.lines if line in typed and line not in theirs]
        self.lines, self.read, self.version = merged, list(theirs), version


def lines_of(text: str) -> list[str]:
    return text.split("\n") if text else []


def interleave(first: Writer, second: Writer, draw: Random) -> None:
    """Each writes something and, mostly, saves, in any order; they look now and then in between."""
    steps = [first.edit, second.edit]
    for writer in (first, second):
        if draw.random() < 0.75:
            steps += [lambda _, writer=writer: writer.save()]
        if draw.random() < 0.05:
            steps += [lambda _, writer=writer: writer.look()]
        if draw.random() < 0.15:
            steps += [writer.edit]
    draw.shuffle(steps)
    for step in steps:
        step(draw)


def settle(writers: Sequence[Writer]) -> None:
    """Until both have saved and seen the same."""
    for _ in range(3):
        for writer in writers:
            while not writer.save():
                pass
    for writer in writers:
        writer.look()


def assert_nothing_is_lost(paper: Paper, writers: Sequence[Writer]) -> None:
    """Each line is saved, or still on the screen of whoever typed it."""
    there = set(lines_of(paper.saved)).union(*(writer.unsaved for writer in writers))
    assert paper.wanted - there == set()


def write_together(paper: Paper, writers: Sequence[Writer], draw: Random, times: int) -> None:
    for _ in range(times):
        interleave(writers[0], writers[1], draw)
        assert_nothing_is_lost(paper, writers)
    settle(writers)
    assert set(lines_of(paper.saved)) == paper.wanted
    assert [writer.lines for writer in writers] == [lines_of(paper.saved)] * 2


@pytest.fixture
def quiet() -> Iterator[None]:
    """A refusal is what is asked for here, and logging hundreds takes longer than making them."""
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def papers(rosa: User, pia: User, mia: User) -> list[tuple[User, Paper]]:
    """The ten parts of two running reviews."""
    now, found = timezone.now(), []
    for rep in (rosa, pia):
        review = Review.arrange(rep, now + timedelta(hours=1), by=mia, at=now)
        review.start(by=mia, at=now)
        found += [(rep, Paper(part)) for part in review.parts.all()]
    return found


@pytest.mark.slow
@pytest.mark.once
def test_no_line_is_lost_in_a_thousand_interleavings(
    papers: list[tuple[User, Paper]], mia: User, as_: type[As], quiet: None
) -> None:
    draw, manager = Random(20261122), as_.api(mia)
    reps = {rep.pk: as_.api(rep) for rep, _ in papers}
    for rep, paper in papers:
        writers = [Writer("mia", manager, paper), Writer(rep.name, reps[rep.pk], paper)]
        write_together(paper, writers, draw, A_PART)
        assert paper.deleted
    assert len(papers) * A_PART == INTERLEAVINGS
    assert sum(paper.refusals for _, paper in papers) > INTERLEAVINGS / 5
    assert sum(paper.saves for _, paper in papers) > INTERLEAVINGS / 2


def test_the_same_would_notice_a_save_that_overwrites(
    papers: list[tuple[User, Paper]], mia: User, as_: type[As]
) -> None:
    rep, paper = papers[0]
    writers = [
        Writer("mia", as_.api(mia), paper, careless=True),
        Writer(rep.name, as_.api(rep), paper),
    ]
    with pytest.raises(AssertionError):
        write_together(paper, writers, Random(1), A_PART)
