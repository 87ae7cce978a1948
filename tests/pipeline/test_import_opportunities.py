"""Deals and their history: own dates, outcomes, changes, and nothing looks fresh."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from people.models import Organisation, User
from pipeline.models import (
    AmountChange,
    CloseDateChange,
    Opportunity,
    OutcomeChange,
    OwnerChange,
    Stage,
    StageChange,
)
from tests.factories import NOW, a_product, a_user, an_account
from tests.support.imports import check, counts, import_text, problems, upload

pytestmark = pytest.mark.django_db
HEAD = "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value\n"
ROWS = """D1,Rosa Rep,Platform,Acme,Won,2016-10-20,2017-03-01,1054
D2,Rosa Rep,Platform,,Lost,2016-10-25,2017-03-11,0
D3,Rosa Rep,Platform,Acme,Engaging,2016-11-01,,
D4,Rosa Rep,,,Prospecting,,,
"""
CREATE = {"values": {"deal_stage": {"*": {"do": "create"}}}}


@pytest.fixture(autouse=True)
def _known(rosa: User) -> None:
    an_account()
    a_product()


def deal(key: str) -> Opportunity:
    return Opportunity.objects.get(external_id=key)


def test_deals_keep_their_own_dates():
    Organisation.objects.update_or_create(pk=1, defaults={"time_zone": "America/New_York"})
    source = import_text("opportunities", HEAD + ROWS, **CREATE)
    assert counts(source) == (4, 0, 0, 0)
    won = deal("D1")
    assert (won.status, won.closed_on, won.amount) == ("won", date(2017, 3, 1), 1054)
    assert (won.opened_on, won.stage_since, won.stage.name) == (
        date(2016, 10, 20),
        date(2016, 10, 20),
        "Engaging",
    )
    assert StageChange.objects.get(opportunity=won).at == datetime(2016, 10, 20, 16, tzinfo=UTC)
    end = OutcomeChange.objects.get(opportunity=won)
    assert (end.at, end.on) == (datetime(2017, 3, 1, 17, tzinfo=UTC), date(2017, 3, 1))
    assert won.name == "Acme · D1"
    assert deal("D2").lost_reason == ""
    assert not mail.outbox


def test_a_deal_without_dates_gets_none_from_today():
    import_text("opportunities", HEAD + ROWS, **CREATE)
    bare = deal("D4")
    assert (bare.opened_on, bare.stage_since, bare.account, bare.name) == (None, None, None, "D4")
    assert not StageChange.objects.filter(opportunity=bare).exists()


def test_new_stages_stand_in_the_order_of_a_sale():
    import_text("opportunities", HEAD + ROWS, **CREATE)
    names = [stage.name for stage in Stage.objects.order_by("order")]
    assert names[-2:] == ["Prospecting", "Engaging"]


def test_closed_deals_may_come_from_a_stage_that_was_named():
    import_text("opportunities", HEAD + ROWS, closed_stage="Propose", **CREATE)
    assert deal("D1").stage.name == "Propose"


def test_the_same_again_changes_nothing_and_writes_no_history():
    import_text("opportunities", HEAD + ROWS, **CREATE)
    before = StageChange.objects.count(), OutcomeChange.objects.count()
    assert counts(import_text("opportunities", HEAD + ROWS)) == (0, 0, 4, 0)
    assert (StageChange.objects.count(), OutcomeChange.objects.count()) == before
    assert deal("D1").version == 1


def test_changes_are_rows_with_importer_and_reason(ada: User, rosa: User):
    import_text("opportunities", HEAD + ROWS, **CREATE)
    otto = a_user("Otto Other")
    text = HEAD + (
        "D1,Rosa Rep,Platform,Acme,Won,2016-10-20,2017-03-02,1055\n"
        "D3,Otto Other,Platform,Acme,Won,2016-11-01,2017-04-01,900\n"
        "D4,Rosa Rep,,,Engaging,,2017-05-01,\n"
    )
    source = import_text("opportunities", text, by=ada)
    assert counts(source) == (0, 3, 0, 0)
    amount = AmountChange.objects.get(opportunity=deal("D1"))
    assert (amount.from_amount, amount.to_amount, amount.by, amount.why) == (
        Decimal(1054),
        Decimal(1055),
        ada,
        "Import",
    )
    assert OutcomeChange.objects.get(opportunity=deal("D1")).on == date(2017, 3, 2)
    assert deal("D1").version == 2
    won = OutcomeChange.objects.get(opportunity=deal("D3"))
    assert (won.from_status, won.to_status, won.on, won.by) == (
        "open",
        "won",
        date(2017, 4, 1),
        ada,
    )
    assert OwnerChange.objects.get().to_owner == otto
    assert deal("D3").stage.name == "Engaging"
    moved = StageChange.objects.get(opportunity=deal("D4"))
    assert (moved.from_stage.name, moved.to_stage.name, moved.at) == (
        "Prospecting",
        "Engaging",
        NOW,
    )
    assert deal("D4").stage_since == NOW.date()
    assert CloseDateChange.objects.get(opportunity=deal("D4")).to_date == date(2017, 5, 1)


def test_a_closed_deal_that_is_open_in_the_file_is_opened_again():
    import_text("opportunities", HEAD + ROWS, **CREATE)
    text = HEAD + "D1,Rosa Rep,Platform,Acme,Prospecting,2016-10-20,,\n"
    import_text("opportunities", text)
    again = deal("D1")
    assert (again.status, again.closed_on, again.stage.name) == ("open", None, "Prospecting")
    assert OutcomeChange.objects.filter(opportunity=again, to_status="open").count() == 1


def test_what_is_unknown_may_be_made(rosa: User):
    text = HEAD + "D9,New Rep,New Product,New Account,Qualify,,,5\n"
    made = {"*": {"do": "create"}}
    columns = ("sales_agent", "product", "account")
    source = import_text("opportunities", text, values=dict.fromkeys(columns, made))
    assert counts(source) == (1, 0, 0, 0)
    assert source.also_created == {"people": 1, "products": 1, "accounts": 1}
    assert deal("D9").owner.email is None
    assert deal("D9").search_text == "new account · d9 new account d9"


def test_a_check_changes_nothing():
    source = upload("opportunities", HEAD + ROWS)
    source.arrange(**CREATE)
    check(source)
    assert counts(source) == (4, 0, 0, 0)
    assert source.also_created == {"stages": 2}
    assert not Opportunity.objects.exists()
    assert Stage.objects.count() == 5


BAD = [
    ("B01,Nobody Known,Platform,Acme,Qualify,,,5", "sales_agent", "Nobody Known"),
    ("B02,Rosa Rep,Platfrom,Acme,Qualify,,,5", "product", "Platfrom"),
    ("B03,Rosa Rep,Platform,Nowhere,Qualify,,,5", "account", "Nowhere"),
    ("B04,Rosa Rep,Platform,Acme,Dreaming,,,5", "deal_stage", "Dreaming"),
    ("B05,Rosa Rep,Platform,Acme,Qualify,2017-02-30,,5", "engage_date", "2017-02-30"),
    ("B06,Rosa Rep,Platform,Acme,Qualify,,,five", "close_value", "five"),
    ("B07,Rosa Rep,Platform,Acme,Qualify,,,-5", "close_value", "-5"),
    ("B08,Rosa Rep,Platform,Acme,Qualify,,,-1", "close_value", "-1"),
    ("B09,Rosa Rep,Platform,NULL,Qualify,,,5", "account", "NULL"),
    (",Rosa Rep,Platform,Acme,Qualify,,,5", "opportunity_id", ""),
    ("B11,Rosa Rep,Platform,Acme,,,,5", "deal_stage", ""),
    ("G1,Rosa Rep,Platform,Acme,Qualify,,,5", "opportunity_id", "G1"),
    ("B13,Rosa Rep,Platform", "", ""),
    ('B14,"Rosa Rep,Platform,Acme,Qualify,,,5', "", ""),
    ("B15,Rosa Rep,Platform,Acme,Won,2017-01-05,,5", "close_date", ""),
    ("B16,Rosa Rep,Platform,Acme,Won,2017-01-05,2017-01-04,5", "close_date", "2017-01-04"),
    ("B17,Rosa Rep,Platform,Acme,Won,2017-01-05,2031-01-04,5", "close_date", "2031-01-04"),
    ("B18,Rosa Rep,Platform,Acme,Qualify,,,99999999999999", "close_value", "99999999999999"),
    ("X" * 101 + ",Rosa Rep,Platform,Acme,Qualify,,,5", "opportunity_id", "X" * 101),
]


def test_every_bad_row_is_reported_and_the_good_ones_come_in_once():
    """Each is followed by a good one, so that none swallows its neighbour."""
    lines = [HEAD.strip(), "G1,Rosa Rep,Platform,Acme,Qualify,,,5"]
    expected = []
    for number, (row, column, value) in enumerate(BAD):
        lines.append(row)
        expected.append((len(lines), column, value))
        lines.append(f"H{number},Rosa Rep,Platform,Acme,Qualify,2017-01-01,,7.5")
    source = import_text("opportunities", "\n".join(lines))
    assert problems(source) == expected
    assert all(problem.reason for problem in source.problems.all())
    assert counts(source) == (len(BAD) + 1, 0, 0, len(BAD))
    assert Opportunity.objects.count() == len(BAD) + 1
    assert counts(import_text("opportunities", "\n".join(lines)))[:3] == (0, 0, len(BAD) + 1)


def test_bytes_that_are_no_text_spoil_only_their_line():
    good = b"D1,Rosa Rep,Platform,Acme,Qualify,,,5\n"
    source = import_text(
        "opportunities",
        HEAD.encode() + good + good.replace(b"D1", "D2ü".encode()) + good.replace(b"D1", b"D3\xff"),
    )
    assert counts(source) == (2, 0, 0, 1)
    assert problems(source) == [(4, "", "")]


def test_values_that_stand_for_missing_can_be_mapped_to_missing():
    text = HEAD + "D1,Rosa Rep,Platform,NULL,Qualify,,,-1\n"
    actions = {"account": {"NULL": {"do": "empty"}}, "close_value": {"-1": {"do": "empty"}}}
    assert counts(import_text("opportunities", text, values=actions)) == (1, 0, 0, 0)
    assert (deal("D1").account, deal("D1").amount) == (None, None)


def test_two_people_of_one_name_must_be_told_apart(rosa: User):
    a_user("Rosa Rep", email="other@example.com")
    text = HEAD + "D1,Rosa Rep,Platform,,Qualify,,,1\nD2,other@example.com,Platform,,Qualify,,,1\n"
    source = import_text("opportunities", text)
    assert counts(source) == (1, 0, 0, 1)
    assert "Several people" in source.problems.get().reason


def test_a_batch_takes_the_same_number_of_queries_whatever_its_rows():
    def queries(rows: int) -> int:
        text = HEAD + "".join(
            f"Q{rows}-{n},Rosa Rep,Platform,Acme,Won,2016-10-20,2017-03-01,7\n" for n in range(rows)
        )
        with CaptureQueriesContext(connection) as captured:
            import_text("opportunities", text)
        return len(captured)

    queries(1)  # what is made or looked up once
    assert queries(3) == queries(20)
