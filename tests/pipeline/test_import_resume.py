"""A job that is killed goes on where it was; two at once do not do it twice."""

import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from celery import Celery
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.test import override_settings
from django.utils import timezone

from lib import doorbell
from people.models import User
from pipeline import tasks
from pipeline.imports import engine
from pipeline.models import Import, Opportunity, OutcomeChange, Stage
from pipeline.models.imports import MOST_ATTEMPTS, LeaseLost
from tests.factories import NOW
from tests.support import worker
from tests.support.imports import check, commit, counts, import_text, run, upload

HEAD = "opportunity_id,sales_agent,deal_stage,engage_date,close_date,close_value\n"
ROWS = 12_000
# Named, so that PostgreSQL empties tables with CASCADE: knox's own table is there but swapped out.
ALL_APPS = [config.name for config in apps.get_app_configs()]
JOB = "import sys, tests.support.worker as w; w.app.set_default(); import django; django.setup()\n"
JOB += "from pipeline.tasks import run_import; run_import(int(sys.argv[1]))"


def later() -> object:
    """When the lease of whoever was killed has run out."""
    return timezone.now() + timedelta(seconds=61)


def deals(number: int) -> str:
    rows = (
        f"D{n},Rosa Rep,Won,2016-10-20,2017-03-01,{n if n % 100 else 'wrong'}\n"
        for n in range(number)
    )
    return HEAD + "".join(rows)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True, available_apps=ALL_APPS)
def test_killed_midway_and_resumed_it_has_the_same_totals(rosa: User, first_stages: None):
    source = upload("opportunities", deals(ROWS))
    check(source)
    expected = counts(source)
    source.start_commit(at=NOW, ring=False)
    job = subprocess.Popen(
        [sys.executable, "-c", JOB, str(source.pk)],
        env=worker.environment(),
        cwd=settings.BASE_DIR,
    )
    while not Import.objects.get().rows_done > 0 and job.poll() is None:
        time.sleep(0.005)
    job.kill()
    job.wait()
    source.refresh_from_db()
    assert 0 < source.rows_done < ROWS
    assert Opportunity.objects.count() == source.created

    run(source)
    assert source.state == Import.COMMITTING  # the dead one still holds the lease
    engine.run(source.pk, later)
    source.refresh_from_db()
    assert source.state == Import.DONE
    assert counts(source) == expected == (ROWS - ROWS // 100, 0, 0, ROWS // 100)
    assert Opportunity.objects.count() == OutcomeChange.objects.count() == source.created
    assert source.problems.count() == ROWS // 100


@pytest.fixture
def first_stages() -> None:
    """Tests that commit for real leave empty tables; the stages of a new organisation again."""
    if not Stage.objects.exists():
        import_module("pipeline.migrations.0002_first_stages").add_stages(apps, None)


@pytest.mark.django_db
def test_who_lost_the_lease_writes_nothing_more(rosa: User):
    source = check(upload("opportunities", deals(3)))
    source.start_commit(at=NOW, ring=False)
    first = Import.claim(source.pk, NOW)
    assert first is not None
    assert Import.claim(source.pk, NOW) is None
    second = Import.claim(source.pk, NOW + timedelta(seconds=61))
    assert second is not None
    with pytest.raises(LeaseLost):
        first.hold(NOW)
    second.hold(NOW)


@pytest.mark.django_db
def test_the_sweeper_rings_for_what_nobody_works_on(rosa: User, monkeypatch):
    rung = []
    monkeypatch.setattr(tasks, "ring", lambda task, *args: rung.append(args))
    source = upload("opportunities", deals(3))
    source.start_check(at=NOW, ring=False)
    tasks.resume_imports()
    assert rung == [(source.pk,)]
    Import.objects.update(leased_at=timezone.now())
    tasks.resume_imports()
    assert len(rung) == 1


@pytest.mark.django_db
def test_one_that_dies_again_and_again_fails(rosa: User):
    source = upload("opportunities", deals(3))
    source.start_check(at=NOW, ring=False)
    Import.objects.update(attempts=MOST_ATTEMPTS)
    assert run(source).state == Import.FAILED
    assert counts(check(source)) == (2, 0, 0, 1)  # it may be tried anew


@pytest.mark.django_db
def test_a_file_that_is_gone_is_said_to_be(rosa: User):
    source = upload("opportunities", deals(3))
    source.file.storage.delete(source.file.name)
    assert "Upload it again" in check(source).error


@pytest.mark.django_db
def test_a_dead_queue_is_no_error(django_capture_on_commit_callbacks, caplog):
    nowhere = Celery(broker="redis+socket:///nowhere/valkey.sock", set_as_current=False)
    nowhere.conf.broker_transport_options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    with django_capture_on_commit_callbacks(execute=True):
        doorbell.ring(nowhere.task(name="run_import")(deals), 7)
    assert "run_import(7,) waits for the sweeper" in caplog.text


@pytest.mark.django_db
def test_only_what_is_checked_is_committed_and_only_once(rosa: User):
    source = upload("opportunities", deals(3))
    with pytest.raises(ValidationError):
        source.start_commit(at=NOW)
    commit(check(source))
    for verb in (source.start_check, source.start_commit):
        with pytest.raises(ValidationError):
            verb(at=NOW)
    with pytest.raises(ValidationError):
        source.arrange(mapping={})
    with pytest.raises(ValidationError):
        source.discard()


@pytest.mark.django_db
def test_a_discarded_import_forgets_its_file(
    rosa: User, django_capture_on_commit_callbacks: Callable[..., Any]
):
    source = upload("opportunities", deals(3))
    name = source.file.name
    with django_capture_on_commit_callbacks(execute=True):
        source.discard()
    assert not source.file.storage.exists(name)
    assert source.state == Import.DISCARDED


@override_settings(IMPORT_MAX_ROWS=5)
@pytest.mark.django_db
def test_nothing_at_all_is_written_by_a_refused_upload():
    with pytest.raises(ValidationError):
        import_text("opportunities", deals(6))
    assert not Import.objects.exists()
