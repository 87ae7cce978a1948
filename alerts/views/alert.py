"""One alert: why one is told of it, and what one says to it.

What is said to a card of several reasons is said to each: `also` names the others.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from alerts.forms.inbox import AnswerForm, QuestionForm, SnoozeForm
from alerts.inbox import Moment, cards, parts, waking_days, with_who_is_on_it
from alerts.models import AlertQuestion, Notification
from alerts.why import ABOVE, Why
from lib.calendar import in_words
from lib.verb_form import VerbForm
from people.calendar import Calendar
from people.models import User
from people.signed_in import signed_in

Verb = Callable[[Notification], None]


@require_safe
def alert(request: HttpRequest, pk: int) -> HttpResponse:
    """Its rule, number, limit and clock, who hears of it, and what was said."""
    return _page(request, _told(signed_in(request), pk))


@require_POST
def action(request: HttpRequest, pk: int) -> HttpResponse:
    """Off to where it is resolved; others who hear of it see that this person is on it."""
    user, now = signed_in(request), timezone.now()
    told = _told(user, pk)
    _say([told, *_also(request, told)], lambda each: each.act(now))
    return redirect(told.alert.path_for(user))


@require_POST
def snooze(request: HttpRequest, pk: int) -> HttpResponse:
    """Quiet until a day."""
    now, form = timezone.now(), SnoozeForm(request.POST)
    told = _told(signed_in(request), pk)
    if form.is_valid():
        said = {**form.cleaned_data, "at": now}
        said.pop("chip")
        rows = [told, *_also(request, told)]
        if form.carry_out(lambda: _say(rows, lambda each: each.snooze(**said))):
            until = in_words(said["until"])
            return _done(request, told, f"Quiet until {until}.", "alert_waking")
    return _page(request, told, snooze=form)


@require_POST
def waking(request: HttpRequest, pk: int) -> HttpResponse:
    """A snooze is taken back."""
    return _carry_out(request, pk, Notification.wake, "Awake again.")


@require_POST
def settlement(request: HttpRequest, pk: int) -> HttpResponse:
    """Done with it."""
    now = timezone.now()
    words = "Done. It stays quiet until it ends."
    return _carry_out(request, pk, lambda each: each.settle(now), words, "alert_restoration")


@require_POST
def restoration(request: HttpRequest, pk: int) -> HttpResponse:
    """What was done is to do again."""
    return _carry_out(request, pk, Notification.restore, "To do again.")


@require_POST
def reading(request: HttpRequest, pk: int) -> HttpResponse:
    """It was seen: the page's script says so. The bell asks anew at once."""
    told, now = _told(signed_in(request), pk), timezone.now()
    for each in [told, *_also(request, told)]:
        each.read(now)
    return HttpResponse(status=204, headers={"HX-Trigger": "alerts-read"})


@require_POST
def question(request: HttpRequest, pk: int) -> HttpResponse:
    """A manager asks whoever it is about."""
    user, form = signed_in(request), QuestionForm(request.POST)
    told = _told(user, pk)
    if form.is_valid():
        said = {**form.cleaned_data, "by": user, "at": timezone.now()}
        if form.carry_out(lambda: AlertQuestion.ask(told.alert, **said)):
            messages.success(request, f"{told.alert.about.first_name} finds your question.")
            return redirect(_back(request))
    return _page(request, told, question=form)


@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """The person who was asked answers."""
    user, form = signed_in(request), AnswerForm(request.POST)
    visible = AlertQuestion.objects.visible_to(user).select_related("alert", "asked_by")
    asked = get_object_or_404(visible, pk=pk)
    if form.is_valid():
        said = {**form.cleaned_data, "by": user, "at": timezone.now()}
        if form.carry_out(lambda: asked.reply(**said)):
            messages.success(request, f"{asked.asked_by.first_name} finds your answer.")
            return redirect("alert", asked.alert_id)
    return _page(request, _told(user, asked.alert_id), answer=form, answered=asked)


# What they share.


def _told(user: User, pk: int) -> Notification:
    """What this person was told of that alert, with whoever stands above whom it is about."""
    rows = with_who_is_on_it(Notification.objects.visible_to(user), user)
    return get_object_or_404(rows.select_related("person", ABOVE), alert=pk)


def _sent(request: HttpRequest, name: str) -> list[str]:
    """What was posted; the button of a message carries it in the address."""
    return request.POST.getlist(name) or request.GET.getlist(name)


def _also(request: HttpRequest, told: Notification) -> list[Notification]:
    """The other reasons of the same thing that stood on the card."""
    wanted = [int(key) for key in _sent(request, "also") if key.isdecimal() and len(key) < 19]
    if not wanted:
        return []
    alert = told.alert
    rows = Notification.objects.visible_to(told.person).filter(alert__in=wanted)
    same = rows.filter(alert__kind=alert.kind, alert__subject_id=alert.subject_id)
    return list(same.exclude(pk=told.pk).for_list())


@transaction.atomic
def _say(rows: list[Notification], verb: Verb) -> None:
    """To each that is still open; what has ended meanwhile needs nothing said."""
    for each in rows:
        if each.alert.is_open:
            verb(each)


def _carry_out(
    request: HttpRequest, pk: int, verb: Verb, words: str, undo: str = ""
) -> HttpResponse:
    told = _told(signed_in(request), pk)
    _say([told, *_also(request, told)], verb)
    return _done(request, told, words, undo)


def _done(request: HttpRequest, told: Notification, words: str, undo: str) -> HttpResponse:
    """Say so, with a way back, and go where one came from."""
    if not told.alert.is_open:
        messages.info(request, "This alert has ended by itself.")
    else:
        sent = {name: _sent(request, name) for name in ("also", "back", "from")}
        way = f"{reverse(undo, args=[told.alert_id])}?{urlencode(sent, doseq=True)}" if undo else ""
        messages.success(request, words, extra_tags=f"undo:{way}" if way else "")
    return redirect(_back(request))


def _back(request: HttpRequest) -> str:
    """The alert's page that was open, or the list as it was filtered."""
    page = "".join(_sent(request, "from")[:1])
    if page.isdecimal():
        return reverse("alert", args=[page])
    back = QueryDict("".join(_sent(request, "back")[:1])).urlencode()
    return f"{reverse('alerts')}?{back}" if back else reverse("alerts")


def _page(request: HttpRequest, told: Notification, **forms: Any) -> HttpResponse:
    """The page; one of its forms may be filled in and refused."""
    moment = Moment(signed_in(request), timezone.now(), Calendar.current())
    summary = told.alert if told.alert.is_summary else None
    page = parts(moment.user, summary, request.GET) if summary else None
    refused = next((form for form in forms.values() if isinstance(form, VerbForm)), None)
    context = {
        "why": Why(told, moment),
        "page": page,
        "groups": cards(page.rows, moment, by_day=False) if page else [],
        "moment": moment,
        "waking_days": waking_days(moment.today),
        "refused": refused,
        "snooze": SnoozeForm(),
        "question": QuestionForm(),
        "answer": AnswerForm(),
    }
    status = refused.status if refused else 200
    return render(request, "alerts/alert.html", context | forms, status=status)
