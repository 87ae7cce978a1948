"""What there is to learn from: modules of training."""

from typing import ClassVar

from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.db import models

from playbook.models.material import Material

LONGEST_TEXT = 10_000
MOST_MINUTES = 480  # a day of work: what takes longer is several modules


class TrainingModule(Material):
    """Something to learn on one's own: a text, or what stands behind a link.

    `outcome` is what one can do afterwards. One that is retired is no longer assigned; what was
    assigned before stays.
    """

    CHANGEABLE = frozenset({"title", "outcome", "text", "url", "minutes"})
    SAID_BY = "title"
    TWIN: ClassVar = "There is a training module of that title already."

    title = models.CharField(max_length=120)
    outcome = models.CharField("Afterwards one can", max_length=300)
    text = models.TextField(
        blank=True, max_length=LONGEST_TEXT, validators=[MaxLengthValidator(LONGEST_TEXT)]
    )
    url = models.URLField("Link", blank=True)
    minutes = models.PositiveSmallIntegerField(
        default=20, validators=[MinValueValidator(1), MaxValueValidator(MOST_MINUTES)]
    )

    class Meta:
        ordering = ["place", "pk"]
