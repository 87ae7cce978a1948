"""What a rep writes on a pre-call plan: its five parts."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError

from pipeline.models import Contact

PURPOSE, WHO, LEARN, GIVE, COMMITMENTS = "purpose", "who", "learn", "give", "commitments"
PARTS = [
    (PURPOSE, "Purpose"),
    (WHO, "Who"),
    (LEARN, "Learn"),
    (GIVE, "Give"),
    (COMMITMENTS, "Commitments"),
]
LINE_PARTS = [part for part in PARTS if part[0] in (LEARN, GIVE, COMMITMENTS)]
WANTED = {
    PURPOSE: "Say in one sentence what the call is for.",
    WHO: "Name at least one person who must be there.",
    LEARN: "Write at least one thing to learn.",
    GIVE: "Write at least one thing to give.",
    COMMITMENTS: "Write at least one commitment to ask for, and the fallback.",
}
LINE_LENGTH = 500
MAX_LINES = 20


@dataclass
class WhoLine:
    """Somebody to be seen: a contact of the account, or somebody new by name and role."""

    contact: Contact | None = None
    name: str = ""
    role: str = ""
    met_before: bool = False


@dataclass
class TextLine:
    """A line of learn, give or commitments; `question` names the buyer question it asks."""

    text: str
    question: str = ""


@dataclass
class PlanContent:
    """Everything a rep writes on a plan, as a page or a client sends it."""

    purpose: str = ""
    who: list[WhoLine] = field(default_factory=list)
    learn: list[TextLine] = field(default_factory=list)
    give: list[TextLine] = field(default_factory=list)
    commitments: list[TextLine] = field(default_factory=list)
    fallback: str = ""

    def lines(self, part: str) -> list[TextLine]:
        found: list[TextLine] = getattr(self, part)
        return found

    def filled_parts(self) -> list[str]:
        """The parts that say something; commitments need a fallback beside them."""
        return [part for part, _ in PARTS if _FILLED[part](self)]

    def part(self, part: str) -> Any:
        """What one part says, comparable: of commitments their fallback, too."""
        if part == COMMITMENTS:
            return self.commitments, self.fallback
        return getattr(self, part)

    def clean(self) -> None:
        """Raise ValidationError with the part as key for what is too long or too much."""
        errors = {
            part: f"At most {MAX_LINES} lines of {LINE_LENGTH} characters each."
            for part, _ in LINE_PARTS
            if len(self.lines(part)) > MAX_LINES
            or any(len(line.text) > LINE_LENGTH for line in self.lines(part))
        }
        if len(self.purpose) > LINE_LENGTH:
            errors[PURPOSE] = f"At most {LINE_LENGTH} characters."
        if len(self.fallback) > LINE_LENGTH:
            errors["fallback"] = f"At most {LINE_LENGTH} characters."
        if len(self.who) > MAX_LINES or any(len(line.name) > 200 for line in self.who):
            errors[WHO] = f"At most {MAX_LINES} people with names of 200 characters."
        if errors:
            raise ValidationError(errors)


_FILLED: dict[str, Callable[[PlanContent], bool]] = {
    PURPOSE: lambda content: bool(content.purpose.strip()),
    WHO: lambda content: bool(content.who),
    LEARN: lambda content: bool(content.learn),
    GIVE: lambda content: bool(content.give),
    COMMITMENTS: lambda content: bool(content.commitments and content.fallback.strip()),
}
