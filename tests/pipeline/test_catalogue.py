"""Stages and products, as administrators keep them."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from people.models import User
from pipeline.models import ExitCriterion, Product, Stage
from tests.conftest import As
from tests.factories import NOW, a_deal, a_product, a_stage


@pytest.fixture
def admin(ada: User, as_: type[As]) -> Client:
    return as_.page(ada)


def typed(stage: Stage, **changes: Any) -> dict[str, Any]:
    values = {
        "name": stage.name,
        "probability": stage.probability,
        "patience": stage.patience,
        "criteria": "\r\n".join(map(str, stage.exit_criteria.all())),
        "version": stage.version,
    }
    return {**values, **changes}


def save(client: Client, stage: Stage, **changes: Any) -> Any:
    return client.post(reverse("settings_stage", args=[stage.pk]), typed(stage, **changes))


def names() -> list[str]:
    return [stage.name for stage in Stage.objects.all()]


def test_a_stage_is_added_at_the_end_with_its_criteria(admin: Client) -> None:
    values = {"name": "Hand over", "probability": "95", "patience": "5", "criteria": "Signed\nPaid"}
    assert admin.post(reverse("settings_stage_new"), values).status_code == 302
    added = Stage.objects.last()
    assert added
    assert (added.name, added.order, added.probability, added.patience) == ("Hand over", 6, 95, 5)
    assert [str(each) for each in added.exit_criteria.all()] == ["Signed", "Paid"]


def test_criteria_that_stay_remain_the_same_rows(admin: Client) -> None:
    stage = a_stage(3)
    first, second = stage.exit_criteria.all()
    save(admin, stage, criteria=f"Something new\n{second.text}\n\n{second.text}")
    kept, moved = stage.exit_criteria.all()
    assert (kept.text, moved.pk) == ("Something new", second.pk)
    assert not ExitCriterion.objects.filter(pk=first.pk).exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "QUALIFY"}, "name"),
        ({"probability": "101"}, "probability"),
        ({"probability": "-1"}, "probability"),
        ({"patience": "0"}, "patience"),
        ({"patience": "soon"}, "patience"),
        ({"criteria": "x" * 301}, "criteria"),
    ],
)
def test_wrong_input_is_named_and_what_was_typed_stays(
    admin: Client, wrong: dict[str, str], field: str
) -> None:
    stage = a_stage(2)
    answer = save(admin, stage, **{"criteria": "Kept line", **wrong})
    assert answer.status_code == 400
    assert list(answer.context["form"].errors) == [field]
    assert field == "criteria" or "Kept line" in answer.content.decode()
    assert a_stage(2).version == stage.version


def test_a_stale_stage_is_refused(admin: Client) -> None:
    stage = a_stage(2)
    a_stage(2).change(name="Theirs", probability=20, patience=5, criteria=[])
    answer = save(admin, stage, name="Mine")
    assert answer.status_code == 412
    assert "Theirs" in answer.content.decode()
    assert 'value="Mine"' in answer.content.decode()


def test_stages_move_up_and_down(admin: Client) -> None:
    first = names()
    url = reverse("settings_stage_position", args=[a_stage(2).pk])
    admin.post(url, {"position": "1"})
    assert names() == [first[1], first[0], *first[2:]]
    admin.post(url, {"position": "99"})
    assert names() == [first[0], *first[2:], first[1]]
    admin.post(url, {"position": "0"})
    assert names() == [first[1], first[0], *first[2:]]
    assert [stage.order for stage in Stage.objects.all()] == [1, 2, 3, 4, 5]
    for nonsense in ("", "-1", "up", "²", "9" * 30):
        assert admin.post(url, {"position": nonsense}).status_code == 302
    assert names() == [first[1], first[0], *first[2:]]


def test_the_list_is_in_their_order(admin: Client) -> None:
    page = admin.get(reverse("settings_stages"))
    assert [stage.name for stage in page.context["stages"]] == names()


def test_only_a_stage_that_was_never_used_is_removed(admin: Client, rosa: User) -> None:
    a_deal(rosa)
    used, unused = a_stage(1), a_stage(5)
    answer = admin.post(
        reverse("settings_stage_removal", args=[used.pk]), {"version": used.version}
    )
    assert answer.status_code == 400
    assert "Deals stand in Qualify or passed through it" in answer.content.decode()
    gone = admin.post(
        reverse("settings_stage_removal", args=[unused.pk]), {"version": unused.version}
    )
    assert gone.status_code == 302
    assert "Close" not in names()


def test_a_stage_a_deal_has_left_stays_too(rosa: User) -> None:
    deal = a_deal(rosa)
    deal.move_to(a_stage(2), by=rosa, at=NOW)
    with pytest.raises(ValidationError, match="passed through it"):
        a_stage(1).remove()


def test_the_only_stage_stays(db: None) -> None:
    Stage.objects.exclude(order=1).delete()
    with pytest.raises(ValidationError, match="the only stage"):
        a_stage(1).remove()


def test_products_are_added_and_changed(admin: Client) -> None:
    values = {"name": "Platform", "series": "Core", "list_price": "48000.50"}
    assert admin.post(reverse("settings_product_new"), values).status_code == 302
    product = Product.objects.get()
    assert (product.series, product.list_price) == ("Core", Decimal("48000.50"))
    changed = {"name": "Platform 2", "series": "", "list_price": "", "version": product.version}
    url = reverse("settings_product", args=[product.pk])
    assert admin.post(url, changed).status_code == 302
    product.refresh_from_db()
    assert (product.name, product.list_price, product.is_active) == ("Platform 2", None, False)
    assert admin.post(url, changed).status_code == 412


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "plátform"}, "name"),
        ({"list_price": "-1"}, "list_price"),
        ({"list_price": "many"}, "list_price"),
        ({"list_price": "NaN"}, "list_price"),
        ({"list_price": "1.999"}, "list_price"),
    ],
)
def test_a_wrong_product_is_refused(admin: Client, wrong: dict[str, str], field: str) -> None:
    a_product("Platform")
    values = {"name": "New", "series": "Kept", "list_price": "1", **wrong}
    answer = admin.post(reverse("settings_product_new"), values)
    assert answer.status_code == 400
    assert list(answer.context["form"].errors) == [field]
    assert 'value="Kept"' in answer.content.decode()
    assert Product.objects.count() == 1


def test_unknown_stages_and_products_are_404(admin: Client) -> None:
    assert admin.get(reverse("settings_stage", args=[999])).status_code == 404
    assert admin.post(reverse("settings_stage_position", args=[999])).status_code == 404
    assert admin.post(reverse("settings_stage_removal", args=[999])).status_code == 404
    assert admin.get(reverse("settings_product", args=[999])).status_code == 404


def test_others_may_not_touch_them(mia: User, as_: type[As]) -> None:
    client, stage, product = as_.page(mia), a_stage(1), a_product()
    for name, pk in (
        ("settings_stage", stage.pk),
        ("settings_stage_position", stage.pk),
        ("settings_stage_removal", stage.pk),
        ("settings_product", product.pk),
    ):
        assert client.post(reverse(name, args=[pk]), {"position": "2"}).status_code == 403
    assert a_stage(1) == stage
