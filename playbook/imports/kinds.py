"""The kinds of files that hold the playbook. What was retired stays so when a file brings it."""

from pipeline.imports.kinds import AMOUNT, DATE, INTEGER, PRODUCT, STAGE, Field, Kind
from pipeline.imports.registry import register
from playbook.imports import training
from playbook.imports.writers import (
    DifferentiatorWriter,
    IcpCriterionWriter,
    PriorityWriter,
    QuestionWriter,
)
from playbook.models.icp_criterion import CONDITIONS, FACTS
from playbook.models.question import SITUATIONS

TEXT_MOST = 500


def _one_of(choices: list[tuple[str, str]]) -> str:
    return ", ".join(f"{name} ({label.lower()})" for name, label in choices)


ICP_CRITERIA = Kind(
    "icp_criteria",
    "Ideal customer profile",
    "name",
    (
        Field("name", "Name", known_as="criterion", required=True, most=120),
        Field("fact", "Fact", known_as="field,attribute", required=True),
        Field("condition", "Condition", known_as="operator", required=True),
        Field("texts", "Texts", known_as="values,value", most=10_000),
        Field("least", "At least", AMOUNT, "minimum,min,from"),
        Field("most", "At most", AMOUNT, "maximum,max,to"),
        Field("weight", "Weight", INTEGER, "points", most=10),
        Field("why", "Why", known_as="reason,because", required=True, most=TEXT_MOST),
    ),
    help=(
        f"A fact is one of {_one_of(FACTS)}. A condition is one of {_one_of(CONDITIONS)}. Several "
        "texts stand in one cell with semicolons between them. A criterion is known again by its "
        "name, and each row says the whole of it."
    ),
)
DIFFERENTIATORS = Kind(
    "differentiators",
    "Differentiators",
    "text",
    (
        Field("text", "Text", known_as="differentiator,what", required=True, most=TEXT_MOST),
        Field("product", "Product", PRODUCT, "product name,item"),
        Field("proof", "Proof", known_as="evidence,url,source", most=TEXT_MOST),
    ),
    help=(
        "Without a product it holds for whatever you sell. A differentiator is known again by its "
        "product and its words."
    ),
)
PRIORITIES = Kind(
    "priorities",
    "Priorities",
    "title",
    (
        Field("title", "Title", known_as="priority,name", required=True, most=120),
        Field("product", "Product", PRODUCT, "product name,item"),
        Field("reason", "Reason", known_as="why,because", required=True, most=TEXT_MOST),
        Field("first_day", "First day", DATE, "from,valid from,start,start date", required=True),
        Field("last_day", "Last day", DATE, "to,until,valid to,end,end date"),
    ),
    help=(
        "Without a product it is for every deal, without a last day it holds until it is retired. "
        "A priority is known again by its title and its first day."
    ),
)
QUESTIONS = Kind(
    "questions",
    "Questions",
    "text",
    (
        Field("text", "Text", known_as="question", required=True, most=TEXT_MOST),
        Field("situation", "Situation", known_as="when,asked", required=True),
        Field("stage", "Stage", STAGE, "stage name,deal stage"),
    ),
    help=(
        f"A situation is one of {_one_of(SITUATIONS)}. Without a stage a question may be asked in "
        "any. It is known again by its situation, its stage and its words."
    ),
)


def make_known() -> None:
    """Let these files be imported."""
    register(ICP_CRITERIA, IcpCriterionWriter)
    register(DIFFERENTIATORS, DifferentiatorWriter)
    register(PRIORITIES, PriorityWriter)
    register(QUESTIONS, QuestionWriter)
    training.make_known()
