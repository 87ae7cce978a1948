"""The pages of training: modules, one's own, what those one leads are to take, onboarding."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from people.models import User
from playbook.models import OnboardingPlan, OnboardingStep, TrainingAssignment, TrainingModule
from tests.conftest import As, a_rep
from tests.factories import a_training_module, a_user

FULL = {
    "title": "Asking first",
    "outcome": "Ask before telling",
    "text": "One\n\nTwo",
    "url": "example.com/film",
    "minutes": "30",
}
LONG = "Donaudampfschifffahrtsgesellschaftskapitän " * 2


@pytest.fixture
def asking(db: None) -> TrainingModule:
    return a_training_module("Asking first", text="Wait <b>for</b> the answer")


def assign(person: User, module: TrainingModule, by: User, days: int = 7) -> TrainingAssignment:
    now = timezone.now()
    due_on = person.today(now) + timedelta(days=days)
    return TrainingAssignment.assign(person, module, due_on, by=by, at=now)


def test_an_administrator_adds_changes_and_retires_a_module(as_: type[As], ada: User) -> None:
    page = as_.page(ada)
    assert page.post("/playbook/training/new/", FULL).status_code == 302
    module = TrainingModule.objects.get()
    assert (module.url, module.minutes) == ("https://example.com/film", 30)
    address = f"/playbook/training/{module.pk}/"
    changed = {**FULL, "minutes": "45", "version": "1"}
    assert page.post(f"{address}description/", changed).status_code == 302
    assert page.post(f"{address}retirement/", {"version": "1"}).url == address  # too old
    assert page.post(f"{address}retirement/", {"version": "2"}).url == "/playbook/training/"
    module.refresh_from_db()
    assert (module.minutes, module.is_active) == (45, False)
    page.post(f"{address}restoration/")
    module.refresh_from_db()
    assert module.is_active


def test_what_was_typed_is_kept_when_it_is_refused(
    as_: type[As], ada: User, asking: TrainingModule
) -> None:
    page = as_.page(ada)
    answer = page.post("/playbook/training/new/", {**FULL, "text": "Mine to keep"})
    assert (answer.status_code, b"Mine to keep" in answer.content) == (400, True)
    assert b"a training module of that title already" in answer.content
    asking.change(outcome="Theirs", by=ada, at=timezone.now())
    sent = {**FULL, "outcome": "Mine", "version": "1"}
    stale = page.post(f"/playbook/training/{asking.pk}/description/", sent)
    assert (stale.status_code, b"Theirs" in stale.content) == (412, True)
    assert b"Mine" in stale.content


def test_modules_are_moved_up_and_down(as_: type[As], ada: User) -> None:
    first, second, third = (a_training_module(f"Module {n}") for n in range(3))
    as_.page(ada).post(f"/playbook/training/{third.pk}/position/", {"position": "1"})
    as_.page(ada).post(f"/playbook/training/{third.pk}/position/", {"position": "x"})
    assert list(TrainingModule.objects.all()) == [third, first, second]


def test_everybody_reads_a_module_as_plain_text(
    as_: type[As], rosa: User, asking: TrainingModule
) -> None:
    page = as_.page(rosa).get(f"/playbook/training/{asking.pk}/").content.decode()
    assert "Wait &lt;b&gt;for&lt;/b&gt; the answer" in page
    assert "Take it on" in page
    assert "Edit" not in page
    assert as_.page(rosa).get("/playbook/training/999999999/").status_code == 404


def test_a_rep_takes_a_module_on_and_finishes_it_with_a_sentence(
    as_: type[As], rosa: User, asking: TrainingModule
) -> None:
    page = as_.page(rosa)
    due = {"module": asking.pk, "due_on": "2027-01-31"}
    assert b"Assign" not in page.get(f"/training/new/?module={asking.pk}").content
    assert page.post("/training/new/", due).url == "/training/"
    own = rosa.training.get()
    address = f"/training/{own.pk}/completion/"
    refused = page.post(address, {"takeaway": "", "version": "1"})
    assert refused.status_code == 400
    assert page.post(address, {"takeaway": "Ask, wait", "version": "1"}).url == "/training/"
    assert b"Ask, wait" in page.get("/training/").content
    page.post(f"/training/{own.pk}/reopening/")
    own.refresh_from_db()
    assert own.is_open


def test_a_manager_assigns_moves_and_withdraws(
    as_: type[As], rosa: User, mia: User, asking: TrainingModule
) -> None:
    page, hers = as_.page(mia), f"/training/?person={rosa.pk}"
    said = {"person": "Rosa Rep", "module": asking.pk, "due_on": "2027-01-31", "why": "Acme"}
    assert page.post("/training/new/", said).url == hers
    twice = page.post("/training/new/", said)
    assert (twice.status_code, b"already" in twice.content) == (400, True)
    own = rosa.training.get()
    moved = {"due_on": "2027-02-28", "version": "1"}
    assert page.post(f"/training/{own.pk}/due-date/", moved).url == hers
    assert page.post(f"/training/{own.pk}/due-date/", moved).status_code == 412
    assert b"28 Feb" in page.get(hers).content
    assert page.post(f"/training/{own.pk}/withdrawal/").url == hers
    assert b"Nothing to take" in page.get(hers).content
    page.post(f"/training/{own.pk}/reopening/")
    assert b"Acme" in page.get(hers).content


def test_who_is_late_stands_first_among_a_managers_people(
    as_: type[As], rosa: User, pia: User, mia: User, asking: TrainingModule
) -> None:
    assign(pia, asking, mia)
    assign(rosa, asking, mia, days=-1)
    page = as_.page(mia).get("/training/")
    rows = [(each["person__name"], each["open"], each["late"]) for each in page.context["people"]]
    assert rows == [("Rosa Rep", 1, 1), ("Pia Peer", 1, 0)]
    own = as_.page(rosa).get("/training/").content.decode()
    assert "Overdue" in own
    assert "Pia" not in own


def test_an_administrator_plans_onboarding(
    as_: type[As], ada: User, mia: User, asking: TrainingModule
) -> None:
    page = as_.page(ada)
    team = mia.teams_led.get()
    assert b"No onboarding plan" in page.get("/playbook/onboarding/").content
    page.post("/playbook/onboarding/new/", {"name": LONG.strip(), "team": team.pk})
    plan = OnboardingPlan.objects.get()
    address = f"/playbook/onboarding/{plan.pk}/"
    again = page.post("/playbook/onboarding/new/", {"name": "Other", "team": team.pk})
    assert (again.status_code, b"in use already" in again.content) == (400, True)
    for days in ("3", "7"):
        plan.refresh_from_db()
        sent = {"module": asking.pk, "after_days": days, "version": plan.version}
        assert page.post(f"{address}steps/", sent).url == address
    assert page.post(f"{address}steps/", {**sent, "after_days": "400"}).status_code == 400
    assert page.post(f"{address}steps/", sent).status_code == 412
    step = OnboardingStep.objects.get()
    assert step.after_days == 7
    assert b"7 days after the first one" in page.get(address).content
    page.post(f"/playbook/onboarding-steps/{step.pk}/removal/")
    assert not plan.steps.exists()
    changed = {"name": "North", "team": "", "version": plan.version + 3}
    assert page.post(f"{address}description/", changed).status_code in (302, 412)


PAGES = [
    "/playbook/training/",
    "/training/",
    "/playbook/onboarding/",
    "/playbook/onboarding/{plan}/",
    "/playbook/training/{module}/",
    "/training/new/",
]


def statements(as_: type[As], mia: User, rows: int) -> dict[str, int]:
    mia.refresh_from_db()
    plan = OnboardingPlan.objects.filter(team=None).first() or OnboardingPlan.add(name="All")
    for n in range(rows):
        module = a_training_module(f"Module {rows} {n}")
        plan.set_step(module, n)
        assign(mia, module, mia)
        done = assign(a_rep(f"Rep {rows} {n}", mia), module, mia)
        TrainingAssignment.objects.filter(pk=done.pk).update(onboarding_plan=plan)
        assign(mia, a_training_module(f"Done {rows} {n}"), mia).finish(
            takeaway="Ask", by=mia, at=timezone.now()
        )
    found = {}
    client = as_.page(mia)
    for page in PAGES:
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(page.format(plan=plan.pk, module=module.pk))
        assert answer.status_code == 200, page
        found[page] = len(captured)
    return found


def test_pages_take_the_same_few_statements_for_3_rows_and_for_30(as_: type[As], mia: User) -> None:
    mia.change(is_administrator=True)
    few = statements(as_, mia, 3)
    assert statements(as_, mia, 30) == few
    assert max(few.values()) <= 12


def test_nothing_hangs_over_without_any_rows(as_: type[As], ada: User, rosa: User) -> None:
    for user in (ada, rosa):
        for page in ("/playbook/training/", "/training/"):
            assert as_.page(user).get(page).status_code == 200
    stranger = a_user("Nobody Under")
    assert as_.page(ada).get(f"/training/?person={stranger.pk}").status_code == 404
    for asked in ("x", "9" * 30):
        assert as_.page(rosa).get(f"/training/?person={asked}").status_code == 404
