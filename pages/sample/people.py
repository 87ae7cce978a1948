"""Who works in the sample organisation."""

from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from people import reporting_line
from people.models import Organisation, Team, User

PASSWORD = "touchline"  # noqa: S105 - printed at the start, for sample people only
DOMAIN = "sample.example"
ZONE = "Europe/Berlin"
TEAMS = {
    "Team North": (
        "Sam Okafor",
        ["Dana Whitfield", "Lee Tanaka", "Rosa Marín", "Piotr Nowak", "Amara Diallo"],
    ),
    "Team South": (
        "Ines Moreau",
        ["Otto Brandt", "Nadia Haddad", "Jonas Virtanen", "Chloe Fraser", "Marco Bianchi"],
    ),
}
TOP_TEAM = "Sales organisation"
EXECUTIVE, ADMINISTRATOR = "Eva Lindqvist", "Ada Byrne"
LOGINS = [
    ("Rep", "Dana Whitfield"),
    ("Manager", "Sam Okafor"),
    ("Executive", EXECUTIVE),
    ("Administrator", ADMINISTRATOR),
]


@dataclass(frozen=True)
class SampleTeam:
    """A manager and the reps under them."""

    manager: User
    reps: list[User]


def email_of(name: str) -> str:
    return f"{name.split()[0].lower()}@{DOMAIN}"


def load_people() -> list[SampleTeam]:
    """The executive, two teams and the administrator. All share one password, printed at start."""
    organisation = Organisation.current()
    organisation.name, organisation.time_zone = "Touchline sample organisation", ZONE
    organisation.save()
    hashed = make_password(PASSWORD)
    _person(ADMINISTRATOR, hashed, is_administrator=True)
    sales = Team.objects.create(name=TOP_TEAM, manager=_person(EXECUTIVE, hashed), is_sample=True)
    teams = [_team(name, sales, lead, reps, hashed) for name, (lead, reps) in TEAMS.items()]
    reporting_line.rebuild()
    for team in teams:
        for person in (team.manager, *team.reps):
            person.refresh_from_db()
    return teams


def _team(name: str, parent: Team, lead: str, reps: list[str], hashed: str) -> SampleTeam:
    manager = _person(lead, hashed)
    team = Team.objects.create(name=name, parent=parent, manager=manager, is_sample=True)
    return SampleTeam(manager, [_person(rep, hashed, team=team) for rep in reps])


def _person(name: str, hashed: str, **fields: object) -> User:
    user = User(
        name=name, email=email_of(name), time_zone=ZONE, password=hashed, is_sample=True, **fields
    )
    user.full_clean(exclude=["password"])
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user
