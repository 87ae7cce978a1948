"""Rosa asks from her deal, Mia answers from her queue, and the answer comes back."""

from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from coaching.forms.help_requests import HelpForm
from coaching.models import HelpRequest
from people.models import Holiday, Organisation, User
from pipeline.models import BuyingRole, Opportunity
from tests.conftest import As
from tests.factories import NOW, a_call, a_contact, a_deal, an_account

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def a_request(deal: Opportunity, **said: object) -> HelpRequest:
    """Asked today, on the real clock."""
    now = timezone.now()
    said = {
        "kind": "opinion",
        "how_it_helps": "She knows them",
        "wanted_on": now.date() + 2 * DAY,
        **said,
    }
    return HelpRequest.ask(deal, by=deal.owner, at=now, **said)  # type: ignore[arg-type]


def sent(**said: object) -> dict[str, object]:
    soon = (timezone.now() + 3 * DAY).date()
    return {"kind": "opinion", "how_it_helps": "She decides", "wanted_on": soon, **said}


@pytest.fixture
def deal(rosa: User) -> Opportunity:
    return a_deal(rosa, account=an_account())


def form_of(deal: Opportunity, user: User) -> HelpForm:
    return HelpForm(deal, user, NOW)


# The form is ready to send but for one sentence.


def test_the_champion_is_chosen_before_others_with_a_part_and_those_without(
    deal: Opportunity, rosa: User
) -> None:
    assert deal.account
    a_contact(deal.account, "Anna")
    BuyingRole.add(deal, a_contact(deal.account, "Bea"), "user")
    assert form_of(deal, rosa).initial["contact"] == BuyingRole.objects.get().contact_id
    champion = a_contact(an_account("Partner"), "Zoe", job_title="CFO")
    BuyingRole.add(deal, champion, "champion")
    form = form_of(deal, rosa)
    assert form.initial["contact"] == champion.pk
    assert [name for _, name in form.fields["contact"].choices] == [
        "Nobody yet",
        "Zoe, CFO, Champion",
        "Bea, User",
        "Anna",
    ]


def test_the_kind_fits_what_is_known(deal: Opportunity, rosa: User) -> None:
    assert deal.account
    assert form_of(deal, rosa).initial["kind"] == "opinion"
    person = a_contact(deal.account, email="carla@example.com")
    assert form_of(deal, rosa).initial["kind"] == "send_email"
    person.change(phone="+49 30 1234")
    assert form_of(deal, rosa).initial["kind"] == "call_person"
    call = a_call(rosa, NOW + 8 * DAY, opportunity=deal)
    assert form_of(deal, rosa).initial["kind"] == "call_person"
    call.reschedule(NOW + 6 * DAY, by=rosa, at=NOW)
    initial = form_of(deal, rosa).initial
    assert (initial["kind"], initial["call"]) == ("join_call", call.pk)


def test_it_is_wanted_by_the_second_working_day(deal: Opportunity, rosa: User) -> None:
    """NOW is a Wednesday."""
    assert form_of(deal, rosa).initial["wanted_on"] == date(2026, 11, 20)
    Holiday.objects.create(day=date(2026, 11, 19), name="Founders' day")
    assert form_of(deal, rosa).initial["wanted_on"] == date(2026, 11, 23)


def test_one_sentence_is_all_that_is_missing(deal: Opportunity, rosa: User, as_: type[As]) -> None:
    assert deal.account
    a_contact(deal.account, phone="1")
    page = as_.page(rosa)
    address = f"/opportunities/{deal.pk}/help-requests/"
    initial = page.get(address).context["form"].initial
    fields = {name: value for name, value in initial.items() if value is not None}
    answer = page.post(address, {**fields, "how_it_helps": "He trusts her"})
    assert answer.status_code == 302
    assert answer.url == f"/opportunities/{deal.pk}/"
    made = HelpRequest.objects.get()
    assert (made.kind, made.how_it_helps) == ("call_person", "He trusts her")
    assert made.synopsis.startswith("Since it was opened")
    assert made.draft_subject == ""  # belongs to an e-mail


def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    deal: Opportunity, rosa: User, as_: type[As]
) -> None:
    page = as_.page(rosa)
    body = {
        "kind": "send_email",
        "how_it_helps": "",
        "wanted_on": "2020-01-01",
        "draft": "Dear <b>Carla</b>",
    }
    answer = page.post(f"/opportunities/{deal.pk}/help-requests/", body)
    text = answer.content.decode()
    assert answer.status_code == 400
    assert "Dear &lt;b&gt;Carla&lt;/b&gt;" in text
    answer = page.post(f"/opportunities/{deal.pk}/help-requests/", {**body, "how_it_helps": "x"})
    assert set(answer.context["form"].errors) == {"contact", "wanted_on"}
    assert not HelpRequest.objects.exists()


def test_fields_of_another_kind_say_nothing(deal: Opportunity, rosa: User, as_: type[As]) -> None:
    assert deal.account
    person = a_contact(deal.account)
    body = sent(contact=person.pk, draft="Left over", draft_subject="Left over")
    as_.page(rosa).post(f"/opportunities/{deal.pk}/help-requests/", body)
    made = HelpRequest.objects.get()
    assert (made.contact, made.draft, made.draft_subject) == (None, "", "")


def test_somebody_of_another_customer_cannot_be_chosen(
    deal: Opportunity, rosa: User, as_: type[As]
) -> None:
    stranger = a_contact(an_account("Globex"))
    body = sent(kind="call_person", contact=stranger.pk)
    answer = as_.page(rosa).post(f"/opportunities/{deal.pk}/help-requests/", body)
    assert answer.status_code == 400
    assert "contact" in answer.context["form"].errors


def test_whether_the_deal_was_stalled_is_noted(
    deal: Opportunity, rosa: User, as_: type[As]
) -> None:
    page, address = as_.page(rosa), f"/opportunities/{deal.pk}/help-requests/"
    deal.push(date(2020, 1, 1), by=rosa, at=timezone.now())
    page.post(address, sent())
    assert HelpRequest.objects.get().was_stalled


def test_a_deal_in_good_order_was_not_stalled(rosa: User, as_: type[As]) -> None:
    now = timezone.now()
    fresh = a_deal(
        rosa,
        at=now,
        amount=None,
        close_date=now.date() + 60 * DAY,
        next_step="Call",
        next_step_on=now.date() + 2 * DAY,
    )
    as_.page(rosa).post(f"/opportunities/{fresh.pk}/help-requests/", sent())
    assert not HelpRequest.objects.get().was_stalled


def test_mia_steps_in_by_the_same_form(deal: Opportunity, mia: User, as_: type[As]) -> None:
    page = as_.page(mia)
    assert "Step in" in page.get(f"/opportunities/{deal.pk}/help-requests/").content.decode()
    page.post(f"/opportunities/{deal.pk}/help-requests/", sent())
    made = HelpRequest.objects.get()
    assert (made.origin, made.asked_of, made.state) == ("stepped_in", mia, "accepted")


def test_closed_deals_and_people_at_the_top_are_told_why_not(
    deal: Opportunity, rosa: User, eva: User, as_: type[As]
) -> None:
    deal.win(by=rosa, at=NOW)
    text = as_.page(rosa).get(f"/opportunities/{deal.pk}/help-requests/").content.decode()
    assert "This deal is won and needs no help." in text
    assert (
        as_.page(rosa).post(f"/opportunities/{deal.pk}/help-requests/", sent()).status_code == 400
    )
    top = a_deal(eva)
    text = as_.page(eva).get(f"/opportunities/{top.pk}/help-requests/").content.decode()
    assert "Nobody is above you" in text
    answer = as_.page(eva).post(f"/opportunities/{top.pk}/help-requests/", sent())
    assert (answer.status_code, HelpRequest.objects.count()) == (400, 0)


def test_what_one_may_not_see_is_missing(
    deal: Opportunity, otto: User, ada: User, pia: User, as_: type[As]
) -> None:
    made = a_request(deal)
    for person in (otto, ada, pia):
        page = as_.page(person)
        for address in (f"/opportunities/{deal.pk}/help-requests/", f"/help-requests/{made.pk}/"):
            assert page.get(address).status_code == 404
        assert page.post(f"/help-requests/{made.pk}/acceptance/").status_code == 404
        assert deal.name not in page.get("/help-requests/").content.decode()


# The answers.


def test_mia_accepts_does_and_rosa_reads(
    deal: Opportunity, rosa: User, mia: User, as_: type[As]
) -> None:
    assert deal.account
    made = a_request(deal, kind="call_person", contact=a_contact(deal.account, "Carla"))
    manager, rep = as_.page(mia), as_.page(rosa)
    queue = {"back": "help_requests"}
    answer = manager.post(f"/help-requests/{made.pk}/acceptance/", {**queue, "version": 1})
    assert answer.url == "/help-requests/"
    manager.post(f"/help-requests/{made.pk}/outcome/", {"outcome": "She signs", "version": 2})
    assert "Mia called Carla: She signs" in rep.get("/").content.decode()
    assert "Mia called Carla: She signs" in rep.get(f"/opportunities/{deal.pk}/").content.decode()
    answer = rep.post(f"/help-requests/{made.pk}/acknowledgement/", {"today": ""})
    assert answer.url == "/"
    assert "Mia called Carla" not in rep.get("/").content.decode()
    made.refresh_from_db()
    assert made.seen_at


def test_a_refusal_keeps_the_words(deal: Opportunity, mia: User, as_: type[As]) -> None:
    made = a_request(deal)
    page = as_.page(mia)
    answer = page.post(f"/help-requests/{made.pk}/outcome/", {"outcome": " ", "version": 1})
    assert answer.status_code == 400
    assert "Say in one line what happened." in answer.content.decode()
    answer = page.post(f"/help-requests/{made.pk}/decline/", {"reason": "x" * 501})
    assert answer.status_code == 400
    assert "x" * 501 in answer.content.decode()
    made.accept(by=mia, at=timezone.now())
    answer = page.post(f"/help-requests/{made.pk}/outcome/", {"outcome": "I <did>", "version": 1})
    assert answer.status_code == 412
    assert "I &lt;did&gt;" in answer.content.decode()
    assert 'name="version" value="2"' in answer.content.decode()


def test_words_are_kept_when_somebody_else_has_answered(
    deal: Opportunity, mia: User, eva: User, as_: type[As]
) -> None:
    made = a_request(deal)
    made.do("Eva did", by=eva, at=timezone.now())
    body = {"outcome": "Mia did", "version": 1}
    answer = as_.page(mia).post(f"/help-requests/{made.pk}/outcome/", body)
    text = answer.content.decode()
    assert answer.status_code == 412
    assert "What you wrote" in text
    assert "Mia did" in text
    assert "Eva did" in text


def test_a_decline_is_undone_from_its_toast(deal: Opportunity, mia: User, as_: type[As]) -> None:
    made = a_request(deal)
    page = as_.page(mia)
    body = {"reason": "Not now", "version": 1, "back": "help_requests"}
    page.post(f"/help-requests/{made.pk}/decline/", body)
    undo = f"/help-requests/{made.pk}/restoration/?version=2"
    assert undo in page.get("/help-requests/").content.decode()
    assert page.post(undo).status_code == 302
    made.refresh_from_db()
    assert made.state == "asked"
    assert page.post(undo).status_code == 412


def test_the_rep_does_not_answer_and_the_manager_does_not_withdraw(
    deal: Opportunity, rosa: User, mia: User, as_: type[As]
) -> None:
    made = a_request(deal)
    for person, verb, body in (
        (rosa, "acceptance", {}),
        (rosa, "outcome", {"outcome": "x"}),
        (rosa, "decline", {"reason": "x"}),
        (mia, "withdrawal", {}),
        (mia, "acknowledgement", {}),
    ):
        answer = as_.page(person).post(f"/help-requests/{made.pk}/{verb}/", body)
        assert answer.status_code == 403, verb


# The queue.


def test_the_draft_goes_to_the_mail_program_whole(
    deal: Opportunity, mia: User, as_: type[As]
) -> None:
    assert deal.account
    person = a_contact(deal.account, email="carla+x@example.com", phone="+49 (30) 12-34 ext")
    draft = "Dear Carla,\n100% yours & more?\n– Mia"
    a_request(deal, kind="send_email", contact=person, draft_subject="Q&A: 50% off", draft=draft)
    [row] = as_.page(mia).get("/help-requests/").context["rows"]
    parts = urlsplit(row.mail)
    assert (parts.scheme, parts.path) == ("mailto", "carla%2Bx@example.com")
    assert parse_qs(parts.query) == {
        "subject": ["Q&A: 50% off"],
        "body": [draft.replace("\n", "\r\n")],
    }
    assert "+" not in parts.query
    assert row.phone == "tel:+491234" or row.phone == "tel:+49301234"


def test_soonest_wanted_comes_first_and_what_is_late_says_so(
    deal: Opportunity, mia: User, as_: type[As]
) -> None:
    today = timezone.now().date()
    late = a_request(deal, how_it_helps="Late one")
    HelpRequest.objects.filter(pk=late.pk).update(wanted_on=today - 3 * DAY)
    soon = a_request(deal, wanted_on=today)
    far = a_request(deal, wanted_on=today + 9 * DAY)
    rows = as_.page(mia).get("/help-requests/").context["rows"]
    assert [row.help for row in rows] == [late, soon, far]
    assert [row.chip for row in rows] == ["3 d late", "Asked", "Asked"]


def test_eva_sees_what_was_asked_of_the_managers_below_when_she_asks_for_it(
    deal: Opportunity, mia: User, eva: User, as_: type[As]
) -> None:
    a_request(deal)
    page = as_.page(eva)
    assert page.get("/help-requests/").context["rows"] == []
    assert len(page.get("/help-requests/?scope=everybody").context["rows"]) == 1


def test_a_long_queue_is_read_page_by_page(deal: Opportunity, mia: User, as_: type[As]) -> None:
    made = {a_request(deal).pk for _ in range(51)}
    page = as_.page(mia)
    first = page.get("/help-requests/").context["page"]
    second = page.get(f"/help-requests/{first.older}").context["page"]
    assert (len(first.rows), len(second.rows)) == (50, 1)
    assert {row.pk for row in [*first.rows, *second.rows]} == made


def test_empty_lists_say_what_they_are_for(rosa: User, mia: User, as_: type[As]) -> None:
    for person, query in ((mia, ""), (mia, "?show=settled"), (mia, "?show=mine"), (rosa, "")):
        assert "empty-state" in as_.page(person).get(f"/help-requests/{query}").content.decode()


def test_long_words_are_shown_whole(deal: Opportunity, mia: User, as_: type[As]) -> None:
    made = a_request(deal, how_it_helps="W" * 5_000, synopsis="S" * 5_000, draft="D" * 5_000)
    text = as_.page(mia).get(f"/help-requests/{made.pk}/").content.decode()
    assert "W" * 5_000 in text
    assert "S" * 5_000 in text
    made.do("O" * 500, by=mia, at=timezone.now())
    assert "O" * 500 in as_.page(mia).get("/help-requests/").content.decode()


PAGES = ["/help-requests/", "/help-requests/?show=settled", "/help-requests/?show=mine"]


def test_every_page_costs_the_same_at_3_and_30_rows(
    rosa: User, mia: User, eva: User, as_: type[As]
) -> None:
    Organisation.current()  # made the first time it is asked for
    deal = a_deal(rosa, account=an_account())
    pages = [(person, path) for person in (rosa, mia, eva) for path in PAGES]
    pages += [(eva, "/help-requests/?scope=everybody"), (mia, "/"), (rosa, "/")]

    def add(count: int) -> None:
        for n in range(count):
            contact = a_contact(deal.account, f"Carla {n}", phone="1")  # type: ignore[arg-type]
            BuyingRole.add(deal, contact, "user")
            call = a_call(rosa, timezone.now() + (n + 1) * DAY, opportunity=deal)
            a_request(deal, kind="call_person", contact=contact)
            a_request(deal, kind="join_call", call=call)
            a_request(deal).do("Done so", by=mia, at=timezone.now())

    def cost(client: Client, path: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        return len(queries)

    add(3)
    made = HelpRequest.objects.first()
    assert made
    one = [f"/opportunities/{deal.pk}/help-requests/", f"/help-requests/{made.pk}/"]
    pages += [(person, path) for person in (rosa, mia) for path in one]
    few = [cost(as_.page(person), path) for person, path in pages]
    add(27)
    for (person, path), before in zip(pages, few, strict=True):
        assert cost(as_.page(person), path) == before <= 12, (person, path)
