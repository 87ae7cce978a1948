"""How well an account fits the ideal customer profile, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from pipeline.models import Account
from playbook.models import IcpCriterion
from playbook.models.icp_criterion import (
    AT_LEAST,
    AT_MOST,
    BETWEEN,
    ESTABLISHED,
    KNOWN,
    ONE_OF,
    PARENT,
    TEXTS,
)
from playbook.models.material import words_of

MET, NOT_MET, NOT_KNOWN = "met", "not_met", "not_known"
Value = str | int | Decimal | None


@dataclass(frozen=True)
class Reason:
    """A criterion with what the account is (`own`) and what was wanted, both in words."""

    criterion: IcpCriterion
    state: str
    own: str
    wanted: str


@dataclass(frozen=True)
class Fit:
    """`percent`: the weights met, of those that can be judged; None when none can be."""

    percent: int | None
    reasons: list[Reason]

    @property
    def unknown(self) -> int:
        """How many criteria cannot be judged."""
        return sum(reason.state == NOT_KNOWN for reason in self.reasons)


def fit_of(account: Account, criteria: Sequence[IcpCriterion]) -> Fit | None:
    """The account against the criteria, the heaviest first; None without any. Reads nothing.

    A fact that is not known is left out of the percent, unless knowing it is the criterion. A half
    of a percent counts as a whole one.
    """
    if not criteria:
        return None
    reasons = [_reason(account, criterion) for criterion in criteria]
    judged = sum(each.criterion.weight for each in reasons if each.state != NOT_KNOWN)
    met = sum(each.criterion.weight for each in reasons if each.state == MET)
    percent = (200 * met + judged) // (2 * judged) if judged else None
    return Fit(percent, reasons)


def _reason(account: Account, criterion: IcpCriterion) -> Reason:
    value = _value(account, criterion.fact)
    return Reason(
        criterion, _state(criterion, value), _said(criterion.fact, value), wanted(criterion)
    )


def _value(account: Account, fact: str) -> Value:
    if fact == PARENT:
        return "there is one" if account.parent_id else None
    value: Value = getattr(account, fact)
    return (value.strip() or None) if isinstance(value, str) else value


def _state(criterion: IcpCriterion, value: Value) -> str:
    if criterion.condition == KNOWN:
        return MET if value is not None else NOT_MET
    if value is None:
        return NOT_KNOWN
    return MET if _is_met(criterion, value) else NOT_MET


def _is_met(criterion: IcpCriterion, value: str | int | Decimal) -> bool:
    if criterion.condition == ONE_OF:
        own = words_of(str(value))
        return any(words_of(text) in own for text in criterion.texts)
    number = Decimal(value)
    above = criterion.least is None or number >= criterion.least
    return above and (criterion.most is None or number <= criterion.most)


def wanted(criterion: IcpCriterion) -> str:
    """The condition in words: "at least 50"."""
    least, most = (_said(criterion.fact, each) for each in (criterion.least, criterion.most))
    return {
        ONE_OF: " or ".join(criterion.texts),
        AT_LEAST: f"at least {least}",
        AT_MOST: f"at most {most}",
        BETWEEN: f"{least} to {most}",
        KNOWN: "there is one" if criterion.fact == PARENT else "known",
    }[criterion.condition]


def _said(fact: str, value: Value) -> str:
    if value is None:
        return "none" if fact == PARENT else "not known"
    if fact in TEXTS or fact == PARENT:
        return str(value)
    number = Decimal(value)
    if number == number.to_integral_value():
        return f"{int(number)}" if fact == ESTABLISHED else f"{int(number):,}"
    return f"{number:,.2f}"
