"""The totals of the board by the API: the same filters, only what one sees, no mixed currencies."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from people.models import Team, User
from pipeline.models import Stage, StallRules
from pipeline.stall_reason import REASONS
from tests.factories import NOW, TODAY, a_deal, a_stage

PATH = "/api/v1/pipeline/summary/"


@pytest.fixture
def deals(rosa: User, pia: User, otto: User) -> None:
    spring = {"at": NOW - timedelta(days=200), "close_date": date(2027, 6, 1)}
    a_deal(rosa, "First", amount=1_000, **spring)
    a_deal(rosa, "Second", amount=Decimal("0.50"), **spring)
    a_deal(rosa, "Worthless", amount=None, **spring)
    dollars = {"amount": 300, "currency": "USD", "forecast_category": "commit"}
    a_deal(pia, "Dollars", stage=a_stage(2), **dollars, **spring)
    euros = {"amount": 700, "forecast_category": "commit"}
    a_deal(rosa, "Euros", stage=a_stage(2), **euros, **spring)
    a_deal(otto, "Foreign", amount=99_999, **spring)
    a_deal(rosa, "Won", amount=5_000, **spring).win(by=rosa, at=NOW)


def summary(client, query: str = "") -> dict:
    answer = client.get(f"{PATH}?{query}")
    assert answer.status_code == 200, answer.data
    return answer.json()


def test_each_stage_has_its_count_and_its_sums(mia: User, deals, as_) -> None:
    told = summary(as_.api(mia), f"on={TODAY}")
    assert told["on"] == str(TODAY)
    first, second, *others = told["by_stage"]
    stage = a_stage(1)
    weighted = f"{Decimal('1000.50') * stage.probability / 100:.2f}"
    euros = {"currency": "EUR", "amount": "1000.50", "weighted": weighted}
    assert first == {
        "stage": stage.pk,
        "name": stage.name,
        "count": 3,
        **euros,
        "by_currency": [euros],
    }
    assert (second["count"], second["currency"], second["amount"]) == (2, None, None)
    amounts = [(each["currency"], each["amount"]) for each in second["by_currency"]]
    assert amounts == [("EUR", "700.00"), ("USD", "300.00")]
    assert [row["count"] for row in others] == [0, 0, 0]
    assert told["total"]["count"] == 5
    assert told["total"]["by_currency"][0]["amount"] == "1700.50"
    categories = {row["forecast_category"]: row["count"] for row in told["by_forecast_category"]}
    assert categories == {"pipeline": 3, "best_case": 0, "commit": 2, "omitted": 0}


def test_weighted_sums_are_those_of_the_board_to_the_cent(rosa: User, as_) -> None:
    """Halves of cents in the parts of a sum are not lost; 10 % of 0.05 are half a cent."""
    stage = a_stage(1)
    Stage.objects.filter(pk=stage.pk).update(probability=10)
    for n, category in enumerate(("pipeline", "best_case", "commit")):
        a_deal(rosa, f"Small {n}", amount=Decimal("0.05"), stage=stage, forecast_category=category)
    told = summary(as_.api(rosa))
    board = as_.page(rosa).get("/opportunities/board/").context["board"]
    weighted = board.form.total.weighted
    assert told["total"]["weighted"] == told["by_stage"][0]["weighted"] == str(weighted) == "0.02"
    assert [row["weighted"] for row in told["by_forecast_category"][:3]] == ["0.00"] * 3


def test_counts_are_of_the_deals_one_sees(rosa: User, otto: User, eva: User, deals, as_) -> None:
    counts = {
        person.name: summary(as_.api(person))["total"]["count"] for person in (rosa, otto, eva)
    }
    assert counts == {"Rosa Rep": 4, "Otto Other": 1, "Eva Executive": 6}
    for query in (f"owner={otto.pk}", f"team={Team.objects.get(name='South').pk}"):
        assert summary(as_.api(rosa), query)["total"]["count"] == 0


@pytest.mark.parametrize("query", ["", "&stage={stage}", "&search=dollar", "&amount_from=500"])
def test_counts_equal_the_length_of_the_list(mia: User, deals, as_, query: str) -> None:
    client = as_.api(mia)
    query = f"on={TODAY}" + query.format(stage=a_stage(2).pk)
    told = summary(client, f"{query}&include=stall_reasons")

    def length(more: str = "") -> int:
        path = f"/api/v1/opportunities/?status=open&page_size=200&{query}{more}"
        return len(client.get(path).data["results"])

    assert told["total"]["count"] == length()
    assert set(told["stalled"]) == {*REASONS, "any", "none"}
    for reason, count in told["stalled"].items():
        assert count == length(f"&stall_reason={reason}"), reason


def test_other_deals_than_open_ones_are_asked_for(rosa: User, deals, as_) -> None:
    won = summary(as_.api(rosa), "status=won&include=stall_reasons")
    assert (won["total"]["count"], won["total"]["amount"]) == (1, "5000.00")
    assert set(won["stalled"].values()) == {0}


def test_a_reason_that_is_switched_off_holds_for_none(rosa: User, deals, as_) -> None:
    counted = "include=stall_reasons"
    assert summary(as_.api(rosa), counted)["stalled"]["silent"] == 4
    StallRules.current().change(silent=False)
    assert summary(as_.api(rosa), counted)["stalled"]["silent"] == 0


def test_stall_reasons_are_counted_when_asked_for(rosa: User, deals, as_) -> None:
    assert summary(as_.api(rosa))["stalled"] is None
    assert summary(as_.api(rosa), f"on={TODAY}")["stalled"]["any"] == 4


@pytest.mark.parametrize(
    "query", ["nonsense=1", "cursor=x", "ordering=id", "page_size=5", "include=password"]
)
def test_it_takes_the_filters_and_nothing_else(rosa: User, as_, attrs, query: str) -> None:
    answer = as_.api(rosa).get(f"{PATH}?{query}")
    assert (answer.status_code, attrs(answer)) == (400, [query.split("=")[0]])


def test_an_empty_pipeline_adds_up_to_nothing(rosa: User, as_) -> None:
    told = summary(as_.api(rosa))
    nothing = {"count": 0, "currency": None, "amount": None, "weighted": None, "by_currency": []}
    assert told["total"] == nothing
    assert len(told["by_stage"]) == 5


def test_it_takes_the_same_few_queries_for_many_deals(rosa: User, as_) -> None:
    client = as_.api(rosa)

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            summary(client)
        return len(queries)

    for n in range(3):
        a_deal(rosa, f"Deal {n}")
    count()
    few = count()
    for n in range(27):
        a_deal(rosa, f"More {n}")
    assert count() == few <= 12
