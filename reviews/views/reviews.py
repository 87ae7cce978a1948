"""The list of 1-on-1s, and the history of those with one person."""

from datetime import date, timedelta

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from lib.calendar import local_date, month_of
from lib.keyset import Page
from people.models import Organisation, User
from people.signed_in import signed_in
from reviews.models import Review
from reviews.review_counts import ReviewCount, counts
from reviews.review_list import (
    Kept,
    history,
    kept_of,
    opened_to,
    own_pair,
    pairs_of,
    rows_of,
    trend_of,
)

YEAR = timedelta(days=365)
PAGE = 25


@require_safe
def reviews(request: HttpRequest) -> HttpResponse:
    """Whom this person meets next; with `?rep=`, and for who leads nobody, what was."""
    user, now = signed_in(request), timezone.now()
    if "rep" in request.GET or not user.leads_people:
        return review_history(request, _rep(request, user))
    organisation = Organisation.current()
    is_open_upwards = organisation.managers_manager_reads_reviews
    day = local_date(now, organisation.zone)
    rows = rows_of(user, pairs_of(user), now)
    context = {
        "own": next((row for row in rows if row.rep == user), None),
        "rows": [row for row in rows if row.rep != user],
        "counts": _counts(user, day),
        "is_open_upwards": is_open_upwards,
        "opened": opened_to(user) if is_open_upwards else [],
    }
    return render(request, "reviews/reviews.html", context)


def _counts(user: User, day: date) -> list[ReviewCount]:
    """Of the last twelve months, by manager; not of those above, of whom one would see a part."""
    found = counts(user, day - YEAR, month_of(day)[1])
    return [each for each in found if each.manager_id != user.reports_to_id]


def _rep(request: HttpRequest, user: User) -> User:
    """Whose reviews are asked for: oneself, somebody under one, or with whom there were any."""
    asked = request.GET.get("rep", str(user.pk))
    if not (asked.isascii() and asked.isdigit() and len(asked) < 12):
        raise Http404
    if int(asked) == user.pk:
        return user
    mine = Review.objects.visible_to(user).order_by().values("rep")
    below = User.objects.led_by(user).order_by().values("pk")
    return get_object_or_404(User.objects.filter(Q(pk__in=mine) | Q(pk__in=below)), pk=asked)


def review_history(request: HttpRequest, rep: User) -> HttpResponse:
    """What comes next and what was with one person, as far as one reads it."""
    user, now = signed_in(request), timezone.now()
    past = history(user, rep)
    pairs = [(user, rep)] if rep.reports_to_id == user.pk else []
    page = Page.of(past, ["-scheduled_for"], request.GET, size=PAGE)
    kept = kept_of(page.rows, user.today(now))
    context = {
        "rep": rep,
        "today": user.today(now),
        "row": next(iter(rows_of(user, own_pair(user) if rep == user else pairs, now)), None),
        "trend": trend_of(past, now, user.today(now)),
        "page": page,
        "past": [(each, kept.get(each.pk, Kept())) for each in page.rows],
    }
    return render(request, "reviews/review_history.html", context)
