"""What is typed into a filter, its chips, its day, and the file that it leads to."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine

from people.models import Organisation, User
from pipeline.forms.filters import FilterForm
from pipeline.imports.kinds import OPPORTUNITIES, guess
from pipeline.models import Opportunity, SavedView
from tests.factories import NOW, TODAY, a_deal, a_stage
from tests.support.lists import in_file, on_list


@pytest.fixture(autouse=True)
def it_is_now() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def test_an_import_passes_over_the_columns_that_are_only_told(as_: Any, rosa: User) -> None:
    a_deal(rosa)
    header = list(in_file(as_.page(rosa), {})[0])
    mapping = guess(OPPORTUNITIES, header)
    told = ["stall_reasons", "held_until", "last_activity_on", "last_buyer_action_on"]
    assert [mapping[name] for name in told] == ["", "", "", ""]
    assert mapping["opportunity_id"] == "external_id"


def test_the_file_is_written_in_as_many_statements_for_many_deals_as_for_few(
    as_: Any, rosa: User, django_assert_max_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = as_.page(rosa)
    in_file(client, {})
    deals = [
        Opportunity(name=f"D{n}", owner=rosa, stage=a_stage(1), amount=n, moved_back_on=TODAY)
        for n in range(4_100)
    ]
    Opportunity.objects.bulk_create(deals, batch_size=500)
    with django_assert_max_num_queries(12):  # three chunks
        assert len(in_file(client, {})) == 4_100


def test_today_is_the_organisations_even_for_somebody_elsewhere(as_: Any, rosa: User) -> None:
    """At 23:30 UTC on 31 January it is 1 February in Auckland and still January in Honolulu."""
    Organisation.current().change(time_zone="Pacific/Auckland")
    rosa.change(time_zone="Pacific/Honolulu")
    at = datetime(2027, 1, 31, 23, 30, tzinfo=UTC)
    with time_machine.travel(at, tick=False):
        a_deal(rosa, "Due", at=at, close_date=date(2027, 1, 31))
        client = as_.page(rosa)
        assert on_list(client, {"stall_reason": "past_close"}) == ["Due"]
        assert on_list(client, {"stall_reason": "past_close", "on": "2027-01-31"}) == []
        assert on_list(client, {"on": "2027-02-01"}) == ["Due"]
        page = client.get("/opportunities/", {"on": "2027-02-02"}).content.decode()
        assert "has not come yet" in page


def test_a_typed_name_becomes_an_id_in_the_address(as_: Any, mia: User, pia: User) -> None:
    response = as_.page(mia).get(
        "/opportunities/", {"owner": "pía péer", "search": "", "order": "-amount", "status": "open"}
    )
    assert response.status_code == 302
    assert response.headers["Location"] == f"/opportunities/?owner={pia.pk}&order=-amount"
    assert 'value="Pia Peer"' in as_.page(mia).get(response.headers["Location"]).content.decode()


def test_filters_in_force_are_chips_that_go_one_by_one(as_: Any, rosa: User) -> None:
    a_deal(rosa)
    query = {"stage": a_stage(3).pk, "close_to": "2026-12-31", "status": "", "order": "-amount"}
    form: FilterForm = as_.page(rosa).get("/opportunities/", query).context["form"]
    assert [chip.text for chip in form.chips] == [
        "Status: Any",
        f"Stage: {a_stage(3)}",
        "Closes until: 31 Dec 2026",
    ]
    page = as_.page(rosa).get("/opportunities/", {"stall_reason": "none"})
    assert [chip.text for chip in page.context["form"].chips] == ["Not stalled"]
    assert form.chips[1].query == "status=&close_to=2026-12-31&order=-amount"
    assert SavedView.keep(by=rosa, name="It", query=form.query).query == form.query
