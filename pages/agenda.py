"""What a person does next, most urgent first."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timesince import timesince
from django.utils.timezone import localtime

from coaching.agenda import (
    calls_to_do,
    is_debrief_overdue,
    needs_plan,
    plan_of,
)
from coaching.help_queue import concerns_today
from coaching.models import CallPlan, HelpRequest
from lib.calendar import next_working_day, start_of_day
from pages.due_tasks import due_tasks
from pages.task import Task
from people.models import User
from pipeline.models import Call
from reviews.models import PipelineCall
from reviews.review_agenda import (
    CONTINUE,
    LATE,
    NOT_HELD,
    PREPARE,
    READ,
    START,
    ReviewTask,
    review_tasks,
)

SHOWN, COUNTED = 7, 50


@dataclass(frozen=True)
class Agenda:
    """The first tasks, how many more there are ("12", "43+" or ""), and the next call."""

    tasks: list[Task]
    more: str
    next_call: Call | None


def agenda(user: User, now: datetime, holidays: Collection[date]) -> Agenda:
    """Debriefs owed, 1-on-1s, help asked for and answers to it, then calls without a plan until
    the next working day ends, then what is due (agreements, strategies, training), then summaries
    to read.
    """
    horizon = _horizon(user, now, holidays)
    owed, coming = calls_to_do(user, now, horizon, COUNTED)
    tasks = [
        *(_debrief_task(call, now) for call in owed),
        *(_review_task(task, user) for task in review_tasks(user, now, horizon)[:COUNTED]),
        *_help_tasks(user, user.today(now)),
        *(_plan_task(call, now) for call in coming if needs_plan(call)),
        *due_tasks(user, user.today(now), COUNTED),
        *_summary_tasks(user),
    ]
    rest = len(tasks) - SHOWN
    more = "" if rest <= 0 else f"{rest}+" if rest >= COUNTED - SHOWN else str(rest)
    return Agenda(tasks[:SHOWN], more, coming[0] if coming else None)


def _horizon(user: User, now: datetime, holidays: Collection[date]) -> datetime:
    """The end of the next working day: plans are filed ahead of their calls."""
    tomorrow = user.today(now) + timedelta(days=1)
    day = next_working_day(tomorrow, holidays)
    return start_of_day(day + timedelta(days=1), user.zone)


def when(moment: datetime) -> str:
    """ "Tue 25 Nov, 14:00" on the person's own clock."""
    return date_format(localtime(moment), "D j M, H:i")


def _debrief_task(call: Call, now: datetime) -> Task:
    ago = timesince(call.ends_at, now, depth=1)
    overdue = is_debrief_overdue(call, now)
    return Task(
        kind="risk" if overdue else "warn",
        title=f"Debrief: {call}",
        sub=f"Ended {ago} ago, {when(call.ends_at)}",
        chip="Overdue" if overdue else "Due now",
        url=reverse("call_debrief", args=[call.pk]),
        action="Debrief",
    )


# By what there is to do in a 1-on-1: shape, what is written before the other's name, the button.
REVIEWS = {
    CONTINUE: ("ok", "1-on-1 with", "Continue"),
    READ: ("warn", "Read and agree: 1-on-1 with", "Read"),
    NOT_HELD: ("risk", "1-on-1 with", "Settle"),
    LATE: ("warn", "1-on-1 with", "Open"),
    START: ("idle", "1-on-1 with", "Start"),
    PREPARE: ("idle", "Prepare your 1-on-1 with", "Prepare"),
}


def _review_task(task: ReviewTask, user: User) -> Task:
    review = task.review
    kind, words, action = REVIEWS[task.kind]
    if task.kind == PREPARE and task.is_today and not task.is_prepared:
        kind = "warn"
    if task.kind == START and not task.is_today:
        action = "Open"
    return Task(
        kind=kind,
        title=f"{words} {review.other(user).first_name}",
        sub=f"{when(review.scheduled_for)}, {review.minutes} min",
        chip=_review_chip(task, user),
        url=reverse("review", args=[review.pk]),
        action=action,
    )


def _review_chip(task: ReviewTask, user: User) -> str:
    if task.kind == CONTINUE:
        return "Running"
    if task.kind == READ:
        return f"{task.review.other(user).first_name} agreed"
    if task.kind == NOT_HELD:
        return f"Not held in {date_format(task.review.due_by, 'F')}"
    if task.kind == LATE:
        return f"{-task.days} d late"
    return "Today" if task.is_today else f"In {task.days} d"


def _help_tasks(user: User, today: date) -> list[Task]:
    """What is asked of a manager, soonest wanted first, then the answers a rep has not read."""
    rows = list(concerns_today(user)[:COUNTED])
    asked = [_asked_task(help_request, today) for help_request in rows if help_request.is_open]
    return asked + [_answer_task(help_request) for help_request in rows if help_request.is_unread]


def _asked_task(help_request: HelpRequest, today: date) -> Task:
    late = (today - help_request.wanted_on).days
    return Task(
        kind="risk" if late > 0 else "warn" if late == 0 else "idle",
        title=f"{help_request.to_do} for {help_request.opportunity.owner.first_name}",
        sub=f"{help_request.opportunity}, by {date_format(help_request.wanted_on, 'D j M')}",
        chip=f"{late} d late" if late > 0 else "Today" if late == 0 else f"In {-late} d",
        url=reverse("help_request", args=[help_request.pk]),
        action="Help",
    )


def _answer_task(help_request: HelpRequest) -> Task:
    done = help_request.state == HelpRequest.DONE
    return Task(
        kind="ok" if done else "warn",
        title=help_request.answer,
        sub=str(help_request.opportunity),
        chip=help_request.get_state_display(),
        url=reverse("help_request_acknowledgement", args=[help_request.pk]),
        action="Read",
        posts=True,
    )


def _plan_task(call: Call, now: datetime) -> Task:
    plan = plan_of(call)
    words = {
        CallPlan.CHANGE: ("Sent back", "your manager asks for a change"),
        CallPlan.TALK: ("Let's talk", "your manager wants a word first"),
        CallPlan.DRAFT: ("Draft", "plan begun, not filed"),
    }
    chip, sub = words[plan.state] if plan else ("No plan", "no plan yet")
    return Task(
        kind="warn",
        title=f"Plan: {call}",
        sub=f"{when(call.starts_at)}, {sub}",
        chip=chip,
        url=reverse("call_plan", args=[call.pk]),
        action="Plan",
    )


def _summary_tasks(user: User) -> Iterator[Task]:
    """Summaries of pipeline calls that this person has not read yet."""
    calls = PipelineCall.objects.visible_to(user).unread_by(user).select_related("team")
    for call in calls[:COUNTED]:
        yield Task(
            kind="idle",
            title=f"Summary of {date_format(localtime(call.scheduled_for), 'l')}'s pipeline call",
            sub=f"{call.team}, {when(call.scheduled_for)}",
            chip="New",
            url=reverse("pipeline_call", args=[call.pk]),
            action="Read",
        )
