"""Who asks whom for what, who answers, and what may be taken back."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from coaching.models import HelpRequest
from lib.versions import Stale
from people.models import User
from pipeline.models import BuyingRole, Opportunity
from tests.factories import NOW, TODAY, a_call, a_contact, a_deal, an_account

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def help_with(deal: Opportunity, **said: object) -> HelpRequest:
    said = {"kind": "opinion", "how_it_helps": "She knows them", "wanted_on": TODAY, **said}
    return HelpRequest.ask(deal, by=deal.owner, at=NOW, **said)  # type: ignore[arg-type]


@pytest.fixture
def deal(rosa: User) -> Opportunity:
    return a_deal(rosa, account=an_account())


def test_rosa_asks_mia_the_nearest_above_her(deal: Opportunity, mia: User) -> None:
    made = help_with(deal)
    assert (made.asked_of, made.state, made.origin) == (mia, "asked", "asked")
    assert (made.asked_at, made.was_stalled, made.version) == (NOW, False, 1)


def test_a_manager_who_has_left_is_passed_over(deal: Opportunity, mia: User, eva: User) -> None:
    mia.is_active = False
    mia.save()
    assert help_with(deal).asked_of == eva


def test_nobody_is_above_eva(eva: User) -> None:
    with pytest.raises(ValidationError, match="Nobody is above you"):
        help_with(a_deal(eva))


def test_only_the_owner_asks(deal: Opportunity, mia: User, pia: User, ada: User) -> None:
    for other in (mia, pia, ada):
        with pytest.raises(PermissionDenied):
            HelpRequest.ask(
                deal, by=other, at=NOW, kind="opinion", how_it_helps="x", wanted_on=TODAY
            )


def test_a_closed_deal_needs_no_help(deal: Opportunity, rosa: User, mia: User) -> None:
    deal.lose(by=rosa, at=NOW, reason="Price")
    with pytest.raises(ValidationError, match="lost and needs no help"):
        help_with(deal)
    with pytest.raises(ValidationError, match="lost and needs no help"):
        HelpRequest.step_in(deal, by=mia, at=NOW, kind="opinion", what="Talk")


@pytest.mark.parametrize("kind", ["send_email", "call_person"])
def test_an_email_and_a_call_need_somebody_who_belongs_to_the_deal(
    deal: Opportunity, kind: str
) -> None:
    assert deal.account
    stranger = a_contact(an_account("Globex"), "Sam Stranger")
    for wrong in (None, stranger):
        with pytest.raises(ValidationError) as refused:
            help_with(deal, kind=kind, contact=wrong)
        assert list(refused.value.message_dict) == ["contact"]
    assert help_with(deal, kind=kind, contact=a_contact(deal.account)).contact
    BuyingRole.add(deal, stranger, "influencer")
    assert help_with(deal, kind=kind, contact=stranger).contact == stranger


def test_only_a_coming_call_of_this_deal_is_joined(deal: Opportunity, rosa: User) -> None:
    coming = a_call(rosa, NOW + DAY, opportunity=deal)
    assert help_with(deal, kind="join_call", call=coming).call == coming
    assert help_with(deal, kind="join_call").call is None
    elsewhere = a_call(rosa, NOW + DAY, opportunity=a_deal(rosa, "Other"))
    past = a_call(rosa, NOW - DAY, opportunity=deal)
    for kind, wrong in (("join_call", elsewhere), ("join_call", past), ("opinion", coming)):
        with pytest.raises(ValidationError) as refused:
            help_with(deal, kind=kind, call=wrong)
        assert list(refused.value.message_dict) == ["call"]


def test_wanted_today_is_in_time_and_yesterday_is_not(deal: Opportunity) -> None:
    help_with(deal, wanted_on=TODAY)
    with pytest.raises(ValidationError, match="has passed"):
        help_with(deal, wanted_on=TODAY - DAY)


@pytest.mark.parametrize("words", ["", "  \n "])
def test_it_must_say_how_it_helps(deal: Opportunity, words: str) -> None:
    with pytest.raises(ValidationError) as refused:
        help_with(deal, how_it_helps=words)
    assert list(refused.value.message_dict) == ["how_it_helps"]


def test_a_manager_above_steps_in_and_has_accepted_at_once(
    deal: Opportunity, mia: User, eva: User
) -> None:
    for manager in (mia, eva):
        made = HelpRequest.step_in(
            deal, by=manager, at=NOW, kind="opinion", what="Talk to Rosa", was_stalled=True
        )
        assert (made.origin, made.state, made.was_stalled) == ("stepped_in", "accepted", True)
        assert made.asked_by == made.asked_of == manager
        assert (made.accepted_at, made.wanted_on) == (NOW, TODAY)


def test_nobody_else_steps_in(
    deal: Opportunity, rosa: User, pia: User, max_: User, ada: User
) -> None:
    for other in (rosa, pia, max_, ada):
        with pytest.raises(PermissionDenied):
            HelpRequest.step_in(deal, by=other, at=NOW, kind="opinion", what="Talk")


def test_it_is_accepted_once_and_then_done(deal: Opportunity, mia: User) -> None:
    made = help_with(deal)
    made.accept(by=mia, at=NOW + HOUR, version=1)
    assert (made.state, made.accepted_at) == ("accepted", NOW + HOUR)
    with pytest.raises(ValidationError, match="is accepted and cannot be accepted"):
        made.accept(by=mia, at=NOW)
    made.do(" She signs\non Friday ", by=mia, at=NOW + 2 * HOUR, version=2)
    assert (made.state, made.outcome) == ("done", "She signs on Friday")
    assert (made.answered_at, made.answered_by) == (NOW + 2 * HOUR, mia)


def test_it_is_done_without_being_accepted_first(deal: Opportunity, mia: User) -> None:
    made = help_with(deal)
    made.do("Told them", by=mia, at=NOW)
    assert (made.state, made.accepted_at) == ("done", None)


def test_done_and_declined_want_words_that_fit(deal: Opportunity, mia: User) -> None:
    made = help_with(deal)
    for words in ("", " \n", "x" * 501):
        with pytest.raises(ValidationError) as refused:
            made.do(words, by=mia, at=NOW)
        assert list(refused.value.message_dict) == ["outcome"]
        with pytest.raises(ValidationError) as refused:
            made.decline(words, by=mia, at=NOW)
        assert list(refused.value.message_dict) == ["reason"]
    assert made.version == 1


VERBS = {
    "accept": lambda made, by: made.accept(by=by, at=NOW),
    "do": lambda made, by: made.do("Done so", by=by, at=NOW),
    "decline": lambda made, by: made.decline("Not now", by=by, at=NOW),
    "withdraw": lambda made, by: made.withdraw(by=by, at=NOW),
    "acknowledge": lambda made, by: made.acknowledge(by=by, at=NOW),
}
MAY = {  # whom rosa's request lets do what; all others are refused
    "accept": {"mia", "eva"},
    "do": {"mia", "eva"},
    "decline": {"mia", "eva"},
    "withdraw": {"rosa"},
    "acknowledge": {"rosa"},
}


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_is_for_some_and_refused_to_all_others(
    verb: str,
    deal: Opportunity,
    rosa: User,
    pia: User,
    mia: User,
    max_: User,
    eva: User,
    ada: User,
) -> None:
    people = {"rosa": rosa, "pia": pia, "mia": mia, "max": max_, "eva": eva, "ada": ada}
    for name, person in people.items():
        made = help_with(deal)
        if verb == "acknowledge":
            made.decline("Not now", by=mia, at=NOW)
        before = made.state, made.version
        if name in MAY[verb]:
            VERBS[verb](made, person)
            assert made.version == before[1] + 1
        else:
            with pytest.raises(PermissionDenied):
                VERBS[verb](made, person)
            made.refresh_from_db()
            assert (made.state, made.version) == before


@pytest.mark.parametrize("verb", ["accept", "do", "decline", "withdraw"])
def test_what_is_settled_stays_settled(verb: str, deal: Opportunity, rosa: User, mia: User) -> None:
    made = help_with(deal)
    made.do("Done so", by=mia, at=NOW)
    with pytest.raises(ValidationError, match="is done and cannot be"):
        VERBS[verb](made, rosa if verb == "withdraw" else mia)


def test_two_who_answer_at_once_do_not_overwrite_each_other(
    deal: Opportunity, mia: User, eva: User
) -> None:
    made = help_with(deal)
    HelpRequest.objects.get(pk=made.pk).do("Mia did", by=mia, at=NOW, version=1)
    with pytest.raises(Stale):
        made.decline("Eva would not", by=eva, at=NOW, version=1)
    made.refresh_from_db()
    assert (made.state, made.outcome, made.decline_reason) == ("done", "Mia did", "")


def test_a_decline_is_taken_back_to_where_it_was(deal: Opportunity, mia: User) -> None:
    made = help_with(deal)
    made.decline("Not now", by=mia, at=NOW)
    made.restore(by=mia, at=NOW, version=2)
    assert (made.state, made.decline_reason, made.answered_at) == ("asked", "", None)
    made.accept(by=mia, at=NOW)
    made.decline("After all not", by=mia, at=NOW)
    made.restore(by=mia, at=NOW)
    assert made.state == "accepted"


def test_rosa_takes_back_her_withdrawal_and_only_hers(
    deal: Opportunity, rosa: User, mia: User
) -> None:
    made = help_with(deal)
    made.withdraw(by=rosa, at=NOW)
    with pytest.raises(PermissionDenied):
        made.restore(by=mia, at=NOW)
    made.restore(by=rosa, at=NOW)
    assert made.state == "asked"
    made.decline("Not now", by=mia, at=NOW)
    with pytest.raises(PermissionDenied):
        made.restore(by=rosa, at=NOW)


def test_what_was_read_or_done_or_overtaken_is_not_taken_back(
    deal: Opportunity, rosa: User, mia: User
) -> None:
    read, done, overtaken = (help_with(deal) for _ in range(3))
    read.decline("Not now", by=mia, at=NOW)
    read.acknowledge(by=rosa, at=NOW)
    done.do("Done so", by=mia, at=NOW)
    overtaken.withdraw(by=rosa, at=NOW)
    deal.win(by=rosa, at=NOW)
    for made, by in ((read, mia), (done, mia), (overtaken, rosa)):
        with pytest.raises(ValidationError):
            made.restore(by=by, at=NOW)


def test_the_first_reading_counts(deal: Opportunity, rosa: User, mia: User) -> None:
    made = help_with(deal)
    with pytest.raises(ValidationError):
        made.acknowledge(by=rosa, at=NOW)
    made.do("Done so", by=mia, at=NOW)
    made.acknowledge(by=rosa, at=NOW + HOUR)
    made.acknowledge(by=rosa, at=NOW + DAY)
    assert made.seen_at == NOW + HOUR


def test_the_line_reads_it_and_administrators_as_such_do_not(
    deal: Opportunity, rosa: User, pia: User, mia: User, max_: User, eva: User, ada: User
) -> None:
    help_with(deal)
    seen = {
        person.first_name: HelpRequest.objects.visible_to(person).count()
        for person in (rosa, pia, mia, max_, eva, ada)
    }
    assert seen == {"Rosa": 1, "Pia": 0, "Mia": 1, "Max": 0, "Eva": 1, "Ada": 0}


def test_whoever_takes_the_deal_over_reads_the_answer(
    deal: Opportunity, rosa: User, pia: User, mia: User
) -> None:
    made = help_with(deal)
    made.do("Done so", by=mia, at=NOW)
    deal.assign(pia, by=mia, at=NOW)
    made = HelpRequest.objects.visible_to(pia).get()
    made.acknowledge(by=pia, at=NOW)
    assert not HelpRequest.objects.visible_to(rosa).exists()
