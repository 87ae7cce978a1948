"""Since the last call: each kind of change, its sums, and that the history says the same."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from people.models import Team, User
from pipeline.models import Opportunity
from pipeline.stalls import StallCheck
from reviews.call_agenda import live_rows
from reviews.call_totals import Figures, figures
from reviews.models import PipelineCall
from reviews.window import KINDS, Window, changed, strip_of
from tests.factories import NOW, TODAY, a_deal, a_stage

LATER = NOW + timedelta(days=7)
LATER_DAY = LATER.date()


def north() -> Team:
    return Team.objects.get(name="North")


def held_call(mia: User, at: datetime = NOW) -> PipelineCall:
    """Begun and closed at once."""
    call = PipelineCall.start(north(), by=mia, at=at)
    call.close(by=mia, at=at)
    return call


def the_rows(call: PipelineCall, user: User, day: date = LATER_DAY) -> dict[str, Any]:
    rows = live_rows(call, user, StallCheck.on(day, user))
    return {row.name: row for row in rows}


def the_kinds(call: PipelineCall, user: User, day: date = LATER_DAY) -> dict[str, list[str]]:
    window = call.window(day)
    return {name: window.kinds_of(row) for name, row in the_rows(call, user, day).items()}


def the_figures(call: PipelineCall, user: User, day: date = LATER_DAY) -> Figures:
    rows = live_rows(call, user, StallCheck.on(day, user))
    return figures(rows, call.window(day))


def a_busy_week(rosa: User, mia: User) -> PipelineCall:
    """One deal of each kind since mia's last call; the call that looks at it."""
    names = ["forward", "pulled", "pushed", "slipped", "back", "won", "lost", "same"]
    at = NOW - timedelta(days=30)
    soon = {"slipped": TODAY + timedelta(days=3)}
    deals = {
        name: a_deal(
            rosa, name, at=at, stage=a_stage(3), close_date=soon.get(name, date(2026, 12, 18))
        )
        for name in names
    }
    held_call(mia)
    then = NOW + timedelta(days=2)
    done: dict[str, Any] = {"by": rosa, "at": then}
    deals["forward"].move_to(a_stage(4), **done)
    deals["back"].move_to(a_stage(2), **done)
    deals["pulled"].push(date(2026, 12, 10), **done)
    deals["pushed"].push(date(2027, 1, 1), **done)
    deals["pushed"].set_amount(Decimal(40_000), **done)
    deals["won"].win(**done)
    deals["lost"].lose(reason="Price", **done)
    a_deal(rosa, "new", at=then)
    return PipelineCall.start(north(), by=mia, at=LATER)


def test_each_kind_of_change_is_found_on_its_deal(rosa: User, mia: User) -> None:
    call = a_busy_week(rosa, mia)
    assert the_kinds(call, mia) == {
        "forward": ["moved_forward"],
        "pulled": ["pulled_in"],
        "pushed": ["pushed"],
        "slipped": ["slipped"],
        "back": ["moved_back"],
        "won": ["won"],
        "lost": ["lost"],
        "new": ["new"],
        "same": [],
    }


def test_each_kind_has_its_count_and_sum(rosa: User, mia: User) -> None:
    changes = the_figures(a_busy_week(rosa, mia), mia).changes
    assert {name: total.count for name, total in changes.items()} == dict.fromkeys(KINDS, 1)
    assert changes["pushed"].in_words == "€40,000"
    assert changes["won"].in_words == "€48,000"


def test_a_sum_is_of_one_currency_or_is_none(rosa: User, mia: User) -> None:
    held_call(mia)
    a_deal(rosa, "euros", at=LATER)
    a_deal(rosa, "dollars", at=LATER, currency="USD")
    call = PipelineCall.start(north(), by=mia, at=LATER)
    new = the_figures(call, mia).changes["new"]
    assert (new.count, new.amount, new.in_words) == (2, None, "2 currencies")


def test_the_strip_says_what_changed_in_a_few_words(rosa: User, mia: User) -> None:
    rows = the_rows(a_busy_week(rosa, mia), mia)
    assert strip_of(rows["pushed"]) == ["amount −€8,000", "close +14 d", "stage ="]
    assert strip_of(rows["pulled"]) == ["amount =", "close −8 d", "stage ="]
    stages = f"stage {a_stage(3)} → {a_stage(4)}"
    assert strip_of(rows["forward"]) == ["amount =", "close =", stages]
    assert strip_of(rows["won"]) == ["won"]
    assert strip_of(rows["new"]) == ["new", f"stage {a_stage(1)}"]


def test_what_went_forth_and_back_did_not_change(rosa: User, mia: User) -> None:
    deal = a_deal(rosa, "pendulum", stage=a_stage(2))
    held_call(mia)
    for hours, stage in ((1, 3), (2, 2)):
        deal.move_to(a_stage(stage), by=rosa, at=NOW + timedelta(hours=hours))
    call = PipelineCall.start(north(), by=mia, at=LATER)
    assert the_kinds(call, mia) == {"pendulum": []}


def test_the_first_call_compares_with_seven_days_before(rosa: User, mia: User) -> None:
    long_ago = NOW - timedelta(days=20)
    moved = a_deal(rosa, "moved long ago", at=long_ago)
    moved.move_to(a_stage(2), by=rosa, at=NOW - timedelta(days=9))
    fresh = a_deal(rosa, "moved lately", at=long_ago)
    fresh.move_to(a_stage(2), by=rosa, at=NOW - timedelta(days=2))
    a_deal(rosa, "won long ago", at=long_ago).win(by=rosa, at=NOW - timedelta(days=8))
    a_deal(rosa, "won lately", at=long_ago).win(by=rosa, at=NOW - timedelta(days=1))
    a_deal(rosa, "opened lately", at=NOW - timedelta(days=3))
    call = PipelineCall.start(north(), by=mia, at=NOW)
    assert call.previous is None
    assert the_kinds(call, mia, TODAY) == {
        "moved long ago": [],
        "moved lately": ["moved_forward"],
        "won lately": ["won"],
        "opened lately": ["new"],
    }


def test_a_deal_that_came_to_the_team_is_new_and_one_opened_again_too(
    rosa: User, mia: User, otto: User
) -> None:
    came = a_deal(otto, "from otto")
    again = a_deal(rosa, "opened again")
    again.lose(by=rosa, at=NOW - timedelta(hours=1), reason="Budget")
    held_call(mia)
    held_call(mia, NOW + timedelta(days=1))
    came.assign(rosa, by=otto, at=NOW + timedelta(days=2))
    again.reopen(by=rosa, at=NOW + timedelta(days=2), why="Budget is back")
    call = PipelineCall.start(north(), by=mia, at=LATER)
    assert the_kinds(call, mia) == {"from otto": ["new"], "opened again": ["new"]}


# The same, found by replaying what was done.


@dataclass
class Remembered:
    """A deal as somebody remembers it who wrote everything down."""

    stage: int
    close_date: date | None
    status: str = "open"


Act = tuple[str, int]
ACTS = st.lists(
    st.tuples(st.sampled_from(["stage", "close", "win", "lose", "reopen"]), st.integers(1, 5)),
    max_size=6,
)
HISTORIES = st.lists(
    st.tuples(st.booleans(), st.integers(-10, 20), ACTS, ACTS), min_size=1, max_size=4
)


def act(deal: Opportunity, act: Act, by: User, at: datetime) -> None:
    kind, number = act
    done: dict[str, Any] = {"by": by, "at": at}
    if kind == "reopen":
        if not deal.is_open:
            deal.reopen(why="Again", **done)
    elif deal.is_open and kind == "stage":
        deal.move_to(a_stage(number), **done)
    elif deal.is_open and kind == "close":
        deal.push(TODAY + timedelta(days=number * 3 - 6) if number < 5 else None, **done)
    elif deal.is_open and kind == "win":
        deal.win(**done)
    elif deal.is_open and kind == "lose":
        deal.lose(reason="Price", **done)


def remembered(deal: Opportunity) -> Remembered:
    return Remembered(deal.stage.order, deal.close_date, deal.status)


def expected(was: Remembered | None, now: Remembered, *, ended: bool) -> list[str] | None:
    """The kinds, by comparing two memories; None when the deal is not on the call."""
    was_open = was is not None and was.status == "open"
    if now.status != "open" and not was_open and not ended:
        return None
    kinds = set() if was_open else {"new"}
    if now.status != "open":
        return [name for name in KINDS if name in kinds | {now.status}]
    if was is not None and was_open:
        kinds |= {"moved_forward"} if now.stage > was.stage else set()
        kinds |= {"moved_back"} if now.stage < was.stage else set()
        if now.close_date and was.close_date and now.close_date != was.close_date:
            kinds.add("pushed" if now.close_date > was.close_date else "pulled_in")
        if now.close_date and TODAY <= now.close_date < LATER_DAY:
            kinds.add("slipped")
    return [name for name in KINDS if name in kinds]


@pytest.mark.slow
@pytest.mark.parametrize("first", [True, False], ids=["first call", "after another"])
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(histories=HISTORIES)
def test_rows_history_and_memory_agree(
    first: bool, rosa: User, mia: User, histories: list[Any]
) -> None:
    PipelineCall.objects.all().delete()
    Opportunity.objects.all().delete()
    wanted: dict[str, list[str] | None] = {}
    for n, (is_old, days, earlier, _) in enumerate(histories):
        if is_old:
            deal = a_deal(
                rosa, str(n), at=NOW - timedelta(days=40), close_date=TODAY + timedelta(days=days)
            )
            for k, each in enumerate(earlier):
                act(deal, each, rosa, NOW - timedelta(days=20 - k))
    memories = {deal.name: remembered(deal) for deal in Opportunity.objects.all()}
    if not first:
        held_call(mia)
    for n, (is_old, days, _, later) in enumerate(histories):
        name, was = str(n), memories.get(str(n))
        if is_old:
            deal = Opportunity.objects.get(name=name)
        else:
            close = TODAY + timedelta(days=days)
            deal = a_deal(rosa, name, at=NOW + timedelta(days=1), close_date=close)
        for k, each in enumerate(later):
            act(deal, each, rosa, NOW + timedelta(days=2, hours=k))
        after = deal.outcomechanges.filter(at__gt=NOW, to_status=deal.status)
        wanted[name] = expected(was, remembered(deal), ended=after.exists())

    call = PipelineCall.start(north(), by=mia, at=LATER)
    assert (call.previous is None) == first
    on_call = {name: kinds for name, kinds in wanted.items() if kinds is not None}
    assert the_kinds(call, mia) == on_call
    rows = live_rows(call, mia, StallCheck.on(LATER_DAY, mia))
    window: Window = call.window(LATER_DAY)
    by_rows = {
        name: set(rows.filter(condition).values_list("name", flat=True))
        for name, condition in window.conditions().items()
    }
    assert by_rows == {
        kind: {name for name, kinds in on_call.items() if kind in kinds} for kind in KINDS
    }
    some = {name for name, kinds in on_call.items() if kinds}
    assert set(rows.filter(changed(window)).values_list("name", flat=True)) == some
    counts = {name: total.count for name, total in the_figures(call, mia).changes.items()}
    assert counts == {name: len(found) for name, found in by_rows.items()}
