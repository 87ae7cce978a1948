"""What is counted, what it is held against, and what was judged."""

from metrics.models.metric_count import MetricCount, PostedMeasure

from metrics.models.metric import Metric  # isort: skip
from metrics.models.checkpoint import Checkpoint, CheckpointDay, Foretelling, TallyCheck
from metrics.models.ramp import Ramp
from metrics.models.tally import DailyTally, TeamTally
from metrics.models.target import Target
from metrics.models.touch import Touch

__all__ = [
    "Checkpoint",
    "CheckpointDay",
    "DailyTally",
    "Foretelling",
    "Metric",
    "MetricCount",
    "PostedMeasure",
    "Ramp",
    "TallyCheck",
    "Target",
    "TeamTally",
    "Touch",
]
