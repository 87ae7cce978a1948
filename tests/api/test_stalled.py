"""Why deals are stalled, by the API: the same reasons, numbers and filters as on the pages."""

from datetime import date, timedelta
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from people.models import Team, User
from pipeline.filters import STALL_REASONS
from pipeline.forms.filters import FilterForm
from pipeline.models import BuyerAction, Hold, Opportunity, Proposal, StallRules
from pipeline.stalls import REASONS, StallCheck
from tests.factories import NOW, TODAY, a_call, a_deal, a_stage


@pytest.fixture
def deals(rosa: User, pia: User, otto: User) -> dict[str, Opportunity]:
    """Deals opened in spring, each stalled in ways of its own by November."""
    spring = NOW - timedelta(days=200)
    far = date(2027, 6, 1)
    made = {
        name: a_deal(owner, name, at=spring, close_date=far)
        for name, owner in [
            ("late", rosa),
            ("pushed", rosa),
            ("back", pia),
            ("planned", rosa),
            ("unanswered", rosa),
            ("large", pia),
            ("foreign", otto),
        ]
    }
    made["late"].push(TODAY - timedelta(days=3), by=rosa, at=NOW)
    for n in range(3):
        made["pushed"].push(far + timedelta(days=n + 1), by=rosa, at=NOW)
    made["back"].move_to(a_stage(4), by=pia, at=spring + timedelta(days=1))
    made["back"].move_to(a_stage(2), by=pia, at=NOW)
    made["planned"].set_next_step("Call the CFO", date(2030, 1, 1), by=rosa, at=NOW)
    call = a_call(rosa, NOW - timedelta(hours=2), opportunity=made["planned"])
    call.hold(by=rosa, at=NOW)
    BuyerAction.record(made["planned"], "Sent the contract", TODAY, by=rosa, at=NOW)
    made["unanswered"].set_next_step("Try again", TODAY - timedelta(days=2), by=rosa, at=NOW)
    Proposal.record(made["unanswered"], "Offer", TODAY, by=rosa, at=NOW)
    made["large"].set_amount(900_000, by=pia, at=NOW)
    return made


def names(answer) -> list[str]:
    assert answer.status_code == 200, answer.data
    return sorted(row["name"] for row in answer.data["results"])


@pytest.mark.parametrize("reason", [name for name, _ in STALL_REASONS])
def test_each_reason_finds_the_same_deals_as_the_page(mia: User, deals, as_, reason: str) -> None:
    said = {"stall_reason": reason, "on": str(TODAY)}
    found = names(as_.api(mia).get(f"/api/v1/opportunities/?{urlencode(said)}"))
    page = FilterForm(mia, said, timezone.now().date())
    assert found == sorted(deal.name for deal in page.rows())
    check = StallCheck.on(TODAY, mia)
    for deal in Opportunity.objects.visible_to(mia):
        named = [each.name for each in check.reasons(deal)]
        wanted = {"any": bool(named), "none": not named}.get(reason, reason in named)
        assert (deal.name in found) == wanted
    assert bool(found) == (reason != "none")
    assert "foreign" not in found


@pytest.mark.parametrize(
    "said",
    [
        {"search": "PUSH"},
        {"status": "open", "close_from": "2027-06-02"},
        {"status": "open", "close_to": "2026-12-31"},
        {"amount_from": "48000", "amount_to": "48000.00"},
        {"amount_from": "0", "amount_to": "0"},
        {"forecast_category": "pipeline"},
        {"status": "won"},
        {"stall_reason": "pushed", "on": "2026-11-18", "search": "push"},
    ],
)
def test_the_same_filters_find_the_same_deals_as_the_page(mia, deals, as_, said) -> None:
    found = names(as_.api(mia).get(f"/api/v1/opportunities/?{urlencode(said)}"))
    page = FilterForm(mia, said, timezone.now().date())
    assert not page.errors
    assert found == sorted(deal.name for deal in page.rows())


def test_owner_team_stage_and_product_find_the_same_deals_as_the_page(
    mia: User, rosa: User, deals, as_
) -> None:
    north = Team.objects.get(name="North")
    for said in ({"owner": rosa.pk}, {"team": north.pk}, {"stage": a_stage(2).pk}):
        found = names(as_.api(mia).get(f"/api/v1/opportunities/?{urlencode(said)}"))
        page = FilterForm(mia, said, timezone.now().date())
        assert found == sorted(deal.name for deal in page.rows()) != []


def test_what_one_may_not_see_finds_nothing(rosa: User, eva: User, otto: User, deals, as_) -> None:
    above, beside = Team.objects.get(name="Sales"), Team.objects.get(name="South")
    for said in (
        f"team={above.pk}",
        f"team={beside.pk}",
        "team=0",
        f"owner={otto.pk}",
        f"owner={eva.pk}",
        "owner=0",
    ):
        assert names(as_.api(rosa).get(f"/api/v1/opportunities/?{said}")) == []


def test_reasons_stand_in_a_list_and_in_one_deal_when_asked_for(mia: User, deals, as_) -> None:
    client = as_.api(mia)
    plain = client.get("/api/v1/opportunities/").data["results"]
    assert {row["stall_reasons"] for row in plain} == {None}
    address = f"/api/v1/opportunities/{deals['late'].pk}/"
    assert client.get(address).data["stall_reasons"] is None
    for asking in ("include=stall_reasons", f"on={TODAY}"):
        assert "past_close" in client.get(f"{address}?{asking}").data["stall_reasons"]
        rows = client.get(f"/api/v1/opportunities/?{asking}").data["results"]
        assert None not in [row["stall_reasons"] for row in rows]
    rows = client.get(f"/api/v1/opportunities/?include=stall_reasons&on={TODAY}").data["results"]
    check = StallCheck.on(TODAY, mia)
    for row in rows:
        deal = Opportunity.objects.get(pk=row["id"])
        reasons = [reason.name for reason in check.reasons(deal)]
        assert row["stall_reasons"] == reasons
        path = f"/api/v1/opportunities/{deal.pk}/?include=stall_reasons&on={TODAY}"
        assert client.get(path).data["stall_reasons"] == reasons
    by_name = {row["name"]: row for row in rows}
    assert by_name["late"]["stall_reasons"][0] == "past_close"
    assert by_name["pushed"]["pushes"] == 3
    assert by_name["planned"]["last_buyer_action_on"] == str(TODAY)
    assert by_name["planned"]["last_activity_on"] == str(TODAY)
    assert by_name["planned"]["stall_reasons"] == ["stage_age"]


def test_after_a_verb_those_reasons_are_left_that_still_hold(rosa: User, deals, as_, sends) -> None:
    deal, client = Opportunity.objects.get(name="late"), as_.api(rosa)
    later = {"close_date": "2030-01-01"}
    path = f"opportunities/{deal.pk}/close-date-changes/"
    assert sends(client).post(path, later, version=deal.version).data["stall_reasons"] is None
    left = client.get(f"/api/v1/opportunities/{deal.pk}/?include=stall_reasons").data
    assert "past_close" not in left["stall_reasons"]
    assert "silent" in left["stall_reasons"]


def test_reading_one_deal_takes_two_queries_and_judging_it_few_more(rosa, deals, as_) -> None:
    client, path = as_.api(rosa), f"/api/v1/opportunities/{deals['late'].pk}/"

    def queries(query: str) -> int:
        client.get(path + query)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(path + query).status_code == 200
        return len(asked)

    assert queries("") == 2
    assert queries("?include=stall_reasons") <= 7


def test_each_reason_comes_with_number_limit_clock_and_sentence(mia, deals, as_) -> None:
    deal = deals["pushed"]
    answer = as_.api(mia).get(f"/api/v1/opportunities/{deal.pk}/stall-reasons/?on={TODAY}")
    reasons = {row["name"]: row for row in answer.data["results"]}
    assert (answer.data["next"], answer.data["previous"]) == (None, None)
    assert list(reasons) == ["stage_age", "silent", "pushed", "no_next_step"]
    pushed = reasons["pushed"]
    assert pushed["sentence"] == "The close date was moved later 3 times; the limit is 3."
    assert (pushed["kind"], pushed["number"], pushed["limit"]) == ("risk", 3, 3.0)
    assert (pushed["unit"], pushed["clock"]) == ("pushes", str(TODAY))
    assert pushed["label"] == REASONS["pushed"]


def test_a_closed_deal_is_not_stalled(rosa: User, deals, as_) -> None:
    deals["pushed"].win(by=rosa, at=NOW)
    answer = as_.api(rosa).get(f"/api/v1/opportunities/{deals['pushed'].pk}/stall-reasons/")
    assert answer.data["results"] == []


def test_the_clocks_are_read_on_the_date_that_is_asked_for(mia: User, deals, as_) -> None:
    """The deal is as it stands; only the day is another."""
    path = f"/api/v1/opportunities/{deals['planned'].pk}/stall-reasons/"
    client = as_.api(mia)
    early = client.get(f"{path}?on=2026-05-05").data["results"]
    assert "stage_age" not in [row["name"] for row in early]
    assert "stage_age" in [row["name"] for row in client.get(path).data["results"]]


@pytest.mark.parametrize("day", ["2999-01-01", "18.11.2026", "0001-01-01", "2026-02-30", "x"])
@pytest.mark.parametrize(
    "path",
    ["opportunities/", "opportunities/{}/", "opportunities/{}/stall-reasons/", "pipeline/summary/"],
)
def test_a_day_to_come_or_none_at_all_is_refused(rosa, deals, as_, attrs, path, day) -> None:
    answer = as_.api(rosa).get(f"/api/v1/{path.format(deals['late'].pk)}?on={day}")
    assert (answer.status_code, attrs(answer)) == (400, ["on"])


@pytest.mark.parametrize(
    ("query", "attr"),
    [
        ("stall_reason=tired", "stall_reason"),
        ("forecast_category=nope", "forecast_category"),
        ("team=abc", "team"),
        ("product=-1", "product"),
        ("close_to=2026-13-01", "close_to"),
        ("amount_to=lots", "amount_to"),
        ("include=password", "include"),
    ],
)
def test_each_wrong_value_is_named(rosa: User, as_, attrs, query: str, attr: str) -> None:
    answer = as_.api(rosa).get(f"/api/v1/opportunities/?{query}")
    assert (answer.status_code, attrs(answer)) == (400, [attr])


def test_one_deal_takes_no_filters(rosa: User, deals, as_, attrs) -> None:
    deal = f"/api/v1/opportunities/{deals['late'].pk}/"
    for path in (deal, f"{deal}stall-reasons/"):
        answer = as_.api(rosa).get(f"{path}?owner=1&stage=1")
        assert (answer.status_code, attrs(answer)) == (400, ["owner", "stage"])
    odd = as_.api(rosa).get(f"{deal}?include=password")
    assert (odd.status_code, attrs(odd)) == (400, ["include"])


def test_everybody_reads_the_rules_and_administrators_set_them(
    rosa: User, mia: User, ada: User, deals, as_, sends, attrs
) -> None:
    rules = as_.api(rosa).get("/api/v1/stall-rules/")
    assert (rules.data["pushed"], rules.data["pushes_critical"]) == (True, 3)
    assert rules["ETag"] == '"1"'
    for person in (rosa, mia):
        refused = sends(as_.api(person)).patch("stall-rules/", {"silent": False}, version=1)
        assert refused.status_code == 403
    sender = sends(as_.api(ada))
    assert sender.patch("stall-rules/", {"silent": False}).status_code == 428
    changed = sender.patch("stall-rules/", {"silent": False, "pushes_critical": 4}, version=1)
    assert (changed.status_code, changed["ETag"], changed.data["silent"]) == (200, '"2"', False)
    assert StallRules.current().pushes_critical == 4
    path = f"/api/v1/opportunities/{deals['late'].pk}/?include=stall_reasons"
    late = as_.api(rosa).get(path).data
    assert "silent" not in late["stall_reasons"]
    stale = sender.patch("stall-rules/", {"silent": True}, version=1)
    assert (stale.status_code, stale.json()["current"]["silent"]) == (412, False)
    odd = sender.patch("stall-rules/", {"silent_days": 0, "median_factor": "0.5"}, version=2)
    assert attrs(odd) == ["median_factor", "silent_days"]
    longer = sender.patch("stall-rules/", {"silent_days_closing": 99}, version=2)
    assert attrs(longer) == ["silent_days_closing"]


def test_reasons_of_a_list_take_the_same_few_queries_however_long(mia, rosa, as_) -> None:
    client = as_.api(mia)

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get("/api/v1/opportunities/?include=stall_reasons&page_size=200")
        return len(queries)

    def add(times: range) -> None:
        for n in times:
            deal = a_deal(rosa, f"Deal {n}", amount=1_000 * n)
            deal.move_to(a_stage(3), by=rosa, at=NOW)
            deal.move_to(a_stage(1 + n % 3), by=rosa, at=NOW)

    add(range(3))
    count()
    few = count()
    add(range(3, 30))
    assert count() == few <= 12


# Holds.


def test_a_hold_quiets_a_deal_until_it_ends(rosa: User, deals, as_, sends) -> None:
    deal, sender = deals["back"], sends(as_.api(User.objects.get(name="Pia Peer")))
    body = {"opportunity": deal.pk, "reason": "Budget in spring", "resume_on": "2030-04-01"}
    begun = sender.post("holds/", body, key="k1")
    again = sender.post("holds/", body, key="k1")
    assert (begun.status_code, again["Idempotency-Replayed"]) == (201, "true")
    assert Hold.objects.count() == 1
    path = f"opportunities/{deal.pk}/?include=stall_reasons"
    held = sender.get(path).data
    assert held["held_until"] == "2030-04-01"
    assert "silent" not in held["stall_reasons"]
    ended = sender.post(f"holds/{begun.data['id']}/ending/")
    assert (ended.status_code, ended.data["ended_by"]) == (200, begun.data["by"])
    assert "silent" in sender.get(path).data["stall_reasons"]
    twice = sender.post(f"holds/{begun.data['id']}/ending/")
    assert twice.json()["errors"][0]["detail"] == "This hold is over already."


def test_a_second_hold_is_for_the_manager(rosa: User, mia: User, deals, as_, sends) -> None:
    deal = deals["late"]
    Hold.begin(deal, "Budget", date(2026, 12, 1), by=rosa, at=NOW)
    body = {"opportunity": deal.pk, "reason": "Still no budget", "resume_on": "2030-04-01"}
    refused = sends(as_.api(rosa)).post("holds/", body)
    assert refused.status_code == 400
    assert "Mia Manager" in refused.json()["errors"][0]["detail"]
    assert sends(as_.api(mia)).post("holds/", body).status_code == 201


def test_a_hold_needs_a_reason_and_a_day_to_come(rosa: User, deals, as_, sends, attrs) -> None:
    sender = sends(as_.api(rosa))
    assert attrs(sender.post("holds/", {})) == ["opportunity", "reason", "resume_on"]
    past = {"opportunity": deals["late"].pk, "reason": "Later", "resume_on": "2026-01-01"}
    assert attrs(sender.post("holds/", past)) == ["resume_on"]
    foreign = {**past, "opportunity": deals["foreign"].pk}
    assert attrs(sender.post("holds/", foreign)) == ["opportunity"]


def test_holds_are_found_by_deal_and_by_whether_they_run(
    rosa: User, mia: User, otto: User, deals, as_, sends, attrs
) -> None:
    runs = Hold.begin(deals["late"], "Budget", date(2030, 4, 1), by=rosa, at=NOW)
    past = Hold.begin(deals["pushed"], "Budget", TODAY + timedelta(days=1), by=rosa, at=NOW)
    Hold.begin(deals["foreign"], "Budget", date(2030, 4, 1), by=otto, at=NOW)
    client = as_.api(rosa)

    def found(query: str) -> list[int]:
        return [row["id"] for row in client.get(f"/api/v1/holds/?{query}").data["results"]]

    assert found("") == [runs.pk, past.pk]
    assert found("running=true") == [runs.pk]
    assert found("running=false") == [past.pk]
    assert found(f"opportunity={deals['pushed'].pk}") == [past.pk]
    assert found(f"opportunity={deals['foreign'].pk}") == []
    assert attrs(client.get("/api/v1/holds/?running=maybe")) == ["running"]
