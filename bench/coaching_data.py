"""How everybody is coached: behaviours and scores of them, levels, focus, diagnoses, ride-alongs,
help that was given, training. Of who leads nobody, from the calls that they held.
"""

from datetime import UTC, date, datetime, time, timedelta

from bench.fill import day, fill, is_postgres, moment, numbers, one_of, pick, text
from bench.jobs import write
from coaching.models import (
    Behaviour,
    BehaviourScore,
    Diagnosis,
    DiagnosisEvidence,
    Focus,
    FocusStep,
    HelpRequest,
    InspectionLevel,
    LevelChange,
    RideAlong,
)
from people.models import User
from playbook.models import Differentiator, OnboardingPlan, TrainingAssignment, TrainingModule

FEWEST, MOST = 8, 40  # calls of a rep in which every behaviour was scored
CHANGES = 6  # of an inspection level, each resting on so many scores:
RESTS_ON = 5
RIDES = 4  # in two years
MODULES, IN_PLAN = 20, 12
SAID = 40  # differentiators
BEHAVIOURS = ["Opens with the buyer's aim", "Asks who decides", "Quantifies the problem"]
BEHAVIOURS += ["Gives proof", "Closes with a commitment"]
ANCHORS = {"4": "Names the product first.", "7": "Asks, then listens.", "9": "They name it."}
LEVELS = ["continuous", "frequent", "intermittent", "spot"]
REPS = "people_user u WHERE u.levels_below = 0 AND u.reports_to_id IS NOT NULL"
OF_REP = {"rep_id": "u.id", "by_id": "u.reports_to_id"}
# The reviewed debriefs of each rep, the latest first, with when their calls began.
REVIEWED = (
    "(SELECT b.id, b.rep_id, c.starts_at, row_number() OVER "
    "(PARTITION BY b.rep_id ORDER BY c.starts_at DESC, b.id) AS n FROM coaching_debrief b "
    "JOIN pipeline_call c ON c.id = b.call_id WHERE b.reviewed_at IS NOT NULL) r"
)
HAPPENED = "Asked twice who signs, and wrote it down."


def make_coaching(today: date) -> None:
    """Once people, deals, calls and debriefs are there."""
    at = datetime.combine(today - timedelta(days=800), time(9), UTC)
    by = User.objects.get(pk=1)
    make_behaviours(by, at)
    make_playbook(by, at)
    joined = day(today, f"-40 - {pick(1000, 'id')}")
    write(f"UPDATE people_user SET joined_on = {joined} WHERE levels_below = 0")
    make_rides(today)
    make_scores()
    make_levels(today)
    make_focuses(today)
    make_diagnoses(today)
    make_help(today)
    make_training(today)


def make_behaviours(by: User, at: datetime) -> None:
    for name in BEHAVIOURS:
        Behaviour.define(by=by, at=at, name=name, expected=f"{name}.", anchors=ANCHORS)


def make_playbook(by: User, at: datetime) -> None:
    """Modules, of which some teach a behaviour, a plan for new people, and what sets us apart."""
    plan = OnboardingPlan.add(name="First weeks")
    modules = [
        TrainingModule.add(by=by, at=at, title=f"Module {n}", outcome="Ask", text="Read this.")
        for n in range(MODULES)
    ]
    for n, module in enumerate(modules[:IN_PLAN]):
        plan.set_step(module, 5 * n)
    for each, module in zip(Behaviour.objects.all(), modules, strict=False):
        each.training.add(module)
    for n in range(SAID):
        Differentiator.add(by=by, at=at, text=f"Live in {n + 2} weeks", proof="Four customers")


def make_rides(today: date) -> None:
    """Two a year, all signed; for every third rep one is planned."""
    ago = f"-20 - 182 * n.i - {pick(170, 'u.id')}"
    ride = {"rep_id": "u.id", "manager_id": "u.reports_to_id", "about": "'Acme, in Springfield'"}
    begun = moment(day(today, ago))
    fill(
        RideAlong,
        f"{numbers(RIDES)} CROSS JOIN {REPS}",
        starts_at=begun,
        state="'held'",
        notes=text(HAPPENED * 8),
        held_at=moment(day(today, ago), "1000"),
        signed_at=moment(day(today, f"{ago} + 1")),
        **ride,
    )
    coming = moment(day(today, f"3 + {pick(25, 'u.id')}"))
    fill(RideAlong, f"{REPS} AND u.id % 3 = 0", starts_at=coming, **ride)


def make_scores() -> None:
    """Of every behaviour: at the latest calls and at each ride-along, some with a note."""
    key = "(x.id + h.id)"
    scores = {
        "behaviour_id": "h.id",
        "version_id": "v.id",
        "at": "x.starts_at",
        "manager_score": f"3 + {pick(7, key, 2)}",
        "note": f"CASE WHEN {pick(4, key, 5)} = 0 THEN {text(HAPPENED)} ELSE '' END",
        **OF_REP,
    }
    of_each = (
        "JOIN people_user u ON u.id = x.rep_id CROSS JOIN coaching_behaviour h "
        "JOIN coaching_behaviourversion v ON v.behaviour_id = h.id"
    )
    some = f"x.n <= {FEWEST} + {pick(MOST - FEWEST + 1, 'x.rep_id')}"
    own = f"4 + {pick(6, key, 3)}"
    latest = f"{REVIEWED[:-1]}x {of_each} WHERE {some}"
    fill(BehaviourScore, latest, debrief_id="x.id", own_score=own, **scores)
    held = f"coaching_ridealong x {of_each} WHERE x.state = 'held'"
    fill(BehaviourScore, held, ride_along_id="x.id", **scores)


def make_levels(today: date) -> None:
    """Everybody's level moved some times, by what the latest debriefs were scored."""
    level = one_of(LEVELS, "u.id + n.i")
    last = one_of(LEVELS, f"u.id + {CHANGES}")
    said = """'{"debrief": ' || r.id || ', "score": 8, "minimum": 7}'"""
    together = f"string_agg({said}, ', ')" if is_postgres() else f"group_concat({said}, ', ')"
    rests_on = f"'[' || {together} || ']'"
    rests_on = f"CAST({rests_on} AS jsonb)" if is_postgres() else rests_on
    ago = day(today, f"-60 * ({CHANGES} - n.i) + 50")
    behind = f"(r.n - 1) / {RESTS_ON} = {CHANGES - 1} - n.i"
    fill(
        LevelChange,
        f"{numbers(CHANGES)} CROSS JOIN people_user u JOIN {REVIEWED} ON r.rep_id = u.id "
        f"WHERE {behind} GROUP BY n.i, u.id",
        rep_id="u.id",
        number="n.i + 1",
        from_level=level,
        to_level=one_of(LEVELS, "u.id + n.i + 1"),
        why="'earned'",
        at=moment(ago),
        scores=rests_on,
    )
    level_now = {"rep_id": "u.id", "level": last, "number": str(CHANGES), "plans": "9"}
    fill(InspectionLevel, REPS, since=moment(day(today, "-10")), **level_now)


def make_focuses(today: date) -> None:
    """One that runs, with three steps taken lately, and one that was reached."""
    behaviour = "(SELECT MIN(id) FROM coaching_behaviour)"
    common = {"rep_id": "u.id", "started_by_id": "u.reports_to_id", "goal": "'Asks it each time'"}
    began = day(today, "-60")
    first = {"behaviour_id": f"{behaviour} + u.id % 5", "started_on": began, "step": "'coach'"}
    fill(Focus, REPS, **common, **first)
    fill(
        Focus,
        REPS,
        behaviour_id=f"{behaviour} + (u.id + 1) % 5",
        started_on=day(today, "-200"),
        step="'proficient'",
        outcome="'proficient'",
        ended_on=day(today, "-61"),
        ended_by_id="u.reports_to_id",
        **common,
    )
    on = day(today, f"-50 + 20 * n.i - {pick(9, 'f.id')}")
    fill(
        FocusStep,
        f"{numbers(3)} CROSS JOIN coaching_focus f WHERE f.ended_on IS NULL",
        focus_id="f.id",
        step="CASE n.i WHEN 0 THEN 'train' WHEN 1 THEN 'repeated_back' ELSE 'coach' END",
        evidence=text(HAPPENED),
        on=on,
        at=moment(on),
        by_id="f.started_by_id",
    )


def make_diagnoses(today: date) -> None:
    """Two of each behaviour, half a year apart, each resting on two debriefs."""
    ago = day(today, f"-170 * n.i - 9 - {pick(30, 'u.id + h.id')}")
    fill(
        Diagnosis,
        f"{numbers(2)} CROSS JOIN coaching_behaviour h CROSS JOIN {REPS}",
        behaviour_id="h.id",
        skill=one_of(["low", "high"], "u.id + h.id + n.i"),
        skill_reason=text(HAPPENED),
        will=one_of(["low", "high"], "u.id + h.id + n.i", 3),
        will_reason=text(HAPPENED),
        at=moment(ago),
        **OF_REP,
    )
    fill(
        DiagnosisEvidence,
        f"coaching_diagnosis x JOIN {REVIEWED} ON r.rep_id = x.rep_id WHERE r.n <= 2",
        diagnosis_id="x.id",
        kind="'debrief'",
        subject_id="r.id",
        said="'Debrief: 8 of 10'",
        on=day("x.at") if is_postgres() else "date(x.at)",
    )


def make_help(today: date) -> None:
    """Asked for and done in the last year, for one deal in thirty; some too late."""
    on = f"-20 - {pick(330, 'd.id')}"
    fill(
        HelpRequest,
        "pipeline_opportunity d JOIN people_user u ON u.id = d.owner_id "
        "WHERE u.reports_to_id IS NOT NULL AND d.id % 30 = 7",
        opportunity_id="d.id",
        asked_by_id="d.owner_id",
        asked_of_id="u.reports_to_id",
        kind="'unblock'",
        how_it_helps="'They decide this month'",
        asked_at=moment(day(today, on)),
        wanted_on=day(today, f"{on} + 6"),
        state="'done'",
        answered_at=moment(day(today, f"{on} + {pick(9, 'd.id', 2)}"), f"600 + {pick(90, 'd.id')}"),
        answered_by_id="u.reports_to_id",
        outcome="'They moved'",
    )


def make_training(today: date) -> None:
    """What the plan for new people said, done but for the last three; two assigned by managers."""
    first = "(SELECT MIN(id) FROM playbook_trainingmodule)"
    due = day("u.joined_on", "5 * n.i")
    fill(
        TrainingAssignment,
        f"{numbers(IN_PLAN)} CROSS JOIN {REPS}",
        person_id="u.id",
        module_id=f"{first} + n.i",
        due_on=due,
        assigned_at=moment("u.joined_on"),
        onboarding_plan_id="(SELECT MIN(id) FROM playbook_onboardingplan)",
        after_days="5 * n.i",
        done_at=f"CASE WHEN n.i < {IN_PLAN - 3} THEN {moment(due)} ELSE NULL END",
        takeaway=f"CASE WHEN n.i < {IN_PLAN - 3} THEN {text(HAPPENED)} ELSE '' END",
    )
    fill(
        TrainingAssignment,
        f"{numbers(2)} CROSS JOIN {REPS}",
        person_id="u.id",
        module_id=f"{first} + {IN_PLAN} + n.i",
        due_on=day(today, f"{pick(40, 'u.id + n.i')} - 10"),
        assigned_by_id="u.reports_to_id",
        assigned_at=moment(day(today, "-20")),
    )
