"""Metrics, ramp tables and posted measures by what they are called. None is made by an import."""

from metrics.models import Metric, PostedMeasure, Ramp
from pipeline.imports.drafts import key_of
from pipeline.imports.references import Table


class Metrics(Table[Metric]):
    noun, unknown = "metrics", "No metric in use is called that."

    def __init__(self) -> None:
        super().__init__()
        self.twins: set[str] = set()
        for metric in Metric.objects.chain():
            if self.known.setdefault(key_of(metric.label), metric) is not metric:
                self.twins.add(key_of(metric.label))

    def find(self, text: str) -> Metric | None:
        if key_of(text) in self.twins:
            raise ValueError("Several metrics are called that. Rename one of them.")
        return super().find(text)

    def names(self) -> list[str]:
        return sorted(metric.label for metric in self.known.values())


class Ramps(Table[Ramp]):
    noun, unknown = "ramp tables", "No ramp table is called that."

    def __init__(self) -> None:
        super().__init__()
        self.known = {key_of(ramp.name): ramp for ramp in Ramp.objects.all()}


class PostedMeasures(Table[PostedMeasure]):
    """By the name that programs use, else by the one people do."""

    noun, unknown = "measures", "No posted measure is called that. Add it in the settings first."

    def __init__(self) -> None:
        super().__init__()
        measures = list(PostedMeasure.objects.all())
        self.known = {key_of(measure.label): measure for measure in measures}
        self.known |= {key_of(measure.name): measure for measure in measures}

    def names(self) -> list[str]:
        return sorted({measure.name for measure in self.known.values()})
