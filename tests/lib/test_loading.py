"""What rows point at is read in one statement, however many relations lead to one table."""

from typing import Any

from lib.loading import load_related
from people.models import User
from pipeline.models import Opportunity
from tests.factories import NOW, a_deal, an_account


def test_owners_over_one_and_over_two_steps_come_in_one_statement(
    rosa: User, mia: User, otto: User, django_assert_num_queries: Any
) -> None:
    account = an_account("Acme", owner=mia)
    a_deal(rosa, "One", account=account)
    a_deal(otto, "Two", account=account)
    deals = list(Opportunity.objects.select_related("account").order_by("name"))
    with django_assert_num_queries(1):
        load_related(deals, "owner", "account__owner")
        assert [deal.owner for deal in deals] == [rosa, otto]
        assert [deal.account.owner for deal in deals if deal.account] == [mia, mia]


def test_nobody_is_nobody_and_a_path_that_breaks_off_is_passed_over(
    rosa: User, django_assert_num_queries: Any
) -> None:
    a_deal(rosa, "Without account")
    a_deal(rosa, "Nobody's account", account=an_account("Acme", owner=None))
    deals = list(Opportunity.objects.select_related("account").order_by("-name"))
    with django_assert_num_queries(0):
        load_related(deals, "account__owner")
        load_related([], "owner")
        assert deals[0].account is None
        assert deals[1].account
        assert deals[1].account.owner is None


def test_what_was_loaded_is_kept_up_to_date(rosa: User, pia: User) -> None:
    deal = a_deal(rosa)
    deal.assign(pia, by=rosa, at=NOW)
    load_related([deal], "owner")
    assert deal.owner == pia
