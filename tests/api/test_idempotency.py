"""A POST sent twice with the same Idempotency-Key acts once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from people.models import ApiToken, IdempotentRequest, User
from pipeline.models import Account, StageChange
from tests.factories import a_deal, a_stage


def test_the_second_time_the_first_answer_comes_again(rosa: User, as_, sends) -> None:
    sender = sends(as_.api(rosa))
    first, second = (sender.post("accounts/", {"name": "Acme"}, key="k1") for _ in range(2))
    assert first.status_code == second.status_code == 201
    assert first.json() == second.json()
    assert second["Idempotency-Replayed"] == "true"
    assert (second["Location"], second["ETag"]) == (first["Location"], first["ETag"])
    assert "Idempotency-Replayed" not in first
    assert Account.objects.count() == 1


def test_the_order_of_names_does_not_matter(rosa: User, as_, sends) -> None:
    sender = sends(as_.api(rosa))
    sender.post("accounts/", {"name": "Acme", "sector": "Retail"}, key="k1")
    again = sender.post("accounts/", {"sector": "Retail", "name": "Acme"}, key="k1")
    assert again["Idempotency-Replayed"] == "true"


def test_another_body_or_address_under_the_same_key_is_409(rosa: User, as_, sends) -> None:
    sender = sends(as_.api(rosa))
    sender.post("accounts/", {"name": "Acme"}, key="k1")
    for path, body in (("accounts/", {"name": "Initech"}), ("contacts/", {"name": "Acme"})):
        answer = sender.post(path, body, key="k1")
        assert answer.status_code == 409
        assert answer.json()["errors"][0]["code"] == "idempotency_key_reused"
    assert Account.objects.count() == 1


def test_people_do_not_share_keys(rosa: User, mia: User, as_, sends) -> None:
    sends(as_.api(rosa)).post("accounts/", {"name": "Acme"}, key="k1")
    answer = sends(as_.api(mia)).post("accounts/", {"name": "Initech"}, key="k1")
    assert answer.status_code == 201


def test_a_refused_request_may_be_corrected_under_its_key(rosa: User, as_, sends) -> None:
    sender = sends(as_.api(rosa))
    assert sender.post("accounts/", {"name": ""}, key="k1").status_code == 400
    assert sender.post("accounts/", {"name": "Acme"}, key="k1").status_code == 201


def test_a_verb_is_replayed_though_its_version_has_moved_on(rosa: User, as_, sends) -> None:
    deal, sender = a_deal(rosa), sends(as_.api(rosa))
    path, body = f"opportunities/{deal.pk}/stage-changes/", {"stage": a_stage(2).pk}
    first, second = (sender.post(path, body, version=1, key="k1") for _ in range(2))
    assert (first.status_code, second.status_code) == (200, 200)
    assert second.json() == first.json()
    assert StageChange.objects.filter(opportunity=deal, to_stage=a_stage(2)).count() == 1


def test_the_key_of_a_new_token_is_neither_kept_nor_shown_again(rosa: User, as_, sends) -> None:
    sender = sends(as_.api(rosa))
    first = sender.post("tokens/", {"name": "BI"}, key="k1")
    kept = IdempotentRequest.objects.get()
    assert first.data["key"] not in str([kept.body, kept.headers, kept.fingerprint])
    again = sender.post("tokens/", {"name": "BI"}, key="k1")
    assert again.status_code == 409
    assert again.json()["errors"][0]["code"] == "idempotency_shown_once"
    assert ApiToken.objects.filter(name="BI").count() == 1


def test_a_key_is_forgotten_after_a_day(rosa: User, as_, sends) -> None:
    sender = sends(as_.api(rosa))
    sender.post("accounts/", {"name": "Acme"}, key="k1")
    IdempotentRequest.objects.update(made_at=timezone.now() - timedelta(hours=25))
    assert sender.post("accounts/", {"name": "Initech"}, key="k1").status_code == 201


@pytest.mark.parametrize("key", ["", "x" * 256, "a\tb"])
def test_odd_keys_are_refused(rosa: User, as_, sends, attrs, key: str) -> None:
    answer = sends(as_.api(rosa)).post("accounts/", {"name": "Acme"}, key=key)
    assert (answer.status_code, attrs(answer)) == (400, ["Idempotency-Key"])
    assert not Account.objects.exists()


def test_the_same_request_under_way_is_409(rosa: User, as_, sends, monkeypatch) -> None:
    """The other one's row appears between looking and writing, as it does between two servers."""
    sender = sends(as_.api(rosa))
    sender.post("accounts/", {"name": "Acme"}, key="k1")
    monkeypatch.setattr("people.models.idempotent_request.IdempotentRequestQuerySet.first", none)
    answer = sender.post("accounts/", {"name": "Acme"}, key="k1")
    assert (answer.status_code, answer["Retry-After"]) == (409, "1")
    assert Account.objects.count() == 1


def none(rows: object) -> None:
    return None
