"""What programs are told of alerts: by alerts/telling.py, to whoever heard of them."""

from alerts.models import Alert
from lib.events import Subject

SUBJECTS = [
    Subject(
        Alert,
        "alert",
        "alerts",
        (),
        {
            "opened": "You were told of an alert in the app.",
            "closed": "An alert that you had been told of ended by itself.",
        },
        group="Alerts",
    )
]
