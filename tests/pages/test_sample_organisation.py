"""The sample organisation fills every page, and one click takes all of it away."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from coaching.models import CallPlan, Debrief, DebriefReview
from metrics.models import Metric, Ramp, Target
from pages.sample import organisation
from people.models import Absence, User
from pipeline.models import Account, Call, Opportunity, Proposal, StageChange
from reviews.models import Agreement, PipelineCall, Review
from tests.conftest import As
from tests.factories import NOW, a_deal

pytestmark = pytest.mark.once


def test_it_has_people_deals_and_plans_in_every_state(db: None) -> None:
    organisation.load(NOW)
    assert User.objects.get_queryset().count() == 14
    assert Opportunity.objects.count() == 150
    states = set(CallPlan.objects.values_list("state", flat=True))
    assert states == {"draft", "filed", "good", "change", "talk"}
    assert set(CallPlan.objects.filed().values_list("timeliness", flat=True)) >= {"on_time", "late"}
    assert set(Call.objects.values_list("status", flat=True)) >= {"planned", "held", "missed"}
    assert DebriefReview.objects.exists()
    assert Agreement.objects.filter(review=None).count() == 30
    assert Agreement.objects.exclude(review=None).count() == 11
    assert {review.state for review in Review.objects.all()} == {"closed", "scheduled"}
    assert any(review.is_open(NOW) for review in Review.objects.to_come())
    assert not Review.objects.filter(closed_at__gt=NOW).exists()
    assert PipelineCall.objects.get().coverage
    assert Review.objects.filter(status__month_goal__isnull=False).exists()
    assert not StageChange.objects.filter(at__gt=NOW).exists()
    assert not Debrief.objects.filter(filed_at__gt=NOW).exists()


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fewer deals a rep, for what does not depend on their number."""
    monkeypatch.setattr("pages.sample.deals.DEALS_A_REP", 5)


def test_it_is_the_same_each_time_it_is_loaded_on_a_day(small: None, ada: User) -> None:
    def picture() -> list[tuple[str, str, object]]:
        deals = Opportunity.objects.order_by("owner__name", "name", "amount", "close_date")
        return list(deals.values_list("name", "owner__name", "amount"))

    organisation.load(NOW)
    first = picture()
    organisation.remove()
    organisation.load(NOW)
    assert picture() == first


def test_it_is_not_loaded_twice(small: None, db: None) -> None:
    organisation.load(NOW)
    with pytest.raises(ValidationError):
        organisation.load(NOW)


def test_removing_it_leaves_what_real_people_entered(small: None, rosa: User, ada: User) -> None:
    organisation.load(NOW)
    account = Account.objects.filter(is_sample=True).first()
    mine = a_deal(rosa, account=account)
    organisation.remove()
    assert list(Opportunity.objects.all()) == [mine]
    assert Account.objects.get() == account
    assert not User.objects.get_queryset().filter(is_sample=True).exists()
    assert not Call.objects.exists()
    assert not Review.objects.exists()
    assert not Target.objects.exists()
    assert not Ramp.objects.exists()
    assert not Absence.objects.exists()


def test_a_real_deal_that_a_sample_rep_opened_stays(small: None, rosa: User, ada: User) -> None:
    organisation.load(NOW)
    dana = User.objects.get(email="dana@sample.example")
    deal = a_deal(dana, at=NOW, is_sample=False)
    Proposal.record(deal, "Offer", NOW.date(), by=dana, at=NOW)
    deal.assign(rosa, by=ada, at=NOW)
    organisation.remove()
    assert list(Opportunity.objects.all()) == [deal]
    assert Proposal.objects.get().owner is None


def test_a_ramp_that_somebody_uses_stays(small: None, rosa: User, ada: User) -> None:
    organisation.load(NOW)
    metric, ramp = Metric.objects.get(measure="interviews"), Ramp.objects.get()
    mine = Target.set(metric, Decimal(5), by=ada, at=NOW, person=rosa, ramp=ramp)
    organisation.remove()
    assert list(Target.objects.all()) == [mine]
    assert Ramp.objects.get() == ramp


def test_the_sample_administrator_makes_the_first_real_one_and_removes_it(
    small: None, db: None, as_: type[As], client: Client
) -> None:
    organisation.load(NOW)
    sample_administrator = User.objects.get(email="ada@sample.example")
    page = as_.page(sample_administrator)
    refused = page.post("/settings/sample/", {"name": "Greta Real", "email": "greta@real"})
    assert refused.status_code == 400
    assert "Greta Real" in refused.content.decode()
    done = page.post(
        "/settings/sample/",
        {"name": "Greta Real", "email": "greta@example.com", "password": "a long enough one"},
    )
    assert done.status_code == 302
    assert [user.name for user in User.objects.get_queryset()] == ["Greta Real"]
    assert client.login(email="greta@example.com", password="a long enough one")


def test_only_administrators_remove_it(rosa: User, as_: type[As]) -> None:
    assert as_.page(rosa).post("/settings/sample/").status_code == 403
