"""The facts of coaching's API through the models; see `bench/orm.py`."""

from collections.abc import Callable
from typing import Any

from django.db.models import Count, F, Sum
from django.utils import timezone

from coaching.coverage import FIGURES, SCORES, TOUCHES, USUAL_DAYS, Frame, Line, Turnaround
from coaching.models import BehaviourScore, Diagnosis, DiagnosisEvidence, Focus, RideAlong
from people.calendar import Calendar
from people.models import User
from playbook.models import Differentiator, TrainingAssignment

Read = Callable[[User, dict[str, Any]], Any]
SCORE = ["id", "rep_id", "behaviour_id", "version__number", "debrief_id", "ride_along_id", "at"]
SCORE += ["own_score", "manager_score", "note", "by_id"]
FOCUS = ["id", "rep_id", "behaviour_id", "goal", "started_on", "started_by_id", "step", "outcome"]
FOCUS += ["outcome_reason", "ended_on", "ended_by_id", "version"]
DIAGNOSIS = ["id", "rep_id", "behaviour_id", "skill", "skill_reason", "will", "will_reason", "at"]
RIDE = ["id", "rep_id", "manager_id", "call_id", "about", "starts_at", "purpose", "state"]
RIDE += ["held_at", "signed_at", "version"]
TRAINING = ["id", "person_id", "module_id", "due_on", "why", "assigned_by_id", "assigned_at"]
TRAINING += ["onboarding_plan_id", "after_days", "rescheduled_at", "done_at", "takeaway"]
TRAINING += ["withdrawn_at", "version"]
SAID = ["id", "text", "product_id", "proof", "place", "uses", "last_used_on", "added_on"]
LEVEL = [f"inspection_level__{name}" for name in ("level", "number", "plans", "since", "version")]


def first(model: Any, fields: list[str], *order: str) -> Read:
    """25 of what one may see."""

    def read(user: User, values: dict[str, Any]) -> Any:
        return list(model.objects.visible_to(user).order_by(*order).values(*fields)[:25])

    return read


def levels(user: User, values: dict[str, Any]) -> Any:
    return list(User.objects.led_by(user).order_by("pk").values("pk", *LEVEL)[:25])


def diagnoses(user: User, values: dict[str, Any]) -> Any:
    rows = first(Diagnosis, [*DIAGNOSIS, "by_id"], "pk")(user, values)
    evidence = DiagnosisEvidence.objects.filter(diagnosis__in=[row["id"] for row in rows])
    return [*rows, *evidence.values("diagnosis", "kind", "subject_id", "said", "on")]


def coverage(user: User, values: dict[str, Any]) -> Any:
    """A statement for each figure, kind of touch and the scores; nothing is added up of them."""
    frame = Frame.of(Calendar.current().zone, timezone.now(), None, USUAL_DAYS)
    line = Line(user)
    found: list[Any] = list(User.objects.led_by(user).values("pk", "name", "reports_to"))
    for figure in FIGURES.values():
        who = figure.rep or "pk"
        if isinstance(figure, Turnaround):
            found += line.of(figure.rows(frame), figure.rep).order_by().values_list(who, "took")
        else:
            rows = line.of(figure.marked(frame), figure.rep).order_by().values(who=F(who))
            found += rows.annotate(kept=Sum("is_kept"), counted=Count("pk"))
    for kind in TOUCHES.values():
        rows = line.of(kind.rows(frame).filter(kind.within(frame)), kind.rep).order_by()
        found += rows.values(who=F(kind.rep)).annotate(n=Count("pk"))
    for kind in SCORES:
        rows = line.of(kind.rows(frame), kind.rep).order_by().values(who=F(kind.rep))
        found += rows.annotate(total=Sum(kind.score), n=Count("pk"))
    return found


FACTS: dict[str, Read] = {
    "behaviour-scores": first(BehaviourScore, SCORE, "pk"),
    "inspection-levels": levels,
    "focuses": first(Focus, FOCUS, "pk"),
    "diagnoses": diagnoses,
    "ride-alongs": first(RideAlong, RIDE, "pk"),
    "training-assignments": first(TrainingAssignment, TRAINING, "due_on", "pk"),
    "differentiators": first(Differentiator, [*SAID, "retired_at", "version"], "pk"),
    "coverage-figures": coverage,
}
