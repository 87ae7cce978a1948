"""Who reports to whom. Derived from the tree of teams, kept on `User.reports_to`.

A person reports to their team's manager; the manager of that very team, and anyone whose team has
no manager, to the next one up the tree. Somebody in no team who leads one reports to the manager
above the team they lead.
"""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone

if TYPE_CHECKING:
    from people.models import Team, User

# The anchor comes from the table: PostgreSQL would take a bare parameter for a wider integer.
BELOW = (
    "WITH RECURSIVE line(id) AS (SELECT id FROM people_user WHERE id = %s UNION "
    "SELECT person.id FROM people_user person JOIN line ON person.reports_to_id = line.id) "
    "SELECT id FROM line"
)
# The same for PostgreSQL, made to look up each boss' people by the index: it expects so many that
# it would read everybody at each step.
BELOW_BY_INDEX = (
    "WITH RECURSIVE line(id) AS (SELECT id FROM people_user WHERE id = %s UNION "
    "SELECT person.id FROM line CROSS JOIN LATERAL "
    "(SELECT id FROM people_user WHERE reports_to_id = line.id OFFSET 0) person) "
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
        sql = BELOW_BY_INDEX if self.sql == BELOW else self.sql
        return f"(SELECT unnest(ARRAY({sql})))", self.params


WIDE = 3  # levels under somebody from which most deals are theirs


def ids_below(user: "User") -> RawSQL | list[int]:
    """For `__in`: the person and everybody under them, at any depth; a subquery if there are any.

    For whoever stands WIDE high the planner's own guess is the better one: it reads a list in the
    order of its index and finds a row of theirs at nearly every step. Nobody under them, and it is
    told so: of ten it would expect to find one soon on the way through everybody's rows.
    """
    if not user.levels_below:
        return [user.pk]
    return (RawSQL if user.levels_below >= WIDE else Few)(BELOW, [user.pk])


@transaction.atomic
def rebuild(on: date | None = None) -> None:
    """Bring every `reports_to`, and `levels_below`, in line with the tree of teams.

    Who is in another team than before is so from `on`, the organisation's today unless given.
    Raises ValidationError when somebody would, over any number of steps, report to themselves.
    """
    from people.models import Team, TeamMembership, User

    teams = {team.pk: team for team in Team.objects.all()}
    led = {team.manager_id: team for team in sorted(teams.values(), key=lambda t: -t.pk)}
    people = list(
        User.objects.only("pk", "team_id", "reports_to_id", "levels_below", "name", "is_active")
    )
    bosses = {person.pk: _manager_above(person, teams, led) for person in people}
    _refuse_circles(bosses, {person.pk: person.name for person in people})
    levels, changed = levels_below(bosses), []
    for person in people:
        new = bosses[person.pk], levels[person.pk]
        if new != (person.reports_to_id, person.levels_below):
            person.reports_to_id, person.levels_below = new
            changed.append(person)
    User.objects.bulk_update(changed, ["reports_to", "levels_below"], batch_size=500)
    places = ((person.pk, person.team_id if person.is_active else None) for person in people)
    TeamMembership.follow(places, on or today())


def today() -> date:
    """The day on which somebody moves when nobody says another: the organisation's today."""
    from people.models import Organisation

    return Organisation.current().today(timezone.now())


def levels_below(bosses: Mapping[int, int | None]) -> dict[int, int]:
    """How many levels of people are under each; `bosses` says, by id, to whom each reports."""
    levels = dict.fromkeys(bosses, 0)
    for person in bosses:
        above, level = bosses[person], 1
        while above is not None and levels[above] < level:
            levels[above] = level
            above, level = bosses[above], level + 1
    return levels


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


def _refuse_circles(bosses: Mapping[int, int | None], names: Mapping[int, str]) -> None:
    safe: set[int] = set()
    for person in bosses:
        path: set[int] = set()
        here: int | None = person
        while here is not None and here not in safe:
            if here in path:
                raise ValidationError(f"{names[person]} would report to themselves.")
            path.add(here)
            here = bosses.get(here)
        safe |= path
