"""Writing targets, through `Target.set`; known again by metric, scope and days.

Two rows of a file may not hold on the same day for the same people: the file again would then
not leave everything as it is.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q

from lib.calendar import EARLIEST, LATEST
from metrics.models import Metric, Target
from metrics.periods import Periods, Span
from people.calendar import Calendar
from pipeline.imports.administrated import importer, moment
from pipeline.imports.drafts import Draft, key_of
from pipeline.imports.reading import Row
from pipeline.imports.writer import Writer
from pipeline.models.imports import Import

SCOPE = ("metric", "person", "team")
ATTRIBUTES = (*SCOPE, "amount", "first_day", "last_day", "ramp")


class TargetWriter(Writer[Target]):
    model = Target

    def __init__(self, source: Import, *, write: bool) -> None:
        super().__init__(source, write=write)
        calendar = Calendar.current()
        self.periods = Periods(calendar.week_start, calendar.year_start)
        self.ultimate = Metric.objects.chain().filter(role=Metric.ULTIMATE).first()
        self.held: dict[tuple[Any, ...], dict[Span, int]] = defaultdict(dict)

    def prepare(self) -> Counter[str]:
        """Raises ValidationError for a file that nobody may import, or of no metric at all."""
        importer(self.source)
        if "metric" not in self.reader.column_names and self.ultimate is None:
            raise ValidationError("There is no ultimate metric: say which column is the metric.")
        return Counter()

    # One row.

    def skim(self, row: Row) -> None:
        draft = self.reader.draft(row)
        self._resolve([draft])
        if not draft.problems:
            self.judge(draft)

    def _refuse_twin(self, draft: Draft) -> None:
        """Told by the days, once the names are found: see `judge`."""

    def judge(self, draft: Draft) -> None:
        columns = self.reader.column_names
        metric = draft.found.get("metric") or ("metric" not in columns and self.ultimate)
        if not isinstance(metric, Metric):
            draft.refuse(columns["metric"], "", "Metric is missing.")
            return
        draft.found["metric"] = metric
        if "person" in draft.found and "team" in draft.found:
            reason = "A target is for a person or a team, not for both."
            draft.refuse(columns["team"], draft.names["team"].raw, reason)
            return
        span = self._span(draft, metric)
        if span is not None:
            self._take_days(draft, span)

    def _span(self, draft: Draft, metric: Metric) -> Span | None:
        """The days the row speaks of; None, and a problem, when it cannot be told."""
        given = {name: draft.values.pop(name, None) for name in ("period", "first_day", "last_day")}
        for name, day in given.items():
            if day and not EARLIEST <= day <= LATEST:
                self._refuse_day(draft, name, day, f"Give a day to {LATEST.year}.")
                return None
        period, first, last = given.values()
        if period and (first or last):
            self._refuse_day(draft, "period", period, "Give a period, or a first and a last day.")
            return None
        if period:
            return self.periods.of(metric.period, period)
        if first and last and last < first:
            self._refuse_day(draft, "last_day", last, "The last day lies before the first.")
            return None
        return Span(first or EARLIEST, last or LATEST)

    def _refuse_day(self, draft: Draft, name: str, day: date, reason: str) -> None:
        draft.refuse(self.reader.column_names[name], day.isoformat(), reason)

    def _take_days(self, draft: Draft, span: Span) -> None:
        """Refuse what another line has said of these days."""
        taken = self.held[_scope(draft.found)]
        for other, line in taken.items():
            if other.first <= span.last and span.first <= other.last:
                name = draft.names.get("person") or draft.names.get("team")
                where = (name.column, name.raw) if name else (self.key_column, "")
                draft.refuse(*where, f"Line {line} has a target for these days already.")
                return
        taken[span] = draft.line
        draft.values |= {"first_day": span.first, "last_day": span.last}

    # What there is.

    def known(self, drafts: Sequence[Draft]) -> list[Target | None]:
        """The target of just these days, else one that holds on some of them."""
        held = defaultdict(list)
        for target in self._in_force(drafts):
            held[target.metric_id, target.person_id, target.team_id].append(target)
        return [_nearest(draft, held[_ids(draft.found)]) for draft in drafts]

    def _in_force(self, drafts: Sequence[Draft]) -> Iterable[Target]:
        people = {draft.found["person"].pk for draft in drafts if "person" in draft.found} - {None}
        teams = {draft.found["team"].pk for draft in drafts if "team" in draft.found} - {None}
        metrics = {draft.found["metric"].pk for draft in drafts}
        scope = Q(person__in=people) | Q(team__in=teams) | Q(person=None, team=None)
        rows = Target.objects.in_force().filter(scope, metric__in=metrics)
        return rows.select_related("metric", "person", "team", "ramp")

    def target(self, draft: Draft, thing: Target | None) -> dict[str, Any]:
        """An empty cell leaves the ramp table of the same days alone."""
        wanted = {"person": None, "team": None, **draft.values, **draft.found}
        if "ramp" not in wanted:
            same = thing is not None and (thing.first_day, thing.last_day) == (
                wanted["first_day"],
                wanted["last_day"],
            )
            wanted["ramp"] = thing.ramp if thing is not None and same else None
        return wanted

    # Writing.

    def create(self, wanted: list[dict[str, Any]]) -> None:
        by, at = importer(self.source), moment(self.source)
        for values in wanted:
            named = dict(values)
            Target.set(named.pop("metric"), named.pop("amount"), by=by, at=at, **named)

    def update(self, wanted: list[tuple[Target, dict[str, Any]]]) -> None:
        self.create(
            [{name: getattr(held, name) for name in ATTRIBUTES} | new for held, new in wanted]
        )


def _scope(found: dict[str, Any]) -> tuple[Any, ...]:
    """For whom, by what tells them apart: people who are made on the way have no id yet."""
    person, team = found.get("person"), found.get("team")
    whose = (person.email or key_of(person.name)) if person else ""
    return found["metric"].pk, whose, key_of(team.name) if team else ""


def _ids(found: dict[str, Any]) -> tuple[Any, ...]:
    things = [found.get(name) for name in SCOPE]
    if any(thing is not None and thing.pk is None for thing in things):
        return ("new",)
    return tuple(thing.pk if thing else None for thing in things)


def _nearest(draft: Draft, held: list[Target]) -> Target | None:
    first, last = draft.values["first_day"], draft.values["last_day"]
    near = [each for each in held if each.first_day <= last and each.last_day >= first]
    same = (each for each in near if (each.first_day, each.last_day) == (first, last))
    return next(same, near[0] if near else None)
