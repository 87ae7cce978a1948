"""What is told of coaching: that it happened, by whom and when. What was written never is."""

from coaching.models import CallPlan, Debrief, DebriefReview, HelpRequest, Inspection
from lib.events import Subject

COACHING, HELP = "Coaching", "Help"
SUBJECTS = [
    Subject(
        CallPlan,
        "call_plan",
        "call-plans",
        ("call", "rep", "state", "timeliness", "filed_at", "submitted_at", "to_inspect"),
        {"filed": "A pre-call plan was filed."},
        group=COACHING,
    ),
    Subject(
        Inspection,
        "inspection",
        "inspections",
        ("plan", "verdict", "part"),
        {"given": "A manager answered a plan."},
        group=COACHING,
    ),
    Subject(
        Debrief,
        "debrief",
        "debriefs",
        ("call", "rep", "as_prepared", "score", "next_step_on", "actual_minutes", "filed_at"),
        {"filed": "A debrief was filed."},
        group=COACHING,
    ),
    Subject(
        DebriefReview,
        "debrief_review",
        "",
        ("debrief", "score"),
        {"given": "A manager reviewed a debrief."},
        group=COACHING,
    ),
    Subject(
        HelpRequest,
        "help_request",
        "help-requests",
        (
            "opportunity",
            "asked_by",
            "asked_of",
            "kind",
            "contact",
            "call",
            "wanted_on",
            "origin",
            "was_stalled",
            "state",
            "asked_at",
            "accepted_at",
            "answered_at",
            "answered_by",
            "seen_at",
        ),
        {
            "asked": "A rep asked for help with a deal.",
            "stepped_in": "A manager helps unasked.",
            "accepted": "A manager will help.",
            "done": "A manager has helped.",
            "declined": "A manager will not help.",
            "withdrawn": "Help is no longer needed.",
            "restored": "An answer to a request for help was taken back.",
            "acknowledged": "A rep has read the answer.",
        },
        group=HELP,
    ),
]
