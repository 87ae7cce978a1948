"""One behaviour at a time, step by step, until the scores show it: product.md 9."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection

from coaching.models import Focus
from coaching.models.behaviour_score import Seen
from coaching.models.focus import STEPS
from lib.versions import Stale
from people.models import User
from tests.factories import NOW, a_behaviour, a_scored_call

ALL_APPS = [config.name for config in apps.get_app_configs()]  # see tests/pipeline/test_clocks.py


@pytest.fixture
def asking(ada):
    return a_behaviour("Asks before telling", ada)


def a_focus(rosa, mia, behaviour):
    return Focus.start(rosa, behaviour, by=mia, at=NOW, goal="She lets them finish")


def scored(rosa, mia, behaviour, *scores):
    for n, score in enumerate(scores):
        at = NOW + timedelta(hours=4 * n)
        a_scored_call(rosa, 7, mia, at, {behaviour.pk: Seen(score)})


@pytest.mark.django_db
def test_a_rep_has_one_at_a_time(rosa, mia, ada, asking):
    a_focus(rosa, mia, asking)
    other = a_behaviour("Gets commitments", ada)
    with pytest.raises(ValidationError, match="Rosa works on Asks before telling already"):
        a_focus(rosa, mia, other)
    with pytest.raises(IntegrityError):
        Focus.objects.create(rep=rosa, behaviour=other, started_on=NOW, started_by=mia)


@pytest.mark.django_db(transaction=True, available_apps=ALL_APPS)
def test_of_many_who_start_one_at_once_one_does(rosa, mia, ada, asking):
    """On both databases: the constraint decides, whoever looked first."""

    def start(_: int) -> str:
        try:
            a_focus(User.objects.get(pk=rosa.pk), User.objects.get(pk=mia.pk), asking)
        except ValidationError as refused:
            return refused.messages[0]
        finally:
            connection.close()
        return "started"

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(start, range(8)))
    refusals = {answer for answer in answers if answer != "started"}
    assert answers.count("started") == 1
    assert refusals == {"Rosa works on Asks before telling already: one at a time."}
    assert Focus.objects.running().count() == 1


@pytest.mark.django_db
def test_nobody_is_held_accountable_for_what_they_have_not_shown_to_understand(rosa, mia, asking):
    focus = a_focus(rosa, mia, asking)
    focus.take_step("train", "Read the chapter together", by=mia, at=NOW)
    with pytest.raises(ValidationError, match="First have it repeated back or role-played"):
        focus.take_step("hold_accountable", "From Monday on", by=mia, at=NOW)
    assert focus.step == "train"


@pytest.mark.django_db
@pytest.mark.parametrize("understood", ["repeated_back", "role_played"])
def test_either_of_two_steps_allows_accountability(rosa, mia, asking, understood):
    focus = a_focus(rosa, mia, asking)
    focus.take_step(understood, "In her own words", by=mia, at=NOW)
    focus.take_step("hold_accountable", "From Monday on", by=mia, at=NOW)
    assert focus.step == "hold_accountable"


@pytest.mark.django_db
def test_a_step_of_an_earlier_focus_does_not_count(rosa, mia, asking):
    focus = a_focus(rosa, mia, asking)
    focus.take_step("role_played", "In the kitchen", by=mia, at=NOW)
    focus.leave("paused", "Quarter end", by=mia, at=NOW)
    again = a_focus(rosa, mia, asking)
    with pytest.raises(ValidationError, match="First have it repeated back"):
        again.take_step("hold_accountable", "From Monday on", by=mia, at=NOW)


@pytest.mark.django_db
def test_a_step_says_when_by_whom_and_what_shows_it(rosa, mia, eva, asking):
    focus = a_focus(rosa, mia, asking)
    step = focus.take_step("train", "Chapter 3", by=eva, at=NOW, on=date(2026, 11, 18))
    assert (step.on, step.by, step.evidence) == (date(2026, 11, 18), eva, "Chapter 3")
    with pytest.raises(ValidationError, match="evidence"):
        focus.take_step("train", "  ", by=mia, at=NOW)
    with pytest.raises(ValidationError, match="not come yet"):
        focus.take_step("train", "Chapter 4", by=mia, at=NOW, on=date(2026, 11, 19))
    with pytest.raises(ValidationError, match="began later"):
        focus.take_step("train", "Chapter 4", by=mia, at=NOW, on=date(2026, 11, 17))
    with pytest.raises(ValidationError, match="step"):
        focus.take_step("shout", "Loudly", by=mia, at=NOW)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("scores", "refusal"),
    [
        ([], "takes 3 scores by a manager; there are 0"),
        ([8, 9], "takes 3 scores by a manager; there are 2"),
        ([9, 9, 7, 7, 6], "a mean of 6.7; the minimum is 7"),
    ],
)
def test_nobody_is_proficient_whose_scores_do_not_show_it(rosa, mia, asking, scores, refusal):
    focus = a_focus(rosa, mia, asking)
    scored(rosa, mia, asking, *scores)
    with pytest.raises(ValidationError, match=refusal):
        focus.take_step("proficient", "I think so", by=mia, at=NOW)
    assert focus.is_running


@pytest.mark.django_db
def test_proficient_ends_it(rosa, mia, ada, asking):
    focus = a_focus(rosa, mia, asking)
    scored(rosa, mia, asking, 4, 6, 7, 8)
    focus.take_step("proficient", "Three good calls", by=mia, at=NOW)
    assert (focus.outcome, focus.ended_on, focus.ended_by) == ("proficient", NOW.date(), mia)
    with pytest.raises(ValidationError, match="has ended"):
        focus.take_step("train", "Once more", by=mia, at=NOW)
    assert a_focus(rosa, mia, a_behaviour("Gets commitments", ada)).is_running


@pytest.mark.django_db
def test_leaving_a_focus_needs_an_outcome_and_a_reason(rosa, mia, asking):
    focus = a_focus(rosa, mia, asking)
    for outcome in ("", "proficient", "bored"):
        with pytest.raises(ValidationError, match="Say what became of it"):
            focus.leave(outcome, "Because", by=mia, at=NOW)
    with pytest.raises(ValidationError, match="Say why"):
        focus.leave("paused", " ", by=mia, at=NOW)
    Focus.objects.filter(pk=focus.pk).update(ended_on=None)
    with pytest.raises(IntegrityError):
        Focus.objects.filter(pk=focus.pk).update(ended_on=NOW.date())


@pytest.mark.django_db
def test_only_managers_above_the_rep_coach(rosa, pia, max_, ada, eva, asking):
    for stranger in (rosa, pia, max_, ada):
        with pytest.raises(PermissionDenied):
            a_focus(rosa, stranger, asking)
    assert a_focus(rosa, eva, asking).is_running


@pytest.mark.django_db
def test_a_focus_is_of_a_behaviour_that_is_expected_of_the_rep(rosa, mia, max_, asking):
    theirs = a_behaviour("Southern charm", max_, max_.teams_led.get())
    with pytest.raises(ValidationError, match="not expected of Rosa"):
        a_focus(rosa, mia, theirs)


@pytest.mark.django_db
def test_two_managers_at_once_do_not_overwrite_one_another(rosa, mia, eva, asking):
    focus = a_focus(rosa, mia, asking)
    seen = focus.version
    focus.take_step("train", "Chapter 3", by=mia, at=NOW, version=seen)
    with pytest.raises(Stale):
        Focus.objects.get().leave("left", "Enough", by=eva, at=NOW, version=seen)


@pytest.mark.django_db
def test_only_the_rep_and_their_line_see_it(rosa, pia, mia, eva, max_, otto, ada, asking):
    focus = a_focus(rosa, mia, asking)
    focus.take_step("train", "Chapter 3", by=mia, at=NOW)
    everybody = (rosa, pia, mia, eva, max_, otto, ada)
    for rows in (Focus.objects.all(), focus.steps.all()):
        assert [who for who in everybody if rows.visible_to(who)] == [rosa, mia, eva]
    assert [who for who in everybody if Focus.of(rosa, who)] == [rosa, mia, eva]


def test_the_steps_are_those_of_the_product():
    assert [step for step, _ in STEPS] == [
        "train",
        "repeated_back",
        "role_played",
        "coach",
        "mentor",
        "hold_accountable",
        "proficient",
    ]
