"""Who is new gets what their onboarding plan says, by their first day.

Everything is decided from the database, a few statements for however many people: running it
twice or at once changes nothing.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import DateField, Exists, F, Func, OuterRef, QuerySet, Subquery

from people.models import Team, User
from playbook.models import OnboardingStep, TrainingAssignment

NEW_FOR, KNOWN_AHEAD = timedelta(days=90), timedelta(days=30)  # of somebody's first day
AT_ONCE = 1_000

Plans = dict[int | None, list[OnboardingStep]]  # by team; None is for everybody


def assign_onboarding(today: date, at: datetime) -> None:
    """Assign the plans to whoever is new on that day of the organisation's, and move what a
    changed first day moves.
    """
    plans = _plans()
    new = [_assignment(person, step, at) for person, step in _new_steps(plans, today)]
    TrainingAssignment.objects.bulk_create(new, batch_size=AT_ONCE, ignore_conflicts=True)
    _follow_first_days()


def _plans() -> Plans:
    """The steps of each plan in use that can be assigned."""
    steps = OnboardingStep.objects.filter(plan__is_active=True, module__retired_at=None)
    plans: Plans = {}
    for step in steps.select_related("plan"):
        plans.setdefault(step.plan.team_id, []).append(step)
    return plans


def _new_steps(plans: Plans, today: date) -> Iterator[tuple[User, OnboardingStep]]:
    """Each new person with each step of the plan that is nearest to them."""
    if not plans:
        return
    parents = dict(Team.objects.order_by().values_list("pk", "parent"))
    for person in _newcomers(today):
        led: int | None = person.leads_team  # type: ignore[attr-defined]  # annotated
        for step in nearest(plans, parents, person.team_id or led):
            yield person, step


def _newcomers(today: date) -> "QuerySet[User]":
    """Active people around their first day whom no plan has assigned anything yet."""
    had = TrainingAssignment.objects.of_onboarding().filter(person=OuterRef("pk"))
    led = Team.objects.filter(manager=OuterRef("pk")).order_by("pk").values("pk")[:1]
    span = (today - NEW_FOR, today + KNOWN_AHEAD)
    around = User.objects.get_queryset().active().filter(~Exists(had), joined_on__range=span)
    return around.annotate(leads_team=led).order_by("pk")


def nearest(
    plans: Mapping[int | None, list[OnboardingStep]],
    parents: Mapping[int, int | None],
    team: int | None,
) -> list[OnboardingStep]:
    """The steps for somebody in that team: of its own plan, else of the one above, else of all."""
    while team is not None:
        if team in plans:
            return plans[team]
        team = parents.get(team)
    return plans.get(None, [])


def due_on(joined_on: date, after_days: int) -> date:
    """So many calendar days after somebody's first day, which is day 0."""
    return joined_on + timedelta(days=after_days)


def _assignment(person: User, step: OnboardingStep, at: datetime) -> TrainingAssignment:
    assert person.joined_on is not None
    return TrainingAssignment(
        person=person,
        module_id=step.module_id,
        due_on=due_on(person.joined_on, step.after_days),
        assigned_at=at,
        onboarding_plan=step.plan,
        after_days=step.after_days,
    )


class DaysAfter(Func):
    """The date so many calendar days after another one."""

    arity = 2
    template, arg_joiner = "(%(expressions)s)", " + "
    output_field = DateField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = "date(%(expressions)s || ' days')"
        return self.as_sql(compiler, connection, template=template, arg_joiner=", ", **context)


def _follow_first_days() -> None:
    """Bring what is open and nobody rescheduled in line with its person's first day.

    One statement: what nobody moved is not even read.
    """
    day = DaysAfter(F("joined_on"), OuterRef("after_days"))
    person: Any = User.objects.filter(pk=OuterRef("person"), joined_on__isnull=False)
    person = person.annotate(day=day)
    rows = TrainingAssignment.objects.open().of_onboarding().filter(rescheduled_at=None)
    moved = rows.filter(Exists(person.exclude(day=OuterRef("due_on"))))
    moved.update(due_on=Subquery(person.values("day")), version=F("version") + 1)
