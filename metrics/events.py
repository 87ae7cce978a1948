"""What is told of metrics and targets."""

from lib.events import Subject
from metrics.models import Metric, PostedMeasure, Ramp, Target

GROUP = "Metrics"
SUBJECTS = [
    Subject(
        Metric,
        "metric",
        "metrics",
        ("label", "measure", "role", "place", "period", "retired_on"),
        {
            "added": "The organisation goes by one more metric.",
            "changed": "A metric got another name or place.",
            "retired": "The organisation goes by a metric no longer.",
            "restored": "A retired metric is in use again.",
        },
        name="label",
        group=GROUP,
    ),
    Subject(
        Target,
        "target",
        "targets",
        ("metric", "team", "person", "first_day", "last_day", "amount", "ramp"),
        {"set": "A target was set.", "ended": "A target was ended."},
        group=GROUP,
    ),
    Subject(
        Ramp,
        "ramp_table",
        "ramp-tables",
        ("name", "percents"),
        {
            "added": "A ramp table was made.",
            "changed": "A ramp table changed.",
            "removed": "A ramp table was removed.",
        },
        name="name",
        group=GROUP,
    ),
    Subject(
        PostedMeasure,
        "posted_measure",
        "posted-measures",
        ("name", "label", "unit", "direction"),
        {"added": "A posted measure was added.", "changed": "A posted measure changed."},
        name="label",
        group=GROUP,
    ),
]
