"""The wizard over REST: upload, PATCH, check, read problems, commit."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from people.models import User
from pipeline.models import Import, Product
from pipeline.tasks import run_import
from tests.pipeline.test_import_real_data import assert_the_totals
from tests.support.imports import REAL_DEALS, needs_real_data

pytestmark = pytest.mark.django_db
URL = "/api/v1/imports/"


@pytest.fixture
def api(ada: User, as_) -> APIClient:
    return as_.api(ada)


def post_file(api: APIClient, kind: str, content: bytes, **headers: str):
    body = {"kind": kind, "file": SimpleUploadedFile("f.csv", content)}
    return api.post(URL, body, format="multipart", headers=headers)


def step(api: APIClient, answer, noun: str):
    """A verb on the import that was answered last, and what it is when the job is through."""
    address = f"{URL}{answer.json()['id']}/"
    done = api.post(f"{address}{noun}/", headers={"If-Match": answer["ETag"]})
    assert done.status_code == 200, done.json()
    run_import(answer.json()["id"])
    return api.get(address)


@needs_real_data
def test_the_real_set_comes_in_by_api(api: APIClient):
    for kind, name in (
        ("people", "sales_teams"),
        ("accounts", "accounts"),
        ("products", "products"),
        ("opportunities", "sales_pipeline"),
    ):
        answer = post_file(api, kind, (REAL_DEALS / f"{name}.csv").read_bytes())
        assert answer.status_code == 201
        if kind == "opportunities":
            address = answer["Location"]
            asked = {column["column"]: column for column in api.get(f"{address}questions/").json()}
            (gtx,) = asked["product"]["questions"]
            assert (gtx["value"], gtx["times"], gtx["likely"][0]) == ("GTXPro", 1480, "GTX Pro")
            values = {
                "product": {"GTXPro": {"do": "use", "with": "GTX Pro"}},
                "deal_stage": {"*": {"do": "create"}},
            }
            match = {"If-Match": answer["ETag"]}
            answer = api.patch(address, {"values": values}, headers=match)
            assert answer.status_code == 200
        checked = step(api, answer, "check")
        assert checked.json()["state"] == "checked"
        done = step(api, checked, "commit").json()
        assert (done["state"], done["created"]) == ("done", done["rows"])
    assert_the_totals()


def test_problems_are_listed_by_page_and_as_a_file(api: APIClient):
    rows = b"".join(b"P%d,wrong\n" % n for n in range(30))
    checked = step(api, post_file(api, "products", b"product,price\n" + rows), "check")
    address = f"{URL}{checked.json()['id']}/problems"
    first = api.get(f"{address}/").json()
    assert len(first["results"]) == 25
    assert {**first["results"][0], "id": 0} == {
        "id": 0,
        "line": 2,
        "column": "price",
        "value": "wrong",
        "reason": "This is no number.",
    }
    assert len(api.get(first["next"]).json()["results"]) == 5
    for wanted in ("*/*", "text/csv"):
        file = api.get(f"{address}.csv", headers={"Accept": wanted})
        text = b"".join(file.streaming_content).decode()
        assert text.startswith("product,price,Line,Problem\r\nP0,wrong,2,price: This is no number.")
    refused = api.post(
        address.replace("problems", "commit/"), headers={"If-Match": checked["ETag"]}
    )
    assert refused.status_code == 400
    assert "No row" in refused.json()["errors"][0]["detail"]


@pytest.mark.parametrize(
    ("kind", "content", "attr"),
    [
        ("products", b"", "file"),
        ("products", b"foo,bar\n1,2\n", "file"),
        ("products", b"PK\x03\x04", "file"),
        ("wishes", b"product\nA\n", "kind"),
    ],
)
def test_a_wrong_upload_names_its_field(api: APIClient, kind, content, attr):
    answer = post_file(api, kind, content)
    assert answer.status_code == 400
    assert [error["attr"] for error in answer.json()["errors"]] == [attr]
    assert not Import.objects.exists()


def test_an_upload_must_be_multipart_and_may_not_be_too_large(api: APIClient):
    assert api.post(URL, {"kind": "products"}).status_code == 415
    with override_settings(IMPORT_MAX_BYTES=1_000):
        answer = post_file(api, "products", b"product\n" + b"A" * 200_000)
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "body",
    [
        {"mapping": {"product": "salary"}},
        {"mapping": {"nothing": "name"}},
        {"mapping": "name"},
        {"values": {"product": {"A": {"do": "explode"}}}},
        {"values": {"product": {"A": {"do": "use"}}}},
        {"values": {"product": ["A"]}},
        {"format": {"decimal": "x"}},
        {"state": "done"},
        {"rows": 7},
    ],
)
def test_a_wrong_arrangement_changes_nothing(api: APIClient, body):
    made = post_file(api, "products", b"product,price\nA,1\n")
    answer = api.patch(made["Location"], body, headers={"If-Match": made["ETag"]})
    assert answer.status_code == 400, answer.json()
    assert api.get(made["Location"]).json() == made.json()


def test_a_stale_or_missing_version_is_refused(api: APIClient):
    made = post_file(api, "products", b"product\nA\n")
    for verb, address in ((api.patch, ""), (api.post, "check/"), (api.delete, "")):
        url = made["Location"] + address
        assert verb(url, {}).status_code == 428
        assert verb(url, {}, headers={"If-Match": '"9"'}).status_code == 412


def test_the_same_upload_twice_with_a_key_is_one_import(api: APIClient):
    first = post_file(api, "products", b"product\nA\n", **{"Idempotency-Key": "k"})
    again = post_file(api, "products", b"product\nA\n", **{"Idempotency-Key": "k"})
    other = post_file(api, "products", b"product\nB\n", **{"Idempotency-Key": "k"})
    assert first.json() == again.json()
    assert other.status_code == 409
    assert Import.objects.count() == 1


def test_an_import_is_discarded_by_delete(api: APIClient):
    made = post_file(api, "products", b"product\nA\n")
    assert api.delete(made["Location"], headers={"If-Match": made["ETag"]}).status_code == 204
    assert api.get(made["Location"]).json()["state"] == "discarded"


def test_others_see_no_imports_and_make_none(as_, api: APIClient, rosa: User):
    made = post_file(api, "products", b"product\nA\n")
    rep = as_.api(rosa)
    assert rep.get(URL).json()["results"] == []
    for address in ("", "questions/", "problems/", "problems.csv"):
        assert rep.get(made["Location"] + address).status_code == 404
    assert post_file(rep, "products", b"product\nA\n").status_code == 403
    assert not Product.objects.exists()


def test_lists_take_a_fixed_number_of_queries(api: APIClient):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert api.get(URL).status_code == 200
        return len(captured)

    counted = []
    for number in (3, 27):
        for _ in range(number):
            post_file(api, "products", b"product\nA\n")
        counted.append(queries())
    assert counted[0] == counted[1] <= 5
