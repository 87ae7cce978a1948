"""What this app counts of a manager's coaching: inspections, debriefs, help, ride-alongs, focus."""

from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from django.db.models import DurationField, Exists, ExpressionWrapper, F, OuterRef, Q, Subquery
from django.db.models.functions import TruncDate
from django.urls import reverse

from coaching import coverage
from coaching.coverage import CoverageFigure, Frame, Rows, ScoreKind, Told, TouchKind, Turnaround
from coaching.coverage_reading import hours
from coaching.models import CallPlan, Debrief, FocusStep, HelpRequest, Inspection, RideAlong
from coaching.models.plan import UNANSWERED
from coaching.ride_along_roster import MONTHS
from lib.calendar import add_months, in_words, local_date, start_of_day
from people.models import User

REVIEWED_WITHIN = timedelta(hours=48)


class PlansInspected(CoverageFigure):
    name: ClassVar = "inspected"
    label: ClassVar = "Plans inspected before the call"
    explains: ClassVar = (
        "Plans to be inspected that were filed on time, by the start of their calls; cancelled "
        "calls are left out. Answered is what was answered after it was last filed."
    )
    nothing: ClassVar = "no plan was to be inspected"
    rep: ClassVar = "call__owner"
    when: ClassVar = "call__starts_at"

    def rows(self, frame: Frame) -> Rows:
        rows: Rows = CallPlan.objects.owed_inspection()
        return rows.filter(frame.within("call__starts_at"))

    def kept(self, frame: Frame) -> Any:
        return ~UNANSWERED

    def listed(self, frame: Frame) -> Rows:
        rows: Rows = self.marked(frame).for_list()  # type: ignore[attr-defined]
        return rows

    def tell(self, row: CallPlan, frame: Frame, reader: User) -> Told:
        said = row.get_state_display() if row.is_kept else "Not answered"  # type: ignore[attr-defined]
        return _of_plan(row, row.call.starts_at, said)


class TimeToInspect(Turnaround):
    """From the first filing, which is when the manager was told, to the first answer."""

    name: ClassVar = "time_to_inspect"
    label: ClassVar = "Time to inspect"
    explains: ClassVar = (
        "The same plans as far as they were answered at all: hours from the first filing to the "
        "first answer, by day and by night; the median."
    )
    nothing: ClassVar = "no plan was answered"
    rep: ClassVar = "call__owner"
    when: ClassVar = "call__starts_at"

    def rows(self, frame: Frame) -> Rows:
        answers = Inspection.objects.filter(plan=OuterRef("pk"), at__lt=frame.end).order_by("at")
        owed: Rows = CallPlan.objects.owed_inspection().filter(frame.within("call__starts_at"))
        first: Any = owed.annotate(first_at=Subquery(answers.values("at")[:1]))
        answered: Rows = first.filter(first_at__isnull=False).annotate(took=_between("filed_at"))
        return answered

    def listed(self, frame: Frame) -> Rows:
        rows: Rows = self.marked(frame).for_list()  # type: ignore[attr-defined]
        return rows

    def tell(self, row: Any, frame: Frame, reader: User) -> Told:
        return _of_plan(row, row.filed_at, f"Answered after {hours(row.took)}")


class DebriefsReviewed(CoverageFigure):
    name: ClassVar = "debriefs"
    label: ClassVar = "Debriefs reviewed within 48 h"
    explains: ClassVar = (
        "Debriefs by the moment they were filed. One that waits for less than 48 hours is not "
        "counted yet."
    )
    nothing: ClassVar = "no debrief was to be reviewed"
    rep: ClassVar = "rep"
    when: ClassVar = "filed_at"

    def rows(self, frame: Frame) -> Rows:
        known = Q(reviewed_at__lt=frame.end) | Q(filed_at__lte=frame.end - REVIEWED_WITHIN)
        rows: Rows = Debrief.objects.filter(frame.within("filed_at"), known)
        return rows

    def kept(self, frame: Frame) -> Any:
        in_time = Q(reviewed_at__lte=F("filed_at") + REVIEWED_WITHIN)
        return in_time & Q(reviewed_at__lt=frame.end)

    def listed(self, frame: Frame) -> Rows:
        rows: Rows = self.marked(frame).for_list()  # type: ignore[attr-defined]
        return rows

    def tell(self, row: Any, frame: Frame, reader: User) -> Told:
        reviewed = row.reviewed_at is not None and row.reviewed_at < frame.end
        said = f"Reviewed after {hours(row.reviewed_at - row.filed_at)}" if reviewed else "Waits"
        url = reverse("debrief", args=[row.pk])
        return Told(row.call.owner, str(row.call), row.filed_at, said, url, bool(row.is_kept))


def _help_asked(frame: Frame) -> Rows:
    """What reps asked for in these days; the rep is whose deal it is now, as everywhere."""
    rows: Rows = HelpRequest.objects.filter(frame.within("asked_at"), origin=HelpRequest.BY_REP)
    return rows


class HelpInTime(CoverageFigure):
    name: ClassVar = "help"
    label: ClassVar = "Help done by the day wanted"
    explains: ClassVar = (
        "Help that reps asked for in these days, once it was done or the day has passed. What was "
        "withdrawn or declined is left out; stepping in unasked is no answer."
    )
    nothing: ClassVar = "no help was due"
    rep: ClassVar = "opportunity__owner"
    when: ClassVar = "asked_at"

    def rows(self, frame: Frame) -> Rows:
        left_out = Q(state__in=[HelpRequest.DECLINED, HelpRequest.WITHDRAWN])
        asked = _help_asked(frame).exclude(left_out, answered_at__lt=frame.end)
        return asked.filter(self._done(frame) | Q(wanted_on__lt=frame.last))

    def kept(self, frame: Frame) -> Any:
        day = TruncDate("answered_at", tzinfo=frame.zone)
        return self._done(frame) & Q(wanted_on__gte=day)

    def _done(self, frame: Frame) -> Q:
        return Q(state=HelpRequest.DONE, answered_at__lt=frame.end)

    def listed(self, frame: Frame) -> Rows:
        return _with_deal(self.marked(frame))

    def tell(self, row: Any, frame: Frame, reader: User) -> Told:
        done = row.answered_at is not None and row.answered_at < frame.end
        when = f", done on {in_words(local_date(row.answered_at, frame.zone))}" if done else ""
        return _of_help(row, f"Wanted by {in_words(row.wanted_on)}{when}")


class HelpTurnaround(Turnaround):
    name: ClassVar = "help_turnaround"
    label: ClassVar = "Help turnaround"
    explains: ClassVar = (
        "Help that reps asked for in these days: hours until it was done or declined with a "
        "reason, by day and by night; the median."
    )
    nothing: ClassVar = "no help was answered"
    rep: ClassVar = "opportunity__owner"
    when: ClassVar = "asked_at"

    def rows(self, frame: Frame) -> Rows:
        states = [HelpRequest.DONE, HelpRequest.DECLINED]
        answered = _help_asked(frame).filter(state__in=states, answered_at__lt=frame.end)
        first: Any = answered.annotate(first_at=F("answered_at"))
        timed: Rows = first.annotate(took=_between("asked_at"))
        return timed

    def listed(self, frame: Frame) -> Rows:
        return _with_deal(self.marked(frame))

    def tell(self, row: Any, frame: Frame, reader: User) -> Told:
        return _of_help(row, f"{row.get_state_display()} after {hours(row.took)}")


class RiddenWith(CoverageFigure):
    """By the rule of the roster: in time until half a year after the last one."""

    name: ClassVar = "ride_alongs"
    label: ClassVar = "Ride-along in the last six months"
    explains: ClassVar = (
        "Reps, who lead nobody, with a ride-along held by the last of these days. Whoever joined "
        "less than six months before is counted once they had one."
    )
    nothing: ClassVar = "no rep is due for one"
    rep: ClassVar = ""
    when: ClassVar = "pk"

    def rows(self, frame: Frame) -> Rows:
        reps = User.objects.get_queryset().filter(levels_below=0)
        new = Q(joined_on__gte=self._since(frame.last))
        return reps.annotate(is_ridden=Exists(self._held(frame))).exclude(new, is_ridden=False)

    def kept(self, frame: Frame) -> Any:
        return Q(is_ridden=True)

    @property
    def order(self) -> list[str]:
        return ["is_kept", "name"]

    def listed(self, frame: Frame) -> Rows:
        last = self._held(frame).order_by("-starts_at").values("starts_at")
        rows: Rows = self.marked(frame).annotate(last_at=Subquery(last[:1]))
        return rows

    def tell(self, row: Any, frame: Frame, reader: User) -> Told:
        said = "Ridden with" if row.is_kept else "None in six months"
        url = reverse("person", args=[row.pk])
        return Told(row, "Ride-along", row.last_at, said, url, bool(row.is_kept))

    def _held(self, frame: Frame) -> Rows:
        begin = start_of_day(self._since(frame.last), frame.zone)
        return rides_held(frame).filter(rep=OuterRef("pk"), starts_at__gte=begin)

    @staticmethod
    def _since(day: date) -> date:
        """The first day from which half a year is not over on this one."""
        since = add_months(day, -MONTHS)
        while add_months(since, MONTHS) < day:
            since += timedelta(days=1)
        return since


def rides_held(frame: Frame) -> Rows:
    """Ride-alongs that had begun and were handed in."""
    rows: Rows = RideAlong.objects.held()
    return rows.filter(starts_at__lt=frame.end, held_at__lt=frame.end)


def help_done(frame: Frame) -> Rows:
    """Asked for or not, by somebody other than the rep."""
    done = HelpRequest.objects.filter(state=HelpRequest.DONE, answered_at__lt=frame.end)
    rows: Rows = done.exclude(answered_by=F("opportunity__owner"))
    return rows


def touches() -> list[TouchKind]:
    """The acts of a manager that this app knows."""
    return [
        TouchKind(
            "inspection",
            "Inspection",
            lambda frame: Inspection.objects.filter(at__lt=frame.end),
            "plan__rep",
            "at",
        ),
        TouchKind(
            "debrief",
            "Debrief review",
            lambda frame: Debrief.objects.filter(reviewed_at__lt=frame.end),
            "rep",
            "reviewed_at",
        ),
        TouchKind("ride_along", "Ride-along", rides_held, "rep", "starts_at"),
        TouchKind("help", "Help", help_done, "opportunity__owner", "answered_at"),
        TouchKind(
            "focus",
            "Focus step",
            lambda frame: FocusStep.objects.filter(at__lt=frame.end, on__lte=frame.last),
            "focus__rep",
            "on",
            is_day=True,
        ),
    ]


def register() -> None:
    """When the app is ready."""
    coverage.register(PlansInspected(), TimeToInspect(), DebriefsReviewed())
    coverage.register(HelpInTime(), HelpTurnaround(), RiddenWith())
    coverage.register_touches(*touches())
    coverage.register_scores(
        ScoreKind(
            lambda frame: Debrief.objects.filter(frame.within("reviewed_at")),
            "rep",
            "review__score",
        )
    )


def _between(begin: str) -> Any:
    return ExpressionWrapper(F("first_at") - F(begin), DurationField())


def _with_deal(rows: Rows) -> Rows:
    return rows.select_related("opportunity__owner", "contact")


def _of_plan(row: Any, when: datetime, said: str) -> Told:
    url = reverse("plan", args=[row.pk])
    return Told(row.call.owner, str(row.call), when, said, url, bool(row.is_kept))


def _of_help(row: Any, said: str) -> Told:
    title = f"{row.to_do}, {row.opportunity.name}"
    url = reverse("help_request", args=[row.pk])
    return Told(row.opportunity.owner, title, row.asked_at, said, url, bool(row.is_kept))
