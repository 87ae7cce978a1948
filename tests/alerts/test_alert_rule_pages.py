"""Administrators say what is alerted to and who hears of it; everybody reads it."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alerts.kinds import KINDS
from alerts.models import AlertRule
from people.models import Organisation, User
from tests.factories import an_alert

URL = "/settings/alerts/"
STALLED = f"{URL}stalled_deal/"


def rule(kind: str = "stalled_deal") -> AlertRule:
    return AlertRule.of(KINDS[kind])


def said(kind: str = "stalled_deal", **values: Any) -> dict[str, Any]:
    """The whole form as it is posted, with other values for some."""
    of_kind, saved = KINDS[kind], rule(kind)
    first = {name: getattr(saved, name) for name in AlertRule.CHANGEABLE}
    if not of_kind.has_money:
        del first["minimum_money"]
    if not of_kind.days_label:
        del first["days"]
    typed = {"version": saved.version, **first, **values}
    return {name: value for name, value in typed.items() if value not in (None, False)}


def test_the_list_says_who_hears_and_when(as_: Any, ada: User) -> None:
    rule().change(
        person_app=0, person_digest=None, manager_app=0, manager_digest=1, above_app=7,
        above_digest=0, minimum_money=5000,
    )  # fmt: skip
    rule("debrief_overdue").change(is_on=False)
    page = as_.page(ada).get(URL).content.decode()
    assert (
        "Whoever it is about at once, their manager at once and in the digest after 1 day, "
        "the manager above after 7 days and in the next digest." in page
    )
    assert "From EUR 5,000 on." in page
    assert page.count("chip idle") == 1


def test_nobody_hears_when_all_steps_are_empty() -> None:
    nobody = AlertRule(kind="stalled_deal")
    assert nobody.who_hears == "Nobody"


def test_administrators_read_how_many_are_open_others_of_how_many_they_were_told(
    as_: Any, ada: User, rosa: User, otto: User
) -> None:
    an_alert(rosa, rosa, kind="stalled_deal")
    an_alert(otto, otto, kind="stalled_deal")
    an_alert(otto, otto, kind="stalled_deal", rule="many")
    assert "2 open" in as_.page(ada).get(URL).content.decode()
    seen = as_.page(rosa).get(URL).content.decode()
    assert "1 open" in seen
    assert "2 open" not in seen
    assert STALLED not in seen


def test_ada_changes_a_rule(as_: Any, ada: User) -> None:
    client, was = as_.page(ada), said()
    page = client.get(STALLED).content.decode()
    assert "Only from this much money on, in EUR" in page
    typed = {**was, "minimum_money": "1000.50", "manager_digest": "3", "above_app": "", "is_on": ""}
    typed["is_mandatory"] = "on"
    assert client.post(STALLED, typed).status_code == 302
    saved = rule()
    assert (saved.minimum_money, saved.manager_digest, saved.above_app) == (1000.5, 3, None)
    assert (saved.is_on, saved.is_mandatory) == (False, True)


def test_a_kind_is_asked_only_for_what_it_has(as_: Any, ada: User) -> None:
    Organisation.current().change(currency="USD")
    client = as_.page(ada)
    stalled = client.get(STALLED).content.decode()
    assert "in USD" in stalled
    assert 'name="days"' not in stalled
    late = client.get(f"{URL}review_due/").content.decode()
    assert "Days after its time" in late
    assert 'name="minimum_money"' not in late


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("manager_app", "-1", "greater than or equal to 0"),
        ("manager_app", "366", "less than or equal to 365"),
        ("person_digest", "99999999999999999999", "less than or equal to"),
        ("above_digest", "soon", "whole number"),
        ("minimum_money", "-5", "greater than or equal to 0"),
        ("minimum_money", "1e400", "more than"),
        ("minimum_money", "NaN", "Enter a number"),
    ],
)
def test_nonsense_is_refused_at_its_field_and_kept(
    as_: Any, ada: User, field: str, typed: str, words: str
) -> None:
    page = as_.page(ada).post(STALLED, said(**{field: typed}))
    text = page.content.decode()
    assert page.status_code == 400
    assert words in text.split(f'id="id_{field}_error"')[1].split("</p>")[0]
    assert f'value="{typed}"' in text
    assert rule().version == 1


def test_days_must_be_said_where_there_are_some(as_: Any, ada: User) -> None:
    page = as_.page(ada).post(f"{URL}review_due/", {**said("review_due"), "days": ""})
    assert page.status_code == 400


def test_a_stale_save_shows_both(as_: Any, ada: User) -> None:
    mine = said(manager_app=5)
    rule().change(manager_app=0)
    client = as_.page(ada)
    page = client.post(STALLED, mine)
    assert page.status_code == 412
    assert b"Their manager, in the app: <b>0</b>" in page.content
    assert rule().manager_app == 0
    assert client.post(STALLED, {**mine, "version": 2}).status_code == 302
    assert rule().manager_app == 5


def test_ada_goes_back_to_the_first_settings_whatever_she_typed(as_: Any, ada: User) -> None:
    client = as_.page(ada)
    back = "Back to the first settings"
    assert back not in client.get(STALLED).content.decode()
    rule().change(is_on=False, manager_app=9, minimum_money=10)
    assert back in client.get(STALLED).content.decode()
    assert client.post(STALLED, {"version": 1, "reset": "1"}).status_code == 412
    client.post(STALLED, {"version": 2, "manager_app": "nonsense", "reset": "1"})
    saved = rule()
    assert saved.is_on
    assert saved.minimum_money is None
    assert saved.manager_app == KINDS["stalled_deal"].ladder.manager_app


def test_others_read_and_do_not_change(as_: Any, mia: User) -> None:
    client = as_.page(mia)
    assert client.get(URL).status_code == 200
    assert client.post(STALLED, said(manager_app=5)).status_code == 403
    assert rule().version == 1


def test_the_pages_ask_little_however_many_are_open(as_: Any, ada: User, rosa: User) -> None:
    client = as_.page(ada)
    counts = []
    for number in (3, 27):
        for _ in range(number):
            an_alert(rosa, rosa, kind="stalled_deal")
        for url in (URL, STALLED):
            client.get(url)
            with CaptureQueriesContext(connection) as queries:
                client.get(url)
            counts.append(len(queries))
    assert counts[:2] == counts[2:]
    assert max(counts) <= 8
