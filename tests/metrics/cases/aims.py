"""What is to be reached: set-ups with days, and what one works out with a calendar and a pencil.

Unless a case says otherwise it is about the week of Monday 16 to Sunday 22 November 2026, a metric
that counts by the week with a target of 10 for all (2 a working day), and Rosa of team North, which
lies with South under Sales; East lies under North. Each is asked for what stands after Wednesday.
"""

from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction

from tests.metrics.cases import d
from tests.support.aims_by_hand import EVER, NEVER, Goal, Somebody, World

TREE = {"Sales": "", "North": "Sales", "South": "Sales", "East": "North"}
NORTH = (("North", EVER, NEVER),)
WEEK = (d("2026-11-16"), d("2026-11-22"))
WEDNESDAY = d("2026-11-18")
F = Fraction


@dataclass(frozen=True)
class Case:
    """`expected` is the whole target, what is due, and working days gone and in all.

    `asked` is "Rosa", "team North", or "Rosa in North".
    """

    what: str
    expected: tuple[Fraction | int | None, Fraction | int, int, int]
    world: World
    span: tuple[date, date] = WEEK
    day: date = WEDNESDAY
    asked: str = "Rosa"
    loaded: tuple[date, date] | None = None  # the days that were read; the span unless said


@dataclass(frozen=True)
class Setting:
    """Makes the world of a case from what is special in it."""

    goals: tuple[Goal, ...] = (Goal(F(10)),)
    others: dict[str, Somebody] = field(default_factory=dict)
    period: str = "week"
    year_start: int = 1
    week_start: int = 0
    is_ratio: bool = False

    def world(self, rosa: Somebody = Somebody(NORTH), off: str = "") -> World:  # noqa: B008
        return World(
            people={"Rosa": rosa, **self.others},
            goals=self.goals,
            holidays=frozenset(map(d, off.split())),
            above=TREE,
            period=self.period,
            week_start=self.week_start,
            year_start=self.year_start,
            is_ratio=self.is_ratio,
        )


WEEKLY = Setting()


def away(*spans: str) -> Somebody:
    """Rosa, away on days ("2026-11-16") or from one to another ("2026-11-16:2026-11-18")."""
    days = [(each.split(":")[0], each.split(":")[-1]) for each in spans]
    return Somebody(NORTH, tuple((d(first), d(last)) for first, last in days))


def here(joined: str = "", left: str = "") -> Somebody:
    return Somebody(NORTH, joined=d(joined) if joined else None, left=d(left) if left else None)


def goal(amount: int, of: str = "", first: str = "", last: str = "", ramp: str = "") -> Goal:
    """`of` is a team, or Rosa."""
    return Goal(
        F(amount),
        team=of if of in TREE else "",
        person=of if of not in TREE else "",
        first=d(first) if first else EVER,
        last=d(last) if last else NEVER,
        ramp=tuple(map(int, ramp.split())),
    )


def week_of(monday: str) -> tuple[date, date]:
    return d(monday), date.fromordinal(d(monday).toordinal() + 6)


FULL = WEEKLY.world()
DAYS = [
    Case("the Sunday before", (10, 0, 0, 5), FULL, day=d("2026-11-15")),
    Case("after Monday", (10, 2, 1, 5), FULL, day=d("2026-11-16")),
    Case("after Wednesday", (10, 6, 3, 5), FULL),
    Case("after Saturday", (10, 10, 5, 5), FULL, day=d("2026-11-21")),
    Case("after Sunday", (10, 10, 5, 5), FULL, day=d("2026-11-22")),
    Case("the week after it", (10, 10, 5, 5), FULL, day=d("2026-11-29")),
    Case("one day asked for", (2, 2, 1, 1), FULL, (WEDNESDAY, WEDNESDAY)),
    Case("a Saturday asked for", (0, 0, 0, 0), FULL, (d("2026-11-21"),) * 2),
]
HOLIDAYS = [
    Case("a Wednesday off", (8, 4, 2, 4), WEEKLY.world(off="2026-11-18")),
    Case("a Friday off", (8, 6, 3, 4), WEEKLY.world(off="2026-11-20")),
    Case("a Saturday off", (10, 6, 3, 5), WEEKLY.world(off="2026-11-21")),
    Case("off the week before", (10, 6, 3, 5), WEEKLY.world(off="2026-11-13")),
    Case("only Friday worked", (2, 0, 0, 1), WEEKLY.world(
        off="2026-11-16 2026-11-17 2026-11-18 2026-11-19")),
    Case("a week full of holidays", (0, 0, 0, 0), WEEKLY.world(
        off="2026-11-16 2026-11-17 2026-11-18 2026-11-19 2026-11-20")),
    Case("Christmas on a Friday, the day after on a Saturday", (8, 6, 3, 4), WEEKLY.world(
        off="2026-12-25 2026-12-26"), week_of("2026-12-21"), d("2026-12-23")),
    Case("New Year in the 53rd week", (8, 8, 4, 4), WEEKLY.world(off="2027-01-01"),
        week_of("2026-12-28"), d("2027-01-03")),
]  # fmt: skip
ABSENCES = [
    Case("Monday and Tuesday", (6, 2, 1, 3), WEEKLY.world(away("2026-11-16:2026-11-17"))),
    Case("over the beginning", (8, 4, 2, 4), WEEKLY.world(away("2026-11-12:2026-11-16"))),
    Case("over the end", (8, 6, 3, 4), WEEKLY.world(away("2026-11-20:2026-11-24"))),
    Case("over all of it", (0, 0, 0, 0), WEEKLY.world(away("2026-11-01:2026-12-31"))),
    Case("exactly all of it", (0, 0, 0, 0), WEEKLY.world(away("2026-11-16:2026-11-22"))),
    Case("the weekend", (10, 6, 3, 5), WEEKLY.world(away("2026-11-21:2026-11-22"))),
    Case("two of them", (6, 4, 2, 3), WEEKLY.world(away("2026-11-16", "2026-11-19"))),
    Case("three, one before", (6, 2, 1, 3),
        WEEKLY.world(away("2026-11-09:2026-11-13", "2026-11-17:2026-11-18", "2026-11-30"))),
    Case("with a holiday in it", (6, 2, 1, 3),
        WEEKLY.world(away("2026-11-17:2026-11-18"), off="2026-11-18")),
    Case("and a holiday beside it", (4, 2, 1, 2),
        WEEKLY.world(away("2026-11-17:2026-11-18"), off="2026-11-19")),
    Case("ended the day before", (10, 6, 3, 5), WEEKLY.world(away("2026-11-02:2026-11-15"))),
    Case("begins the day after", (10, 6, 3, 5), WEEKLY.world(away("2026-11-23:2026-11-30"))),
]  # fmt: skip
COMING_AND_GOING = [
    Case("joined on Wednesday", (6, 2, 1, 3), WEEKLY.world(here("2026-11-18"))),
    Case("joined on Monday", (10, 6, 3, 5), WEEKLY.world(here("2026-11-16"))),
    Case("joined on Friday", (2, 0, 0, 1), WEEKLY.world(here("2026-11-20"))),
    Case("joined on Saturday", (0, 0, 0, 0), WEEKLY.world(here("2026-11-21"))),
    Case("joins next week", (None, 0, 0, 0), WEEKLY.world(here("2026-11-23"))),
    Case("left on Tuesday", (4, 4, 2, 2), WEEKLY.world(here(left="2026-11-17"))),
    Case("left on Friday", (10, 6, 3, 5), WEEKLY.world(here(left="2026-11-20"))),
    Case("left the week before", (None, 0, 0, 0), WEEKLY.world(here(left="2026-11-13"))),
    Case("came and went", (6, 4, 2, 3), WEEKLY.world(here("2026-11-17", "2026-11-19"))),
    Case("joined during an absence", (4, 0, 0, 2), WEEKLY.world(
        replace(away("2026-11-16:2026-11-18"), joined=d("2026-11-17")))),
]  # fmt: skip

MONTHLY = Setting((goal(21),), period="month")
QUARTERLY = Setting((goal(66_000),), period="quarter")
NOVEMBER = (d("2026-11-01"), d("2026-11-30"))
FOURTH = (d("2026-10-01"), d("2026-12-31"))  # 22 + 21 + 23 weekdays
BETWEEN = Setting((goal(483),), period="month").world()  # 23 a day in November, 21 in December
NEW_YEAR = Setting((goal(66),), period="quarter")  # 1 a day, then 66/64
MID_NOVEMBER = d("2026-11-16")
PERIODS = [
    Case("a month of 21 days", (21, 11, 11, 21), MONTHLY.world(), NOVEMBER, MID_NOVEMBER),
    Case("its first week away", (17, 7, 7, 17), MONTHLY.world(away("2026-11-02:2026-11-05")),
        NOVEMBER, MID_NOVEMBER),
    Case("February, 20 days", (21, F("10.5"), 10, 20), MONTHLY.world(),
        (d("2026-02-01"), d("2026-02-28")), d("2026-02-13")),
    Case("a leap February, 21 days", (21, 20, 20, 21), MONTHLY.world(),
        (d("2028-02-01"), d("2028-02-29")), d("2028-02-28")),
    Case("a quarter of 66 days", (66_000, 33_000, 33, 66), QUARTERLY.world(), FOURTH,
        MID_NOVEMBER),
    Case("with three holidays", (63_000, 33_000, 33, 63), QUARTERLY.world(
        off="2026-12-24 2026-12-25 2026-12-26 2026-12-31"), FOURTH, MID_NOVEMBER),
    Case("a quarter's seen by the week", (5_000, 3_000, 3, 5), QUARTERLY.world()),
    Case("a quarter's seen by the month", (21_000, 11_000, 11, 21), QUARTERLY.world(),
        NOVEMBER, MID_NOVEMBER),
    Case("a week's seen by the month", (42, 22, 11, 21), FULL, NOVEMBER, MID_NOVEMBER),
    Case("a week's seen by the quarter", (132, 66, 33, 66), FULL, FOURTH, MID_NOVEMBER),
    Case("a month's seen by a week in two", (107, 44, 2, 5), BETWEEN, week_of("2026-11-30"),
        d("2026-12-01")),
    Case("a quarter's seen by the 53rd week", (F(161, 32), 4, 4, 5), NEW_YEAR.world(),
        week_of("2026-12-28"), d("2026-12-31")),
    Case("with New Year's day off", (4, 4, 4, 4), NEW_YEAR.world(off="2027-01-01"),
        week_of("2026-12-28"), d("2027-01-03")),
    Case("a fiscal year from April, 261 days, by the week", (50, 30, 3, 5),
        Setting((goal(2610),), period="fiscal_year", year_start=4).world()),
    Case("a calendar year of 261 days, by the week", (50, 30, 3, 5),
        Setting((goal(2610),), period="fiscal_year").world()),
    Case("a quarter from November, 65 days", (65, 11, 11, 65),
        Setting((goal(65),), period="quarter", year_start=2).world(),
        (d("2026-11-01"), d("2027-01-31")), MID_NOVEMBER),
    Case("weeks from Sunday", (10, 6, 3, 5), Setting(week_start=6).world(),
        (d("2026-11-15"), d("2026-11-21"))),
    Case("weeks from Thursday", (10, 10, 5, 5), Setting(week_start=3).world(),
        (d("2026-11-12"), d("2026-11-18"))),
    Case("the week in which clocks go forward", (10, 10, 5, 5), FULL, week_of("2026-03-23"),
        d("2026-03-29")),
]  # fmt: skip


def aimed(*goals: Goal, rosa: Somebody = Somebody(NORTH), **others: Somebody) -> World:  # noqa: B008
    return Setting(goals, others).world(rosa)


def stays(*each: str) -> Somebody:
    """ "North 2026-11-16 2026-11-17": in that team from day to day."""
    cells = [stay.split() for stay in each]
    return Somebody(tuple((team, d(first), d(last)) for team, first, last in cells))


FIVE, SALES, OF_NORTH = goal(5), goal(10, "Sales"), goal(15, "North")
ROSA = goal(20, "Rosa")
MOVED = stays("North 2020-01-01 2026-11-17", "South 2026-11-18 2199-12-31")
GAP = stays("North 2020-01-01 2026-11-16", "South 2026-11-18 2199-12-31")
TARGETS = [
    Case("none at all", (None, 0, 3, 5), aimed()),
    Case("another one's", (None, 0, 3, 5), aimed(goal(20, "Otto"), Otto=Somebody(NORTH))),
    Case("for all", (5, 3, 3, 5), aimed(FIVE)),
    Case("of the upper team before all", (10, 6, 3, 5), aimed(FIVE, SALES)),
    Case("of the team before the upper one", (15, 9, 3, 5), aimed(FIVE, SALES, OF_NORTH)),
    Case("her own before the team's", (20, 12, 3, 5), aimed(FIVE, SALES, OF_NORTH, ROSA)),
    Case("her own of nothing", (0, 0, 3, 5), aimed(FIVE, SALES, OF_NORTH, goal(0, "Rosa"))),
    Case("of a team two above", (10, 6, 3, 5),
        aimed(FIVE, SALES, rosa=Somebody((("East", EVER, NEVER),)))),
    Case("of the nearest above", (15, 9, 3, 5),
        aimed(FIVE, SALES, OF_NORTH, rosa=Somebody((("East", EVER, NEVER),)))),
    Case("of a team beside", (10, 6, 3, 5), aimed(FIVE, SALES, goal(30, "South"))),
    Case("of a team below", (10, 6, 3, 5), aimed(FIVE, SALES, goal(30, "East"))),
    Case("in no team, for all", (5, 3, 3, 5), aimed(FIVE, SALES, rosa=Somebody())),
    Case("in no team, her own", (20, 12, 3, 5), aimed(FIVE, ROSA, rosa=Somebody())),
    Case("in no team, none for all", (None, 0, 3, 5), aimed(SALES, rosa=Somebody())),
    Case("leads people: not what is for all", (None, 0, 3, 5),
        aimed(FIVE, SALES, rosa=Somebody(NORTH, leads=True))),
    Case("leads people: her own", (20, 12, 3, 5),
        aimed(FIVE, SALES, ROSA, rosa=Somebody(NORTH, leads=True))),
    Case("raised on Wednesday", (16, 8, 3, 5),
        aimed(goal(10, last="2026-11-17"), goal(20, first="2026-11-18"))),
    Case("begins on Thursday", (4, 0, 3, 5), aimed(goal(10, first="2026-11-19"))),
    Case("ended on Tuesday", (4, 4, 3, 5), aimed(goal(10, last="2026-11-17"))),
    Case("ended last week", (None, 0, 3, 5), aimed(goal(10, last="2026-11-13"))),
    Case("ended last week, that was read as well", (None, 0, 3, 5),
        aimed(goal(10, last="2026-11-13")), loaded=(d("2026-11-01"), d("2026-11-30"))),
    Case("on a weekend only", (None, 0, 3, 5),
        aimed(goal(10, first="2026-11-21", last="2026-11-22"))),
    Case("while she was away only", (None, 0, 1, 3),
        aimed(goal(10, last="2026-11-17"), rosa=away("2026-11-16:2026-11-17"))),
    Case("her own on Wednesday, else the team's", (16, 10, 3, 5),
        aimed(OF_NORTH, goal(20, "Rosa", "2026-11-18", "2026-11-18"))),
    Case("the team's until Tuesday, then for all", (9, 7, 3, 5),
        aimed(FIVE, goal(15, "North", last="2026-11-17"))),
]  # fmt: skip
MOVES = [
    Case("her own is of both teams", (12, 8, 3, 5), aimed(OF_NORTH, SALES, rosa=MOVED)),
    Case("the days in North", (6, 6, 2, 2), aimed(OF_NORTH, SALES, rosa=MOVED),
        asked="Rosa in North"),
    Case("the days in South", (6, 2, 1, 3), aimed(OF_NORTH, SALES, rosa=MOVED),
        asked="Rosa in South"),
    Case("the days in either", (12, 8, 3, 5), aimed(OF_NORTH, SALES, rosa=MOVED),
        asked="Rosa in Sales"),
    Case("North has her part", (6, 6, 2, 2), aimed(OF_NORTH, SALES, rosa=MOVED),
        asked="team North"),
    Case("South has the rest", (6, 2, 1, 3), aimed(OF_NORTH, SALES, rosa=MOVED),
        asked="team South"),
    Case("what is over both has all", (12, 8, 3, 5), aimed(OF_NORTH, SALES, rosa=MOVED),
        asked="team Sales"),
    Case("her own target goes with her", (12, 4, 1, 3), aimed(OF_NORTH, ROSA, rosa=MOVED),
        asked="team South"),
    Case("a day between teams has what is for all", (13, 7, 3, 5),
        aimed(FIVE, OF_NORTH, goal(15, "South"), rosa=GAP)),
    Case("a day between teams is no team's", (12, 6, 2, 4),
        aimed(FIVE, OF_NORTH, goal(15, "South"), rosa=GAP), asked="team Sales"),
    Case("moved over the weekend", (15, 9, 3, 5), aimed(OF_NORTH, SALES, rosa=stays(
        "South 2020-01-01 2026-11-14", "North 2026-11-15 2199-12-31"))),
    Case("the team she left on Saturday", (None, 0, 0, 0), aimed(OF_NORTH, SALES, rosa=stays(
        "South 2020-01-01 2026-11-14", "North 2026-11-15 2199-12-31")), asked="team South"),
    Case("from a team with a target to one without", (6, 6, 3, 5), aimed(OF_NORTH, rosa=MOVED)),
    Case("a week after that", (None, 0, 3, 5), aimed(OF_NORTH, rosa=MOVED), week_of("2026-11-23"),
        d("2026-11-25"), loaded=(d("2026-11-01"), d("2026-11-30"))),
    Case("away while in North, moved on without a target", (None, 0, 1, 3),
        aimed(OF_NORTH, rosa=replace(MOVED, away=((d("2026-11-16"), d("2026-11-17")),)))),
]  # fmt: skip

OTTO_AWAY = Somebody(NORTH, ((d("2026-11-16"), d("2026-11-17")),))
IN_SOUTH = Somebody((("South", EVER, NEVER),))
TEAMS = [
    Case("two, one away", (16, 8, 4, 8), aimed(goal(10), Otto=OTTO_AWAY), asked="team North"),
    Case("two, one with more", (30, 18, 6, 10), aimed(goal(10), ROSA, Otto=Somebody(NORTH)),
        asked="team North"),
    Case("somebody of another team", (10, 6, 3, 5), aimed(goal(10), Otto=IN_SOUTH),
        asked="team North"),
    Case("rolled up", (25, 15, 6, 10), aimed(SALES, OF_NORTH, Otto=IN_SOUTH), asked="team Sales"),
    Case("somebody in no team", (10, 6, 3, 5), aimed(goal(10), Otto=Somebody()),
        asked="team Sales"),
    Case("one without a target", (15, 9, 6, 10), aimed(OF_NORTH, Otto=IN_SOUTH),
        asked="team Sales"),
    Case("one away with, one without a target", (None, 0, 3, 5),
        aimed(OF_NORTH, rosa=away("2026-11-16:2026-11-20"), Otto=IN_SOUTH), asked="team Sales"),
    Case("all away", (0, 0, 0, 0), aimed(goal(10), rosa=away("2026-11-16:2026-11-20")),
        asked="team North"),
    Case("nobody in it", (None, 0, 0, 0), aimed(goal(10)), asked="team South"),
    Case("its manager among them", (10, 6, 6, 10),
        aimed(goal(10), Otto=Somebody(NORTH, leads=True)), asked="team North"),
]  # fmt: skip


def ramped(joined: str, ramp: str = "50 75", amount: int = 10) -> World:
    return aimed(goal(amount, ramp=ramp), rosa=here(joined))


RAMPS = [
    Case("the second month", (F("7.5"), F("4.5"), 3, 5), ramped("2026-10-01")),
    Case("the first days", (2, 2, 2, 2), ramped("2026-10-01"), week_of("2026-09-28"),
        d("2026-10-04")),
    Case("a month on, mid-week", (F("6.5"), F("3.5"), 3, 5), ramped("2026-10-18")),
    Case("the end of the ramp, mid-week", (9, 5, 3, 5), ramped("2026-09-18")),
    Case("after the ramp", (10, 6, 3, 5), ramped("2026-08-01")),
    Case("long after it", (10, 6, 3, 5), ramped("2020-02-29")),
    Case("joined on a day we do not know", (10, 6, 3, 5), ramped("")),
    Case("nothing in the first month", (0, 0, 3, 5), ramped("2026-11-16", "0 50")),
    Case("nothing, then half of it", (3, 1, 3, 5), ramped("2026-10-18", "0 50")),
    Case("joined on the 31st: February's last day", (7, F("2.5"), 2, 5), ramped("2028-01-31"),
        week_of("2028-02-28"), d("2028-02-29")),
    Case("joined on the 31st: before that", (5, 5, 5, 5), ramped("2026-01-31"),
        week_of("2026-02-23"), d("2026-03-01")),
    Case("joined on the 31st: in March", (F("7.5"), F("7.5"), 5, 5), ramped("2026-01-31"),
        week_of("2026-03-02"), d("2026-03-08")),
    Case("joined on the 31st: that of March", (F("9.5"), F("3.5"), 2, 5), ramped("2026-01-31"),
        week_of("2026-03-30"), d("2026-03-31")),
    Case("the longest there is, 36 months", (8, 4, 3, 5), ramped("2023-11-18", "50 " * 36)),
    Case("with an absence and a holiday", (F("4.5"), F("3"), 2, 3),
        Setting((goal(10, ramp="50 75"),)).world(
            replace(away("2026-11-16"), joined=d("2026-10-01")), off="2026-11-19")),
    Case("of a month, ten days at 50 %", (16, 6, 11, 21),
        Setting((goal(21, ramp="50"),), period="month").world(here("2026-10-16")),
        NOVEMBER, d("2026-11-16")),
    Case("only the target with a ramp has one", (F("11"), F("5"), 3, 5), aimed(
        goal(10, last="2026-11-17", ramp="50"), goal(15, first="2026-11-18"),
        rosa=here("2026-10-20"))),
]  # fmt: skip

RATIO = Setting((goal(80),), period="month", is_ratio=True)
CHANGED = replace(
    RATIO, goals=(goal(80, last="2026-11-18"), goal(90, first="2026-11-19"), goal(70, "South"))
)
RATIOS = [
    Case("is not shared out", (80, 80, 3, 5), RATIO.world()),
    Case("is the same over the month", (80, 80, 11, 21), RATIO.world(), NOVEMBER, MID_NOVEMBER),
    Case("is not made less by holidays", (80, 80, 2, 4), RATIO.world(off="2026-11-18")),
    Case("nor by a ramp", (80, 80, 3, 5),
        replace(RATIO, goals=(goal(80, ramp="50 75"),)).world(here("2026-10-01"))),
    Case("after she left, that of her last day", (80, 80, 1, 1),
        CHANGED.world(here(left="2026-11-16")), day=d("2026-11-22")),
    Case("before she comes, that of her first day", (90, 90, 0, 1),
        CHANGED.world(here("2026-11-20")), day=d("2026-11-17")),
    Case("away all week", (80, 80, 0, 0), RATIO.world(away("2026-11-16:2026-11-20"))),
    Case("that of the day", (80, 80, 3, 5), CHANGED.world()),
    Case("that of a later day", (90, 90, 5, 5), CHANGED.world(), day=d("2026-11-22")),
    Case("of a team, that which is nearest to it", (70, 70, 3, 5),
        replace(CHANGED, others={"Otto": IN_SOUTH}).world(), asked="team South"),
    Case("of a team with people of two", (80, 80, 6, 10),
        replace(CHANGED, others={"Otto": IN_SOUTH}).world(), asked="team Sales"),
    Case("where nothing is aimed at", (None, 0, 3, 5), replace(RATIO, goals=()).world()),
]  # fmt: skip

TABLES = {
    "days": DAYS,
    "holidays": HOLIDAYS,
    "absences": ABSENCES,
    "coming and going": COMING_AND_GOING,
    "periods": PERIODS,
    "targets": TARGETS,
    "moves": MOVES,
    "teams": TEAMS,
    "ramps": RAMPS,
    "ratios": RATIOS,
}
