"""The page of a deal and its verbs."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from coaching.models import DebriefReview
from people.models import User
from pipeline.models import (
    BuyerAction,
    BuyerAnswer,
    BuyingRole,
    Contact,
    ExitCriterion,
    Opportunity,
    Proposal,
)
from tests.factories import (
    NOW,
    TODAY,
    a_call,
    a_contact,
    a_deal,
    a_debrief,
    a_plan,
    a_product,
    a_stage,
    an_account,
)

VERBS = [
    "holds",
    "stage-changes",
    "closure",
    "reopening",
    "close-date",
    "amount",
    "next-step",
    "owner",
    "forecast",
    "description",
    "buyer-answers/problem",
    "buying-roles",
    "buyer-actions",
    "proposals",
]


@pytest.fixture
def deal(rosa: User) -> Opportunity:
    return a_deal(rosa, account=an_account(), at=timezone.now() - timedelta(days=9))


def url(deal: Opportunity, noun: str = "") -> str:
    return f"/opportunities/{deal.pk}/" + (f"{noun}/" if noun else "")


def fresh(deal: Opportunity) -> Opportunity:
    return Opportunity.objects.get(pk=deal.pk)


def a_full_deal(deal: Opportunity, count: int) -> None:
    """So many of everything that the page shows."""
    rosa, at = deal.owner, timezone.now() - timedelta(days=5)
    for n in range(count):
        contact = a_contact(deal.account, f"Person {n}")  # type: ignore[arg-type]
        BuyingRole.add(deal, contact, "champion", criteria="Price")
        BuyerAction.record(deal, f"Asked {n}", TODAY, by=rosa, at=NOW, contact=contact)
        Proposal.record(deal, f"Offer {n}", TODAY, by=rosa, at=NOW, amount=n)
        deal.move_to(a_stage(1 + n % 3), by=rosa, at=at, why="Because")
        deal.push(date(2026, 12, 1 + n % 20), by=rosa, at=at)
        deal.set_amount(n * 10, by=rosa, at=at)
        deal.set_next_step(f"Step {n}", TODAY, by=rosa, at=at)
        call = a_call(rosa, at + timedelta(minutes=n), opportunity=deal)
        a_plan(call, at=at - timedelta(days=1))
        a_debrief(call)
    BuyerAnswer.give(deal, "problem", "Their closing takes nine days", by=rosa, at=at)


def test_the_page_asks_as_often_for_a_long_past_as_for_a_short_one(
    as_: Any, mia: User, deal: Opportunity
) -> None:
    client, asked = as_.page(mia), []
    client.get(url(deal))  # a new organisation's rules are made, medians are taken
    for count in (3, 27):
        a_full_deal(deal, count)
        Opportunity.objects.update(people_engaged=0, amount=9, moved_back_on=TODAY)  # worst case
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url(deal)).status_code == 200
        asked.append(len(queries))
    assert asked[0] == asked[1] <= 12


def test_the_page_shows_everything_on_the_deal(as_: Any, mia: User, deal: Opportunity) -> None:
    ExitCriterion.objects.create(stage=deal.stage, text="Named a sponsor")
    a_full_deal(deal, 1)
    deal.assign(mia, by=mia, at=timezone.now(), why="Holiday")
    DebriefReview.give(deal.calls.get().debrief, by=mia, at=timezone.now(), score=4)
    page = as_.page(mia).get(url(deal)).content.decode()
    for text in (
        "Acme rollout",
        "Named a sponsor",
        "Step 0",
        "Their closing takes nine days",
        "Person 0",
        "Buys by: Price",
        "Asked 0",
        "Offer 0",
        "Amount from €48,000 to €0",
        "Given from Rosa Rep to Mia Manager",
        "Holiday",
        f"Entered {a_stage(1)}",
        "own</span> · <b>4</b>",
        f"?opportunity={deal.pk}",
    ):
        assert text in page, text


def test_a_bare_deal_has_a_page_too(as_: Any, rosa: User) -> None:
    deal = a_deal(rosa, "x" * 200, amount=None, close_date=None)
    page = as_.page(rosa).get(url(deal))
    assert page.status_code == 200
    assert b"No next step" in page.content
    assert b"No account" in page.content


def test_scores_are_for_the_line_only(as_: Any, ada: User, deal: Opportunity) -> None:
    a_full_deal(deal, 1)
    page = as_.page(ada).get(url(deal)).content.decode()
    assert "Interview" in page
    assert "own</span>" not in page
    assert "Plan: " not in page


def test_a_call_of_somebody_one_does_not_see_is_not_shown(
    as_: Any, rosa: User, otto: User, deal: Opportunity
) -> None:
    a_call(otto, timezone.now() - timedelta(days=1), opportunity=deal, kind="negotiation")
    assert b"Negotiation" not in as_.page(rosa).get(url(deal)).content


def test_the_timeline_is_capped_and_can_be_shown_whole(as_: Any, deal: Opportunity) -> None:
    for n in range(60):
        deal.set_amount(n + 1, by=deal.owner, at=NOW)
    client = as_.page(deal.owner)
    page = client.get(url(deal))
    assert len(page.context["timeline"].shown) == 50
    assert b"Show 11 more" in page.content
    assert len(client.get(url(deal) + "?all").context["timeline"].shown) == 61


def test_events_stand_newest_first_whatever_they_are(as_: Any, deal: Opportunity) -> None:
    rosa, today = deal.owner, timezone.now()
    BuyerAction.record(deal, "Signed", (today - timedelta(days=4)).date(), by=rosa, at=today)
    a_call(rosa, today - timedelta(days=2), opportunity=deal)
    a_call(rosa, today + timedelta(days=2), opportunity=deal)
    deal.win(by=rosa, at=today)
    timeline = as_.page(rosa).get(url(deal)).context["timeline"].shown
    assert [entry.kind for entry in timeline] == ["outcome", "call", "buyer_action", "stage"]


@pytest.mark.parametrize("noun", ["", *VERBS])
def test_a_strangers_deal_does_not_exist(as_: Any, otto: User, rosa: User, noun: str) -> None:
    foreign = a_deal(otto)
    client = as_.page(rosa)
    assert client.get(url(foreign, noun)).status_code == 404
    if noun:
        assert client.post(url(foreign, noun), {"version": 1}).status_code == 404
    far = f"/opportunities/999999999999999999999/{noun}/".replace("//", "/")
    assert client.get(far).status_code == 404


@pytest.mark.parametrize("noun", VERBS)
def test_each_verb_has_a_page_and_a_fragment(as_: Any, deal: Opportunity, noun: str) -> None:
    client = as_.page(deal.owner)
    page = client.get(url(deal, noun))
    assert page.status_code == 200
    assert b"<html" in page.content
    fragment = client.get(url(deal, noun), headers={"HX-Request": "true"})
    assert b"<html" not in fragment.content
    assert b"csrfmiddlewaretoken" in fragment.content


@pytest.mark.parametrize(
    ("noun", "said", "is_so"),
    [
        ("close-date", {"close_date": "2027-01-31"}, lambda d: str(d.close_date) == "2027-01-31"),
        ("close-date", {"close_date": ""}, lambda d: d.close_date is None),
        ("amount", {"amount": "9.5", "currency": "USD"}, lambda d: str(d.amount) == "9.50"),
        ("next-step", {"next_step": "Go", "next_step_on": "2026-12-01"}, lambda d: d.next_step),
        ("closure", {"outcome": "won", "reason": ""}, lambda d: d.status == "won"),
        ("closure", {"outcome": "lost", "reason": "Price"}, lambda d: d.lost_reason == "Price"),
        (
            "forecast",
            {"forecast_category": "commit", "own_probability": 80, "own_probability_reason": "CFO"},
            lambda d: (d.own_probability, d.forecast_category) == (80, "commit"),
        ),
        ("description", {"name": "Other", "account": ""}, lambda d: d.account is None),
    ],
)
def test_a_verb_does_its_thing_and_comes_back(
    as_: Any, deal: Opportunity, noun: str, said: dict[str, Any], is_so: Any
) -> None:
    response = as_.page(deal.owner).post(url(deal, noun), {"version": deal.version, **said})
    assert response.status_code == 302
    assert response.headers["Location"].startswith(url(deal))
    assert is_so(fresh(deal))


def test_stages_move_by_button_and_back_with_a_reason(as_: Any, deal: Opportunity) -> None:
    client = as_.page(deal.owner)
    client.post(url(deal, "stage-changes"), {"version": deal.version, "stage": a_stage(2).pk})
    now = fresh(deal)
    client.post(
        url(deal, "stage-changes"), {"version": now.version, "stage": a_stage(1).pk, "why": "Early"}
    )
    assert [change.why for change in deal.stagechanges.all()] == ["", "", "Early"]


def test_a_move_is_undone_by_its_toast_once(as_: Any, deal: Opportunity) -> None:
    client = as_.page(deal.owner)
    said = {"version": deal.version, "stage": a_stage(2).pk}
    page = client.post(url(deal, "stage-changes"), said, follow=True)
    undo = undo_of(page)
    client.post(undo)
    assert fresh(deal).stage == a_stage(1)
    client.post(undo)
    assert deal.stagechanges.count() == 3
    page = client.post(url(deal, "stage-changes"), {**said, "version": 3, "stage": a_stage(1).pk})
    assert page.status_code == 302  # it stood there already: nothing to undo


def test_each_stall_reason_stands_with_the_event_that_started_it(
    as_: Any, deal: Opportunity, mia: User
) -> None:
    long_ago = timezone.now() - timedelta(days=40)
    BuyerAction.record(deal, "Asked for a price", long_ago.date(), by=deal.owner, at=NOW)
    page = as_.page(mia).get(url(deal)).content.decode()
    action = BuyerAction.objects.get()
    assert "No activity for 40 days" in page
    assert f'<a href="#buyer_action-{action.pk}">Asked for a price</a> by Rosa Rep' in page
    assert f'id="buyer_action-{action.pk}"' in page
    narrowed = as_.page(mia).get(url(deal) + "?timeline=changes").content.decode()
    assert f"?all=#buyer_action-{action.pk}" in narrowed


def test_the_page_can_be_judged_as_of_a_day_that_has_come(as_: Any, deal: Opportunity) -> None:
    client = as_.page(deal.owner)
    Opportunity.objects.update(close_date=timezone.now().date() - timedelta(days=1))
    assert b"Close date has passed" in client.get(url(deal)).content
    day = timezone.now().date() - timedelta(days=3)
    page = client.get(url(deal) + f"?on={day}").content
    assert b"Close date has passed" not in page
    assert b"judged as of" in page
    for wrong in ("2999-01-01", "soon"):
        page = client.get(url(deal) + f"?on={wrong}").content
        assert b"Close date has passed" in page
        assert b"Only a day that has come can be judged" in page


def test_the_timeline_is_narrowed_by_who_acted(as_: Any, deal: Opportunity) -> None:
    a_full_deal(deal, 2)
    client = as_.page(deal.owner)
    for name, kinds in {
        "buyer": {"buyer_action"},
        "rep": {"call", "proposal"},
        "changes": {"stage", "amount", "close_date", "next_step", "answer"},
    }.items():
        timeline = client.get(url(deal) + f"?timeline={name}").context["timeline"]
        assert {entry.kind for entry in timeline.shown} == kinds
        (here,) = [each for each in timeline.filters if each.is_current]
        assert (here.name, here.count) == (name, len(timeline.shown))
    whole = client.get(url(deal) + "?timeline=weather").context["timeline"]
    assert len(whole.shown) == sum(each.count for each in whole.filters if each.name)


def test_people_show_when_they_were_last_spoken_to(as_: Any, deal: Opportunity) -> None:
    carla = a_contact(deal.account)  # type: ignore[arg-type]
    BuyingRole.add(deal, carla, "champion")
    client = as_.page(deal.owner)
    at = timezone.now() - timedelta(days=2)
    call = a_call(deal.owner, at, opportunity=deal, attendees=[carla])
    assert b"Not spoken to yet" in client.get(url(deal)).content
    call.hold(by=deal.owner, at=at + timedelta(hours=1))
    assert f"Last spoken to {at.day} {at:%b %Y}" in client.get(url(deal)).content.decode()


def test_a_form_that_saves_in_its_place_gets_panels_out_of_band(
    as_: Any, deal: Opportunity
) -> None:
    client = as_.page(deal.owner)
    page = client.get(url(deal), headers={"HX-Request": "true", "HX-Boosted": "true"})
    assert page.headers["HX-Reswap"].startswith("none")
    assert "HX-Reswap" not in client.get(url(deal)).headers


def test_a_closed_deal_is_opened_again_with_a_reason(as_: Any, deal: Opportunity) -> None:
    deal.lose(by=deal.owner, at=timezone.now(), reason="Price")
    client = as_.page(deal.owner)
    said = {"version": deal.version}
    assert client.post(url(deal, "reopening"), said).status_code == 400
    assert client.post(url(deal, "reopening"), {**said, "why": "They called"}).status_code == 302
    assert fresh(deal).is_open


@pytest.mark.parametrize(
    ("noun", "said", "kept"),
    [
        ("close-date", {"close_date": "soon", "why": "They asked"}, "They asked"),
        ("amount", {"amount": "a lot", "currency": "EUR"}, "a lot"),
        ("amount", {"amount": "-4", "currency": "EUR", "why": "Refund"}, "Refund"),
        ("next-step", {"next_step": "Ring them", "next_step_on": ""}, "Ring them"),
        ("closure", {"outcome": "lost", "reason": "", "on": "2026-11-01"}, "2026-11-01"),
        ("closure", {"outcome": "won", "reason": "Luck", "on": "2999-01-01"}, "Luck"),
        ("closure", {"outcome": "maybe", "reason": "Luck"}, "Luck"),
        ("forecast", {"forecast_category": "commit", "own_probability": "101"}, "101"),
        ("stage-changes", {"stage": "9999", "why": "Skipped"}, "Skipped"),
        ("description", {"name": "", "account": "Acme"}, "Acme"),
        ("description", {"name": "Named", "account": "Nobody Ltd"}, "Nobody Ltd"),
        ("buyer-answers/problem", {"answer": "x" * 5_001}, "x" * 5_001),
        ("buying-roles", {"role": "champion", "criteria": "Speed"}, "Speed"),
        ("buying-roles", {"role": "king", "name": "Nora", "contact": "9999"}, "Nora"),
        ("buyer-actions", {"what": "Signed", "on": "2999-01-01"}, "Signed"),
        ("buyer-actions", {"what": "Signed", "on": ""}, "Signed"),
        ("proposals", {"title": "Offer", "sent_on": "2999-01-01"}, "Offer"),
    ],
)
def test_a_refused_verb_keeps_what_was_typed(
    as_: Any, deal: Opportunity, noun: str, said: dict[str, str], kept: str
) -> None:
    client = as_.page(deal.owner)
    page = client.post(url(deal, noun), {"version": deal.version, **said})
    assert page.status_code == 400
    assert kept in page.content.decode()
    assert fresh(deal).version == deal.version
    assert page.content.count(b'class="errors"') == 1


def test_a_stale_save_shows_both_and_saves_when_repeated(as_: Any, deal: Opportunity) -> None:
    seen = deal.version
    deal.push(date(2027, 1, 1), by=deal.owner, at=NOW)
    client = as_.page(deal.owner)
    page = client.post(
        url(deal, "close-date"), {"version": seen, "close_date": "2027-02-02", "why": "Budget"}
    )
    text = page.content.decode()
    assert page.status_code == 412
    assert "1 Jan 2027" in text
    assert "2 Feb 2027" in text
    assert "Budget" in text
    assert fresh(deal).close_date == date(2027, 1, 1)
    form = page.context["form"]
    again = {name: form[name].value() for name in form.fields}
    assert client.post(url(deal, "close-date"), again).status_code == 302
    assert fresh(deal).close_date == date(2027, 2, 2)


def test_a_stale_answer_shows_both_texts(as_: Any, deal: Opportunity) -> None:
    seen = deal.version
    BuyerAnswer.give(deal, "problem", "Theirs", by=deal.owner, at=NOW)
    page = as_.page(deal.owner).post(
        url(deal, "buyer-answers/problem"), {"version": seen, "answer": "Mine"}
    )
    assert page.status_code == 412
    assert b"Theirs" in page.content
    assert b"Mine" in page.content


def test_a_verb_without_the_version_seen_is_refused(as_: Any, deal: Opportunity) -> None:
    page = as_.page(deal.owner).post(url(deal, "amount"), {"amount": "1", "currency": "EUR"})
    assert page.status_code == 400


def test_verbs_on_a_closed_deal_say_to_reopen_it(as_: Any, deal: Opportunity) -> None:
    deal.win(by=deal.owner, at=timezone.now())
    client = as_.page(deal.owner)
    page = client.post(url(deal, "close-date"), {"version": deal.version, "close_date": ""})
    assert page.status_code == 400
    assert b"Reopen it first" in page.content
    assert client.get(url(deal)).status_code == 200


def test_a_deal_is_given_within_ones_line_only(
    as_: Any, deal: Opportunity, mia: User, pia: User, otto: User
) -> None:
    client = as_.page(mia)
    said = {"version": deal.version}
    assert client.post(url(deal, "owner"), {**said, "owner": otto.pk}).status_code == 400
    assert client.post(url(deal, "owner"), {**said, "owner": pia.pk}).status_code == 302
    assert fresh(deal).owner == pia
    said = {"version": fresh(deal).version, "owner": mia.pk}
    assert as_.page(pia).post(url(deal, "owner"), said).status_code == 400


def test_a_foreign_account_is_refused(as_: Any, deal: Opportunity, otto: User) -> None:
    an_account("Secret", owner=otto)
    page = as_.page(deal.owner).post(
        url(deal, "description"), {"version": deal.version, "name": "x", "account": "Secret"}
    )
    assert page.status_code == 400
    assert fresh(deal).account == deal.account


def test_an_old_product_and_a_strange_currency_stay_choosable(as_: Any, rosa: User) -> None:
    deal = a_deal(rosa, product=a_product(is_active=False), currency="BRL")
    client = as_.page(rosa)
    said = {"version": deal.version, "name": "New name", "account": ""}
    client.post(url(deal, "description"), {**said, "product": deal.product_id})
    client.post(
        url(deal, "amount"), {"version": fresh(deal).version, "amount": 5, "currency": "BRL"}
    )
    now = fresh(deal)
    assert (now.name, now.product, now.currency, now.amount) == (
        "New name",
        deal.product,
        "BRL",
        5,
    )


def test_people_are_added_new_or_known_changed_and_taken_off(as_: Any, deal: Opportunity) -> None:
    client = as_.page(deal.owner)
    known = a_contact(deal.account)  # type: ignore[arg-type]
    add = url(deal, "buying-roles")
    client.post(add, {"version": deal.version, "contact": known.pk, "role": "champion"})
    client.post(add, {"version": deal.version + 1, "name": "Nora New", "role": "user"})
    nora = Contact.objects.get(name="Nora New")
    assert nora.account == deal.account
    role = deal.buying_roles.get(contact=known)
    said = {"version": deal.version + 2, "role": "blocker", "criteria": "Risk"}
    assert client.post(f"/buying-roles/{role.pk}/", said).status_code == 302
    role.refresh_from_db()
    assert (role.role, role.criteria) == ("blocker", "Risk")
    assert client.post(f"/buying-roles/{role.pk}/", said).status_code == 412
    page = client.post(f"/buying-roles/{role.pk}/removal/", follow=True)
    assert list(deal.buying_roles.all()) == [deal.buying_roles.get(contact=nora)]
    client.post(undo_of(page))
    assert deal.buying_roles.get(contact=known).criteria == "Risk"


def undo_of(page: Any) -> str:
    *_, message = page.context["messages"]
    return str(message.extra_tags).removeprefix("undo:")


def test_nobody_gets_two_roles_on_a_deal(as_: Any, deal: Opportunity) -> None:
    known = a_contact(deal.account)  # type: ignore[arg-type]
    BuyingRole.add(deal, known, "user")
    page = as_.page(deal.owner).post(
        url(deal, "buying-roles"),
        {"version": deal.version, "contact": known.pk, "role": "champion"},
    )
    assert page.status_code == 400
    assert b"has a buying role on this deal already" in page.content


def test_a_person_of_another_account_is_refused(as_: Any, deal: Opportunity, otto: User) -> None:
    foreign = a_contact(an_account("Secret", owner=otto), "Sven Secret")
    client = as_.page(deal.owner)
    for noun, said in (
        ("buying-roles", {"role": "user", "version": deal.version}),
        ("buyer-actions", {"what": "Signed", "on": "2026-11-01"}),
    ):
        page = client.post(url(deal, noun), {**said, "contact": foreign.pk})
        assert page.status_code == 400
        assert b"Sven" not in page.content


def test_a_new_person_needs_an_account(as_: Any, rosa: User) -> None:
    deal = a_deal(rosa)
    page = as_.page(rosa).post(
        url(deal, "buying-roles"), {"version": deal.version, "name": "Nora", "role": "user"}
    )
    assert page.status_code == 400
    assert b"Give the deal an account first" in page.content


@pytest.mark.parametrize("what", ["Asked for a contract", "契" * 500], ids=["short", "long"])
def test_a_buyer_action_is_added_removed_and_brought_back(
    as_: Any, deal: Opportunity, what: str
) -> None:
    client = as_.page(deal.owner)
    client.post(url(deal, "buyer-actions"), {"what": what, "on": "2026-11-01"})
    action = BuyerAction.objects.get()
    page = client.post(f"/buyer-actions/{action.pk}/removal/", follow=True)
    assert not BuyerAction.objects.exists()
    undo = undo_of(page)
    assert len(undo) < 3_000
    client.post(undo)
    client.post(undo)
    back = BuyerAction.objects.get()
    assert (back.what, back.on, back.by) == (what, action.on, deal.owner)


def test_a_proposal_is_added_removed_and_brought_back(as_: Any, deal: Opportunity) -> None:
    client = as_.page(deal.owner)
    said = {"title": "Offer", "sent_on": "2026-11-01", "amount": "100.50"}
    client.post(url(deal, "proposals"), said)
    page = client.post(f"/proposals/{Proposal.objects.get().pk}/removal/", follow=True)
    client.post(undo_of(page))
    proposal = Proposal.objects.get()
    assert (str(proposal.amount), proposal.currency) == ("100.50", "EUR")


def test_an_undo_works_on_its_own_deal_only(
    as_: Any, deal: Opportunity, rosa: User, otto: User
) -> None:
    client = as_.page(rosa)
    action = BuyerAction.record(deal, "Signed", TODAY, by=rosa, at=NOW)
    token = undo_of(client.post(f"/buyer-actions/{action.pk}/removal/", follow=True))
    token = token.split("/")[-2]
    other = a_deal(rosa, "Other")
    assert client.post(url(other, f"restorations/{token}")).status_code == 404
    assert client.post(url(deal, "restorations/forged:token")).status_code == 404
    assert as_.page(otto).post(url(deal, f"restorations/{token}")).status_code == 404
    assert client.get(url(deal, f"restorations/{token}")).status_code == 405


@pytest.mark.parametrize("noun", ["buying-roles", "buyer-actions", "proposals"])
def test_what_hangs_on_a_strangers_deal_does_not_exist(
    as_: Any, rosa: User, otto: User, noun: str
) -> None:
    foreign = a_deal(otto, account=an_account())
    contact = a_contact(foreign.account)  # type: ignore[arg-type]
    things = {
        "buying-roles": BuyingRole.add(foreign, contact, "user"),
        "buyer-actions": BuyerAction.record(foreign, "Signed", TODAY, by=otto, at=NOW),
        "proposals": Proposal.record(foreign, "Offer", TODAY, by=otto, at=NOW),
    }
    client = as_.page(rosa)
    pk = things[noun].pk
    assert client.post(f"/{noun}/{pk}/removal/").status_code == 404
    assert client.get(f"/{noun}/{pk}/removal/").status_code == 405
    if noun == "buying-roles":
        assert client.get(f"/buying-roles/{pk}/").status_code == 404
    assert type(things[noun]).objects.filter(pk=pk).exists()


def test_an_unknown_buyer_question_does_not_exist(as_: Any, deal: Opportunity) -> None:
    assert as_.page(deal.owner).get(url(deal, "buyer-answers/colour")).status_code == 404
