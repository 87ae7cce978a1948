"""The whole main loop over REST only: plan, inspect, debrief, review."""

from datetime import timedelta

import time_machine

from people.models import User
from tests.factories import NOW, a_deal, an_account

PLAN = {
    "purpose": "Agree who decides and by when",
    "who": [{"name": "Nora New", "role": "decision_maker"}],
    "learn": [{"text": "What have they tried so far?", "question": "evaluation"}],
    "give": [{"text": "The Initech case study"}],
    "commitments": [{"text": "A meeting with the CFO this month"}],
    "fallback": "The CFO's name",
}
DEBRIEF = {
    "as_prepared": "yes",
    "score": 7,
    "worked": "The opening question",
    "buyer_actions": ["Asked for a contract"],
    "next_step": "Send the agenda",
    "next_step_on": "2026-11-27",
    "actual_minutes": 45,
}


def put(client, thing, path, data):
    return client.put(path, data, HTTP_IF_MATCH=thing["ETag"])


def post(client, thing, path, data=None):
    return client.post(path, data or {}, HTTP_IF_MATCH=thing["ETag"])


def test_a_call_is_planned_inspected_debriefed_and_reviewed(rosa: User, mia: User, as_) -> None:
    rep, manager = as_.api(rosa), as_.api(mia)
    deal = a_deal(rosa, account=an_account())

    with time_machine.travel(NOW, tick=False):
        call = rep.post(
            "/api/v1/calls/",
            {"opportunity": deal.pk, "kind": "interview", "starts_at": "2026-11-19T10:00:00Z"},
        )
        assert call.status_code == 201, call.data
        plan = rep.post("/api/v1/call-plans/", {"call": call.data["id"], **PLAN})
        assert plan.status_code == 201, plan.data
        address = plan["Location"]
        plan = post(rep, plan, f"{address}filing/")
        assert (plan.data["state"], plan.data["timeliness"]) == ("filed", "on_time")

        queue = manager.get("/api/v1/call-plans/?awaiting_inspection=true").data["results"]
        assert [each["id"] for each in queue] == [plan.data["id"]]
        inspection = post(
            manager,
            plan,
            "/api/v1/inspections/",
            {
                "plan": plan.data["id"],
                "verdict": "change",
                "part": "learn",
                "comment": "Ask about the budget",
            },
        )
        assert inspection.status_code == 201, inspection.data

        plan = rep.get(address)
        assert {"part": "learn", "state": "sent_back"} in plan.data["strip"]
        better = {**PLAN, "learn": [*PLAN["learn"], {"text": "Whose budget is it?"}]}
        plan = post(rep, put(rep, plan, address, better), f"{address}filing/")
        good = {"plan": plan.data["id"], "verdict": "good"}
        assert post(manager, plan, "/api/v1/inspections/", good).status_code == 201
        plan = rep.get(address)
        assert {dot["state"] for dot in plan.data["strip"]} == {"validated"}

    with time_machine.travel(NOW + timedelta(days=1, hours=3), tick=False):
        debrief = rep.post("/api/v1/debriefs/", {"call": call.data["id"], **DEBRIEF})
        assert debrief.status_code == 201, debrief.data
        address = debrief["Location"]
        refused = post(rep, debrief, f"{address}filing/")
        assert refused.status_code == 400
        assert refused.data["errors"][0]["attr"] == "results"

        lines = [line["line"] for line in debrief.data["results"]]
        results = [{"line": line, "outcome": "yes", "note": "A pilot"} for line in lines]
        debrief = put(rep, debrief, address, {**DEBRIEF, "results": results})
        debrief = post(rep, debrief, f"{address}filing/")
        assert debrief.data["filed_at"] == "2026-11-19T12:00:00Z"

        waiting = manager.get("/api/v1/debriefs/?awaiting_review=true").data["results"]
        assert [each["id"] for each in waiting] == [debrief.data["id"]]
        review = manager.post(f"{address}review/", {"score": 5, "modify": "Slow down"})
        assert review.status_code == 201, review.data
        assert review.data["gap"] == -2

        seen = rep.get("/api/v1/debriefs/").data["results"][0]
        assert (seen["score"], seen["manager_score"], seen["gap"]) == (7, 5, -2)
        assert rep.get(f"/api/v1/calls/{call.data['id']}/").data["status"] == "held"
        assert rep.get(f"/api/v1/opportunities/{deal.pk}/").data["next_step"] == "Send the agenda"
        evidence = rep.get(f"/api/v1/buyer-actions/?opportunity={deal.pk}").data["results"]
        assert [each["what"] for each in evidence] == ["Asked for a contract"]
        answers = rep.get(f"/api/v1/buyer-answers/?opportunity={deal.pk}").data["results"]
        assert [(each["question"], each["answer"]) for each in answers] == [
            ("evaluation", "A pilot")
        ]
