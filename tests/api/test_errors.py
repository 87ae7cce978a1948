"""Every error has one shape and says which value is wrong."""

import pytest

from api.urls import RESOURCES
from people.models import User
from tests.factories import a_deal, a_token, an_account


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/opportunities/abc/",
        "/api/v1/opportunities/0.5/",
        "/api/v1/opportunities/-1/",
        "/api/v1/opportunities/١/",
        f"/api/v1/opportunities/{10**30}/",
        f"/api/v1/opportunities/{2**63}/",
        "/api/v1/opportunities/999999/",
        "/api/v1/opportunities/1/nothing/",
        "/api/v1/opportunities/abc/stage-changes/",
        "/api/v1/tokens/not-a-uid/",
        "/api/v1/nothing/",
        "/api/v1/opportunities",
        "/api/v1/",
        "/api/",
        "/api/v2/users/",
    ],
)
def test_what_does_not_exist_is_404_in_the_apis_own_shape(rosa: User, as_, path: str) -> None:
    answer = as_.api(rosa).get(path)
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/json"
    assert answer.json()["type"] == "client_error"
    assert answer.json()["errors"][0]["code"] == "not_found"


def test_nobody_comes_in_without_a_token(client, db: None) -> None:
    answer = client.get("/api/v1/users/")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Token"


@pytest.mark.parametrize("key", ["", "wrong", "tl_" + "0" * 64, "tl_ü", "a b"])
def test_a_wrong_token_is_401(client, db: None, key: str) -> None:
    header = f"Token {key}".encode().decode("latin-1")
    assert client.get("/api/v1/users/", HTTP_AUTHORIZATION=header).status_code == 401


def test_each_wrong_field_is_named(rosa: User, as_, sends, attrs) -> None:
    answer = sends(as_.api(rosa)).post(
        "opportunities/",
        {
            "name": "x" * 201,
            "amount": "-1",
            "close_date": "18.11.2026",
            "own_probability": 101,
            "stage": 999,
            "currency": "euro",
            "status": "won",
        },
    )
    assert answer.status_code == 400
    assert answer.json()["type"] == "validation_error"
    assert attrs(answer) == [
        "amount",
        "close_date",
        "currency",
        "currency",
        "name",
        "own_probability",
        "stage",
        "status",
    ]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", None),
        ("name", ""),
        ("name", 5),
        ("name", ["x"]),
        ("name", "a\x00b"),
        ("name", {"a": 1}),
        ("account", 1.5),
        ("account", True),
        ("account", "1"),
        ("account", 2**70),
        ("account", -1),
        ("account", [1]),
        ("amount", "NaN"),
        ("amount", "1e400"),
        ("amount", 10**20),
        ("amount", {}),
        ("close_date", "0001-01-01"),
        ("close_date", "2026-02-30"),
        ("close_date", 5),
        ("own_probability", 10**30),
        ("own_probability", "ten"),
        ("forecast_category", ["pipeline"]),
        ("forecast_category", "nope"),
        ("next_step_on", []),
        ("owner", None),
        ("no_such_field", 1),
        ("__all__", 1),
    ],
)
def test_a_value_of_the_wrong_kind_is_400(rosa: User, as_, sends, attrs, field, value) -> None:
    answer = sends(as_.api(rosa)).post("opportunities/", {"name": "A deal", field: value})
    assert answer.status_code == 400
    assert set(attrs(answer)) == {field}


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "[]",
        "null",
        "5",
        '"x"',
        "[" * 100_000,
        '{"name": NaN}',
        r'{"name": "\ud800"}',
        r'{"\ud800": 1}',
        b"\xff\xfe",
    ],
)
def test_what_is_no_json_object_is_400(rosa: User, as_, body) -> None:
    client = as_.api(rosa)
    answer = client.generic("POST", "/api/v1/accounts/", body, content_type="application/json")
    assert answer.status_code == 400, answer.content
    assert answer.json()["errors"]


def test_other_content_types_are_415(rosa: User, as_) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "application/xml"):
        answer = as_.api(rosa).generic("POST", "/api/v1/accounts/", "name=x", content_type=kind)
        assert answer.status_code == 415


def test_other_answers_than_json_are_406(rosa: User, as_) -> None:
    assert as_.api(rosa).get("/api/v1/users/", headers={"accept": "text/html"}).status_code == 406


def test_a_body_that_is_too_large_is_413(rosa: User, as_, settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000
    answer = as_.api(rosa).post("/api/v1/accounts/", {"name": "x" * 2_000})
    assert answer.status_code == 413
    assert answer.json()["errors"][0]["code"] == "too_large"


def test_nested_errors_name_their_place(rosa: User, as_, sends, attrs) -> None:
    plan = {"call": 1, "learn": [{"text": "Fine"}, {"text": "x" * 501, "why": 1}], "who": [{}]}
    answer = sends(as_.api(rosa)).post("call-plans/", plan)
    assert attrs(answer) == ["call", "learn.1.text", "learn.1.why", "who.0.name"]


def test_times_without_an_offset_are_refused(rosa: User, as_, sends, attrs) -> None:
    for wrong in ("2026-11-19T10:00:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-12:00"):
        answer = sends(as_.api(rosa)).post("calls/", {"starts_at": wrong})
        assert "starts_at" in attrs(answer)


def test_deals_and_accounts_are_not_deleted(rosa: User, as_) -> None:
    deal = a_deal(rosa)
    for path in (f"/api/v1/opportunities/{deal.pk}/", "/api/v1/accounts/1/"):
        assert as_.api(rosa).delete(path).status_code == 405


def test_a_verb_that_is_refused_says_why(rosa: User, as_, sends, attrs) -> None:
    deal = a_deal(rosa)
    sender = sends(as_.api(rosa))
    lost = sender.post(f"opportunities/{deal.pk}/closure/", {"status": "lost"}, version=1)
    assert (lost.status_code, attrs(lost)) == (400, ["reason"])
    open_already = sender.post(f"opportunities/{deal.pk}/reopening/", {"why": "x"}, version=1)
    assert open_already.json()["errors"][0]["detail"] == "This deal is open already."


def test_a_session_works_too_and_needs_the_csrf_token_to_write(rosa: User) -> None:
    from django.test import Client

    browser = Client(enforce_csrf_checks=True)
    browser.force_login(rosa)
    assert browser.get("/api/v1/users/me/").json()["name"] == "Rosa Rep"
    answer = browser.post("/api/v1/accounts/", "{}", content_type="application/json")
    assert answer.status_code == 403
    assert "CSRF" in answer.json()["errors"][0]["detail"]


def test_reading_changes_nothing(rosa: User, as_, django_assert_num_queries) -> None:
    deal, token = a_deal(rosa), a_token(rosa)
    answer = as_.api(rosa).get(f"/api/v1/opportunities/{deal.pk}/")
    deal.refresh_from_db()
    assert (answer.data["version"], deal.version) == (1, 1)
    assert token


def test_two_who_save_the_same_at_once_are_told_so(rosa: User, as_, sends, monkeypatch) -> None:
    """The other account appears between the check of the name and the save."""
    an_account("Acme")
    monkeypatch.setattr("pipeline.models.Account.full_clean", lambda self, **options: None)
    answer = sends(as_.api(rosa)).post("accounts/", {"name": "Acme"})
    assert answer.status_code == 409
    assert answer.json()["errors"][0]["code"] == "conflict"


def test_head_and_options_answer_everywhere(rosa: User, as_) -> None:
    client, deal = as_.api(rosa), a_deal(rosa)
    paths = [f"/api/v1/{noun}/" for noun in RESOURCES]
    paths += ["/api/v1/users/me/", "/api/v1/organisation/", "/api/v1/nothing/"]
    paths += [f"/api/v1/opportunities/{deal.pk}/{noun}" for noun in ("", "closure/")]
    for path in paths:
        assert client.options(path).status_code in (200, 403, 404), path
        assert client.head(path).status_code in (200, 403, 404, 405), path
