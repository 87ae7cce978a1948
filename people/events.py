"""What is told of people: to whom, see `visible_to` of each; which fields, see here."""

from lib.events import Subject
from people.models import Absence, Holiday, Organisation, Team, User

GROUP = "People"
SUBJECTS = [
    Subject(
        User,
        "user",
        "users",
        ("name", "team", "is_administrator", "is_active", "joined_on", "left_on"),
        {
            "added": "Somebody was added.",
            "changed": "Name, team, rights or first day of somebody changed.",
            "deactivated": "Somebody's access ended.",
            "activated": "Somebody may sign in again.",
        },
        name="name",
        group=GROUP,
    ),
    Subject(
        Team,
        "team",
        "teams",
        ("name", "parent", "manager"),
        {
            "added": "A team was made.",
            "changed": "A team got another name, place or manager.",
            "removed": "A team was removed.",
        },
        name="name",
        group=GROUP,
    ),
    Subject(
        Absence,
        "absence",
        "absences",
        ("user", "first_day", "last_day"),
        {"recorded": "Somebody will be away.", "withdrawn": "An absence was taken back."},
        group=GROUP,
    ),
    Subject(
        Holiday,
        "holiday",
        "holidays",
        ("day",),
        {"added": "A day became a holiday."},
        group=GROUP,
    ),
    Subject(
        Organisation,
        "organisation",
        "organisation/",
        (
            "name",
            "time_zone",
            "week_start",
            "fiscal_year_start",
            "currency",
            "managers_manager_reads_reviews",
        ),
        {"changed": "Calendar, currency or rules of the organisation changed."},
        name="name",
        group=GROUP,
        visible_to=lambda user: Organisation.objects.all(),
    ),
]
