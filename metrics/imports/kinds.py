"""The kinds of files that hold what people are to reach and what other systems counted."""

from metrics.imports.counts import CountWriter
from metrics.imports.references import Metrics, PostedMeasures, Ramps
from metrics.imports.targets import TargetWriter
from metrics.models.metric_count import MOST
from pipeline.imports.kinds import AMOUNT, DATE, INTEGER, PERSON, TEAM, Field, Kind
from pipeline.imports.registry import register

METRIC, RAMP, MEASURE = "metric", "ramp", "measure"

TARGETS = Kind(
    "targets",
    "Targets",
    "amount",
    (
        Field("metric", "Metric", METRIC, "metric name,kpi"),
        Field("person", "Person", PERSON, "rep name,sales agent,rep,agent,owner,employee,name"),
        Field("team", "Team", TEAM, "team name,group"),
        Field("amount", "Amount", AMOUNT, "target,quota,goal,value", required=True),
        Field("period", "Period (any day of it)", DATE, "month,quarter,week,fiscal year,year"),
        Field("first_day", "First day", DATE, "from,valid from,start,start date,begin"),
        Field("last_day", "Last day", DATE, "to,until,valid to,end,end date"),
        Field("ramp", "Ramp table", RAMP, "ramp table,ramp name"),
    ),
    help=(
        "When no column goes to the metric, the ultimate metric is meant. Without a person and a "
        "team a row is for everybody. The amount is for each person, per period of the metric. A "
        "“period” is any day of a period of the metric, so that 2022-01-01 is January for a metric "
        "counted by month and the whole quarter for one counted by quarter; give that, or a first "
        "and a last day, or no day for always."
    ),
)
METRIC_COUNTS = Kind(
    "metric_counts",
    "Counts of other systems",
    "day",
    (
        Field("source", "Source", known_as="system,origin", required=True, most=50),
        Field(
            "person", "Person", PERSON, "rep name,sales agent,rep,agent,user,name", required=True
        ),
        Field("measure", "Measure", MEASURE, "measure name,metric,kind,activity", required=True),
        Field("day", "Day", DATE, "date,on", required=True),
        Field("count", "Count", INTEGER, "number,total,value", required=True, most=MOST),
    ),
    help=(
        "A measure is one of the posted measures of the settings, by either of its names. The same "
        "source, person, measure and day again replaces the count; different sources add up."
    ),
)


def make_known() -> None:
    """Let these files be imported."""
    register(TARGETS, TargetWriter, {METRIC: Metrics, RAMP: Ramps})
    register(METRIC_COUNTS, CountWriter, {MEASURE: PostedMeasures})
