"""The sets of behaviours as their definers see them: the organisation's, then each team's."""

from collections import defaultdict
from dataclasses import dataclass
from operator import attrgetter

from coaching.models import Behaviour
from coaching.models.behaviour import MOST, WANTED
from people.models import Team, User


@dataclass(frozen=True)
class BehaviourSet:
    """Those in use of one team, or of the organisation (`team` None), in their order."""

    team: Team | None
    behaviours: list[Behaviour]
    may_change: bool

    @property
    def name(self) -> str:
        return self.team.name if self.team else "The whole organisation"

    @property
    def has_room(self) -> bool:
        return len(self.behaviours) < MOST

    @property
    def count(self) -> str:
        """How many there are and, when that is too few, how many more it takes."""
        there = len(self.behaviours)
        if there >= WANTED:
            return f"{there} of {MOST}"
        return f"{there} of {MOST}, define {WANTED - there} more"


def sets_for(user: User) -> tuple[list[BehaviourSet], list[Behaviour]]:
    """The sets this person has to do with, and what was retired of those they may change.

    The organisation's stands first, whoever asks; of the teams those they lead that have one.
    """
    teams = {team.pk: team for team in Team.objects.led_by(user)}
    members: defaultdict[int | None, list[Behaviour]] = defaultdict(list)
    retired: list[Behaviour] = []
    may_all = user.is_administrator
    for each in Behaviour.objects.visible_to(user).order_by("place", "pk"):
        if each.team_id is not None and each.team_id not in teams:
            continue
        if each.retired_at is None:
            members[each.team_id].append(each)
        elif each.team_id is not None or may_all:
            retired.append(each)
        each.team = teams.get(each.team_id) if each.team_id else None
    own = sorted((pk for pk in members if pk is not None), key=lambda pk: teams[pk].name)
    sets = [BehaviourSet(None, members[None], may_all)]
    sets += [BehaviourSet(teams[pk], members[pk], may_change=True) for pk in own]
    return sets, sorted(retired, key=attrgetter("retired_at"), reverse=True)
