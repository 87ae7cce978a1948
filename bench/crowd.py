"""An organisation for the metrics: so many reps, with so many events behind them in three years.

Reps see customers on some days, four on each of them.

Teams of ten, ten teams under a director, and so on up to an executive. An event is a row that is
counted: of each call the call itself, who was there, its plan, a commitment, the debrief and its
review; for every second call a deal that was opened and a proposal that was sent.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.contrib.auth.hashers import make_password
from django.db import transaction

from bench.bulk import unguarded
from bench.fill import day, fill, moment, numbers, one_of, pick
from coaching.models import CallPlan, Debrief, DebriefReview, PlanLine
from lib.calendar import EARLIEST
from metrics.models import Metric, Ramp, Target
from people import reporting_line
from people.models import Absence, Organisation, Team, TeamMembership, User
from pipeline import models as pipeline

TEN = 10  # reps of a team, teams of a director, and so on
REPS = 10_000
OF_CALL, OF_DEAL = 6, 2  # events
WORKDAYS = 780  # three years
ACCOUNTS_EACH = 10
CALLS_A_DAY, DEALS_A_DAY = 4, 2
OPEN_DAYS = 60  # of a deal, until it is won or lost
AMOUNTS = (5, 4, 3, 2, 4, 1, 40_000)  # of the chain in its order, to be reached in a period
RAMP = [0, 25, 50, 75]
FIRST_REP = 3  # 1 is the administrator, 2 the executive


def generate_crowd(reps: int, events: int, today: date) -> None:
    """Fills an empty database."""
    calls = events * 2 // (2 * OF_CALL + OF_DEAL)
    with transaction.atomic():
        make_people(reps, today)
        make_moves(reps, today)
        make_absences(today)
        make_targets()
    written = [pipeline.Account, pipeline.Contact, pipeline.Opportunity, pipeline.Proposal]
    written += [pipeline.Call, pipeline.CallAttendee, CallPlan, PlanLine, Debrief, DebriefReview]
    with unguarded(written):
        make_accounts(reps)
        make_deals(reps, calls // 2, today)
        make_calls(reps, calls, today)
        make_coaching()


def make_people(reps: int, today: date) -> None:
    """The tree, from the teams up; one rep in twenty is new."""
    Organisation.current()
    password = make_password(None)
    people: list[User] = []

    def add(role: str, number: int) -> User:
        person = User(id=len(people) + 1, email=f"{role}{number}@bench.example")
        person.name, person.password = f"{role.title()} {number}", password
        person.is_administrator = role == "administrator"
        person.search_text = f"{person.name} {person.email}".lower()
        person.joined_on = today - timedelta(days=1_500)
        people.append(person)
        return person

    add("administrator", 0), add("executive", 0)
    for n in range(reps):
        if n % 20 == 3:
            add("rep", n).joined_on = today - timedelta(days=10 + n % 200)
        else:
            add("rep", n)
    sizes = level_sizes(reps)
    managers = [[add("manager", n) for n in range(sizes[0])]]
    managers += [[add(f"director{level}-", n) for n in range(k)] for level, k in tiers(sizes)]
    managers.append([people[1]])
    User.objects.bulk_create(people, batch_size=500)
    make_teams(reps, sizes, managers)
    reporting_line.rebuild(today)


def tiers(sizes: list[int]) -> list[tuple[int, int]]:
    """Levels between the teams of reps and the top, and how many teams each has."""
    return [(level, k) for level, k in enumerate(sizes) if 0 < level < len(sizes) - 1]


def level_sizes(reps: int) -> list[int]:
    """How many teams each level has, from the teams of reps up to the one at the top."""
    sizes = [-(-reps // TEN)]
    while sizes[-1] > 1:
        sizes.append(-(-sizes[-1] // TEN))
    return sizes


def team_name(level: int, number: int) -> str:
    """That of one over so many reps."""
    return f"{TEN ** (level + 1):,} reps, {number}"


def make_teams(reps: int, sizes: list[int], managers: list[list[User]]) -> None:
    above: list[Team] = []
    for level in reversed(range(len(sizes))):
        above = Team.objects.bulk_create(
            Team(
                name=team_name(level, n),
                parent=above[n // TEN] if above else None,
                manager=managers[level][n],
            )
            for n in range(sizes[level])
        )
    for n, team in enumerate(above):
        first = FIRST_REP + n * TEN
        User.objects.filter(pk__gte=first, pk__lt=min(first + TEN, FIRST_REP + reps)).update(
            team=team
        )


def make_moves(reps: int, today: date) -> None:
    """One rep in fifty came from the next team in the last three months."""
    moved = {FIRST_REP + n: today - timedelta(days=5 + n % 85) for n in range(7, reps, 50)}
    stays = TeamMembership.objects.filter(person__in=moved)
    teams = sorted(
        set(TeamMembership.objects.filter(person_id__gte=3).values_list("team", flat=True))
    )
    following = dict(zip(teams, [*teams[1:], teams[0]], strict=True))
    former = []
    for stay in stays:
        last = moved[stay.person_id] - timedelta(days=1)
        former.append(
            TeamMembership(
                person_id=stay.person_id,
                team_id=following[stay.team_id],
                first_day=EARLIEST,
                last_day=last,
            )
        )
        stay.first_day = moved[stay.person_id]
    TeamMembership.objects.bulk_update(stays, ["first_day"])
    TeamMembership.objects.bulk_create(former)


def make_absences(today: date) -> None:
    """A week every twenty weeks: one in twenty is away on any day of the last year."""
    fill(
        Absence,
        f"{numbers(4)} CROSS JOIN people_user u WHERE u.id >= {FIRST_REP}",
        user_id="u.id",
        first_day=day(today, "-140 * n.i - 7 * (u.id % 20)"),
        last_day=day(today, "-140 * n.i - 7 * (u.id % 20) + 6"),
    )


def make_targets() -> None:
    """For everybody, with a ramp; higher ones for some teams, and three hundred people's own."""
    now = datetime.now().astimezone()
    ramp = Ramp.add(name="First months", percents=RAMP)
    targets = []
    for metric, amount in zip(Metric.objects.chain(), AMOUNTS, strict=True):
        common = {"metric": metric, "set_at": now}
        targets.append(Target(amount=amount, ramp=ramp, **common))
        some = Team.objects.filter(children=None).order_by("pk")[::50]
        targets += [Target(amount=amount * Decimal("1.5"), team=team, **common) for team in some]
        if metric.place == 1:
            own = User.objects.filter(team__isnull=False).order_by("pk")[::34]
            targets += [Target(amount=amount + 1, person=person, **common) for person in own]
    Target.objects.bulk_create(targets)


def make_accounts(reps: int) -> None:
    fill(
        pipeline.Account,
        numbers(reps * ACCOUNTS_EACH),
        id="n.i + 1",
        name="'Account ' || n.i",
        name_key="'account ' || n.i",
        owner_id=f"{FIRST_REP} + n.i % {reps}",
        search_text="'account ' || n.i",
    )
    fill(
        pipeline.Contact,
        numbers(reps * ACCOUNTS_EACH),
        id="n.i + 1",
        account_id="n.i + 1",
        name="'Contact ' || n.i",
        search_text="'contact ' || n.i",
    )


def workday(number: str, count: int, today: date) -> str:
    """The day of one of so many things that happened one after the other; the last are today's.

    `number` is an expression of the thing's place, from 0 on.
    """
    monday = today - timedelta(days=today.weekday() + 7 * (WORKDAYS // 5))
    nth = f"(CAST({number} AS bigint) * {WORKDAYS} / {count})"
    late = f"{nth} >= {WORKDAYS - 1}"
    days = f"CAST({nth} / 5 * 7 + {nth} % 5 AS integer)"
    return f"CASE WHEN {late} THEN {day(today)} ELSE {day(monday, days)} END"


def account(number: str, place: str, reps: int) -> str:
    """One of the rep's own."""
    return f"({place} % {reps} + {reps} * ({number} % {ACCOUNTS_EACH}) + 1)"


def make_deals(reps: int, deals: int, today: date) -> None:
    """Open for two months, then half of them are won."""
    stage = pipeline.Stage.objects.earliest("order").pk
    place = f"d.i / {DEALS_A_DAY}"
    opened = workday(f"(n.i / {DEALS_A_DAY})", deals // DEALS_A_DAY, today)
    source = f"(SELECT n.i, {opened} AS opened FROM {numbers(deals)}) d"
    closed = f"d.opened <= {day(today, str(-OPEN_DAYS))}"
    outcome = "CASE WHEN d.i / 3 % 2 = 0 THEN 'won' ELSE 'lost' END"
    owner = f"{FIRST_REP} + {place} % {reps}"
    fill(
        pipeline.Opportunity,
        source,
        id="d.i + 1",
        name="'Deal ' || d.i",
        account_id=account("d.i", place, reps),
        owner_id=owner,
        opening_owner_id=owner,
        closing_owner_id=f"CASE WHEN {closed} THEN {owner} ELSE NULL END",
        stage_id=str(stage),
        stage_since="d.opened",
        opened_on="d.opened",
        status=f"CASE WHEN {closed} THEN {outcome} ELSE 'open' END",
        amount=f"1000 + {pick(90_000, 'd.i', 8)}",
        close_date=day("d.opened", str(OPEN_DAYS)),
        closed_on=f"CASE WHEN {closed} THEN {day('d.opened', str(OPEN_DAYS))} ELSE NULL END",
        search_text="'deal ' || d.i",
    )
    fill(
        pipeline.Proposal,
        "pipeline_opportunity d",
        opportunity_id="d.id",
        owner_id="d.owner_id",
        title="'Offer'",
        sent_on=f"CASE WHEN {day('d.opened_on', '20')} > {day(today)} THEN d.opened_on "
        f"ELSE {day('d.opened_on', '20')} END",
    )


def make_calls(reps: int, calls: int, today: date) -> None:
    """All of them were held."""
    place = f"c.i / {CALLS_A_DAY}"
    held = workday(f"(n.i / {CALLS_A_DAY})", calls // CALLS_A_DAY, today)
    source = f"(SELECT n.i, {held} AS held FROM {numbers(calls)}) c"
    begins = f"480 + 120 * (c.i % {CALLS_A_DAY}) + 30 * {pick(3, 'c.i')}"
    fill(
        pipeline.Call,
        source,
        id="c.i + 1",
        owner_id=f"{FIRST_REP} + {place} % {reps}",
        account_id=account("c.i", place, reps),
        kind=one_of(["prospecting", "interview", "presentation", "negotiation"], "c.i", 3),
        starts_at=moment("c.held", begins),
        ends_at=moment("c.held", f"{begins} + 30"),
        planned_minutes="30",
        status="'held'",
        actual_minutes="30",
        status_at=moment("c.held", f"{begins} + 40"),
    )


def make_coaching() -> None:
    """Each call was planned the day before, debriefed and reviewed."""
    fill(pipeline.CallAttendee, "pipeline_call c", call_id="c.id", contact_id="c.account_id")
    fill(
        CallPlan,
        "pipeline_call c",
        id="c.id",
        call_id="c.id",
        rep_id="c.owner_id",
        state="'good'",
        timeliness=f"CASE WHEN {pick(5, 'c.id')} = 0 THEN 'late' ELSE 'on_time' END",
        filed_at=earlier("c.starts_at"),
        submitted_at=earlier("c.starts_at"),
    )
    fill(
        PlanLine,
        "pipeline_call c",
        plan_id="c.id",
        part="'commitments'",
        text="'A meeting with the CFO'",
        outcome=f"CASE WHEN {pick(3, 'c.id')} = 0 THEN 'no' ELSE 'yes' END",
    )
    fill(
        Debrief,
        "pipeline_call c",
        id="c.id",
        call_id="c.id",
        rep_id="c.owner_id",
        score=f"4 + {pick(6, 'c.id')}",
        filed_at="c.ends_at",
        reviewed_at="c.ends_at",
    )
    score = f"3 + {pick(7, 'c.id', 1)}"
    reviewed = {"debrief_id": "c.id", "score": score, "at": "c.ends_at", "by_id": "2"}
    fill(DebriefReview, "pipeline_call c", **reviewed)


def earlier(moment_of: str) -> str:
    """A day before."""
    from bench.fill import is_postgres

    return (
        f"{moment_of} - interval '1 day'" if is_postgres() else f"datetime({moment_of}, '-1 day')"
    )
