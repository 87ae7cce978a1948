"""Writing posted counts through `MetricCount.post`: known by source, person, measure and day."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from metrics.models import MetricCount
from metrics.models.metric_count import Posted
from people.models import Organisation
from pipeline.imports.administrated import importer, moment
from pipeline.imports.drafts import Draft, key_of
from pipeline.imports.writer import Writer
from pipeline.models.imports import Import

KEY = ("source", "person", "measure", "day")
Key = tuple[str, int | None, int | None, date]


class CountWriter(Writer[MetricCount]):
    model = MetricCount

    def __init__(self, source: Import, *, write: bool) -> None:
        super().__init__(source, write=write)
        self.today = Organisation.current().today(moment(source))

    def prepare(self) -> Counter[str]:
        """Raises ValidationError for a file that nobody may import."""
        importer(self.source)
        return Counter()

    def key(self, draft: Draft) -> str:
        named = (draft.names.get(name) for name in ("person", "measure"))
        parts = [key_of(name.text) if name else "" for name in named]
        return "\n".join([draft.values.get("source", ""), *parts, str(draft.values["day"])])

    def judge(self, draft: Draft) -> None:
        day = draft.values["day"]
        if day > self.today:
            draft.refuse(self.key_column, str(day), "That day has not come yet.")

    def known(self, drafts: Sequence[Draft]) -> list[MetricCount | None]:
        found = [{**draft.values, **draft.found} for draft in drafts]
        rows = MetricCount.objects.filter(
            person__in={each["person"].pk for each in found} - {None},
            measure__in={each["measure"].pk for each in found},
            day__in={each["day"] for each in found},
        ).select_related("person", "measure")
        held: dict[Key, MetricCount] = {
            (row.source, row.person_id, row.measure_id, row.day): row for row in rows
        }
        return [held.get(_key(each)) for each in found]

    def create(self, wanted: list[dict[str, Any]]) -> None:
        posted = [Posted(**values) for values in wanted]
        MetricCount.post(posted, by=importer(self.source), at=moment(self.source))

    def update(self, wanted: list[tuple[MetricCount, dict[str, Any]]]) -> None:
        self.create([{name: getattr(held, name) for name in KEY} | new for held, new in wanted])


def _key(values: dict[str, Any]) -> Key:
    return values["source"], values["person"].pk, values["measure"].pk, values["day"]
