"""Each night some days are counted again, to see whether what is kept is right."""

import logging
import random
from datetime import datetime, timedelta

from django.db import transaction

from metrics import rollups
from metrics.models import TallyCheck
from metrics.periods import DAY, Span
from people.calendar import Calendar
from people.models import User

PEOPLE, DAYS_BACK, DAYS = 100, 400, 7
log = logging.getLogger(__name__)


def check_tonight(now: datetime) -> TallyCheck | None:
    """Of a sample of people: the last week and a week long ago. Once a night, None if it was done.

    What differs is written down, reported, and counted again. Which people and which week is drawn
    from the date: anyone can draw them again.
    """
    calendar = Calendar.current()
    today = calendar.today(now)
    with transaction.atomic():
        check, is_ours = TallyCheck.objects.get_or_create(day=today, defaults={"at": now})
        if not is_ours:
            return None
        rollups.catch_up()
        draw = random.Random(today.isoformat())
        everybody = sorted(User.objects.get_queryset().values_list("pk", flat=True))
        people = draw.sample(everybody, min(PEOPLE, len(everybody)))
        long_ago = today - timedelta(days=draw.randrange(DAYS, DAYS_BACK))
        for last in (today - DAY, long_ago):
            _check(check, people, Span(last - DAY * (DAYS - 1), last), calendar)
        check.save()
    return check


def _check(check: TallyCheck, people: list[int], span: Span, calendar: Calendar) -> None:
    checked, wrong = rollups.differences(people, span, calendar.zone)
    if wrong:
        rollups.count_people(people, span, calendar.zone)
    of_teams, wrong_teams = rollups.count_teams_anew(people, span)
    wrong += wrong_teams
    check.checked += checked + of_teams
    check.differed += len(wrong)
    check.differences = [*check.differences, *wrong][: TallyCheck.MOST_KEPT]
    if wrong:
        log.error("%s tallies of %s to %s were not right.", len(wrong), span.first, span.last)
