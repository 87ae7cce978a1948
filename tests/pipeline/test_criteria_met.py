"""Exit criteria are ticked when the buyer has done what they say."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from lib.versions import Stale
from people.models import User
from pipeline.models import CriterionMet, ExitCriterion, Opportunity, Stage
from tests.factories import NOW, TODAY, a_deal, a_stage


@pytest.fixture
def deal(rosa: User) -> Opportunity:
    return a_deal(rosa, at=timezone.now() - timedelta(days=3))


@pytest.fixture
def sponsor(deal: Opportunity) -> ExitCriterion:
    return ExitCriterion.objects.create(stage=deal.stage, text="Named a sponsor")


def url(deal: Opportunity, criterion: ExitCriterion) -> str:
    return f"/opportunities/{deal.pk}/criteria/{criterion.pk}/"


def change(stage: Stage, *criteria: str) -> None:
    stage.change(
        name=stage.name,
        probability=stage.probability,
        patience=stage.patience,
        criteria=criteria,
    )


def test_rosa_ticks_a_criterion_and_takes_it_back(
    as_: Any, deal: Opportunity, sponsor: ExitCriterion
) -> None:
    client = as_.page(deal.owner)
    page = client.post(url(deal, sponsor), {"version": deal.version, "met": "on"}, follow=True)
    text = page.content.decode()
    assert 'aria-checked="true"' in text
    assert "Met: Named a sponsor" in text
    tick = CriterionMet.objects.get()
    assert (tick.by, tick.on) == (deal.owner, timezone.now().date())
    client.post(url(deal, sponsor), {"version": deal.version + 1})
    assert not CriterionMet.objects.exists()


def test_a_tick_that_saw_an_older_deal_is_refused(
    as_: Any, deal: Opportunity, sponsor: ExitCriterion
) -> None:
    CriterionMet.meet(deal, sponsor, by=deal.owner, at=NOW)
    page = as_.page(deal.owner).post(url(deal, sponsor), {"version": 1})
    assert page.status_code == 412
    assert CriterionMet.objects.exists()
    with pytest.raises(Stale):
        CriterionMet.objects.get().remove(version=1)


def test_ticking_twice_is_ticking_once(deal: Opportunity, sponsor: ExitCriterion) -> None:
    for on in (TODAY, TODAY - timedelta(days=1)):
        CriterionMet.meet(deal, sponsor, by=deal.owner, at=NOW, on=on)
    assert CriterionMet.objects.get().on == TODAY


def test_a_day_to_come_and_a_closed_deal_are_refused(
    deal: Opportunity, sponsor: ExitCriterion
) -> None:
    with pytest.raises(ValidationError, match="has not come"):
        CriterionMet.meet(deal, sponsor, by=deal.owner, at=NOW, on=TODAY + timedelta(days=1))
    deal.win(by=deal.owner, at=timezone.now())
    with pytest.raises(ValidationError, match="Reopen it first"):
        CriterionMet.meet(deal, sponsor, by=deal.owner, at=NOW)


def test_rewording_a_criterion_keeps_its_ticks(deal: Opportunity, sponsor: ExitCriterion) -> None:
    CriterionMet.meet(deal, sponsor, by=deal.owner, at=NOW)
    change(deal.stage, "Saw a demo", "Named a sponsor inside")
    tick = CriterionMet.objects.get()
    assert tick.criterion == ExitCriterion.objects.get(text="Named a sponsor inside")
    assert str(tick) == "Met: Named a sponsor"


def test_another_criterion_in_its_place_takes_no_tick_over(
    deal: Opportunity, sponsor: ExitCriterion
) -> None:
    CriterionMet.meet(deal, sponsor, by=deal.owner, at=NOW)
    change(deal.stage, "Agreed a budget")
    tick = CriterionMet.objects.get()
    assert tick.criterion is None
    assert tick.text == "Named a sponsor"  # what happened stays told


def test_what_a_stage_left_open_is_still_asked_in_the_next_one(
    as_: Any, deal: Opportunity, sponsor: ExitCriterion
) -> None:
    deal.move_to(a_stage(2), by=deal.owner, at=timezone.now())
    page = as_.page(deal.owner).get(f"/opportunities/{deal.pk}/").content.decode()
    assert f"Still open from {a_stage(1)}" in page
    assert url(deal, sponsor) in page
    CriterionMet.meet(deal, sponsor, by=deal.owner, at=timezone.now())
    page = as_.page(deal.owner).get(f"/opportunities/{deal.pk}/").content.decode()
    assert url(deal, sponsor) not in page


def test_a_strangers_criteria_are_not_ticked(
    as_: Any, deal: Opportunity, sponsor: ExitCriterion, otto: User
) -> None:
    posted = as_.page(otto).post(url(deal, sponsor), {"version": deal.version, "met": "on"})
    assert posted.status_code == 404
    assert not CriterionMet.objects.exists()
