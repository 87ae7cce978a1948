"""People and teams, accounts and products: known again by name, written once."""

import pytest

from people.models import Team, User
from pipeline.models import Account, Import, Product
from tests.factories import a_user, an_account
from tests.support.imports import check, counts, import_text, problems, upload

pytestmark = pytest.mark.django_db
TEAMS = """sales_agent,manager,regional_office
Ann,Mel,East
Bob,Mel,East
Cid,Sue,West
"""


def test_agents_managers_and_regions_become_people_and_teams():
    source = import_text("people", TEAMS)
    assert counts(source) == (3, 0, 0, 0)
    assert source.also_created == {"people": 2, "teams": 4}
    ann = User.objects.get(name="Ann")
    assert (ann.reports_to.name, ann.team.name, ann.team.parent.name) == (
        "Mel",
        "Mel's team",
        "East",
    )
    assert ann.email is None
    assert not ann.has_usable_password()


def test_the_same_people_again_change_nothing():
    import_text("people", TEAMS)
    assert counts(import_text("people", TEAMS)) == (0, 0, 3, 0)
    assert (User.objects.count(), Team.objects.count()) == (5, 6 - 2)


def test_somebody_who_changes_the_manager_changes_the_line():
    import_text("people", TEAMS)
    source = import_text("people", TEAMS.replace("Bob,Mel,East", "Bob,Sue,West"))
    assert counts(source) == (0, 1, 2, 0)
    assert User.objects.get(name="Bob").reports_to.name == "Sue"


def test_a_manager_may_have_a_row_too():
    import_text("people", "name,manager,email\nAnn,Mel,\nMel,Zoe,mel@example.com\n")
    mel = User.objects.get(name="Mel")
    assert (mel.email, mel.reports_to.name) == ("mel@example.com", "Zoe")
    assert User.objects.get(name="Ann").reports_to == mel


def test_people_are_known_by_email_when_there_is_one():
    a_user("Rosa Rep", email="rosa@example.com")
    source = import_text("people", "name,email\nRosa Miller,ROSA@example.com\nRosa Rep,r@x.org\n")
    assert counts(source) == (1, 1, 0, 0)
    assert set(User.objects.values_list("name", "email")) == {
        ("Rosa Miller", "rosa@example.com"),
        ("Rosa Rep", "r@x.org"),
    }


def test_a_circle_of_managers_leaves_everything_as_it_was():
    source = import_text("people", "name,manager\nAnn,Bob\nBob,Ann\n")
    assert source.state == Import.FAILED
    assert "report to themselves" in source.error
    assert not User.objects.exists()


def test_a_manager_in_two_regions_is_a_problem_of_the_second_row():
    source = import_text("people", TEAMS + "Dan,Mel,West\n")
    assert counts(source) == (3, 0, 0, 1)
    assert problems(source) == [(5, "regional_office", "Mel's team")]


def test_a_parent_may_come_later_in_the_file():
    text = "account,subsidiary_of\nSmall,Big\nBig,\nOther,Nowhere\n"
    source = import_text("accounts", text)
    assert counts(source) == (2, 0, 0, 1)
    assert problems(source) == [(4, "subsidiary_of", "Nowhere")]
    assert Account.objects.get(name="Small").parent.name == "Big"
    assert counts(import_text("accounts", text)) == (0, 0, 2, 1)


def test_accounts_in_a_circle_are_refused():
    source = import_text("accounts", "account,parent\nA,B\nB,A\nC,C\nD,\n")
    assert counts(source) == (1, 0, 0, 3)


def test_an_account_is_known_by_its_folded_name_and_updated():
    an_account("ACMÉ", sector="retail")
    source = import_text("accounts", 'account,sector,employees\nacme,software,"1,200"\n')
    assert counts(source) == (0, 1, 0, 0)
    account = Account.objects.get()
    assert (account.name, account.sector, account.employees, account.version) == (
        "acme",
        "software",
        1200,
        2,
    )


def test_an_empty_cell_leaves_what_is_there():
    import_text("products", "product,price\nA,5\n")
    assert counts(import_text("products", "product,price\nA,\n")) == (0, 0, 1, 0)
    assert Product.objects.get().list_price == 5


def test_the_mapping_of_the_last_commit_is_remembered():
    source = upload("products", "product,extra\nA,GTX\n")
    assert source.mapping == {"product": "name", "extra": ""}
    source.arrange(mapping={"extra": "series"})
    check(source)
    again = upload("products", "Product,Extra\nB,MG\n")
    assert again.mapping["Extra"] == ""  # not committed yet
    source.start_commit(at=source.started_at)
    from tests.support.imports import run

    run(source)
    assert upload("products", "product,extra\nB,MG\n").mapping["extra"] == "series"


def test_what_is_mapped_wrongly_is_refused():
    from django.core.exceptions import ValidationError

    source = upload("products", "product,extra\nA,GTX\n")
    for wrong in (
        {"mapping": {"extra": "name"}},
        {"mapping": {"nothing": "name"}},
        {"mapping": {"extra": "salary"}},
        {"values": {"extra": {"A": {"do": "empty"}}}},
        {"values": {"product": {"A": {"do": "create"}}}},
        {"format": {"delimiter": "x"}},
    ):
        with pytest.raises(ValidationError):
            source.arrange(**wrong)
