"""The tree of teams, each with one manager."""

from typing import TYPE_CHECKING, Any, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.db.models.expressions import RawSQL

from lib.events import publish, publishing
from lib.versions import Versioned
from people import reporting_line
from people.reporting_line import BELOW, BELOW_BY_INDEX

if TYPE_CHECKING:
    from people.models.user import User


class Led(RawSQL):
    """Ids of the teams that somebody and those under them lead, and of all that lie under these:
    a team without a manager is led by the next one up the tree.
    """

    SQL = (
        f"WITH RECURSIVE led(id) AS (SELECT id FROM people_team WHERE manager_id IN ({BELOW}) "  # noqa: S608 - no input
        "UNION SELECT team.id FROM people_team team JOIN led ON team.parent_id = led.id) "
        "SELECT id FROM led"
    )

    @classmethod
    def by(cls, user: "User") -> "Led":
        return cls(cls.SQL, [user.pk])

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        return f"({self.sql.replace(BELOW, BELOW_BY_INDEX)})", self.params


class TeamQuerySet(models.QuerySet["Team"]):
    def visible_to(self, user: "User") -> Self:
        """One's own team and those one leads or that lie under them; administrators see all."""
        if user.is_administrator:
            return self
        return self.filter(Q(pk=user.team_id) | Q(pk__in=Led.by(user)))

    def led_by(self, user: "User") -> Self:
        """Those one leads or that lie under them; administrators see into all."""
        if user.is_administrator:
            return self
        return self.filter(pk__in=Led.by(user))


class Team(Versioned):
    """A team, at the top of the tree when it has no parent."""

    name = models.CharField(
        max_length=200,
        unique=True,
        error_messages={"unique": "There is a team of that name already."},
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    manager = models.ForeignKey(
        "people.User", models.PROTECT, null=True, blank=True, related_name="teams_led"
    )
    is_sample = models.BooleanField(default=False, editable=False)

    objects = TeamQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @classmethod
    @transaction.atomic
    def add(
        cls, *, name: str, parent: "Team | None" = None, manager: "User | None" = None
    ) -> "Team":
        """Make a team in its place. Raises ValidationError as `change` does."""
        team = cls(name=name)
        team.full_clean()
        team.save()
        team._place(parent, manager)
        publish("added", team)
        return team

    def change(
        self,
        *,
        name: str,
        parent: "Team | None",
        manager: "User | None",
        version: int | None = None,
    ) -> None:
        """Rename the team and arrange it, in one go.

        Raises ValidationError for a name that is taken and when somebody would end up above
        themselves; `Stale` when the version has moved on.
        """
        with self.editing(version), publishing(self, "changed"):
            self.name = name
            self.full_clean()
            self.save(update_fields=["name"])
            self._place(parent, manager)

    def arrange(
        self, *, parent: "Team | None", manager: "User | None", version: int | None = None
    ) -> None:
        """Give the team its place in the tree and its manager; reporting lines follow.

        Raises ValidationError when somebody would end up above themselves.
        """
        with self.editing(version), publishing(self, "changed"):
            self._place(parent, manager)

    def _place(self, parent: "Team | None", manager: "User | None") -> None:
        if parent and parent.pk in self.ids_of_subtree():
            raise ValidationError({"parent": f"{parent} is this team or lies under it."})
        if manager and not manager.is_active and manager.pk != self.manager_id:
            raise ValidationError({"manager": f"{manager} is deactivated."})
        self.parent, self.manager = parent, manager
        self.save(update_fields=["parent", "manager"])
        reporting_line.rebuild()

    @transaction.atomic
    def remove(self, *, version: int | None = None) -> None:
        """Delete an empty team. Raises ValidationError while people or teams are in it."""
        with self.editing(version):
            people, teams = self.members.count(), self.children.count()
            if people or teams:
                raise ValidationError(
                    f"{self} is not empty: move its people ({people}, deactivated ones counted) "
                    f"and the teams under it ({teams}) elsewhere first."
                )
            publish("removed", self, gone=True)
            self.delete()
        reporting_line.rebuild()

    def ids_of_subtree(self) -> set[int]:
        """Ids of this team and all under it, in one statement."""
        return ids_of_subtree(self.pk)


def ids_of_subtree(team: int) -> set[int]:
    """Ids of a team and all under it, in one statement; none when there is no such team."""
    sql = (
        "WITH RECURSIVE t(id) AS (SELECT id FROM people_team WHERE id = %s UNION "
        "SELECT c.id FROM people_team c JOIN t ON c.parent_id = t.id) SELECT id FROM t"
    )
    return {found.pk for found in Team.objects.raw(sql, [team])}


def ids_above(user: "User") -> RawSQL:
    """For `__in`: somebody's team, those they lead, and all above these, as a subquery."""
    return RawSQL(
        "WITH RECURSIVE t(id, parent_id) AS (SELECT id, parent_id FROM people_team "
        "WHERE id = %s OR manager_id = %s "
        "UNION SELECT a.id, a.parent_id FROM people_team a JOIN t ON a.id = t.parent_id) "
        "SELECT id FROM t",
        [user.team_id or 0, user.pk],
    )
