"""A person's coaching page: all that is looked at when two talk about how one of them sells."""

from datetime import date
from typing import Any

from django.db.models import FilteredRelation, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from coaching.models import InspectionLevel, RideAlong
from coaching.models.focus import STEPS
from coaching.next_training import next_training
from coaching.scores import standings
from coaching.skill_will import SkillWill, squares
from coaching.trends import RULE
from people.models import User
from people.signed_in import signed_in
from playbook.models import TrainingAssignment
from reviews.review_list import Kept, history, kept_by

REVIEWS_SHOWN = 12
RIDE_ALONGS_SHOWN = 4
TRAINING_SHOWN = 5


@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """The page about oneself."""
    return redirect("person", signed_in(request).pk)


@require_safe
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """Read by the person and the managers above them; nobody else knows that it is there."""
    user, now = signed_in(request), timezone.now()
    found = get_object_or_404(_with_focus_and_level(user), pk=pk)
    focus = getattr(found, "running", None)
    level = getattr(found, "inspection_level", None) or InspectionLevel(rep=found)
    diagnosed = squares(found, user)
    rides = RideAlong.objects.visible_to(user).filter(rep=found).exclude(state=RideAlong.CANCELLED)
    context = {
        "person": found,
        "is_own": found == user,
        "focus": focus,
        "steps": STEPS,
        "level": level,
        "progress": level.progress if level.pk else None,
        "standings": standings(found, user),
        "rule": RULE,
        "squares": diagnosed,
        "square": _first_of(diagnosed, focus and focus.behaviour_id),
        "rides": rides.for_list()[:RIDE_ALONGS_SHOWN],
        **_reviews(user, found, found.today(now)),
    }
    return render(request, "pages/person.html", context)


def _with_focus_and_level(reader: User) -> Any:
    """The people whose coaching one reads, each with what they work on and how they are inspected,
    in one statement.
    """
    people: Any = User.objects.led_by(reader).annotate(
        running=FilteredRelation("focuses", condition=Q(focuses__ended_on=None))
    )
    return people.select_related("team", "reports_to", "inspection_level", "running__behaviour")


def _first_of(diagnosed: list[SkillWill], behaviour: int | None) -> SkillWill | None:
    """The square of the behaviour in focus, else that of the latest diagnosis."""
    of_focus = (each for each in diagnosed if each.behaviour.pk == behaviour)
    return next(of_focus, diagnosed[0] if diagnosed else None)


def _reviews(reader: User, rep: User, today: date) -> dict[str, Any]:
    """The last 1-on-1s that this reader may open, and what was kept of what was agreed there."""
    rows = history(reader, rep).annotate(**kept_by(today)).order_by("-scheduled_for", "-pk")
    reviews: list[Any] = list(rows[:REVIEWS_SHOWN])
    kept = Kept(
        sum(each.made for each in reviews),
        sum(each.counted for each in reviews),
        sum(each.kept for each in reviews),
    )
    said = [(each, Kept(each.made, each.counted, each.kept)) for each in reviews]
    return {"reviews": said, "kept": kept}


@require_safe
def training(request: HttpRequest, pk: int) -> HttpResponse:
    """What the person is to take and what would help; asked for once their page is shown."""
    user, now = signed_in(request), timezone.now()
    found = get_object_or_404(User.objects.led_by(user), pk=pk)
    rows = TrainingAssignment.objects.visible_to(user).filter(person=found).for_list()
    context = {
        "person": found,
        "is_own": found == user,
        "today": user.today(now),
        "open": rows.open().order_by("due_on", "pk")[:TRAINING_SHOWN],
        "next": next_training(found, user),
        "done": rows.done().order_by("-done_at", "pk")[:TRAINING_SHOWN],
    }
    return render(request, "pages/_training.html", context)
