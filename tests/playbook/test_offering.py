"""Material where it is used: in the plan, the inspection, the 1-on-1, on deals and Today."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from coaching import prefill
from coaching.inspection_queue import to_ask_about
from coaching.models.plan_content import PlanContent, TextLine
from people.calendar import Calendar
from people.models import Holiday, Organisation, User
from pipeline.models import BuyerAnswer
from pipeline.models.buyer import BUYER_QUESTIONS
from playbook.models import Priority
from playbook.priorities import calendar_and_priorities
from reviews.models import Review
from reviews.review_page import ReviewPage
from reviews.review_questions import to_ask
from tests.factories import (
    NOW,
    TODAY,
    a_call,
    a_deal,
    a_differentiator,
    a_plan,
    a_priority,
    a_product,
    a_question,
    a_stage,
)


def offered(call: Any, part: str, **content: Any) -> list[str]:
    found = prefill.suggestions(call, PlanContent(**content), [])
    return [line.text for line in found.lines[part]]


def test_give_offers_what_sets_the_product_apart_before_what_holds_for_all(rosa: User) -> None:
    platform = a_product()
    a_differentiator("We stay")
    a_differentiator("Live in a week", product=platform)
    a_differentiator("Of another", product=a_product("Rocket"))
    a_differentiator("Gone", product=platform).retire(by=None, at=NOW)
    deal = a_deal(rosa, product=platform)
    assert offered(a_call(rosa, opportunity=deal), "give") == ["Live in a week", "We stay"]
    assert offered(a_call(rosa), "give") == ["We stay"]


def test_without_any_the_plan_asks_for_one(rosa: User) -> None:
    deal = a_deal(rosa, product=a_product())
    call = a_call(rosa, opportunity=deal)
    assert offered(call, "give") == ["What sets Platform apart, with proof"]
    assert offered(a_call(rosa), "give") == []


def test_five_are_offered_and_none_that_stands_on_the_plan(rosa: User) -> None:
    for n in range(7):
        a_differentiator(f"Reason {n}")
    given = [TextLine("reason 0")]
    assert offered(a_call(rosa), "give", give=given) == [f"Reason {n}" for n in range(1, 6)]


def test_learn_offers_questions_of_the_stage_after_the_four_of_every_deal(rosa: User) -> None:
    deal = a_deal(rosa)
    for key, _ in BUYER_QUESTIONS[1:]:
        BuyerAnswer.give(deal, key, "Known", by=rosa, at=NOW)
    a_question("Of any stage?")
    a_question("Of this stage?", stage=deal.stage)
    a_question("Of another?", stage=a_stage(4))
    a_question("Of the rep?", situation="inspection")
    call = a_call(rosa, opportunity=deal)
    assert offered(call, "learn") == [BUYER_QUESTIONS[0][1], "Of this stage?", "Of any stage?"]


def test_an_inspection_offers_questions_by_the_stage_of_the_deal(rosa: User, mia: User) -> None:
    deal = a_deal(rosa)
    a_question("Any?", situation="inspection")
    a_question("This stage?", situation="inspection", stage=deal.stage)
    a_question("Other?", situation="inspection", stage=a_stage(4))
    plan = a_plan(a_call(rosa, opportunity=deal))
    assert [str(each) for each in to_ask_about(plan, mia)] == ["This stage?", "Any?"]


def test_a_1_on_1_offers_the_manager_questions_by_the_stages_of_its_deals(
    rosa: User, mia: User
) -> None:
    deal = a_deal(rosa, at=NOW)
    a_question("Any?", situation="review")
    a_question("This stage?", situation="review", stage=deal.stage)
    a_question("Other?", situation="review", stage=a_stage(4))
    review = Review.arrange(rosa, NOW, by=mia, at=NOW)
    review.start(by=mia, at=NOW)

    def asked(user: User, part: int) -> list[str]:
        return [str(each) for each in to_ask(ReviewPage(review, user, NOW), part)]

    assert asked(mia, 2) == ["This stage?", "Any?"]
    assert asked(mia, 5) == ["Any?"]
    assert asked(rosa, 2) == []


# Priorities of today.


def pushed(rosa: User, now: datetime) -> list[str]:
    return [each.title for each in calendar_and_priorities(rosa, now)[1]]


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Berlin"])
@pytest.mark.parametrize("hour", [0, 9, 10, 11, 12, 23])
def test_priorities_are_those_of_the_organisations_day(rosa: User, zone: str, hour: int) -> None:
    Organisation.current().change(time_zone=zone)
    for day in (30, 31):
        a_priority(f"On {day}", first_day=date(2027, 1, day), last_day=date(2027, 1, day))
    a_priority("From February", first_day=date(2027, 2, 1), product=a_product())
    now = datetime(2027, 1, 31, hour, 0, tzinfo=UTC)
    today = Organisation.current().today(now)
    assert pushed(rosa, now) == [each.title for each in Priority.objects.on(today)] != []


def test_the_calendar_beside_them_is_the_same(rosa: User) -> None:
    Holiday.add(TODAY, "Off")
    a_priority("Say “no” to 5 % discounts", product=a_product(), last_day=TODAY)
    calendar, [priority] = calendar_and_priorities(rosa, NOW)
    assert calendar == Calendar.current()
    assert (priority.title, priority.product) == ("Say “no” to 5 % discounts", "Platform")
    assert (priority.first_day, priority.last_day) == (TODAY, TODAY)


def test_a_deal_serves_the_priority_of_its_product_and_that_of_every_deal(rosa: User) -> None:
    platform = a_product()
    a_priority("Platform", product=platform)
    a_priority("Every deal")
    _, (one, every) = calendar_and_priorities(rosa, NOW)
    assert [one.is_served_by(pk) for pk in (platform.pk, None, 0)] == [True, False, False]
    assert [every.is_served_by(pk) for pk in (platform.pk, None)] == [True, True]
