"""A file comes in by the pages, with a real worker behind them."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from people.models import User
from pipeline.models import Opportunity, Product
from tests.factories import a_product
from tests.support.worker import worker

HEAD = "opportunity_id,sales_agent,product,deal_stage,engage_date,close_date,close_value\n"
ROWS = 3_000


def deals(number: int) -> str:
    row = "D{},Rosa Rep,{},Won,10/20/2016,3/1/2017,{}\n"
    products = ("GTX Pro", "GTXPro")
    return HEAD + "".join(row.format(n, products[n % 2], n) for n in range(number))


@pytest.mark.worker
def test_a_file_is_mapped_checked_and_imported(
    ada: User, rosa: User, desktop, tmp_path: Path, assert_accessible
) -> None:
    a_product("GTX Pro")
    file = tmp_path / "deals.csv"
    file.write_text(deals(ROWS) + "D0,Rosa Rep,,Won,10/20/2016,3/1/2017,1\n")
    page: Page = desktop(ada)
    page.goto("/imports/new/")
    page.get_by_label("Opportunities").check()
    page.get_by_label("CSV file").set_input_files(file)
    page.get_by_role("button", name="Upload").click()

    expect(page.get_by_label("Order of dates")).to_have_value("mdy")
    assert_accessible(page)
    page.get_by_label("GTXPro", exact=True).select_option("use:GTX Pro")
    with worker(tmp_path):
        page.get_by_role("button", name="Check all rows").click()
        expect(page.get_by_text("1 row cannot be imported as mapped now")).to_be_visible(
            timeout=30_000
        )
        assert_accessible(page)
        page.get_by_role("button", name="Import 3,000 rows").click()
        expect(page.get_by_role("link", name="Import another file")).to_be_visible(timeout=30_000)
    expect(page.get_by_text("Line 2 has the same already.").first).to_be_visible()
    assert_accessible(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the rows with problems").click()
    assert "Line 2 has the same already." in download.value.path().read_text()
    assert Opportunity.objects.filter(status="won").count() == ROWS
    assert Product.objects.count() == 1
