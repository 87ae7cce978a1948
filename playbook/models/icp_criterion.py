"""The ideal customer profile: what we want to be true of an account, and how much it weighs."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from playbook.models.material import TEXT_LENGTH, Material, words_of

SECTOR, LOCATION, PARENT = "sector", "location", "parent"
EMPLOYEES, REVENUE, ESTABLISHED = "employees", "annual_revenue", "year_established"
FACTS = [
    (SECTOR, "Sector"),
    (LOCATION, "Location"),
    (EMPLOYEES, "Employees"),
    (REVENUE, "Annual revenue, millions"),
    (ESTABLISHED, "Year established"),
    (PARENT, "Parent company"),
]
ONE_OF, AT_LEAST, AT_MOST, BETWEEN, KNOWN = "one_of", "at_least", "at_most", "between", "known"
CONDITIONS = [
    (ONE_OF, "Is one of"),
    (AT_LEAST, "Is at least"),
    (AT_MOST, "Is at most"),
    (BETWEEN, "Is between"),
    (KNOWN, "Is known, or there is one"),
]
TEXTS, NUMBERS = (SECTOR, LOCATION), (EMPLOYEES, REVENUE, ESTABLISHED)
ALLOWED = {
    **dict.fromkeys(TEXTS, (ONE_OF, KNOWN)),
    **dict.fromkeys(NUMBERS, (AT_LEAST, AT_MOST, BETWEEN, KNOWN)),
    PARENT: (KNOWN,),
}
NEEDS = {AT_LEAST: ("least",), AT_MOST: ("most",), BETWEEN: ("least", "most")}
MOST_TEXTS, TEXT_MOST = 30, 100
SEPARATOR = ";"  # between the texts, where they stand in one line


class IcpCriterion(Material):
    """One fact of an account, the condition it should meet, and its weight from 1 to 10.

    `texts` for "is one of": met when the words of one of them stand in the fact. `least` and `most`
    are numbers in the unit of the fact, both themselves allowed.
    """

    CHANGEABLE: ClassVar = frozenset(
        {"name", "fact", "condition", "texts", "least", "most", "weight", "why"}
    )
    SAID_BY: ClassVar = "name"
    TWIN: ClassVar = "There is a criterion of that name already."

    name = models.CharField(max_length=120)
    fact = models.CharField(max_length=16, choices=FACTS)
    condition = models.CharField(max_length=8, choices=CONDITIONS)
    texts = models.JSONField(default=list, blank=True)
    least = models.DecimalField(
        max_digits=14, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    most = models.DecimalField(
        max_digits=14, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    weight = models.PositiveSmallIntegerField(
        default=5, validators=[MinValueValidator(1), MaxValueValidator(10)]
    )
    why = models.CharField(max_length=TEXT_LENGTH)

    class Meta:
        ordering = ["-weight", "name", "pk"]
        verbose_name_plural = "ICP criteria"

    def refuse_nonsense(self) -> None:
        super().refuse_nonsense()
        if self.condition not in ALLOWED.get(self.fact, (self.condition,)):
            raise ValidationError({"condition": self._other_condition()})
        errors: dict[str, Any] = {}
        if self.condition == ONE_OF:
            self._clean_texts(errors)
        else:
            self.texts = []
        needed = NEEDS.get(self.condition, ())
        for name in ("least", "most"):
            if name not in needed:
                setattr(self, name, None)
            elif getattr(self, name) is None:
                errors[name] = "This condition needs a number here."
        if not errors and self.condition == BETWEEN and self.least > self.most:  # type: ignore[operator]
            errors["most"] = "The most is less than the least."
        if errors:
            raise ValidationError(errors)

    def _clean_texts(self, errors: dict[str, Any]) -> None:
        if not isinstance(self.texts, list) or not all(isinstance(t, str) for t in self.texts):
            errors["texts"] = "Give a list of texts."
            return
        first = {words_of(text): text.strip() for text in reversed(self.texts) if text.strip()}
        self.texts = list(reversed(first.values()))
        if not self.texts or " " * 2 in first:
            errors["texts"] = "Give at least one text, in words."
        elif len(self.texts) > MOST_TEXTS or any(len(text) > TEXT_MOST for text in self.texts):
            errors["texts"] = f"At most {MOST_TEXTS} texts of {TEXT_MOST} characters."
        elif any(SEPARATOR in text or "\n" in text for text in self.texts):
            errors["texts"] = "Write each text without a semicolon."

    def _other_condition(self) -> str:
        known = dict(CONDITIONS)
        allowed = ", ".join(f"“{known[name].lower()}”" for name in ALLOWED[self.fact])
        return f"Of {self.get_fact_display().lower()} one can ask: {allowed}."
