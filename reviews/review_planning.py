"""Drafts of the 1-on-1s to come, made ahead from their rhythms; it may run twice or at once.

Holidays and absences of either move a meeting to the next working day. A draft that nobody
touched follows when the rhythm, a holiday or an absence changes.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from lib.calendar import instant_near, local_date
from people.calendar import Calendar
from people.models import Absence
from reviews import rhythm
from reviews.models.review import Review
from reviews.models.review_rows import ReviewQuerySet
from reviews.models.review_schedule import ReviewSchedule, ReviewScheduleQuerySet

AHEAD_DAYS = 42  # drafts are made so long before; a month with more than one is rare
BEHIND_DAYS = 31  # after an outage, those of so many days ago are still made
AT_ONCE = 500  # schedules a batch
SEARCHED_DAYS = 400  # for the next dates of a rhythm
AWAY = "One of the two was away until the next one."
PLANNED = ["scheduled_for", "opens_at", "due_by", "minutes", "excused_at", "excuse"]
Planned = dict[date, dict[str, Any]]  # by occurrence: the columns of its review


def plan_all(now: datetime) -> None:
    """Bring the drafts of every schedule in line with it."""
    plan(ReviewSchedule.objects.all(), now, catch_up=True)


def plan(schedules: ReviewScheduleQuerySet, now: datetime, *, catch_up: bool = False) -> None:
    """Of these schedules. Four statements for each AT_ONCE of them, and one for what changes.

    `catch_up` makes those of past days as well that would have been made had this run in time.
    """
    _withdraw(Review.objects.filter(schedule__in=schedules.order_by().values("pk")), now)
    calendar = Calendar.current()
    kept = schedules.kept_up().select_related("manager").order_by("pk")
    batch: list[ReviewSchedule] = []
    for schedule in kept.iterator(chunk_size=AT_ONCE):
        batch.append(schedule)
        if len(batch) == AT_ONCE:
            _plan_batch(batch, calendar, now, catch_up=catch_up)
            batch = []
    _plan_batch(batch, calendar, now, catch_up=catch_up)


def _untouched(rows: ReviewQuerySet, now: datetime) -> ReviewQuerySet:
    """Drafts that nobody rescheduled, excused or made notes on, and that are not open yet.

    Once it is open somebody may be writing in it: then it stays where it is.
    """
    by_nobody = Q(excused_at=None) | Q(excused_by=None, excuse=AWAY)
    fresh = rows.filter(by_nobody, started_at=None, not_held_at=None, opens_at__gt=now)
    return fresh.filter(moved_at=None, preparation=None, private_notes=None)


def _withdraw(reviews: ReviewQuerySet, now: datetime) -> None:
    """Take away what the rhythm made and no longer asks for: switched off, or another manager."""
    asked_for = ReviewSchedule.objects.kept_up().order_by().values("pk")
    _untouched(reviews, now).exclude(schedule__in=asked_for).delete()


@transaction.atomic
def _plan_batch(
    schedules: Sequence[ReviewSchedule], calendar: Calendar, now: datetime, *, catch_up: bool
) -> None:
    away = _absences(schedules)
    drafts: dict[int, dict[date, Review]] = defaultdict(dict)
    made_before = Review.objects.filter(schedule__in=[schedule.pk for schedule in schedules])
    horizon = local_date(now, calendar.zone) - timedelta(days=BEHIND_DAYS)
    near = made_before.filter(occurrence__gte=horizon).order_by("pk")
    for review in near.select_for_update(no_key=True):  # whoever reschedules waits
        if review.schedule_id and review.occurrence:
            drafts[review.schedule_id][review.occurrence] = review
    untouched = set(_untouched(made_before, now).values_list("pk", flat=True))
    new: list[Review] = []
    changed: list[Review] = []
    gone: list[int] = []
    for schedule in schedules:
        planned = _planned(schedule, calendar, away, now)
        had = drafts[schedule.pk]
        drafted_until = max(had) if catch_up and had else None
        new += _missing(schedule, planned, had, now, drafted_until)
        gone += [r.pk for day, r in had.items() if day not in planned and r.pk in untouched]
        changed += _moved(planned, (r for r in had.values() if r.pk in untouched))
    Review.objects.bulk_create(new, ignore_conflicts=True)
    Review.objects.bulk_update(changed, PLANNED, AT_ONCE)
    Review.objects.filter(pk__in=gone).delete()


def _absences(schedules: Sequence[ReviewSchedule]) -> dict[int, list[Absence]]:
    people = {pk for schedule in schedules for pk in (schedule.manager_id, schedule.rep_id)}
    found: dict[int, list[Absence]] = defaultdict(list)
    for absence in Absence.objects.filter(user__in=people):
        found[absence.user_id].append(absence)
    return found


def _planned(
    schedule: ReviewSchedule, calendar: Calendar, away: dict[int, list[Absence]], now: datetime
) -> Planned:
    """The reviews of a schedule around now, by the date of the rhythm."""
    today = local_date(now, calendar.zone)
    begin, end = today - timedelta(days=BEHIND_DAYS), today + timedelta(days=AHEAD_DAYS)
    dates = schedule.dates(begin, end + timedelta(days=AHEAD_DAYS))
    off = _days_off(schedule, calendar, away, begin)
    planned: Planned = {}
    for day, following in zip(dates, [*dates[1:], None], strict=True):
        if day > end:
            break
        held_on = rhythm.moved(day, off)
        when = instant_near(held_on, schedule.time, schedule.zone)
        is_away = following and held_on >= following
        planned[day] = Review.planned_for(when, day, calendar) | {
            "minutes": schedule.minutes,
            "excused_at": now if is_away else None,
            "excuse": AWAY if is_away else "",
        }
    return planned


def _days_off(
    schedule: ReviewSchedule, calendar: Calendar, away: dict[int, list[Absence]], begin: date
) -> set[date]:
    """Holidays, and the days from `begin` on which one of the two is away."""
    absences = [*away[schedule.manager_id], *away[schedule.rep_id]]
    return set(calendar.holidays).union(*(_days(each, begin) for each in absences))


def _days(absence: Absence, begin: date) -> Iterable[date]:
    """Those that matter; an absence may last for years."""
    first = max(absence.first_day, begin)
    last = min(absence.last_day, begin + timedelta(days=400))
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def next_dates(schedule: ReviewSchedule, now: datetime, count: int) -> list[tuple[date, date]]:
    """The next dates of a rhythm, saved or not, each with the day on which it is held."""
    calendar = Calendar.current()
    begin = local_date(now, calendar.zone) - timedelta(days=BEHIND_DAYS)
    off = _days_off(schedule, calendar, _absences([schedule]), begin)
    dates = schedule.dates(begin, begin + timedelta(days=SEARCHED_DAYS))
    found = []
    for day, following in zip(dates, [*dates[1:], None], strict=True):
        held_on = rhythm.moved(day, off)
        away = following and held_on >= following
        if not away and instant_near(held_on, schedule.time, schedule.zone) > now:
            found.append((day, held_on))
    return found[:count]


def _missing(
    schedule: ReviewSchedule,
    planned: Planned,
    had: dict[date, Review],
    now: datetime,
    drafted_until: date | None,
) -> list[Review]:
    """Of past dates only those after `drafted_until`: those before it were made in time."""
    pair: Any = {"schedule": schedule, "manager_id": schedule.manager_id, "rep_id": schedule.rep_id}
    return [
        Review(**pair, occurrence=day, **columns)
        for day, columns in planned.items()
        if day not in had
        and (columns["scheduled_for"] > now or (drafted_until and day > drafted_until))
    ]


def _moved(planned: Planned, drafts: Iterable[Review]) -> list[Review]:
    """Drafts whose time is another by now, or that are excused, or no longer so."""
    changed = []
    for review in drafts:
        columns = planned.get(review.occurrence) if review.occurrence else None
        if columns is None:
            continue
        if review.excused_at and columns["excused_at"]:
            columns = columns | {"excused_at": review.excused_at}
        if any(getattr(review, name) != columns[name] for name in PLANNED):
            for name in PLANNED:
                setattr(review, name, columns[name])
            changed.append(review)
    return changed
