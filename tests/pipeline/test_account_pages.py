"""Accounts: list, new, page, edit."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from people.models import User
from pipeline.models import Account
from tests.factories import NOW, a_call, a_contact, a_deal, an_account

FULL = {
    "name": "Ünal AG",
    "owner": "",
    "sector": "Retail",
    "location": "Köln",
    "parent": "",
    "website": "example.com",
    "phone": "+49 221 1",
    "year_established": "1999",
    "employees": "120",
    "annual_revenue": "4.25",
    "notes": "Met at a fair",
}


def names(page: Any) -> list[str]:
    return [account.name for account in page.context["page"].rows]


def test_one_sees_what_nobody_owns_what_ones_line_owns_and_where_one_sells(
    as_: Any, rosa: User, otto: User, mia: User
) -> None:
    an_account("Free")
    an_account("Rosa's", owner=rosa)
    an_account("Otto's", owner=otto)
    a_deal(rosa, account=an_account("Shared", owner=otto))
    for user in (rosa, mia):
        assert names(as_.page(user).get("/accounts/")) == ["Free", "Rosa's", "Shared"]


def test_the_list_is_searched_and_sorted(as_: Any, rosa: User) -> None:
    an_account("Ünal", sector="retail", location="Bern")
    an_account("acme", sector="Medical", location="Aarau")
    client = as_.page(rosa)
    assert names(client.get("/accounts/")) == ["acme", "Ünal"]
    assert names(client.get("/accounts/?order=-name")) == ["Ünal", "acme"]
    assert names(client.get("/accounts/?q=UNAL")) == ["Ünal"]
    assert b"No account matches" in client.get("/accounts/?q=zebra").content


def test_an_empty_list_offers_a_new_account(as_: Any, rosa: User) -> None:
    assert b"No accounts yet" in as_.page(rosa).get("/accounts/").content


def test_open_deals_count_what_one_sees(as_: Any, rosa: User, otto: User) -> None:
    account = an_account()
    a_deal(rosa, account=account)
    a_deal(rosa, account=account).win(by=rosa, at=NOW)
    a_deal(otto, account=account)
    (row,) = as_.page(rosa).get("/accounts/").context["page"].rows
    assert row.open_deals == 1


def test_a_new_account_keeps_everything(as_: Any, rosa: User) -> None:
    parent = an_account("Holding")
    said = {**FULL, "parent": "holding", "owner": rosa.pk}
    response = as_.page(rosa).post("/accounts/new/", said)
    account = Account.objects.get(name="Ünal AG")
    assert response.headers["Location"] == f"/accounts/{account.pk}/"
    assert (account.parent, account.owner) == (parent, rosa)
    assert account.website == "https://example.com"
    assert str(account.annual_revenue) == "4.25"


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "ACME"},
        {"website": "no site"},
        {"employees": "-1"},
        {"year_established": "soon"},
        {"annual_revenue": "9999999999999999"},
        {"parent": "Nobody Ltd"},
        {"owner": "999"},
    ],
)
def test_a_wrong_account_keeps_what_was_typed(as_: Any, rosa: User, wrong: dict[str, str]) -> None:
    an_account("Acme")
    page = as_.page(rosa).post("/accounts/new/", {**FULL, **wrong})
    assert page.status_code == 400
    assert list(page.context["form"].errors) == list(wrong)
    assert b"Met at a fair" in page.content
    assert Account.objects.count() == 1


def test_an_account_is_changed_and_stale_saves_are_shown_both(as_: Any, rosa: User) -> None:
    account = an_account("Acme", notes="Old")
    client = as_.page(rosa)
    address = f"/accounts/{account.pk}/description/"
    said = {**FULL, "version": account.version}
    assert client.post(address, said).status_code == 302
    page = client.post(address, {**said, "notes": "Mine"})
    assert page.status_code == 412
    assert b"Met at a fair" in page.content
    assert b"Mine" in page.content
    account.refresh_from_db()
    assert (account.name, account.notes) == ("Ünal AG", "Met at a fair")


def test_an_account_cannot_lie_under_itself(as_: Any, rosa: User) -> None:
    account = an_account("Acme")
    below = an_account("Below", parent=account)
    said = {**FULL, "name": "Acme", "version": account.version, "parent": below.name}
    page = as_.page(rosa).post(f"/accounts/{account.pk}/description/", said)
    assert page.status_code == 400
    assert b"cannot lie under itself" in page.content


def test_a_parent_one_does_not_see_is_neither_shown_nor_lost(
    as_: Any, rosa: User, otto: User
) -> None:
    parent = an_account("Secret", owner=otto)
    account = an_account("Acme", parent=parent)
    client = as_.page(rosa)
    assert b"Secret" not in client.get(f"/accounts/{account.pk}/").content
    address = f"/accounts/{account.pk}/description/"
    assert b"Secret" not in client.get(address).content
    client.post(address, {**FULL, "version": account.version})
    account.refresh_from_db()
    assert account.parent == parent


def test_an_owner_one_cannot_choose_stays_when_it_is_theirs(
    as_: Any, rosa: User, otto: User
) -> None:
    account = an_account("Acme", owner=otto)
    a_deal(rosa, account=account)
    said = {**FULL, "version": account.version, "owner": otto.pk}
    assert as_.page(rosa).post(f"/accounts/{account.pk}/description/", said).status_code == 302
    account.refresh_from_db()
    assert account.owner == otto


def test_the_page_shows_what_hangs_on_the_account(as_: Any, rosa: User, otto: User) -> None:
    account = an_account("Acme", parent=an_account("Holding"), website="https://acme.example")
    an_account("Daughter", parent=account)
    a_contact(account, "Carla Buyer")
    a_deal(rosa, "Rosa's deal", account=account)
    a_deal(otto, "Otto's deal", account=account)
    a_call(rosa, account=account, kind="negotiation")
    page = as_.page(rosa).get(f"/accounts/{account.pk}/").content.decode()
    for text in ("Holding", "Daughter", "Carla Buyer", "Rosa&#x27;s deal", "Negotiation"):
        assert text in page
    assert "Otto" not in page


def test_a_foreign_account_does_not_exist(as_: Any, rosa: User, otto: User) -> None:
    account = an_account("Secret", owner=otto)
    client = as_.page(rosa)
    for address in (f"/accounts/{account.pk}/", f"/accounts/{account.pk}/description/"):
        assert client.get(address).status_code == 404
    assert client.post(f"/accounts/{account.pk}/description/", FULL).status_code == 404


def test_pages_ask_as_often_for_thirty_rows_as_for_three(as_: Any, mia: User, rosa: User) -> None:
    account, client, asked = an_account("Top", owner=rosa), as_.page(mia), []
    for count in (3, 27):
        for n in range(count):
            an_account(f"{count}-{n}", parent=account, owner=rosa)
            a_contact(account, f"{count}-{n}")
            a_deal(rosa, account=account)
            a_call(rosa, account=account)
        for address in ("/accounts/", f"/accounts/{account.pk}/"):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            asked.append(len(queries))
    assert asked[:2] == asked[2:]
    assert max(asked) <= 12
