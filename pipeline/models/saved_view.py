"""Filters worth keeping, for oneself or one's team."""

from typing import Any, ClassVar, Self

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse

from lib.versions import Versioned
from people.models import Team, User
from pipeline.listing import tidied

LONGEST = 2_000  # characters of a query


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def visible_to(self, user: User) -> Self:
        """One's own, and those shared with a team that one sees."""
        teams = Team.objects.visible_to(user).values("pk")
        return self.filter(Q(owner=user) | Q(team__in=teams))


class SavedView(Versioned):
    """A board or list with its filters and order, as they stand in the URL.

    It filters for whoever opens it: nobody sees more deals through it than they see anyway.
    """

    BOARD, LIST = "board", "list"
    LAYOUTS: ClassVar = [(BOARD, "Board"), (LIST, "List")]
    CHANGEABLE = frozenset({"name", "layout", "query", "team"})

    owner = models.ForeignKey(User, models.CASCADE, related_name="saved_views", editable=False)
    team = models.ForeignKey(
        Team, models.SET_NULL, null=True, blank=True, related_name="saved_views"
    )
    name = models.CharField(max_length=60)
    layout = models.CharField(max_length=5, choices=LAYOUTS, default=BOARD)
    query = models.CharField(max_length=LONGEST, blank=True)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "name"],
                name="one_view_a_name",
                violation_error_message="You have a view of that name already.",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The board or list itself, with its filters."""
        names = {self.BOARD: "board", self.LIST: "opportunities"}
        return reverse(names[self.layout]) + (f"?{self.query}" if self.query else "")

    @classmethod
    def keep(cls, *, by: User, **fields: Any) -> "SavedView":
        """Keep a view; `team` shares it. Raises ValidationError, for one when the name is taken."""
        view = cls(owner=by, **fields)
        view._check(by)
        view.save()
        return view

    def change(self, *, by: User, version: int | None = None, **values: Any) -> None:
        """Change some of `CHANGEABLE`. Raises PermissionDenied for anybody but its owner."""
        if unknown := values.keys() - self.CHANGEABLE:
            raise TypeError(f"{sorted(unknown)} cannot be changed")
        self._require_owner(by)
        with self.editing(version):
            for name, value in values.items():
                setattr(self, name, value)
            self._check(by)
            self.save()

    def remove(self, *, by: User, version: int | None = None) -> None:
        """Throw it away; the deals stay."""
        self._require_owner(by)
        with self.editing(version):
            self.delete()

    def _require_owner(self, by: User) -> None:
        if by.pk != self.owner_id:
            raise PermissionDenied("Only whoever made this view changes it.")

    def _check(self, by: User) -> None:
        team = self.team
        if team is not None and not Team.objects.visible_to(by).filter(pk=team.pk).exists():
            raise ValidationError({"team": "Share it with your own team or one you lead."})
        self.query = tidied(self.query)
        if len(self.query) > LONGEST:
            raise ValidationError({"query": "These filters are too long to keep. Search for less."})
        self.full_clean()
