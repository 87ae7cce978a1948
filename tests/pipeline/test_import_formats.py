"""Delimiter, encoding, decimal mark and order of dates, inferred from all rows."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.test import override_settings

from lib.csv_text import guard, unguard
from pipeline.imports.cells import read_amount, read_date, read_number
from pipeline.models import Account, Product
from tests.support.imports import check, counts, import_text, upload

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("2016-10-20", "", date(2016, 10, 20)),
        ("2016/1/2", "mdy", date(2016, 1, 2)),
        ("20161020", "", date(2016, 10, 20)),
        ("10/20/2016", "mdy", date(2016, 10, 20)),
        ("20-10-16", "dmy", date(2016, 10, 20)),
        ("16-10-20", "ymd", date(2016, 10, 20)),
        ("1.2.2017", "dmy", date(2017, 2, 1)),
        ("2016-10-20T14:30:00Z", "", date(2016, 10, 20)),
        ("20 Oct 2016", "", date(2016, 10, 20)),
        ("October 20, 2016", "", date(2016, 10, 20)),
        ("29-02-1972", "dmy", date(1972, 2, 29)),
    ],
)
def test_dates_are_read_as_people_and_programs_write_them(text, order, day):
    assert read_date(text, order) == day


@pytest.mark.parametrize("text", ["2017-02-30", "31/31/2017", "soon", "12", "0001-01-01", "1/2"])
def test_what_is_no_date_is_refused(text):
    with pytest.raises(ValueError, match="no date"):
        read_date(text, "dmy")


@pytest.mark.parametrize(
    ("text", "mark", "number"),
    [
        ("1,054.50", ".", "1054.50"),
        ("1.054,50", ",", "1054.50"),
        ("1 054,5", ",", "1054.5"),
        ("€ 1'054.50", ".", "1054.50"),
        ("1054 EUR", ".", "1054"),
        ("(12.5)", ".", "-12.5"),
    ],
)
def test_numbers_are_read_with_their_decimal_mark(text, mark, number):
    assert read_number(text, mark) == Decimal(number)


@pytest.mark.parametrize("text", ["abc", "1,2.3", "NaN", "Infinity", "-5", "1.005", "9" * 13])
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(ValueError):
        read_amount(text, ".")


def products_in(*prices: str, sep: str = ";") -> str:
    return f"product{sep}price\n" + "".join(f"P{n}{sep}{p}\n" for n, p in enumerate(prices))


@pytest.mark.parametrize(
    ("prices", "mark"),
    [
        (["1054", "7"], "."),
        (["1,054", "7.5"], "."),
        (["1.054", "7,5"], ","),
        (["1.054.000", "7"], ","),
        (["1.054", "2.000"], ""),
        (["1054.500"], "."),
        (["7.5"] * 99 + ["7,5"], "."),
        (["7.5", "7,5"], ""),
    ],
)
def test_the_decimal_mark_is_what_all_rows_agree_on(prices, mark):
    assert upload("products", products_in(*prices)).format["decimal"] == mark


@pytest.mark.parametrize(
    ("dates", "order"),
    [
        (["2016-10-20"], "dmy"),  # no order needed
        (["1/2/2017", "1/13/2017"], "mdy"),
        (["1/2/2017", "13/1/2017"], "dmy"),
        (["1/2/2017", "3/4/2017"], ""),
        (["5/5/2017"], "dmy"),  # the same in any order
        (["20-10-16", "05-03-17", "07-03-17", "25-12-16", "12-01-17"], "dmy"),
        (["16-10-20", "17-03-05", "17-03-07", "16-12-25", "17-01-12"], "ymd"),
        (["13/1/2017"] * 99 + ["1/13/2017"], "dmy"),
        (["13/1/2017", "1/13/2017"], ""),
    ],
)
def test_the_order_of_dates_is_what_all_rows_agree_on(dates, order):
    rows = "".join(f"P{n},{day}\n" for n, day in enumerate(dates))
    assert upload("people", f"name,joined\n{rows}").format["date_order"] == order


def test_what_can_be_read_in_two_ways_is_asked():
    source = upload("people", "name,joined\nAnn,1/2/2017\n")
    with pytest.raises(ValidationError) as refused:
        check(source)
    assert "date_order" in refused.value.message_dict
    source.arrange(format={"date_order": "mdy"})
    assert counts(check(source)) == (1, 0, 0, 0)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("sep", [",", ";", "\t", "|"])
def test_one_content_in_any_writing(encoding, end, sep):
    rows = [["account", "sector", "notes"], ["Müller & Söhne", "retail", "x"], ["Acme", "", ""]]
    text = end.join(sep.join(row) for row in rows) + end
    assert counts(import_text("accounts", text.encode(encoding)))[0] == 2
    assert {a.name for a in Account.objects.all()} == {"Müller & Söhne", "Acme"}


def test_a_spreadsheets_first_line_about_the_separator_is_no_header():
    assert counts(import_text("products", "sep=;\nproduct;price\nA;5\n"))[0] == 1


def test_cells_may_have_delimiters_quotes_and_lines():
    import_text("products", 'product,series\n"A, ""B""\nC",s\nD,t\n')
    assert {p.name for p in Product.objects.all()} == {'A, "B"\nC', "D"}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b" \r\n", "empty"),
        (b"PK\x03\x04rest", "spreadsheet"),
        (b"\x89PNG\r\n\x1a\n\0\0", "not a text file"),
        (b"product,price\n", "no rows"),
        (b"foo,bar\n1,2\n", "no column name we know"),
        (b"GTX Basic,GTX,550\nMG,MG,5\n", "no column name we know"),
        (b"product,Price,Price\na,1,2\n", "Two columns are called"),
    ],
)
def test_a_file_that_cannot_be_imported_is_refused_with_the_reason(content, says):
    with pytest.raises(ValidationError, match=says) as refused:
        upload("products", content)
    assert "file" in refused.value.message_dict


@override_settings(IMPORT_MAX_BYTES=10)
def test_a_file_that_is_too_large_is_refused():
    with pytest.raises(ValidationError, match="larger"):
        upload("products", "product\nA long one\n")


@override_settings(IMPORT_MAX_ROWS=2)
def test_a_file_with_too_many_rows_is_refused():
    with pytest.raises(ValidationError, match="more than 2 rows"):
        upload("products", "product\na\nb\nc\n")


@pytest.mark.parametrize("text", ["=1+1", "'=1+1", "''@x", "-5", "plain", "it's", "'quoted'", ""])
def test_what_goes_out_guarded_comes_in_identical(text):
    assert unguard(guard(text)) == text
    assert guard(text)[:1] not in ("=", "+", "-", "@", "\t")
