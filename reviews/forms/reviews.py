"""What is written in a 1-on-1: texts that save themselves, agreements, odds, remarks."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from django import forms

from lib.verb_form import VerbForm, VersionedVerbForm
from people.models import User
from pipeline.forms.facts import day_field
from reviews.models import (
    Agreement,
    Review,
    ReviewDeal,
    ReviewNote,
    ReviewPart,
    ReviewPreparation,
    ReviewRemark,
)
from reviews.models.agreement import TEXT_LENGTH, NextStep
from reviews.models.review_note import NOTE_LENGTH
from reviews.models.review_part import NOTES_LENGTH
from reviews.models.review_preparation import ANSWER_LENGTH, QUESTIONS
from reviews.models.review_remark import REMARK_LENGTH

PIECES = 3  # of a split agreement, on the form


def _text(label: str, length: int, rows: int = 4) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows, "class": "serif"})
    return forms.CharField(label=label, max_length=length, required=False, widget=widget)


class TextForm(VersionedVerbForm):
    """Texts of one row that save themselves while one types; `write` is the verb that keeps them.

    Several of these are on one page: each has ids of its own.
    """

    FIELDS: ClassVar[tuple[str, ...]]

    def __init__(self, row: Any, data: Any = None) -> None:
        initial = {name: getattr(row, name) for name in ("version", *self.FIELDS)}
        super().__init__(data, initial=initial, auto_id=f"{type(row).__name__.lower()}_%s")
        self.row = row

    def keep(self, *, by: User, at: datetime) -> bool:
        """Whether the texts are saved, now or by an earlier answer that was lost on the way."""
        if not self.is_valid():
            return False
        said = {name: self.cleaned_data[name] for name in self.FIELDS}
        version = self.cleaned_data["version"]
        return self.carry_out(lambda: self.write(said, by=by, at=at, version=version))

    def write(self, said: dict[str, str], **how: Any) -> None:
        raise NotImplementedError


class PartForm(TextForm):
    FIELDS = ("notes",)
    row: ReviewPart
    notes = _text("What we say", NOTES_LENGTH, rows=5)

    def write(self, said: dict[str, str], **how: Any) -> None:
        self.row.write(said["notes"], **how)


class PreparationForm(TextForm):
    FIELDS = tuple(QUESTIONS)
    row: ReviewPreparation
    in_the_way = _text(QUESTIONS["in_the_way"], ANSWER_LENGTH)
    doing = _text(QUESTIONS["doing"], ANSWER_LENGTH)
    help_needed = _text(QUESTIONS["help_needed"], ANSWER_LENGTH)

    def write(self, said: dict[str, str], **how: Any) -> None:
        self.row = ReviewPreparation.write(self.row.review, said, **how)


class NoteForm(TextForm):
    FIELDS = ("text",)
    row: ReviewNote
    text = _text("Only you read this", NOTE_LENGTH)

    def write(self, said: dict[str, str], **how: Any) -> None:
        self.row = ReviewNote.write(self.row.review, said["text"], **how)


class NextStepForm(VerbForm):
    """An agreement needs who and when."""

    text = forms.CharField(
        label="What",
        max_length=TEXT_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    owner = forms.ChoiceField(label="Who", widget=forms.RadioSelect)
    due_on = day_field(label="By")

    def __init__(self, review: Review, today: date, data: Any = None) -> None:
        initial = {"owner": review.rep_id, "due_on": today + timedelta(days=7)}
        super().__init__(data, initial=initial, auto_id="agreement_%s")
        self.review = review
        self.fields["owner"].choices = _two(review)  # type: ignore[attr-defined]

    def make(self, *, by: User, at: datetime) -> bool:
        """Whether it is agreed now."""
        if not self.is_valid():
            return False
        said = self.cleaned_data | {"owner": _of_two(self.review, self.cleaned_data["owner"])}
        return self.carry_out(lambda: Agreement.make(**said, review=self.review, by=by, at=at))


def _two(review: Review) -> list[tuple[str, str]]:
    return [(str(person.pk), person.name) for person in (review.rep, review.manager)]


def _of_two(review: Review, pk: str) -> User:
    return review.manager if pk == str(review.manager_id) else review.rep


class PieceForm(forms.Form):
    """One of the smaller ones; empty it is none."""

    text = forms.CharField(
        label="What",
        max_length=TEXT_LENGTH,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    owner = forms.ChoiceField(label="Who")
    due_on = day_field(label="By", required=False)

    def __init__(self, *args: Any, review: Review, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].choices = _two(review)  # type: ignore[attr-defined]


class SplitForm(VersionedVerbForm):
    """Splits an agreement into two or three smaller ones."""

    def __init__(self, agreement: Agreement, review: Review, today: date, data: Any = None) -> None:
        super().__init__(data, initial={"version": agreement.version})
        self.agreement, self.review = agreement, review
        first = {"owner": str(agreement.owner_id), "due_on": today + timedelta(days=7)}
        self.pieces = [
            PieceForm(data, prefix=f"piece-{n}", review=review, initial=first)
            for n in range(1, PIECES + 1)
        ]

    def split(self, *, by: User, at: datetime) -> bool:
        if not all([self.is_valid(), *(piece.is_valid() for piece in self.pieces)]):
            return False
        said = (piece.cleaned_data for piece in self.pieces)
        into = [
            NextStep(each["text"], _of_two(self.review, each["owner"]), each["due_on"])
            for each in said
            if each["text"]
        ]
        version = self.cleaned_data["version"]
        return self.carry_out(
            lambda: self.agreement.split(into, review=self.review, by=by, at=at, version=version)
        )

    @property
    def status(self) -> int:
        wrong = any(piece.errors for piece in self.pieces if piece.is_bound)
        return super().status if self.errors or not wrong else 400


class OddsForm(VersionedVerbForm):
    """How likely the rep thinks it is, and why, before the system says what it thinks."""

    own_probability = forms.IntegerField(
        label="How likely, in percent?",
        min_value=0,
        max_value=100,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    own_probability_reason = forms.CharField(
        label="Why?", max_length=500, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    better_odds = forms.CharField(
        label="What would improve the odds?",
        max_length=500,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, deal: ReviewDeal, data: Any = None) -> None:
        names = ("version", "own_probability", "own_probability_reason", "better_odds")
        initial = {name: getattr(deal, name) for name in names}
        super().__init__(data, initial=initial, auto_id=f"odds_{deal.pk}_%s")
        self.deal = deal

    def answer(self, *, by: User, at: datetime) -> bool:
        return self.is_valid() and self.carry_out(
            lambda: self.deal.answer(by=by, at=at, **self.cleaned_data)
        )


class SeenForm(VersionedVerbForm):
    """A verb on the review as it was read: agreeing, closing."""

    def do(self, verb: Callable[..., None], **how: Any) -> bool:
        """Whether it went through; refused when anything changed since it was read."""
        return self.is_valid() and self.carry_out(lambda: verb(**self.cleaned_data, **how))


class RemarkForm(VerbForm):
    text = forms.CharField(
        label="Remark",
        max_length=REMARK_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3, "class": "serif"}),
    )

    def add(self, review: Review, *, by: User, at: datetime) -> bool:
        return self.is_valid() and self.carry_out(
            lambda: ReviewRemark.add(review, self.cleaned_data["text"], by=by, at=at)
        )
