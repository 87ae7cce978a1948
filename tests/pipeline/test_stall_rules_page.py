"""Administrators say when deals are called stalled."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from people.models import User
from pipeline.models import StallRules
from tests.factories import NOW, a_deal, a_stage

URL = "/settings/stalls/"


def said(reason: str, **values: Any) -> dict[str, Any]:
    """A whole group as its form posts it, with other values for some."""
    rules = StallRules.current()
    group = {
        "silent": ["silent_days", "silent_days_closing", "closing_days"],
        "pushed": ["pushes_warning", "pushes_critical"],
    }.get(reason, [])
    first = {name: getattr(rules, name) for name in group}
    return {"reason": reason, "version": rules.version, reason: "on", **first, **values}


def test_ada_tunes_one_reason_and_the_sentence_says_it(as_: Any, ada: User) -> None:
    client = as_.page(ada)
    assert "14 days without any activity, 7 when it closes within 30." in (
        client.get(URL).content.decode()
    )
    page = client.post(URL, said("silent", silent_days=20), follow=True).content.decode()
    assert "20 days without any activity" in page
    assert StallRules.current().silent_days == 20


def test_ada_switches_a_reason_off_and_goes_back_to_the_first_limits(as_: Any, ada: User) -> None:
    client = as_.page(ada)
    off = said("silent", silent_days=3, silent_days_closing=2)
    del off["silent"]
    client.post(URL, off)
    assert not StallRules.current().silent
    assert b"Off: no deal is called stalled for this." in client.get(URL).content
    client.post(URL, {**said("silent", silent_days="nonsense"), "reset": "1"})
    rules = StallRules.current()
    assert (rules.silent, rules.silent_days, rules.silent_days_closing) == (True, 14, 7)


@pytest.mark.parametrize(
    ("reason", "values", "words"),
    [
        ("silent", {"silent_days": "0"}, "greater than or equal to 1"),
        ("silent", {"silent_days_closing": "15"}, "not the longer one"),
        ("pushed", {"pushes_warning": "4"}, "Critical takes more pushes"),
    ],
)
def test_a_limit_that_makes_no_sense_is_refused_and_kept(
    as_: Any, ada: User, reason: str, values: dict[str, str], words: str
) -> None:
    page = as_.page(ada).post(URL, said(reason, **values))
    text = page.content.decode()
    assert page.status_code == 400
    assert words in text
    assert f'value="{next(iter(values.values()))}"' in text
    assert StallRules.current().version == 1


def test_a_stale_save_shows_both(as_: Any, ada: User) -> None:
    mine = said("pushed", pushes_critical=9)
    StallRules.current().change(pushes_critical=5)
    client = as_.page(ada)
    page = client.post(URL, mine)
    assert page.status_code == 412
    assert b"Pushes that are critical: <b>5</b>" in page.content
    assert StallRules.current().pushes_critical == 5
    assert client.post(URL, {**mine, "version": 2}).status_code == 302


def test_the_sentence_follows_what_is_typed(as_: Any, ada: User) -> None:
    client = as_.page(ada)
    typed = {**said("silent", silent_days=30), "version": 1}
    words = client.get(f"{URL}sentence/", typed).content.decode()
    assert words.startswith("30 days without any activity")
    assert client.get(f"{URL}sentence/", {"reason": "weather"}).status_code == 404


def test_each_stage_says_over_how_many_won_deals_its_median_is_taken(
    as_: Any, ada: User, rosa: User
) -> None:
    StallRules.current().change(median_won=2)
    for n in range(2):
        deal = a_deal(rosa, f"Deal {n}", at=NOW)
        deal.move_to(a_stage(2), by=rosa, at=NOW)
        deal.win(by=rosa, at=NOW)
    page = as_.page(ada).get(URL).content.decode()
    assert "Median 0 d of 2" in page
    assert "0 of 2 needed" in page


def test_it_is_for_administrators(as_: Any, mia: User) -> None:
    assert as_.page(mia).get(URL).status_code == 403


def test_the_page_asks_little(as_: Any, ada: User) -> None:
    client = as_.page(ada)
    client.get(URL)
    with CaptureQueriesContext(connection) as queries:
        client.get(URL)
    assert len(queries) <= 8
