"""What you may not see does not exist, and cannot be referred to."""

import pytest

from people.models import Team, User
from tests.factories import NOW, a_call, a_contact, a_deal, a_debrief, a_plan, an_account


@pytest.fixture
def ottos(otto: User) -> dict[str, int]:
    """The ids of what belongs to otto."""
    account = an_account("Otto's customer", owner=otto)
    contact = a_contact(account)
    deal = a_deal(otto, account=account)
    call = a_call(otto, opportunity=deal)
    plan = a_plan(call)
    return {
        "users": otto.pk,
        "teams": otto.team_id,
        "accounts": account.pk,
        "contacts": contact.pk,
        "opportunities": deal.pk,
        "calls": call.pk,
        "call-plans": plan.pk,
        "debriefs": a_debrief(call).pk,
    }


def test_strangers_get_404_and_empty_lists(rosa: User, mia: User, ottos, as_) -> None:
    for person in (rosa, mia):
        client = as_.api(person)
        for noun, pk in ottos.items():
            assert client.get(f"/api/v1/{noun}/{pk}/").status_code == 404, noun
            rows = client.get(f"/api/v1/{noun}/").data["results"]
            assert pk not in [row["id"] for row in rows]


def test_a_manager_sees_what_those_below_do(max_: User, eva: User, ottos, as_) -> None:
    for person in (max_, eva):
        for noun, pk in ottos.items():
            assert as_.api(person).get(f"/api/v1/{noun}/{pk}/").status_code == 200, noun


def test_an_administrator_sees_the_pipeline_but_no_coaching(ada: User, ottos, as_) -> None:
    client = as_.api(ada)
    for noun, pk in ottos.items():
        hidden = noun in ("call-plans", "debriefs")
        assert client.get(f"/api/v1/{noun}/{pk}/").status_code == (404 if hidden else 200), noun


@pytest.mark.parametrize(
    ("path", "field", "noun", "rest"),
    [
        ("opportunities/", "account", "accounts", {"name": "x"}),
        ("opportunities/", "owner", "users", {"name": "x"}),
        ("accounts/", "parent", "accounts", {"name": "x"}),
        ("accounts/", "owner", "users", {"name": "x"}),
        ("contacts/", "account", "accounts", {"name": "x"}),
        ("calls/", "opportunity", "opportunities", {"starts_at": "2026-11-19T10:00:00Z"}),
        ("call-plans/", "call", "calls", {}),
        ("debriefs/", "call", "calls", {}),
        ("buyer-actions/", "opportunity", "opportunities", {"what": "x", "on": "2026-01-01"}),
        ("proposals/", "opportunity", "opportunities", {"title": "x", "sent_on": "2026-01-01"}),
        ("buyer-answers/", "opportunity", "opportunities", {"question": "problem"}),
        ("absences/", "user", "users", {"first_day": "2026-01-01", "last_day": "2026-01-01"}),
        ("agreements/", "owner", "users", {"text": "x", "due_on": "2026-01-01"}),
    ],
)
def test_a_reference_to_what_one_may_not_see_is_like_one_to_nothing(
    rosa: User, ottos, as_, sends, path, field, noun, rest
) -> None:
    sender = sends(as_.api(rosa))
    foreign = sender.post(path, {**rest, field: ottos[noun]})
    missing = sender.post(path, {**rest, field: 987654})
    assert foreign.status_code == missing.status_code == 400
    told = foreign.json()["errors"][0]["detail"]
    assert told.replace(f'"{ottos[noun]}"', '"987654"') == missing.json()["errors"][0]["detail"]
    assert foreign.json()["errors"][0]["attr"] == field


def test_attendees_are_people_one_sees(rosa: User, ottos, as_, sends, attrs) -> None:
    call = {"starts_at": "2026-11-19T10:00:00Z", "account": an_account().pk}
    answer = sends(as_.api(rosa)).post("calls/", {**call, "attendees": [ottos["contacts"]]})
    assert (answer.status_code, attrs(answer)) == (400, ["attendees"])


def test_only_administrators_write_people_teams_and_the_like(rosa: User, mia: User, as_) -> None:
    for person in (rosa, mia):
        client = as_.api(person)
        for noun in ("users", "teams", "products", "stages", "holidays"):
            assert client.post(f"/api/v1/{noun}/", {}).status_code == 403, noun
        assert client.patch("/api/v1/organisation/", {}).status_code == 403
        assert client.post(f"/api/v1/users/{rosa.pk}/deactivation/").status_code == 403


def test_only_the_rep_writes_a_plan_and_only_a_manager_inspects_it(
    rosa: User, mia: User, as_, sends
) -> None:
    plan = a_plan(a_call(rosa), at=NOW)
    verdict = {"plan": plan.pk, "verdict": "good"}
    own = sends(as_.api(rosa)).post("inspections/", verdict, version=plan.version)
    written = sends(as_.api(mia)).put(f"call-plans/{plan.pk}/", {}, version=plan.version)
    assert (own.status_code, written.status_code) == (403, 403)


def test_an_administrator_arranges_people_and_teams(ada: User, as_, sends) -> None:
    sender = sends(as_.api(ada))
    team = sender.post("teams/", {"name": "West"})
    new = {"name": "Wes West", "email": "Wes@Example.com", "team": team.data["id"]}
    wes = sender.post("users/", new)
    assert (wes.status_code, wes.data["email"]) == (201, "wes@example.com")
    twice = sender.post("users/", {**new, "email": "WES@example.com"})
    assert twice.json()["errors"][0]["attr"] == "email"
    led = sender.patch(f"teams/{team.data['id']}/", {"manager": ada.pk}, version=1)
    assert led.status_code == 200, led.data
    assert sender.get(f"users/{wes.data['id']}/").data["reports_to"] == ada.pk
    assert Team.objects.get(name="West").version == 2
