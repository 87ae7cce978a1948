"""The published set of 8,800 deals comes in as it is, by command; again it changes nothing."""

from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count, Sum

from people.models import Team, User
from pipeline.models import Account, Opportunity, OutcomeChange, Product, StageChange
from tests.support.imports import REAL_DEALS, needs_real_data

pytestmark = [pytest.mark.django_db, needs_real_data]
GTXPRO = "product:GTXPro=GTX Pro"
BY_MANAGER = {
    "Melvin Marxen": (2_251_930, 882),
    "Summer Sewald": (1_964_750, 828),
    "Rocco Neubert": (1_960_545, 691),
    "Celia Rouche": (1_603_897, 610),
    "Cara Losch": (1_130_049, 480),
    "Dustin Brinkmann": (1_094_363, 747),
}


def import_csv(kind: str, file: Path, *options: str) -> str:
    out = StringIO()
    call_command("import_csv", kind, str(file), *options, stdout=out)
    return out.getvalue()


def import_everything() -> None:
    for kind, file in (("people", "teams"), ("accounts", ""), ("products", "")):
        name = f"sales_{file}.csv" if file else f"{kind}.csv"
        import_csv(kind, REAL_DEALS / name)
    deals = REAL_DEALS / "sales_pipeline.csv"
    import_csv("opportunities", deals, "--create", "stage", "--value", GTXPRO)


def assert_the_totals() -> None:
    deals = Opportunity.objects.all()
    people = User.objects.filter(is_administrator=False)
    assert (people.count(), Team.objects.count()) == (35 + 6, 3 + 6)
    assert (Account.objects.count(), Account.objects.exclude(parent=None).count()) == (85, 15)
    assert Product.objects.count() == 7
    won = deals.filter(status="won")
    assert won.aggregate(n=Count("pk"), sum=Sum("amount")) == {
        "n": 4238,
        "sum": Decimal(10_005_534),
    }
    assert deals.filter(status="lost").count() == 2473
    assert deals.filter(status="open", stage__name="Engaging").count() == 1589
    assert deals.filter(status="open", stage__name="Prospecting").count() == 500
    assert deals.filter(account=None).count() == 1425
    assert deals.filter(product__name="GTX Pro").count() == 1480
    by_manager = won.values_list("owner__reports_to__name").annotate(Sum("amount"), Count("pk"))
    assert {name: (int(total), n) for name, total, n in by_manager} == BY_MANAGER
    assert OutcomeChange.objects.count() == 4238 + 2473
    assert StageChange.objects.count() == 8800 - 500
    assert not StageChange.objects.filter(at__year__gt=2017).exists()
    assert not OutcomeChange.objects.filter(at__year__gt=2017).exists()
    assert not deals.filter(stage_since__year__gt=2017).exists()


def test_the_totals_are_right_and_every_rewriting_of_the_file_changes_nothing(tmp_path: Path):
    import_everything()
    assert_the_totals()
    plain = (REAL_DEALS / "sales_pipeline.csv").read_text()
    rows = [line.split(",") for line in plain.splitlines()]
    for name, content in rewritten(rows).items():
        file = tmp_path / f"{name}.csv"
        file.write_bytes(content)
        report = import_csv("opportunities", file, "--value", GTXPRO, "--check")
        assert "To create: 0\n  To change: 0\n  Unchanged: 8,800\n  With problems: 0" in report, (
            name
        )
    import_csv("opportunities", REAL_DEALS / "sales_pipeline.csv")  # the mapping is remembered
    assert_the_totals()


def rewritten(rows: list[list[str]]) -> dict[str, bytes]:
    """The same deals with other dates, line ends, delimiters, encodings and columns."""

    def dated(write) -> list[list[str]]:
        return [rows[0]] + [[*r[:5], write(r[5]), write(r[6]), r[7]] for r in rows[1:]]

    def us(day: str) -> str:
        return f"{int(day[5:7])}/{int(day[8:])}/{day[:4]}" if day else ""

    def short(day: str) -> str:
        return f"{day[8:]}-{day[5:7]}-{day[2:4]}" if day else ""

    def text(rows: list[list[str]], sep: str = ",", end: str = "\n") -> str:
        return "".join(sep.join(row) + end for row in rows)

    comma = [rows[0]] + [[*r[:7], f"{r[7]},00" if r[7] else ""] for r in rows[1:]]
    extra = [["x", *rows[0], "note"]] + [["1", *row, "é"] for row in rows[1:]]
    return {
        "same": text(rows, end="\r\n").encode(),
        "us": text(dated(us)).encode(),
        "short": text(dated(short), end="\r\n").encode("utf-8-sig"),
        "german": text(comma, sep=";").encode("utf-16"),
        "extra": text(extra).encode("cp1252"),
    }


def test_what_is_no_product_is_asked_and_never_rewritten(capsys: pytest.CaptureFixture[str]):
    import_csv("people", REAL_DEALS / "sales_teams.csv")
    import_csv("products", REAL_DEALS / "products.csv")
    import_csv("accounts", REAL_DEALS / "accounts.csv")
    deals = REAL_DEALS / "sales_pipeline.csv"
    report = import_csv("opportunities", deals, "--create", "stage", "--check")
    assert "1,480 × product “GTXPro”: No product is called that. First on line 3." in report
    assert "To create: 7,320" in report
    assert not Opportunity.objects.exists()


def test_a_file_without_its_header_is_refused(tmp_path: Path):
    lines = (REAL_DEALS / "sales_pipeline.csv").read_text().splitlines()[1:]
    file = tmp_path / "headless.csv"
    file.write_text("\n".join(lines))
    with pytest.raises(CommandError, match="no column name we know"):
        import_csv("opportunities", file)


def test_a_command_that_imports_nothing_fails():
    with pytest.raises(CommandError, match="Nothing could be imported"):
        import_csv("opportunities", REAL_DEALS / "sales_pipeline.csv")
