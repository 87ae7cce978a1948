"""Who reports to whom. Derived from the tree of teams, kept on `User.reports_to`.

A person reports to their team's manager; the manager of that very team, and anyone whose team has
no manager, to the next one up the tree. Somebody in no team who leads one reports to the manager
above the team they lead.
"""

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

if TYPE_CHECKING:
    from people.models import Team, User

# The anchor comes from the table: PostgreSQL would take a bare parameter for a wider integer.
BELOW = (
    "WITH RECURSIVE line(id) AS (SELECT id FROM people_user WHERE id = %s UNION "
    "SELECT person.id FROM people_user person JOIN line ON person.reports_to_id = line.id) "
    "SELECT id FROM line"
)


class Few(RawSQL):
    """Ids as a subquery, of which PostgreSQL is to expect few.

    It takes a recursive query for half of all people and then reads whole tables; through an array
    it expects ten, and uses the indexes that begin with the owner.
    """

    @classmethod
    def of(cls, rows: QuerySet[Any, Any]) -> "Few":
        """The primary keys of the rows of a query."""
        return cls(*rows.order_by().values("pk").query.sql_with_params())

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        return f"(SELECT unnest(ARRAY({self.sql})))", self.params


def ids_below(user: "User") -> Few:
    """A subquery: the person and everybody under them, at any depth."""
    return Few(BELOW, [user.pk])


@transaction.atomic
def rebuild() -> None:
    """Bring every `reports_to` in line with the tree of teams.

    Raises ValidationError when somebody would, over any number of steps, report to themselves.
    """
    from people.models import Team, User

    teams = {team.pk: team for team in Team.objects.all()}
    led = {team.manager_id: team for team in sorted(teams.values(), key=lambda t: -t.pk)}
    people = list(User.objects.only("pk", "team_id", "reports_to_id", "name"))
    changed = []
    for person in people:
        boss = _manager_above(person, teams, led)
        if boss != person.reports_to_id:
            person.reports_to_id = boss
            changed.append(person)
    _refuse_circles(people)
    User.objects.bulk_update(changed, ["reports_to"], batch_size=500)


def _manager_above(
    person: "User", teams: "dict[int, Team]", led: "dict[int | None, Team]"
) -> int | None:
    if person.team_id is None:
        own = led.get(person.pk)
        team = teams.get(own.parent_id) if own and own.parent_id else None
    else:
        team = teams.get(person.team_id)
    while team and team.manager_id in (None, person.pk):
        team = teams.get(team.parent_id) if team.parent_id else None
    return team.manager_id if team else None


def _refuse_circles(people: "list[User]") -> None:
    above = {person.pk: person.reports_to_id for person in people}
    safe: set[int] = set()
    for person in people:
        path: set[int] = set()
        here: int | None = person.pk
        while here is not None and here not in safe:
            if here in path:
                raise ValidationError(f"{person.name} would report to themselves.")
            path.add(here)
            here = above.get(here)
        safe |= path
