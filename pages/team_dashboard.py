"""The team dashboard: its chain, the first broken link, the teams under it and its people."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from lib.csv_out import stream
from metrics.scorecard import Frame, Scorecard, TeamScorecards, of_team
from metrics.words import decimal, picker
from pages.scorecards import GRAINS, cells, frame_of, miss_of, wants_csv
from people.models import Team, User
from people.models.user import UserQuerySet
from people.signed_in import signed_in
from reviews.models import Review


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """One's first team, or oneself."""
    user = signed_in(request)
    teams = Team.objects.led_by(user)
    own = teams.filter(parent=None) if user.is_administrator else teams.filter(manager=user)
    first = own.order_by("name").first() or teams.order_by("name").first()
    if first is None:
        return redirect("person_metrics", pk=user.pk)
    return redirect("team_dashboard", pk=first.pk)


@require_safe
def team_dashboard(request: HttpRequest, pk: int) -> HttpResponseBase:
    user = signed_in(request)
    led = Team.objects.led_by(user)
    above = Exists(led.filter(pk=OuterRef("parent")))
    teams = led.select_related("parent").annotate(leads_above=above)
    team = get_object_or_404(teams, pk=pk)
    frame = frame_of(request.GET)
    cards = of_team(team, frame, _with_last_met(user))
    if wants_csv(request):
        return _download(cards, frame)
    context = {
        "team": team,
        "frame": frame,
        "picker": picker(frame, GRAINS),
        "chain": cells(cards.own, frame),
        "miss": miss_of(cards.own, frame),
        "teams": [(card.whose, cells(card, frame)) for card in cards.teams],
        "people": list(_people(team, cards, frame)),
        "elsewhere": cards.others,
        "above": team.parent if team.leads_above else None,  # type: ignore[attr-defined]
    }
    return render(request, "pages/team_dashboard.html", context)


def _people(team: Team, cards: TeamScorecards, frame: Frame) -> Iterator[dict[str, Any]]:
    for card in cards.people:
        yield {
            "person": card.whose,
            "cells": cells(card, frame, team),
            "gone": cards.gone.get(card.whose.pk),
        }


def _with_last_met(user: User) -> UserQuerySet:
    """People, with when they had their last 1-on-1."""
    held = Review.objects.counted_for(user).filter(rep=OuterRef("pk"), closed_at__isnull=False)
    last = Subquery(held.order_by("-started_at").values("started_at")[:1])
    return User.objects.with_work_seen_by(user).annotate(last_met=last)


def _download(cards: TeamScorecards, frame: Frame) -> HttpResponseBase:
    """Every figure and target of the page, a row each."""
    header = ["Whose", "Metric", "First day", "Last day", "Value", "Target", "Standing"]
    each = (cards.own, *cards.teams, *cards.people)
    lines = (line for card in each for line in csv_lines(card))
    return stream(f"metrics-{frame.day.isoformat()}.csv", header, lines)


def csv_lines(card: Scorecard) -> Iterator[list[str]]:
    for link in card.links:
        value, whole = link.value, link.aim.whole
        yield [
            str(card.whose),
            link.metric.label,
            link.span.first.isoformat(),
            link.span.last.isoformat(),
            "" if value is None else f"{decimal(value):.2f}",
            "" if whole is None else f"{decimal(whole):.2f}",
            link.standing.state,
        ]
