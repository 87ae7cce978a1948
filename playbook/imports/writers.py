"""Writing material through its verbs; known again by its words, and by what it is for."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, ClassVar, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model

from pipeline.imports.administrated import importer, moment
from pipeline.imports.drafts import Draft, key_of
from pipeline.imports.writer import Writer
from playbook.models import Differentiator, IcpCriterion, Priority, Question
from playbook.models.icp_criterion import CONDITIONS, FACTS, SEPARATOR
from playbook.models.material import Material, words_of
from playbook.models.question import SITUATIONS

M = TypeVar("M", bound=Material)
Choices = list[tuple[str, str]]


class MaterialWriter(Writer[M]):
    """What all kinds of material share."""

    choices: ClassVar[dict[str, Choices]] = {}  # fields that hold one of these, by either word
    blanks: ClassVar[dict[str, Any]] = {}  # what an empty cell means, where its column is mapped

    def prepare(self) -> Counter[str]:
        """Raises ValidationError for a file that nobody may import."""
        importer(self.source)
        return Counter()

    def key(self, draft: Draft) -> str:
        """By what two rows of a file are the same."""
        scope = [self._scope_word(draft, name) for name in self.model.FOR]
        return "\n".join([words_of(draft.values[self.kind.key]), *scope])

    def _scope_word(self, draft: Draft, name: str) -> str:
        if name in draft.names:
            return key_of(draft.names[name].text)
        said = str(draft.values.get(name, ""))
        return _chosen(said, self.choices[name]) or said if name in self.choices else said

    def judge(self, draft: Draft) -> None:
        for name, choices in self.choices.items():
            self._choose(draft, name, choices)
        if draft.problems:
            return
        thing = self.model(**self._own(draft))
        try:
            thing.clean_fields(exclude={"key", "words", "added_on", *self.FOUND})
            thing.refuse_nonsense()
        except ValidationError as wrong:
            for name, reasons in wrong.message_dict.items():
                column = self.reader.column_names.get(name, self.key_column)
                draft.refuse(column, str(draft.values.get(name, "")), " ".join(reasons))
            return
        self._take(draft, thing)

    FOUND: ClassVar[tuple[str, ...]] = ("product", "stage")  # by name, never part of a value

    def _take(self, draft: Draft, thing: Any) -> None:
        """Note what became of the values when they were judged together."""

    def _choose(self, draft: Draft, name: str, choices: Choices) -> None:
        said = draft.values[name]
        chosen = _chosen(said, choices)
        if chosen is None:
            known = ", ".join(code for code, _ in choices)
            draft.refuse(self.reader.column_names[name], said, f"Use one of: {known}.")
        else:
            draft.values[name] = chosen

    def _own(self, draft: Draft) -> dict[str, Any]:
        mapped = self.reader.column_names
        empty = {name: value for name, value in self.blanks.items() if name in mapped}
        return {**empty, **draft.values}

    def known(self, drafts: Sequence[Draft]) -> list[M | None]:
        keys = [self._key_in_database(draft) for draft in drafts]
        rows = self.model._base_manager.filter(key__in=[key for key in keys if key])
        held = {each.key: each for each in (rows.select_for_update() if self.write else rows)}
        return [held.get(key) for key in keys]

    def _key_in_database(self, draft: Draft) -> str:
        """ "" for what is of something that this file makes."""
        if any(thing.pk is None for thing in draft.found.values()):
            return ""
        thing = self.model(**self._own(draft), **draft.found)
        thing.set_keys()
        return thing.key

    def target(self, draft: Draft, thing: Model | None) -> dict[str, Any]:
        return {**self._own(draft), **draft.found}

    def create(self, wanted: list[dict[str, Any]]) -> None:
        by, at = importer(self.source), moment(self.source)
        for values in wanted:
            self.model.add(by=by, at=at, **values)

    def update(self, wanted: list[tuple[M, dict[str, Any]]]) -> None:
        by, at = importer(self.source), moment(self.source)
        for piece, values in wanted:
            piece.change(by=by, at=at, **values)


class DifferentiatorWriter(MaterialWriter[Differentiator]):
    model = Differentiator
    blanks: ClassVar = {"proof": ""}


class QuestionWriter(MaterialWriter[Question]):
    model = Question
    choices: ClassVar = {"situation": SITUATIONS}


class PriorityWriter(MaterialWriter[Priority]):
    model = Priority
    blanks: ClassVar = {"last_day": None}

    def key(self, draft: Draft) -> str:
        return f"{super().key(draft)}\n{draft.values.get('first_day', '')}"

    def target(self, draft: Draft, thing: Model | None) -> dict[str, Any]:
        """A row without a product is for every deal, where products have a column."""
        general = {"product": None} if "product" in self.reader.column_names else {}
        return {**general, **super().target(draft, thing)}


class IcpCriterionWriter(MaterialWriter[IcpCriterion]):
    model = IcpCriterion
    choices: ClassVar = {"fact": FACTS, "condition": CONDITIONS}

    def _own(self, draft: Draft) -> dict[str, Any]:
        said = draft.values
        texts = said.get("texts", "")
        parts = texts.split(SEPARATOR) if isinstance(texts, str) else texts
        return {"least": None, "most": None, **said, "texts": [t.strip() for t in parts]}

    def _take(self, draft: Draft, thing: Any) -> None:
        draft.values |= {name: getattr(thing, name) for name in ("texts", "least", "most")}


def _chosen(said: str, choices: Choices) -> str | None:
    """The code of what was chosen by its code or its label."""
    words = words_of(said.replace("_", " "))
    same = (code for code, label in choices if words in (words_of(label), _plain(code)))
    return next(same, None)


def _plain(code: str) -> str:
    return words_of(code.replace("_", " "))
