"""An organisation of realistic shape and any size, made by a few dozen statements.

Four levels: an executive, directors of six teams each, managers of eight reps each. Every rep has
about forty open deals and more than five hundred closed ones behind them, three of them two
hundred; half of the deals have had, or will have, a call with a plan.
"""

from datetime import date

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.db.models import F

from bench.coaching_data import make_coaching
from bench.crowd import make_targets
from bench.fill import day, fill, finish, json, moment, numbers, one_of, pick, text
from bench.reviews import make_last_month, make_reviews, renew
from bench.shape import TEAM, TEAMS, Shape
from coaching.models import (
    CallPlan,
    Debrief,
    DebriefReview,
    HelpRequest,
    Inspection,
    PlanContact,
    PlanLine,
)
from people import reporting_line
from people.models import Organisation, Team, User
from pipeline import clocks
from pipeline import models as pipeline
from reviews.models import Agreement

CALLS_FROM, CALLS_TO = -14, 5  # days around today on which the calls of open deals lie

FIRST = ["Blue", "Nordic", "Grand", "Silver", "United", "Alpine", "Harbor", "Summit", "Delta"]
SECOND = ["Foods", "Logistics", "Energy", "Health", "Robotics", "Textiles", "Media", "Steel"]
SECTORS = ["retail", "medical", "software", "finance", "marketing", "services", "employment"]
DEALS = ["Rollout", "Renewal", "Expansion", "Pilot", "Migration", "Framework agreement"]
PARTS = '["purpose", "who", "learn", "give", "commitments"]'


@transaction.atomic
def generate(shape: Shape, today: date) -> None:
    """Fills an empty database."""
    make_people(shape)
    make_accounts(shape)
    make_deals(shape, today)
    renew(shape, today)
    make_events()
    make_last_month(shape, today)
    make_calls(shape, today)
    make_troubles(today)
    make_plans(today)
    make_debriefs(today)
    make_agreements(shape, today)
    make_proposals()
    make_reviews(shape, today)
    make_coaching(today)
    make_targets()


def analyse() -> None:
    """What a database that has been in use for a while knows about its tables."""
    finish([User, Team, *pipeline_models(), CallPlan, PlanLine, PlanContact, Debrief, Inspection])


def pipeline_models() -> list[type]:
    names = "Account Contact BuyingRole Opportunity StageChange CloseDateChange AmountChange Call"
    return [getattr(pipeline, name) for name in names.split()]


def make_people(shape: Shape) -> None:
    """The tree; everybody's e-mail is their role and number: rep0@bench.example."""
    Organisation.current()
    roles = [("administrator", 1), ("executive", 1), ("director", shape.directors)]
    roles += [("manager", shape.managers), ("rep", shape.reps)]
    password = make_password(None)
    people: list[User] = []
    for role, count in roles:
        for n in range(count):
            person = User(id=len(people) + 1, email=f"{role}{n}@bench.example")
            person.name, person.password = f"{role.title()} {n}", password
            person.is_administrator = role == "administrator"
            person.search_text = f"{person.name} {person.email}".lower()
            people.append(person)
    User.objects.bulk_create(people, batch_size=500)
    make_teams(shape)
    reporting_line.rebuild()


def make_teams(shape: Shape) -> None:
    directors, managers = 3, 3 + shape.directors  # the first of each
    Team.objects.create(id=1, name="Sales", manager_id=2)
    regions = [
        Team(id=2 + n, name=f"Region {n}", parent_id=1, manager_id=directors + n)
        for n in range(shape.directors)
    ]
    first = 2 + shape.directors
    teams = [
        Team(id=first + n, name=f"Team {n}", parent_id=2 + n // TEAMS, manager_id=managers + n)
        for n in range(shape.managers)
    ]
    Team.objects.bulk_create([*regions, *teams])
    for n in range(shape.managers):
        reps = range(shape.first_rep + n * TEAM, shape.first_rep + n * TEAM + TEAM)
        User.objects.filter(pk__in=reps).update(team_id=first + n)


def make_accounts(shape: Shape) -> None:
    """Account number i belongs to rep i modulo the reps; one in twenty to nobody."""
    name = f"{one_of(FIRST, 'n.i')} || ' ' || {one_of(SECOND, 'n.i', 7)} || ' ' || n.i"
    sector = one_of(SECTORS, "n.i", 3)
    nobodys = f"CASE WHEN {pick(20, 'n.i', 5)} = 0 THEN NULL ELSE"
    fill(
        pipeline.Account,
        numbers(shape.accounts),
        id="n.i + 1",
        name=name,
        name_key=f"lower({name})",
        sector=sector,
        location="'Springfield'",
        employees=f"50 + {pick(5000, 'n.i')}",
        annual_revenue=f"1 + {pick(900, 'n.i', 2)}",
        owner_id=f"{nobodys} {shape.first_rep} + n.i % {shape.reps} END",
        search_text=f"lower({name} || ' ' || {sector} || ' springfield')",
    )
    person = "'Contact ' || n.i"
    fill(
        pipeline.Contact,
        numbers(shape.accounts * 2),
        id="n.i + 1",
        account_id="n.i / 2 + 1",
        name=person,
        job_title=one_of(["CFO", "Head of IT", "Buyer", "Plant manager"], "n.i"),
        email="'contact' || n.i || '@example.com'",
        search_text="'contact ' || n.i || ' contact' || n.i || '@example.com'",
    )


def make_deals(shape: Shape, today: date) -> None:
    """Deal i is worked by rep i modulo the reps, with one of the rep's own accounts."""
    for n in range(7):
        pipeline.Product.add(name=f"Product {n}")
    stages = list(pipeline.Stage.objects.values_list("pk", flat=True))
    products = list(pipeline.Product.objects.values_list("pk", flat=True))
    stage = f"{stages[0]} + {pick(len(stages), 'n.i', 1)}"
    age = f"(1 + ({shape.deals} - n.i) * 1000 / {shape.deals})"  # days, the oldest three years
    is_open = shape.is_open("n.i")
    outcome = f"WHEN {pick(5, 'n.i')} < 3 THEN 'won' ELSE 'lost'"
    name = f"{one_of(DEALS, 'n.i', 4)} || ' ' || n.i"
    account = (
        f"n.i % {shape.reps} + {shape.reps} * (n.i / {shape.reps} % {shape.accounts // shape.reps})"
    )
    owner = f"{shape.first_rep} + n.i % {shape.reps}"
    closed_on = day(today, f"-{age}")
    expected = day(today, f"{pick(200, 'n.i', 2)} - 20")
    fill(
        pipeline.Opportunity,
        f"{numbers(shape.deals)} JOIN pipeline_account a ON a.id = {account} + 1",
        id="n.i + 1",
        name=name,
        account_id="a.id",
        owner_id=owner,
        product_id=f"{products[0]} + {pick(7, 'n.i', 6)}",
        stage_id=stage,
        stage_since=day(today, f"-{age} - 5"),
        opened_on=day(today, f"-{age} - 60"),
        opening_owner_id=owner,
        closing_owner_id=f"CASE WHEN {is_open} THEN NULL ELSE {owner} END",
        status=f"CASE WHEN {is_open} THEN 'open' {outcome} END",
        amount=f"1000 + {pick(90000, 'n.i', 8)}",
        close_date=f"CASE WHEN {is_open} THEN {expected} ELSE {closed_on} END",
        closed_on=f"CASE WHEN {is_open} THEN NULL ELSE {closed_on} END",
        next_step=f"CASE WHEN {is_open} THEN 'Send the agenda to the buyer' ELSE '' END",
        next_step_on=f"CASE WHEN {is_open} THEN {day(today, pick(20, 'n.i', 9))} ELSE NULL END",
        search_text=f"lower({name}) || ' ' || lower(a.name)",
    )
    fill(
        pipeline.BuyingRole,
        f"pipeline_opportunity d WHERE d.id > {shape.closed}",
        opportunity_id="d.id",
        contact_id="d.account_id * 2",
        role="'decision_maker'",
        criteria="'Payback within two years'",
    )


def make_events() -> None:
    """Three for each deal (stage, close date, amount), and the outcome of those that have one."""
    entered = moment("d.opened_on")
    common = {"opportunity_id": "d.id", "by_id": "d.owner_id", "at": entered}
    deals = "pipeline_opportunity d"
    fill(pipeline.StageChange, deals, **common, to_stage_id="d.stage_id")
    dates = {"from_date": day("d.close_date", "-30"), "to_date": "d.close_date"}
    fill(pipeline.CloseDateChange, deals, **common, **dates, why="'Budget round'")
    amounts = {"from_amount": "d.amount - 500", "to_amount": "d.amount", "currency": "d.currency"}
    fill(pipeline.AmountChange, deals, **common, **amounts)
    closed = common | {"at": moment("d.closed_on"), "on": "d.closed_on"}
    outcome = {"from_status": "'open'", "to_status": "d.status"}
    fill(pipeline.OutcomeChange, f"{deals} WHERE d.status <> 'open'", **closed, **outcome)


def make_troubles(today: date) -> None:
    """Of the open deals: what buyers did, second pushes, holds, and some that went back a stage."""
    of_open = "pipeline_opportunity d WHERE d.status = 'open'"
    common = {"opportunity_id": "d.id", "by_id": "d.owner_id"}
    ago = f"-1 - {pick(40, 'd.id', 3)}"
    what = one_of(["Asked for a contract", "Brought in the CFO", "Sent their data"], "d.id", 4)
    did = {"contact_id": "d.account_id * 2", "on": day(today, ago), "what": what}
    some = f"{of_open} AND {pick(3, 'd.id', 5)} > 0"
    fill(pipeline.BuyerAction, some, opportunity_id="d.id", by_id="d.owner_id", **did)
    pushed = {"from_date": day("d.close_date", "-9"), "to_date": "d.close_date"}
    lately = {"at": moment(day(today, ago))}
    fill(pipeline.CloseDateChange, f"{of_open} AND d.id % 5 = 0", **common, **lately, **pushed)
    back = {"from_stage_id": "(d.stage_id + 1)", "to_stage_id": "d.stage_id"}
    last = "d.stage_id < (SELECT MAX(id) FROM pipeline_stage)"
    fill(
        pipeline.StageChange, f"{of_open} AND {last} AND d.id % 40 = 0", **common, **lately, **back
    )
    held = {"reason": "'Budget round in spring'", "resume_on": day(today, "30")}
    began = {"at": moment(day(today, "-3")), "began_on": day(today, "-3")}
    fill(pipeline.Hold, f"{of_open} AND d.id % 30 = 0", **common, **held, **began)
    asked = {"asked_by_id": "d.owner_id", "asked_of_id": "u.reports_to_id", "state": "'asked'"}
    said = {"kind": "'unblock'", "synopsis": "'They wait for our terms'", "draft": "''"}
    fill(
        HelpRequest,
        "pipeline_opportunity d JOIN people_user u ON u.id = d.owner_id "
        "WHERE d.status = 'open' AND u.reports_to_id IS NOT NULL AND d.id % 20 = 0",
        opportunity_id="d.id",
        asked_at=moment(day(today, "-1")),
        wanted_on=day(today, pick(10, "d.id")),
        how_it_helps="'They decide this month'",
        **asked,
        **said,
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # else PostgreSQL reads whole tables for each deal
    clocks.refresh(pipeline.Opportunity.objects.all(), Organisation.current().zone)


def make_calls(shape: Shape, today: date) -> None:
    """A call for every second deal of each rep, with the id of its deal.

    Those of open deals lie around today, about one a day for each rep; others before the end of
    their deal.
    """
    span = CALLS_TO - CALLS_FROM + 1
    near = day(today, f"({shape.deals} - d.id) / {2 * shape.reps} % {span} + {CALLS_FROM}")
    on = f"CASE WHEN d.status = 'open' THEN {near} ELSE {day('d.closed_on', '-10')} END"
    begins = f"480 + 30 * {pick(18, 'd.id')}"
    owed = f"(d.status = 'open' AND {pick(10, 'd.id', 3)} = 0)"
    held = f"{on} < {day(today)} AND NOT {owed}"
    fill(
        pipeline.Call,
        f"pipeline_opportunity d WHERE ((d.id - 1) / {shape.reps}) % 2 = 0",
        id="d.id",
        owner_id="d.owner_id",
        account_id="d.account_id",
        opportunity_id="d.id",
        kind=one_of(["prospecting", "interview", "presentation", "negotiation"], "d.id"),
        starts_at=moment(on, begins),
        ends_at=moment(on, f"{begins} + 30"),
        planned_minutes="30",
        status=f"CASE WHEN {held} THEN 'held' ELSE 'planned' END",
        actual_minutes=f"CASE WHEN {held} THEN 30 ELSE NULL END",
        status_at=f"CASE WHEN {held} THEN {moment(on, f'{begins} + 40')} ELSE NULL END",
    )
    calls = "pipeline_call c"
    fill(pipeline.CallAttendee, calls, call_id="c.id", contact_id="c.account_id * 2")


def make_plans(today: date) -> None:
    """Past calls were planned; of those to come a quarter each: no plan, draft, filed, good."""
    past = f"c.starts_at < {moment(day(today), '0')}"
    fate = pick(4, "c.id", 11)
    state = (
        f"CASE WHEN {past} OR {fate} = 3 THEN 'good' WHEN {fate} = 2 THEN 'filed' ELSE 'draft' END"
    )
    filed_at = moment(day(today, "-1"))
    filed = f"CASE WHEN {past} THEN c.starts_at WHEN {fate} > 1 THEN {filed_at} ELSE NULL END"
    fill(
        CallPlan,
        f"pipeline_call c WHERE {past} OR {fate} > 0",
        id="c.id",
        call_id="c.id",
        rep_id="c.owner_id",
        purpose="'Agree who decides and by when'",
        fallback="'An introduction to the CFO by mail'",
        state=state,
        timeliness=f"CASE WHEN {past} OR {fate} > 1 THEN 'on_time' ELSE '' END",
        filed_at=filed,
        submitted_at=filed,
        saved_at="c.starts_at",
        to_inspect=f"({past} OR {fate} > 1)",
        inspection_level="'every'",
        filled_parts=json(PARTS),
    )
    make_lines()
    who = {"plan_id": "p.id", "contact_id": "c.account_id * 2", "role": "'decision_maker'"}
    fill(PlanContact, "coaching_callplan p JOIN pipeline_call c ON c.id = p.call_id", **who)
    inspected = "coaching_callplan p JOIN pipeline_call c ON c.id = p.call_id "
    inspected += "JOIN people_user u ON u.id = c.owner_id WHERE p.state = 'good'"
    answer = {"verdict": "'good'", "at": "p.filed_at", "by_id": "u.reports_to_id"}
    fill(Inspection, inspected, plan_id="p.id", plan_version="1", **answer)


def make_lines() -> None:
    lines = [
        ("learn", 0, "What have they tried so far?", "evaluation"),
        ("learn", 1, "Who signs, and when?", "decision"),
        ("give", 0, "The case study of a neighbour", ""),
        ("commitments", 0, "A meeting with the CFO this month", ""),
    ]
    for part, order, line, question in lines:
        fill(
            PlanLine,
            "coaching_callplan p JOIN pipeline_call c ON c.id = p.call_id",
            plan_id="p.id",
            part=text(part),
            order=order,
            text=text(line),
            question=text(question),
            outcome="CASE WHEN c.status = 'held' THEN 'yes' ELSE '' END",
            note="CASE WHEN c.status = 'held' THEN 'They said so' ELSE '' END",
        )


def make_debriefs(today: date) -> None:
    """One for every call that was held; managers have reviewed all but half of the latest."""
    fill(
        Debrief,
        "pipeline_call c WHERE c.status = 'held'",
        id="c.id",
        call_id="c.id",
        rep_id="c.owner_id",
        as_prepared="'yes'",
        score=f"4 + {pick(6, 'c.id')}",
        worked="'The opening question'",
        went_poorly="'Too little time for the second half'",
        next_step="'Send the agenda'",
        next_step_on=day(today, "7"),
        actual_minutes="30",
        saved_at="c.ends_at",
        filed_at="c.ends_at",
    )
    latest = f"b.filed_at >= {moment(day(today, str(CALLS_FROM)), '0')}"
    fill(
        DebriefReview,
        "coaching_debrief b "
        f"JOIN people_user u ON u.id = b.rep_id WHERE NOT ({latest} AND {pick(2, 'b.id')} = 0)",
        debrief_id="b.id",
        score=f"3 + {pick(7, 'b.id', 1)}",
        modify="'Ask about the decision first'",
        at="b.filed_at",
        by_id="u.reports_to_id",
    )
    Debrief.objects.filter(review__isnull=False).update(reviewed_at=F("filed_at"))


def make_proposals() -> None:
    """One for every third deal, three weeks after it was opened."""
    fill(
        pipeline.Proposal,
        "pipeline_opportunity d WHERE d.id % 3 = 0",
        opportunity_id="d.id",
        owner_id="d.owner_id",
        title="'Offer'",
        sent_on=day("d.opened_on", "21"),
        amount="d.amount",
    )


def make_agreements(shape: Shape, today: date) -> None:
    """Three open ones for each rep, due about now."""
    fill(
        Agreement,
        f"{numbers(3)} CROSS JOIN people_user u WHERE u.id >= {shape.first_rep}",
        text="'Ask for the CFO in the next three calls'",
        owner_id="u.id",
        agreed_with_id="u.reports_to_id",
        agreed_at=moment(day(today, "-7")),
        due_on=day(today, "n.i * 3 - 2"),
    )
