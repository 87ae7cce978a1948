"""The 1-on-1s of the organisation: a year of closed ones of everybody, and three that are measured.

Those of three reps with two hundred open deals are held by the verbs of the product: one was closed
a month ago, and now one runs, one is prepared, and one is started again and again.
"""

from datetime import UTC, date, datetime, time, timedelta

from django.db import connection

from bench.fill import day, fill, json, moment, numbers, pick
from bench.shape import Shape
from metrics.models import Metric, Target
from people.models import User
from pipeline import models as pipeline
from reviews.models import (
    Agreement,
    Review,
    ReviewDeal,
    ReviewDecision,
    ReviewPreparation,
    ReviewSchedule,
    ReviewSnapshot,
)
from reviews.models.deal_decision import LEAVE, Said

MONTH = 30  # days
ENDED = 12  # deals of a busy rep that were won or lost since the last review
DECIDED, ANSWERED = 10, 5  # deals, in the review that runs
WORDS = "They decide with their board in the first week of the month. "
DEAL = {
    "opportunity_id": "d.id",
    "stage_order": 's."order"',
    "stage_name": "s.name",
    "close_date": "d.close_date",
    "amount": "d.amount",
    "currency": "d.currency",
    "next_step": "d.next_step",
    "next_step_on": "d.next_step_on",
}


def ids(shape: Shape) -> str:
    return ", ".join(str(pk) for pk in shape.busy)


def lately(today: date, salt: int) -> str:
    """A day of the last weeks, after the last review."""
    return day(today, f"-2 - {pick(MONTH - 8, 'd.id', salt)}")


def renew(shape: Shape, today: date) -> None:
    """Of the deals of busy reps: one in 25 was opened lately, and some ended lately."""
    some = f"owner_id IN ({ids(shape)}) AND id > "
    on = lately(today, 1).replace("d.id", "id")
    table = "UPDATE pipeline_opportunity SET"
    new = f"{some} {shape.busy_closed} AND id / {shape.reps} % 25 = 0"
    ended = f"{some} {shape.busy_closed - ENDED * shape.reps} AND status <> 'open'"
    with connection.cursor() as cursor:
        cursor.execute(f"{table} opened_on = {on}, stage_since = {on} WHERE {new}")
        cursor.execute(f"{table} closed_on = {on}, close_date = {on} WHERE {ended}")


def make_last_month(shape: Shape, today: date) -> None:
    """What happened to the open deals of busy reps since their last review."""
    nth = f"d.id / {shape.reps}"
    of_busy = f"pipeline_opportunity d WHERE d.status = 'open' AND d.owner_id IN ({ids(shape)})"
    old = f"{of_busy} AND d.opened_on < {day(today, f'-{MONTH}')}"
    common = {"opportunity_id": "d.id", "by_id": "d.owner_id"}
    first = "(SELECT MIN(id) FROM pipeline_stage)"
    fill(
        pipeline.StageChange,
        f"{old} AND d.stage_id > {first} AND {nth} % 5 = 1",
        at=moment(lately(today, 2)),
        from_stage_id="d.stage_id - 1",
        to_stage_id="d.stage_id",
        **common,
    )
    fill(
        pipeline.AmountChange,
        f"{old} AND {nth} % 10 = 3",
        at=moment(lately(today, 3)),
        from_amount="d.amount - 400",
        to_amount="d.amount",
        currency="d.currency",
        **common,
    )
    step = {"next_step": "d.next_step", "next_step_on": "d.next_step_on"}
    fill(pipeline.NextStepChange, old, at=moment(day(today, "-50")), **step, **common)
    changed = f"{of_busy} AND {nth} % 4 = 2"
    fill(pipeline.NextStepChange, changed, at=moment(lately(today, 4)), **step, **common)


def make_reviews(shape: Shape, today: date) -> None:
    """A schedule for everybody, a year of closed reviews, and those that are measured."""
    led = f"people_user u WHERE u.id >= {shape.first_rep}"
    pair = {"manager_id": "u.reports_to_id", "rep_id": "u.id"}
    fill(ReviewSchedule, led, **pair, starts_on=day(today, "-400"))
    ultimate = Metric.objects.get(role=Metric.ULTIMATE, retired_on=None)
    begun = datetime.combine(today - timedelta(days=400), time(9), UTC)
    Target.objects.create(metric=ultimate, amount=600_000, set_at=begun)
    make_past(f"{numbers(shape.months)} CROSS JOIN {led}", pair, today)
    running, preparing, fresh = User.objects.filter(pk__in=shape.busy).order_by("pk")
    yesterday = datetime.combine(today - timedelta(days=1), time(9), UTC)
    for rep in (running, preparing, fresh):
        hold(rep, yesterday - timedelta(days=MONTH), is_closed=True)
    hold(running, yesterday, is_closed=False)
    for rep in (preparing, fresh):
        prepared(rep, yesterday)


def make_past(source: str, pair: dict[str, str], today: date) -> None:
    """The deals of these are those of today: only their number matters."""
    on = day(today, f"-{MONTH} * (n.i + 2)")
    start, end = moment(on), moment(on, "570")
    fill(
        Review,
        source,
        scheduled_for=start,
        opens_at=moment(on, "-900"),
        due_by=on,
        started_at=start,
        since=moment(on, f"540 - 1440 * {MONTH}"),
        since_day=day(on, f"-{MONTH}"),
        day=on,
        status=json("{}"),
        manager_agreed_at=end,
        rep_agreed_at=end,
        closed_at=end,
        closed_by_id="u.reports_to_id",
        **pair,
    )
    deals = (
        "reviews_review r "
        "JOIN pipeline_opportunity d ON d.owner_id = r.rep_id AND d.status = 'open' "
        "JOIN pipeline_stage s ON s.id = d.stage_id"
    )
    fill(ReviewSnapshot, deals, review_id="r.id", **DEAL)
    was = {f"was_{name}": value for name, value in DEAL.items() if name != "opportunity_id"}
    more = {"name": "d.name", "status": "d.status", "probability": "s.probability"}
    fill(ReviewDeal, deals, review_id="r.id", was_open="TRUE", **more, **was, **DEAL)


def prepared(rep: User, at: datetime) -> Review:
    """One that has not begun, with the rep's answers."""
    assert rep.reports_to
    review = Review.arrange(rep, at, by=rep.reports_to, at=at)
    said = dict.fromkeys(("in_the_way", "doing", "help_needed"), WORDS * 3)
    ReviewPreparation.write(review, said, by=rep, at=at)
    return Review.objects.get(pk=review.pk)


def hold(rep: User, at: datetime, *, is_closed: bool) -> None:
    """Start it at that moment, write in it, agree; close it, or let it run."""
    assert rep.reports_to
    review, manager = prepared(rep, at), rep.reports_to
    review.start(by=manager, at=at)
    for n in range(6):
        Agreement.make(
            text=f"Ask their finance about the terms of deal {n}",
            owner=(rep, manager)[n % 2],
            due_on=at.date() + timedelta(days=7 + 6 * n),
            by=manager,
            at=at,
            review=review,
        )
    for part in review.parts.all():
        part.write(WORDS * 5, by=rep, at=at)
    if is_closed:
        review.refresh_from_db()
        review.close(by=manager, at=at + timedelta(minutes=30))
    else:
        decide(review, at)


def decide(review: Review, at: datetime) -> None:
    """Leave some deals as they are, and say how likely some are."""
    frozen = review.deals.filter(status="open").select_related("opportunity")
    for each in frozen.order_by("-amount")[:DECIDED]:
        if each.opportunity:
            left = Said(LEAVE, "It is well on its way")
            ReviewDecision.make(review, each.opportunity, left, by=review.manager, at=at)
    soon = frozen.filter(close_date__lte=at.date() + timedelta(days=7))
    for each in soon.order_by("close_date", "pk")[:ANSWERED]:
        words = {"own_probability_reason": "Their buyer said so", "better_odds": "A reference"}
        each.answer(own_probability=60, **words, by=review.rep, at=at)
