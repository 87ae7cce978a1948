"""The wizard: upload, map, check, commit, report."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from people.models import User
from pipeline.models import Import, Opportunity, Product
from pipeline.tasks import run_import
from tests.factories import a_product
from tests.pipeline.test_import_real_data import assert_the_totals
from tests.support.imports import REAL_DEALS, check, needs_real_data, upload

pytestmark = pytest.mark.django_db
DEALS = (
    "opportunity_id,sales_agent,product,deal_stage,engage_date,close_value\n"
    "D1,Rosa Rep,Plat Form,Qualify,1/2/2017,5\n"
    "D2,Rosa Rep,Platform,Dreaming,1/3/2017,5\n"
    "D3,Rosa Rep,,Qualify,1/2/2017,=1+1\n"
)


@pytest.fixture
def admin(ada: User, as_) -> Client:
    return as_.page(ada)


def post_file(admin: Client, kind: str, content: bytes, name: str = "f.csv"):
    file = SimpleUploadedFile(name, content)
    return admin.post(reverse("import_new"), {"kind": kind, "file": file})


def fields_of(answer) -> dict[str, object]:
    """What a browser would send back if nothing was changed."""
    return {field.html_name: field.value() or "" for field in answer.context["form"]}


def save(admin: Client, pk: int, then: str = "check", **changes: str):
    url = reverse("import_mapping", args=[pk])
    return admin.post(url, {**fields_of(admin.get(url)), "then": then, **changes})


def commit(admin: Client, pk: int):
    version = Import.objects.get(pk=pk).version
    return admin.post(reverse("import_commit", args=[pk]), {"version": version})


@needs_real_data
def test_the_real_set_comes_in_by_pages(admin: Client):
    for kind, name in (
        ("people", "sales_teams"),
        ("accounts", "accounts"),
        ("products", "products"),
        ("opportunities", "sales_pipeline"),
    ):
        post_file(admin, kind, (REAL_DEALS / f"{name}.csv").read_bytes())
        source = Import.objects.latest("pk")
        form = admin.get(reverse("import_mapping", args=[source.pk])).context["form"]
        answers = {}
        if kind == "opportunities":
            asked = {column.column: (n, column) for n, column in enumerate(form.asked)}
            (product, gtx), (stage, _) = asked["product"], asked["deal_stage"]
            (question,) = gtx.shown
            assert (question.value, question.times, question.likely[0]) == (
                "GTXPro",
                1480,
                "GTX Pro",
            )
            assert form.initial.get(f"value_{product}_0") is None
            assert form.fields[f"value_{product}_0"].initial == ""
            answers = {f"value_{product}_0": "use:GTX Pro", f"others_{stage}": "create"}
        assert save(admin, source.pk, **answers).url == reverse("import", args=[source.pk])
        run_import(source.pk)
        assert admin.get(reverse("import", args=[source.pk])).status_code == 200
        assert commit(admin, source.pk).status_code == 302
        run_import(source.pk)
    assert_the_totals()


def test_a_file_that_cannot_be_read_is_refused_with_the_reason(admin: Client):
    answer = post_file(admin, "products", b"foo,bar\n1,2\n")
    assert answer.status_code == 400
    assert "no column name we know" in answer.content.decode()
    assert post_file(admin, "nonsense", b"product\nA\n").status_code == 400
    assert admin.post(reverse("import_new"), {"kind": "products"}).status_code == 400
    assert not Import.objects.exists()


def test_dates_that_can_be_read_in_two_orders_are_asked(admin: Client, rosa: User):
    a_product()
    source = upload("opportunities", DEALS)
    answer = save(admin, source.pk)
    assert answer.status_code == 400
    assert "two ways" in answer.content.decode()
    assert save(admin, source.pk, date_order="mdy").status_code == 302
    source.refresh_from_db()
    assert source.state == Import.CHECKING


def test_a_mapping_that_lacks_what_is_needed_keeps_what_was_chosen(admin: Client, rosa: User):
    source = upload("opportunities", DEALS)
    answer = save(admin, source.pk, column_0="", column_5="", date_order="mdy")
    assert answer.status_code == 400
    assert "No column goes to: Id in the other system" in answer.content.decode()
    assert answer.context["form"]["column_5"].value() == ""
    twice = save(admin, source.pk, column_5="name", column_2="name", date_order="mdy")
    assert twice.status_code == 400
    assert "Two columns" in twice.content.decode()


def test_new_questions_are_asked_before_the_check(admin: Client, rosa: User):
    a_product()
    source = upload("opportunities", DEALS.replace("product", "thing"))
    answer = save(admin, source.pk, column_2="product", date_order="mdy")
    assert answer.url == reverse("import_mapping", args=[source.pk])
    form = admin.get(answer.url).context["form"]
    assert [column.column for column in form.asked] == ["thing", "deal_stage", "close_value"]


def test_another_delimiter_makes_another_table(admin: Client):
    source = upload("products", "product;price,series\nA;1,x\n")
    save(admin, source.pk, then="save", delimiter="," if source.format["delimiter"] == ";" else ";")
    before = source.columns
    source.refresh_from_db()
    assert source.columns != before


def test_a_stale_mapping_is_refused(admin: Client):
    source = upload("products", "product\nA\n")
    assert save(admin, source.pk, version=str(source.version - 1)).status_code == 412
    version = {"version": 0}
    check(source)
    assert admin.post(reverse("import_commit", args=[source.pk]), version).status_code == 412
    assert admin.post(reverse("import_discard", args=[source.pk]), version).status_code == 412
    assert admin.post(reverse("import_commit", args=[source.pk])).status_code == 400
    assert not Product.objects.exists()


def test_progress_is_shown_and_ends_with_the_report(admin: Client):
    source = upload("products", "product\nA\n")
    source.start_check(at=source.created_at, ring=False)
    url = reverse("import", args=[source.pk])
    assert "Waiting for a worker" in admin.get(url).content.decode()
    fragment = admin.get(url, headers={"HX-Request": "true"})
    assert b"<html" not in fragment.content
    assert b"hx-get" in fragment.content
    run_import(source.pk)
    assert admin.get(url, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    assert "Import 1 row" in admin.get(url).content.decode()
    assert admin.get(reverse("import_mapping", args=[source.pk])).status_code == 200


def test_the_error_file_has_the_rows_and_reasons_and_no_formula(admin: Client, rosa: User):
    a_product()
    source = upload("opportunities", DEALS)
    source.arrange(format={"date_order": "mdy"})
    check(source)
    answer = admin.get(reverse("import_problems", args=[source.pk]))
    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert lines[0].endswith("close_value,Line,Problem")
    assert lines[1] == (
        "D1,Rosa Rep,Plat Form,Qualify,1/2/2017,5,2,product: No product is called that."
    )
    assert "'=1+1,4,close_value: This is no number." in lines[3]
    assert not Opportunity.objects.exists()


def test_only_administrators_import(as_, rosa: User, ada: User):
    source = upload("products", "product\nA\n", by=ada)
    client = as_.page(rosa)
    for name in ("imports", "import_new"):
        assert client.get(reverse(name)).status_code == 403
    for name in ("import", "import_mapping", "import_problems"):
        assert client.get(reverse(name, args=[source.pk])).status_code == 403
    assert as_.page(ada).get(reverse("import", args=[source.pk + 1])).status_code == 404


def test_discarding_leaves_nothing_but_the_record(admin: Client):
    source = upload("products", "product\nA\n")
    admin.post(reverse("import_discard", args=[source.pk]), {"version": source.version})
    for name in ("import", "import_problems"):
        assert admin.get(reverse(name, args=[source.pk])).status_code == 200
    assert admin.get(reverse("imports")).status_code == 200


def test_the_number_of_queries_does_not_grow_with_rows(admin: Client):
    def queries(url: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            admin.get(url)
        return len(captured)

    admin.get(reverse("imports"))
    counted = []
    for rows in (3, 30):
        bad = "".join(f"P{n},x{n}\n" for n in range(rows))
        sources = [upload("products", f"product,price\n{bad}") for _ in range(rows)]
        check(sources[0])
        counted.append(
            (
                queries(reverse("imports")),
                queries(reverse("import", args=[sources[0].pk])),
                queries(reverse("import_mapping", args=[sources[1].pk])),
            )
        )
    assert counted[0] == counted[1]
    assert max(counted[0]) <= 12
