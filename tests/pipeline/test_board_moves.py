"""Cards on the move: one verb behind menu, drag and keys; nobody overwrites anybody."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from people.models import User
from pipeline.models import Opportunity, StageChange
from tests.factories import a_deal, a_stage

SCRIPT = {"HX-Request": "true"}


def url_of(deal: Opportunity) -> str:
    return f"/opportunities/board/cards/{deal.pk}/"


@pytest.fixture
def deal(rosa: User) -> Opportunity:
    now = timezone.now()
    close = (now + timedelta(days=40)).date()
    return a_deal(rosa, "Acme rollout", at=now, close_date=close, stage=a_stage(2))


def moves(deal: Opportunity) -> list[tuple[Any, Any]]:
    return list(
        deal.stagechanges.order_by("pk").values_list("from_stage__order", "to_stage__order")
    )


def test_a_form_moves_the_deal_and_goes_back_to_the_same_board(
    as_: Any, mia: User, deal: Opportunity
) -> None:
    client = as_.page(mia)
    answer = client.post(
        url_of(deal) + "?search=acme&shown=1", {"to": a_stage(3).pk, "version": deal.version}
    )
    assert answer.headers["Location"] == f"/opportunities/board/?search=acme#card-{deal.pk}"
    deal.refresh_from_db()
    assert deal.stage == a_stage(3)
    last = StageChange.objects.latest("pk")
    assert (last.by, last.from_stage, last.to_stage) == (mia, a_stage(2), a_stage(3))
    page = client.get("/opportunities/board/").content.decode()
    assert f"Moved to {a_stage(3)}." in page
    assert "Undo" in page


def test_a_script_gets_both_columns_the_totals_and_an_undo(
    as_: Any, rosa: User, deal: Opportunity
) -> None:
    other = a_deal(rosa, "Elsewhere", at=timezone.now(), stage=a_stage(5))
    answer = as_.page(rosa).post(
        url_of(deal), {"to": a_stage(3).pk, "version": deal.version}, headers=SCRIPT
    )
    body = answer.content.decode()
    assert answer.status_code == 200
    for stage in (a_stage(2), a_stage(3)):
        assert f'id="column-{stage.pk}"' in body
    assert f'id="column-{a_stage(5).pk}"' not in body
    assert other.name not in body
    assert body.count('hx-swap-oob="true"') == 3
    assert 'id="board-total"' in body
    assert f"Moved to {a_stage(3)}." in body


def undo_in(answer: Any) -> str:
    tags = [str(m.extra_tags) for m in answer.context["messages"]]
    return tags[-1].removeprefix("undo:")


def test_a_move_is_undone_by_the_same_verb(as_: Any, rosa: User, deal: Opportunity) -> None:
    client = as_.page(rosa)
    answer = client.post(
        url_of(deal) + "?search=acme",
        {"to": a_stage(4).pk, "version": deal.version},
        headers=SCRIPT,
    )
    body = answer.content.decode()
    deal.refresh_from_db()
    undo = f"{url_of(deal)}?search=acme&to={a_stage(2).pk}&version={deal.version}"
    assert undo.replace("&", "&amp;") in body
    back = client.post(undo)
    assert back.headers["Location"].startswith("/opportunities/board/?search=acme#")
    deal.refresh_from_db()
    assert deal.stage == a_stage(2)
    assert moves(deal) == [(None, 2), (2, 4), (4, 2)]


def test_won_and_undone(as_: Any, rosa: User, deal: Opportunity) -> None:
    client = as_.page(rosa)
    answer = client.post(url_of(deal), {"to": "won", "version": deal.version}, headers=SCRIPT)
    assert "Won." in answer.content.decode()
    assert f'id="card-{deal.pk}"' not in answer.content.decode()
    deal.refresh_from_db()
    assert deal.status == Opportunity.WON
    client.post(f"{url_of(deal)}?to=open&version={deal.version}")
    deal.refresh_from_db()
    assert (deal.status, deal.stage) == (Opportunity.OPEN, a_stage(2))


def test_lost_asks_for_its_reason(as_: Any, rosa: User, deal: Opportunity) -> None:
    client = as_.page(rosa)
    said = {"to": "lost", "version": deal.version}
    refused = client.post(url_of(deal), said, headers=SCRIPT)
    assert refused.status_code == 400
    assert "Say why it was lost." in refused.content.decode()
    client.post(url_of(deal), {**said, "reason": "Price"}, headers=SCRIPT)
    deal.refresh_from_db()
    assert (deal.status, deal.lost_reason) == (Opportunity.LOST, "Price")


def test_without_scripts_lost_leads_to_the_closure_with_lost_chosen(
    as_: Any, rosa: User, deal: Opportunity
) -> None:
    client = as_.page(rosa)
    closure = f"/opportunities/{deal.pk}/closure/?outcome=lost"
    assert closure in client.get("/opportunities/board/").content.decode()
    form = client.get(closure).context["form"]
    assert form["outcome"].value() == "lost"


def test_two_people_move_the_same_card_and_one_is_told(
    as_: Any, rosa: User, mia: User, deal: Opportunity
) -> None:
    seen = deal.version
    said = {"to": a_stage(3).pk, "version": seen}
    assert as_.page(mia).post(url_of(deal), said, headers=SCRIPT).status_code == 200
    refused = as_.page(rosa).post(
        url_of(deal), {"to": a_stage(5).pk, "version": seen}, headers=SCRIPT
    )
    body = refused.content.decode()
    assert refused.status_code == 412
    assert "somebody else changed “Acme rollout”" in body
    assert f"It is in {a_stage(3)}." in body
    assert body.count('class="well"') == 5  # every card in its true place
    deal.refresh_from_db()
    assert deal.stage == a_stage(3)
    assert moves(deal) == [(None, 2), (2, 3)]


def test_a_stale_form_without_scripts_goes_back_and_says_so(
    as_: Any, rosa: User, mia: User, deal: Opportunity
) -> None:
    seen = deal.version
    deal.move_to(a_stage(4), by=mia, at=timezone.now())
    client = as_.page(rosa)
    assert client.post(url_of(deal), {"to": a_stage(1).pk, "version": seen}).status_code == 302
    assert "Not moved" in client.get("/opportunities/board/").content.decode()
    deal.refresh_from_db()
    assert deal.stage == a_stage(4)


def test_a_card_closed_meanwhile_is_told(
    as_: Any, rosa: User, mia: User, deal: Opportunity
) -> None:
    seen = deal.version
    deal.win(by=mia, at=timezone.now())
    client = as_.page(rosa)
    stale = client.post(url_of(deal), {"to": a_stage(3).pk, "version": seen}, headers=SCRIPT)
    assert stale.status_code == 412
    assert "was won meanwhile" in stale.content.decode()
    closed = client.post(
        url_of(deal), {"to": a_stage(3).pk, "version": deal.version}, headers=SCRIPT
    )
    assert closed.status_code == 400
    assert "Reopen it first" in closed.content.decode()


def test_a_deal_that_is_gone_is_404_and_the_board_is_drawn_anew(
    as_: Any, rosa: User, otto: User, deal: Opportunity
) -> None:
    theirs = a_deal(otto, "Secret")
    for url in (url_of(theirs), "/opportunities/board/cards/999999/"):
        client = as_.page(rosa)
        assert client.post(url, {"to": "won", "version": 1}).status_code == 404
        answer = client.post(url, {"to": "won", "version": 1}, headers=SCRIPT)
        body = answer.content.decode()
        assert answer.status_code == 404
        assert "no longer" in body
        assert "Acme rollout" in body
        assert "Secret" not in body
    theirs.refresh_from_db()
    assert theirs.is_open


@pytest.mark.parametrize("to", ["", "0", "abc", "²", "-1", "99999"])
def test_nonsense_moves_nothing(as_: Any, rosa: User, deal: Opportunity, to: str) -> None:
    answer = as_.page(rosa).post(url_of(deal), {"to": to, "version": deal.version}, headers=SCRIPT)
    assert answer.status_code == 400
    assert "Not moved." in answer.content.decode()
    assert moves(deal) == [(None, 2)]


def test_a_move_needs_the_version_its_user_saw(as_: Any, rosa: User, deal: Opportunity) -> None:
    assert as_.page(rosa).post(url_of(deal), {"to": "won"}, headers=SCRIPT).status_code == 400
    deal.refresh_from_db()
    assert deal.is_open


def test_a_move_to_where_it_is_writes_no_history(as_: Any, rosa: User, deal: Opportunity) -> None:
    as_.page(rosa).post(url_of(deal), {"to": a_stage(2).pk, "version": deal.version})
    assert moves(deal) == [(None, 2)]


def test_get_moves_nothing(as_: Any, rosa: User, deal: Opportunity) -> None:
    assert as_.page(rosa).get(url_of(deal), {"to": "won", "version": 1}).status_code == 405


def test_a_card_that_the_filters_leave_out_after_its_move_is_told(
    as_: Any, rosa: User, deal: Opportunity
) -> None:
    answer = as_.page(rosa).post(
        f"{url_of(deal)}?stage={a_stage(2).pk}",
        {"to": a_stage(3).pk, "version": deal.version},
        headers=SCRIPT,
    )
    assert "The filters leave it out there." in answer.content.decode()


def test_a_card_that_comes_late_in_a_long_column_is_shown_and_not_twice(
    as_: Any, rosa: User, deal: Opportunity
) -> None:
    soon = (timezone.now() + timedelta(days=9)).date()
    for n in range(60):
        a_deal(rosa, f"Deal {n}", at=timezone.now(), close_date=soon, stage=a_stage(3))
    client = as_.page(rosa)
    answer = client.post(
        url_of(deal), {"to": a_stage(3).pk, "version": deal.version}, headers=SCRIPT
    )
    column = answer.context["board"].columns[-1]
    first = [card.pk for card in column.cards]
    assert first[-1] == deal.pk
    assert (len(first), column.total.count) == (26, 61)
    rest = []
    while column.more_url:
        column = client.get(column.more_url, headers=SCRIPT).context["column"]
        rest += [card.pk for card in column.cards]
    assert deal.pk not in rest
    assert len([*first, *rest]) == len({*first, *rest}) == 61


def test_what_was_opened_by_show_more_stays_open(as_: Any, rosa: User, deal: Opportunity) -> None:
    for n in range(60):
        a_deal(rosa, f"Deal {n}", at=timezone.now(), stage=a_stage(2))
    answer = as_.page(rosa).post(
        url_of(deal),
        {"to": a_stage(3).pk, "version": deal.version, "shown": [f"{a_stage(2).pk}:50", "x", "1:"]},
        headers=SCRIPT,
    )
    assert len(answer.context["board"].columns[0].cards) == 50
