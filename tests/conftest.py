"""People with names, for every test."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from rest_framework.test import APIClient

from people.models import Team, User
from tests.factories import a_team, a_token, a_user, first_metrics, first_stages


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of pages run once, on SQLite. On PostgreSQL `test_access.py` asks for every page, and
    what stands behind their forms is tested there with the rules.
    """
    for item in items:
        if item.path.stem.endswith(("_page", "_pages")):
            item.add_marker(pytest.mark.once)


@pytest.fixture(autouse=True)
def rows_of_migrations(request: pytest.FixtureRequest) -> None:
    """Tests that commit end with empty tables; stages and metrics are there for each after it."""
    marker = request.node.get_closest_marker("django_db")
    if "transactional_db" in request.fixturenames:
        request.getfixturevalue("transactional_db")
    elif marker or "db" in request.fixturenames:
        request.getfixturevalue("_django_db_helper")
    else:
        return
    first_stages()
    first_metrics()


@pytest.fixture(scope="module")
def kept_rows(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """For a module's fixtures that read only: what they make stays until its last test, then goes.

    Such a module is marked `django_db`, so that what a test itself changes is undone after it. Its
    people come from `some_people()`; `rosa` and the others would be there a second time.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        first_stages()
        first_metrics()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def eva(db: None) -> User:
    """The executive: mia and max report to her."""
    eva = a_user("Eva Executive")
    a_team("Sales", manager=eva)
    return eva


@pytest.fixture
def mia(eva: User) -> User:
    """Manager of team North: rosa, and pia her peer."""
    mia = a_user("Mia Manager")
    a_team("North", manager=mia, parent=Team.objects.get(name="Sales"))
    mia.refresh_from_db()
    eva.refresh_from_db()
    return mia


@pytest.fixture
def max_(eva: User) -> User:
    """Manager of team South: otto."""
    max_ = a_user("Max Manager")
    a_team("South", manager=max_, parent=Team.objects.get(name="Sales"))
    max_.refresh_from_db()
    eva.refresh_from_db()
    return max_


@pytest.fixture
def rosa(mia: User) -> User:
    """A rep in team North."""
    return a_rep("Rosa Rep", mia)


@pytest.fixture
def pia(mia: User) -> User:
    """Another rep in team North: rosa's peer."""
    return a_rep("Pia Peer", mia)


@pytest.fixture
def otto(max_: User) -> User:
    """A rep in team South."""
    return a_rep("Otto Other", max_)


@pytest.fixture
def ada(db: None) -> User:
    """The administrator; leads nobody."""
    return a_user("Ada Administrator", is_administrator=True)


def a_rep(name: str, manager: User) -> User:
    """Somebody in the team that this person leads, who knows of it."""
    rep = a_user(name, team=manager.teams_led.get())
    manager.refresh_from_db()
    return rep


class As:
    """Clients signed in as somebody: `As.page(rosa)` a browser's, `As.api(rosa)` a program's."""

    @staticmethod
    def page(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    @staticmethod
    def api(user: User, scope: str = "write") -> APIClient:
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Token {a_token(user, scope)}")
        return client


@pytest.fixture(scope="session")
def as_() -> type[As]:
    return As
