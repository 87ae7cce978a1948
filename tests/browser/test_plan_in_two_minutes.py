"""A plan is filed within two minutes on a phone, with all the material around it.

What is counted are taps, required inputs and characters typed; it is printed (`pytest -s`). The
two minutes follow from these by the keystroke-level model for phones: 1.1 s to find and tap
something, 0.25 s to type a character, 1.35 s to think before each of the five parts.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from coaching.models import CallPlan, Focus
from people.models import User
from pipeline.models import Product, Stage
from playbook.models import Differentiator, Priority, Question
from tests.factories import a_behaviour, a_call, a_contact, a_deal, a_product, an_account

TAP, CHARACTER, THOUGHT = 1.1, 0.25, 1.35  # seconds
PARTS, ALLOWED = 5, 120


@dataclass
class Thumb:
    """Whoever holds the phone."""

    taps: int = 0
    typed: int = 0
    inputs: int = 0

    def tap(self, what: Locator) -> None:
        self.taps += 1
        what.tap()

    def type(self, into: Locator, text: str) -> None:
        self.taps, self.inputs, self.typed = self.taps + 1, self.inputs + 1, self.typed + len(text)
        into.fill(text)

    @property
    def seconds(self) -> float:
        return self.taps * TAP + self.typed * CHARACTER + PARTS * THOUGHT


def material(ada: User, mia: User, rosa: User, product: Product) -> None:
    """As much of everything as a form shows."""
    done: dict[str, Any] = {"by": ada, "at": timezone.now()}
    for n in range(8):
        Differentiator.add(product=product, text=f"Advantage number {n} over others", **done)
    for n in range(8):
        for situation in ("plan", "inspection", "review"):
            Question.add(situation=situation, stage=None, text=f"Question number {n}?", **done)
    Priority.add(
        product=product,
        title="Relay before the year ends",
        reason="Early customers shape it",
        first_day=timezone.localdate() - timedelta(days=1),
        **done,
    )
    behaviours = [a_behaviour(f"Behaviour number {n}", ada) for n in range(5)]
    Focus.start(rosa, behaviours[0], by=mia, at=timezone.now(), goal="Two questions first")


def test_a_plan_is_filed_in_two_minutes_with_a_thumb(
    phone: Callable[..., Page],
    assert_accessible: Any,
    capsys: Any,
    rosa: User,
    mia: User,
    ada: User,
) -> None:
    product = a_product("Relay")
    material(ada, mia, rosa, product)
    account = an_account("Northwind")
    carla = a_contact(account, "Carla Buyer")
    deal = a_deal(rosa, account=account, product=product, stage=Stage.objects.get(order=2))
    start = timezone.now() + timedelta(days=1)
    call = a_call(rosa, start, opportunity=deal, account=account, attendees=[carla])
    page, thumb = phone(rosa), Thumb()
    page.goto(f"/calls/{call.pk}/plan/")
    expect(page.get_by_role("complementary", name="This week's one thing")).to_be_visible()
    assert_accessible(page)

    # Who is prefilled; purpose, learn, give and commitment are a tap each; the fallback is typed.
    for part in ("purpose", "learn", "give", "commitments"):
        thumb.tap(page.locator(f"#part-{part} .suggestion").first)
    thumb.type(page.get_by_label("Fallback"), "His name and number")
    thumb.tap(page.get_by_role("button", name="File plan"))
    expect(page.locator(".chip", has_text="Filed on time")).to_be_visible()

    assert CallPlan.objects.get().timeliness == CallPlan.ON_TIME
    with capsys.disabled():
        print(
            f"\n  a plan: {thumb.inputs} required input typed, {thumb.taps} taps, "
            f"{thumb.typed} characters, about {thumb.seconds:.0f} of {ALLOWED} s"
        )
    assert (thumb.inputs, thumb.taps) == (1, 6)

    # Whoever types every line in their own words stays within two minutes, too.
    words = Thumb(taps=6, inputs=5, typed=5 * 60)
    assert words.seconds < ALLOWED
