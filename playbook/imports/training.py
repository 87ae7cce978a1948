"""The kind of file that holds training modules; each is known again by its title."""

from typing import ClassVar

from pipeline.imports.kinds import INTEGER, URL, Field, Kind
from pipeline.imports.registry import register
from playbook.imports.writers import MaterialWriter
from playbook.models import TrainingModule
from playbook.models.training import LONGEST_TEXT, MOST_MINUTES

TRAINING_MODULES = Kind(
    "training_modules",
    "Training modules",
    "title",
    (
        Field("title", "Title", known_as="module,training,course,name", required=True, most=120),
        Field("outcome", "Afterwards one can", known_as="goal,objective", required=True, most=300),
        Field("text", "Text", known_as="content,description", most=LONGEST_TEXT),
        Field("url", "Link", URL, "link,address,web,website"),
        Field("minutes", "Minutes", INTEGER, "duration,length,time", most=MOST_MINUTES),
    ),
    help=(
        "A module is known again by its title. Without minutes a new one takes 20; an empty text "
        "or link, where its column is mapped, empties it."
    ),
)


class TrainingModuleWriter(MaterialWriter[TrainingModule]):
    model = TrainingModule
    blanks: ClassVar = {"text": "", "url": ""}


def make_known() -> None:
    """Let these files be imported."""
    register(TRAINING_MODULES, TrainingModuleWriter)
