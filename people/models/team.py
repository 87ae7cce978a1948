"""The tree of teams, each with one manager."""

from typing import TYPE_CHECKING, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q

from people import reporting_line

if TYPE_CHECKING:
    from people.models.user import User


class TeamQuerySet(models.QuerySet["Team"]):
    def visible_to(self, user: "User") -> Self:
        """One's own team and those one leads or that lie under them; administrators see all."""
        if user.is_administrator:
            return self
        below = reporting_line.ids_below(user)
        return self.filter(Q(pk=user.team_id) | Q(manager_id__in=below))


class Team(models.Model):
    name = models.CharField(max_length=200, unique=True)
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

    @transaction.atomic
    def arrange(self, *, parent: "Team | None", manager: "User | None") -> None:
        """Give the team its place in the tree and its manager; reporting lines follow.

        Raises ValidationError when somebody would end up above themselves.
        """
        if parent and parent.pk in self.ids_of_subtree():
            raise ValidationError({"parent": f"{parent} lies under {self} already."})
        self.parent, self.manager = parent, manager
        self.save(update_fields=["parent", "manager"])
        reporting_line.rebuild()

    def ids_of_subtree(self) -> set[int]:
        """Ids of this team and all under it, in one statement."""
        sql = (
            "WITH RECURSIVE t(id) AS (SELECT id FROM people_team WHERE id = %s UNION "
            "SELECT c.id FROM people_team c JOIN t ON c.parent_id = t.id) SELECT id FROM t"
        )
        return {team.pk for team in Team.objects.raw(sql, [self.pk])}
