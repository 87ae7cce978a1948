"""Writing people and the tree of teams; known again by e-mail, else by folded name.

A file of people is read as one batch: reporting lines are rebuilt once, in the same transaction,
so that a circle in the file leaves everything as it was.
"""

from collections import Counter
from typing import Any

from people import reporting_line
from people.models import Team, User
from pipeline.imports.drafts import Draft, key_of
from pipeline.imports.kinds import PERSON, TEAM
from pipeline.imports.references import People, Table, Teams, new_person
from pipeline.imports.writer import Tally, Writer, differs, overwrite
from pipeline.models.imports import Import

ATTRIBUTES = ("name", "email", "phone", "time_zone", "joined_on", "team", "search_text")
OWN = ("name", "email", "phone", "time_zone", "joined_on")


class PeopleWriter(Writer[User]):
    model = User
    batch_rows = 1_000_000

    def __init__(self, source: Import, *, write: bool) -> None:
        super().__init__(source, write=write)
        self.people, self.teams = People(), Teams()
        self.tables: dict[str, Table[Any]] = {PERSON: self.people, TEAM: self.teams}
        self.led = {team.manager_id: team for team in Team.objects.order_by("-pk")}
        self.led_by_new: dict[int, Team] = {}
        self.arranged: dict[int, tuple[int, Team | None, User | None]] = {}
        self.moved_teams: dict[int, Team] = {}
        self.new: list[User] = []
        self.changed: dict[int, User] = {}

    def key(self, draft: Draft) -> str:
        return draft.values.get("email") or key_of(draft.values["name"])

    def _tally(self, drafts: list[Draft]) -> Tally:
        """Everything is decided in memory first; then a handful of statements write it."""
        tally = Tally()
        own = {id(person): draft for draft in drafts if (person := self._person(draft))}
        for draft in drafts:
            if not draft.problems:
                self._take(draft, tally)
        if self.write:
            self._save(tally)
        else:
            fresh = [p for p in self.people.new.values() if id(p) not in own]
            tally.also = Counter(people=len(fresh), teams=len(self.teams.new))
        return tally

    def _person(self, draft: Draft) -> User | None:
        """Who the row is about: found, or new; None when that cannot be told."""
        values = draft.values
        email = values.get("email")
        person = self.people.by_email.get(email) if email else None
        if person is None:
            try:
                person = self.people.find(values["name"])
            except ValueError as wrong:
                draft.refuse(self.key_column, values["name"], str(wrong))
                return None
            if person and email and person.email:
                person = None  # a namesake
        if person is None:
            person = self._new_person(values["name"], email)
        draft.found["person"] = person
        return person

    def _new_person(self, name: str, email: str | None) -> User:
        if key_of(name) not in self.people.known:
            person = self.people.add(name)
        else:
            person = new_person(name)
            self.people.twins.add(key_of(name))
        if email:
            self.people.by_email[email] = person
        self.new.append(person)
        return person

    def _take(self, draft: Draft, tally: Tally) -> None:
        person = draft.found.pop("person")
        assert isinstance(person, User)
        team, moved = self._place(draft)
        if draft.problems:
            return
        wanted = {name: draft.values[name] for name in OWN if name in draft.values}
        if team is not None:
            wanted["team"] = team
        different = {k: v for k, v in wanted.items() if differs(person, k, v)}
        for name, value in different.items():
            setattr(person, name, value)
        person.search_text = key_of(f"{person.name} {person.email or ''}")
        if person._state.adding:
            tally.created += 1
        elif different or moved:
            tally.changed += 1
            self.changed[person.pk] = person
        else:
            tally.unchanged += 1

    # Teams.

    def _place(self, draft: Draft) -> tuple[Team | None, bool]:
        """The person's team, and whether that team gets another place or manager."""
        manager, region = draft.found.get("manager"), draft.found.get("region")
        assert manager is None or isinstance(manager, User)
        assert region is None or isinstance(region, Team)
        team = draft.found.get("team") or (self._team_of(manager) if manager else region)
        if not isinstance(team, Team):
            return None, False
        parent = region if region is not team else None
        return team, self._arrange(draft, team, parent, manager)

    def _team_of(self, manager: User) -> Team:
        """The team this manager leads, else a new one by their name."""
        team = self.led.get(manager.pk) if manager.pk else self.led_by_new.get(id(manager))
        if team is None:
            name = f"{manager.name}'s team"[:200]
            team = self.teams.find(name) or self.teams.add(name)
            self.led_by_new[id(manager)] = team
            if manager.pk:
                self.led[manager.pk] = team
        return team

    def _arrange(self, draft: Draft, team: Team, parent: Team | None, manager: User | None) -> bool:
        line, first_parent, first_manager = self.arranged.setdefault(
            id(team), (draft.line, parent, manager)
        )
        if first_parent is not parent or first_manager is not manager:
            reason = f"On line {line} the team “{team}” has another region or manager."
            draft.refuse(self.reader.column_names.get("region", ""), team.name, reason)
            return False
        wanted = {"parent": parent, "manager": manager}
        moved = {k: v for k, v in wanted.items() if v is not None and differs(team, k, v)}
        for name, value in moved.items():
            setattr(team, name, value)
        if moved:
            self.moved_teams[id(team)] = team
        return id(team) in self.moved_teams

    # Writing.

    def _save(self, tally: Tally) -> None:
        """People first (teams name them), then teams from the top down, then who is where."""
        rows = {id(person) for person in self.new}
        self.people.new.update({f"{n}": p for n, p in enumerate(self.new) if p.pk is None})
        unique = {id(person): person for person in self.people.new.values()}
        places = {key: person.team for key, person in unique.items()}
        for person in unique.values():
            person.team = None
        User.objects.bulk_create(unique.values())
        self.people.new.clear()
        tally.also = Counter(people=len(unique.keys() - rows), teams=len(self.teams.new))
        self._save_teams()
        for key, person in unique.items():
            person.team = places[key]
        placed = [person for key, person in unique.items() if places[key] is not None]
        User.objects.bulk_update(placed, ["team"], batch_size=200)
        overwrite(list(self.changed.values()), ATTRIBUTES)
        reporting_line.rebuild()

    def _save_teams(self) -> None:
        places = {id(team): team.parent for team in self.teams.known.values()}
        new = list(self.teams.new.values())
        for team in new:
            team.parent = None
        Team.objects.bulk_create(new)
        self.teams.new.clear()
        moved = list(self.moved_teams.values())
        for team in moved:
            team.parent, team.manager = places[id(team)], team.manager
        Team.objects.bulk_update(moved, ["parent", "manager"], batch_size=200)
