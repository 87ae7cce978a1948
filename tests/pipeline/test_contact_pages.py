"""Contacts: list, new, page, edit."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from people.models import User
from pipeline.models import BuyerAction, BuyingRole, Contact
from tests.factories import NOW, TODAY, a_call, a_contact, a_deal, an_account

NEW = {"name": "Carla Buyer", "account": "Acme", "email": "carla@acme.example"}


def names(page: Any) -> list[str]:
    return [contact.name for contact in page.context["page"].rows]


def test_one_sees_the_people_at_the_accounts_one_sees(as_: Any, rosa: User, otto: User) -> None:
    a_contact(an_account("Free"), "Carla")
    a_contact(an_account("Secret", owner=otto), "Sven")
    assert names(as_.page(rosa).get("/contacts/")) == ["Carla"]
    assert sorted(names(as_.page(otto).get("/contacts/"))) == ["Carla", "Sven"]


def test_the_list_is_searched_sorted_and_narrowed_to_an_account(as_: Any, rosa: User) -> None:
    acme, bolt = an_account("Acme"), an_account("Bolt")
    a_contact(acme, "Zoë", job_title="CFO")
    a_contact(bolt, "Adam", email="adam@bolt.example")
    client = as_.page(rosa)
    assert names(client.get("/contacts/")) == ["Adam", "Zoë"]
    assert names(client.get("/contacts/?order=account")) == ["Zoë", "Adam"]
    assert names(client.get("/contacts/?q=zoe")) == ["Zoë"]
    assert names(client.get(f"/contacts/?account={bolt.pk}")) == ["Adam"]
    assert b"No contact matches" in client.get("/contacts/?q=zebra").content


def test_an_empty_list_offers_a_new_contact(as_: Any, rosa: User) -> None:
    assert b"No contacts yet" in as_.page(rosa).get("/contacts/").content


def test_a_new_contact_belongs_to_an_account(as_: Any, rosa: User) -> None:
    account = an_account()
    client = as_.page(rosa)
    assert b'value="Acme"' in client.get(f"/contacts/new/?account={account.pk}").content
    assert client.post("/contacts/new/", NEW).headers["Location"] == f"/accounts/{account.pk}/"
    assert Contact.objects.get().account == account


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"account": ""}, {"account": "Secret"}, {"email": "carla at acme"}]
)
def test_a_wrong_contact_keeps_what_was_typed(
    as_: Any, rosa: User, otto: User, wrong: dict[str, str]
) -> None:
    an_account()
    an_account("Secret", owner=otto)
    page = as_.page(rosa).post("/contacts/new/", {**NEW, "notes": "Likes tea", **wrong})
    assert page.status_code == 400
    assert list(page.context["form"].errors) == list(wrong)
    assert b"Likes tea" in page.content
    assert not Contact.objects.exists()


def test_a_contact_is_changed_and_stale_saves_are_shown_both(as_: Any, rosa: User) -> None:
    contact = a_contact(an_account())
    client, address = as_.page(rosa), f"/contacts/{contact.pk}/description/"
    said = {**NEW, "version": contact.version, "job_title": "CFO"}
    assert client.post(address, said).status_code == 302
    page = client.post(address, {**said, "job_title": "CEO"})
    assert page.status_code == 412
    assert b"CFO" in page.content
    assert b"CEO" in page.content
    contact.refresh_from_db()
    assert contact.job_title == "CFO"


def test_a_foreign_contact_does_not_exist(as_: Any, rosa: User, otto: User) -> None:
    contact = a_contact(an_account("Secret", owner=otto))
    client = as_.page(rosa)
    for address in (f"/contacts/{contact.pk}/", f"/contacts/{contact.pk}/description/"):
        assert client.get(address).status_code == 404
    assert client.post(f"/contacts/{contact.pk}/description/", NEW).status_code == 404


def test_the_page_shows_their_part_in_what_one_sees(as_: Any, rosa: User, otto: User) -> None:
    contact = a_contact(an_account())
    for owner in (rosa, otto):
        deal = a_deal(owner, f"{owner.name} sells", account=contact.account)
        BuyingRole.add(deal, contact, "champion", criteria="Price")
        BuyerAction.record(deal, f"Met {owner.name}", TODAY, by=owner, at=NOW, contact=contact)
        a_call(owner, account=contact.account, attendees=[contact])
    page = as_.page(rosa).get(f"/contacts/{contact.pk}/").content.decode()
    for text in ("Rosa Rep sells", "Champion · buys by Price", "Met Rosa Rep", "Interview"):
        assert text in page
    assert "Otto" not in page


def test_pages_ask_as_often_for_thirty_rows_as_for_three(as_: Any, mia: User, rosa: User) -> None:
    contact, client, asked = a_contact(an_account("Top")), as_.page(mia), []
    for count in (3, 27):
        for n in range(count):
            a_contact(an_account(f"{count}-{n}"), f"{count}-{n}")
            deal = a_deal(rosa, account=contact.account)
            BuyingRole.add(deal, contact, "user")
            BuyerAction.record(deal, "Signed", TODAY, by=rosa, at=NOW, contact=contact)
            a_call(rosa, account=contact.account, attendees=[contact])
        for address in ("/contacts/", f"/contacts/{contact.pk}/"):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            asked.append(len(queries))
    assert asked[:2] == asked[2:]
    assert max(asked) <= 12
