"""Whose a team's pipeline call is: who runs it, who takes part, whose deals are on it."""

from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.db.models.expressions import RawSQL

if TYPE_CHECKING:
    from people.models import Team, User

_DOWN = (
    "down(id) AS (SELECT id FROM people_team WHERE manager_id = %s UNION "
    "SELECT c.id FROM people_team c JOIN down ON c.parent_id = down.id)"
)
_UP = (
    "up(id) AS (SELECT id FROM people_team WHERE manager_id = %s "
    "OR id = (SELECT team_id FROM people_user WHERE id = %s) UNION "
    "SELECT t.parent_id FROM people_team t JOIN up ON t.id = up.id WHERE t.parent_id IS NOT NULL)"
)
_MEMBERS = (
    "WITH RECURSIVE t(id) AS (SELECT id FROM people_team WHERE id = %s UNION "
    "SELECT c.id FROM people_team c JOIN t ON c.parent_id = t.id) "
    "SELECT u.id FROM people_user u WHERE u.team_id IN (SELECT id FROM t) "
    "UNION SELECT manager_id FROM people_team WHERE id IN (SELECT id FROM t) "
    "AND manager_id IS NOT NULL"
)


class Ids(RawSQL):
    """Ids as a subquery; through an array PostgreSQL expects few of them and uses its indexes."""

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        return f"(SELECT unnest(ARRAY({self.sql})))", self.params


def teams_run_by(user: "User") -> Ids:
    """The teams this person manages and all under them: whose calls they run."""
    return Ids(f"WITH RECURSIVE {_DOWN} SELECT id FROM down", [user.pk])  # noqa: S608


def teams_around(user: "User") -> Ids:
    """Those, and the teams this person belongs to, up to the top: whose calls concern them."""
    sql = f"WITH RECURSIVE {_DOWN}, {_UP} SELECT id FROM down UNION SELECT id FROM up"  # noqa: S608
    return Ids(sql, [user.pk, user.pk, user.pk])


def members_of(team: "Team | int") -> Ids:
    """The people of a team and of those under it, and the managers of all these teams."""
    return Ids(_MEMBERS, [team if isinstance(team, int) else team.pk])


def runs(user: "User", team: "Team") -> bool:
    """Whether this person manages the team or one above it."""
    from people.models import Team

    return Team.objects.filter(Q(pk=team.pk), pk__in=teams_run_by(user)).exists()
