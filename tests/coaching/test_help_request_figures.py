"""How long help takes, who asks early, and where a manager had to step in; and what is told."""

from datetime import date, timedelta

import pytest

from coaching.help_queue import (
    HelpFigures,
    answers_unread,
    entries_for,
    help_on,
    waiting_for,
)
from coaching.models import HelpRequest
from pages.agenda import Agenda, agenda
from people.calendar import Calendar
from people.models import Holiday, User
from pipeline.models import Opportunity
from tests.factories import NOW, TODAY, a_contact, a_deal, an_account

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def agenda_of(user: User) -> Agenda:
    return agenda(user, NOW, Calendar.current().holidays)


@pytest.fixture
def deal(rosa: User) -> Opportunity:
    return a_deal(rosa, account=an_account())


def asked(deal: Opportunity, ago: int = 0, **said: object) -> HelpRequest:
    """Asked so many days before NOW, a Wednesday."""
    at = NOW - ago * DAY
    said = {"kind": "opinion", "how_it_helps": "x", "wanted_on": at.date(), **said}
    return HelpRequest.ask(deal, by=deal.owner, at=at, **said)  # type: ignore[arg-type]


def test_the_median_is_in_working_days(deal: Opportunity, mia: User) -> None:
    assert HelpFigures(mia, NOW).own.turnaround == ""
    asked(deal).do("Same day", by=mia, at=NOW + 8 * HOUR)
    assert HelpFigures(mia, NOW).own.turnaround == "same day"
    asked(deal, ago=5).do("Over a weekend", by=mia, at=NOW)  # Friday to Wednesday
    assert HelpFigures(mia, NOW).own.turnaround == "1.5 working days"
    Holiday.objects.create(day=TODAY - DAY, name="Founders' day")
    assert HelpFigures(mia, NOW).own.turnaround == "1 working day"
    asked(deal, ago=7).decline("No", by=mia, at=NOW)  # four working days
    own = HelpFigures(mia, NOW).own
    assert (own.turnaround, own.answered) == ("2 working days", 3)


def test_withdrawn_stepped_in_and_old_ones_have_no_turnaround(
    deal: Opportunity, rosa: User, mia: User
) -> None:
    asked(deal).withdraw(by=rosa, at=NOW)
    asked(deal, ago=91).do("Long ago", by=mia, at=NOW)
    HelpRequest.step_in(deal, by=mia, at=NOW, kind="opinion", what="x").do("x", by=mia, at=NOW)
    own = HelpFigures(mia, NOW).own
    assert (own.answered, own.open, own.stepped_in) == (0, 0, 1)


def test_early_late_and_forced_are_told_apart_by_manager(
    deal: Opportunity, otto: User, mia: User, max_: User, eva: User
) -> None:
    asked(deal)
    asked(deal, was_stalled=True)
    asked(deal, was_stalled=True)
    HelpRequest.step_in(deal, by=mia, at=NOW, kind="opinion", what="x", was_stalled=True)
    asked(deal, ago=100)  # open still, asked before the window
    found = {
        each.manager.name: (each.open, each.early, each.late, each.stepped_in)
        for each in HelpFigures(eva, NOW).managers
    }
    assert found == {"Max Manager": (0, 0, 0, 0), "Mia Manager": (5, 1, 2, 1)}
    assert HelpFigures(mia, NOW).managers == []
    [of_max] = [each for each in HelpFigures(eva, NOW).managers if each.manager == max_]
    assert of_max.turnaround == ""


def test_a_manager_elsewhere_is_not_in_the_figures(
    deal: Opportunity, otto: User, max_: User
) -> None:
    asked(deal)
    assert HelpFigures(max_, NOW).own.open == 0


def test_what_waits_for_mia_and_what_rosa_has_not_read(
    deal: Opportunity, rosa: User, pia: User, mia: User, eva: User
) -> None:
    first, second = asked(deal, wanted_on=TODAY + DAY), asked(deal)
    assert list(waiting_for(mia)) == [second, first]
    assert not waiting_for(eva).exists()
    first.do("Done so", by=mia, at=NOW)
    second.withdraw(by=rosa, at=NOW)
    assert not waiting_for(mia).exists()
    assert list(answers_unread(rosa)) == [first]
    assert not answers_unread(pia).exists()
    assert not answers_unread(mia).exists()
    first.acknowledge(by=rosa, at=NOW)
    assert not answers_unread(rosa).exists()


def test_rosa_is_told_what_came_of_it_when_mia_stepped_in(
    deal: Opportunity, rosa: User, mia: User
) -> None:
    made = HelpRequest.step_in(deal, by=mia, at=NOW, kind="unblock", what="Legal")
    made.do("Legal agrees", by=mia, at=NOW)
    assert [task.title for task in agenda_of(rosa).tasks] == ["Mia unblocked it: Legal agrees"]


def test_today_shows_managers_what_is_asked_by_its_date(deal: Opportunity, mia: User) -> None:
    assert deal.account
    asked(deal, kind="call_person", contact=a_contact(deal.account), wanted_on=TODAY + 2 * DAY)
    asked(deal, wanted_on=TODAY)
    asked(deal, ago=5)
    rows = [(task.kind, task.title, task.chip) for task in agenda_of(mia).tasks]
    assert rows == [
        ("risk", "Give an opinion for Rosa", "5 d late"),
        ("warn", "Give an opinion for Rosa", "Today"),
        ("idle", "Call Carla Buyer for Rosa", "In 2 d"),
    ]


def test_today_tells_a_rep_each_answer(deal: Opportunity, rosa: User, mia: User) -> None:
    assert deal.account
    contact = a_contact(deal.account)
    asked(deal, kind="send_email", contact=contact).do("She replied", by=mia, at=NOW)
    asked(deal).decline("Ask legal", by=mia, at=NOW)
    asked(deal)
    rows = {(task.kind, task.title, task.action, task.posts) for task in agenda_of(rosa).tasks}
    assert rows == {
        ("ok", "Mia sent the e-mail to Carla Buyer: She replied", "Read", True),
        ("warn", "Mia declined: Ask legal", "Read", True),
    }


def test_the_deal_tells_who_asked_and_what_came_of_it(
    deal: Opportunity, rosa: User, mia: User, eva: User, ada: User, otto: User
) -> None:
    asked(deal, ago=1, how_it_helps="She knows them").do("Lower it", by=eva, at=NOW)
    HelpRequest.step_in(deal, by=mia, at=NOW, kind="opinion", what="Too slow")
    entries = entries_for(deal, rosa, rosa.zone)
    assert {entry.kind for entry in entries} == {"help"}
    told = [(entry.on, entry.text, entry.by, entry.why) for entry in entries]
    assert sorted(told) == [
        (date(2026, 11, 17), "Help asked of Mia: Give an opinion", "Rosa Rep", "She knows them"),
        (TODAY, "Eva gave an opinion: Lower it", "Eva Executive", ""),
        (TODAY, "Mia stepped in: Give an opinion", "Mia Manager", "Too slow"),
    ]
    assert entries_for(deal, ada, ada.zone) == entries_for(deal, otto, otto.zone) == []


def test_who_may_ask_and_who_may_step_in(
    deal: Opportunity, rosa: User, mia: User, ada: User
) -> None:
    def may(user: User) -> tuple[bool, bool]:
        on_deal = help_on(deal, user)
        return on_deal["may_ask"], on_deal["may_step_in"]

    assert (may(rosa), may(mia), may(ada)) == ((True, False), (False, True), (False, False))
    deal.win(by=rosa, at=NOW)
    assert (may(rosa), may(mia)) == ((False, False), (False, False))
