"""How many of a rep's plans are inspected: now, since when, and how they came there."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from coaching import levels, sampling
from coaching.forms.levels import LevelForm
from coaching.models import CoachingRules, Debrief, InspectionLevel, LevelChange
from coaching.visibility import require_coach
from lib.keyset import Page
from people.models import User
from people.signed_in import signed_in

SHOWN = 20
RULES = {
    "first": levels.ORDER[0],
    "last": levels.ORDER[-1],
    "up_after": levels.UP_AFTER,
    "looked_at": levels.LOOKED_AT,
    "rules": (levels.RULE, sampling.RULE),
}


@require_http_methods(["GET", "HEAD", "POST"])
def inspection_level(request: HttpRequest, pk: int) -> HttpResponse:
    """Read by the rep and the managers above, who may set it by hand."""
    user = signed_in(request)
    rep = get_object_or_404(User.objects.led_by(user), pk=pk)
    level = InspectionLevel.of(rep)
    form = LevelForm(initial={"version": level.version})
    if request.method == "POST":
        require_coach(rep, user)
        form = LevelForm(request.POST)
        done: dict[str, Any] = {"by": user, "at": timezone.now()}
        if form.is_valid() and form.carry_out(
            lambda: level.set_by_hand(**form.cleaned_data, **done)
        ):
            messages.success(request, f"Set. {rep.first_name} reads the reason.")
            return redirect("inspection_level", pk)
    return _page(request, rep, InspectionLevel.of(rep) if form.stale else level, form)


def _page(request: HttpRequest, rep: User, level: InspectionLevel, form: LevelForm) -> HttpResponse:
    user = signed_in(request)
    changes = LevelChange.objects.visible_to(user).filter(rep=rep).for_list()
    page = Page.of(changes, ["-number"], request.GET, size=SHOWN)
    scored = level.scored() if level.pk else []
    context = {
        "rep": rep,
        "level": level,
        "form": form if user != rep else None,
        "page": page,
        "changes": _with_scores(user, page.rows),
        "scored": scored,
        "progress": levels.progress([review.is_proficient for review in scored]),
        "minimum": CoachingRules.current().minimum,
        **RULES,
    }
    return render(request, "coaching/inspection_level.html", context, status=form.status)


def _with_scores(user: User, changes: Sequence[LevelChange]) -> list[dict[str, Any]]:
    """Each change with the debriefs that it rests on, oldest first."""
    wanted = {score["debrief"] for change in changes for score in change.scores}
    visible = Debrief.objects.visible_to(user).select_related("call__account", "call__opportunity")
    debriefs = visible.in_bulk(wanted) if wanted else {}
    return [
        {
            "change": change,
            "scores": [
                {**score, "debrief": debriefs[score["debrief"]]}
                for score in change.scores
                if score["debrief"] in debriefs
            ],
        }
        for change in changes
    ]
