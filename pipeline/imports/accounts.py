"""Writing accounts; known again by their folded name. Parents may come later in the file."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from pipeline.imports.drafts import Draft, Name, key_of
from pipeline.imports.intake import column_of
from pipeline.imports.reading import decoded, records
from pipeline.imports.writer import Writer, overwrite
from pipeline.models.account import Account
from pipeline.models.imports import ImportProblem

CHUNK = 1_000
ATTRIBUTES = [
    "name",
    "owner",
    "sector",
    "location",
    "website",
    "phone",
    "year_established",
    "employees",
    "annual_revenue",
]


class AccountWriter(Writer[Account]):
    model = Account

    def prepare(self) -> Counter[str]:
        """Look through the file for who is whose parent, so that circles are refused."""
        self.parents: dict[str, tuple[str, str]] = {}  # key -> key and name of the parent
        self.circular: set[str] = set()
        if column_of(self.source, "parent"):
            self.parents = dict(self._pairs())
            self.circular = _in_circles({key: above for key, (above, _) in self._all_parents()})
        return Counter()

    def _pairs(self) -> Iterator[tuple[str, tuple[str, str]]]:
        with self.source.opened() as file:
            text = decoded(file, self.source.format["encoding"])
            for row in islice(records(text, self.source.format["delimiter"]), 1, None):
                draft = self.reader.draft(row)
                if not draft.problems:
                    parent = draft.names.get("parent")
                    above = parent.text if parent else ""
                    yield self.key(draft), (key_of(above), above)
            text.detach()

    def _all_parents(self) -> Iterator[tuple[str, tuple[str, str]]]:
        saved = Account.objects.exclude(parent=None).values_list("name_key", "parent__name_key")
        for key, above in saved.iterator():
            if not self.parents.get(key, ("", ""))[0]:
                yield key, (above, "")
        yield from self.parents.items()

    def find(self, draft: Draft, field_name: str, name: Name) -> None:
        """A parent may stand anywhere in the file; it is set when all rows are in."""
        if field_name != "parent" or key_of(name.text) not in self.parents:
            super().find(draft, field_name, name)

    def judge(self, draft: Draft) -> None:
        parent = draft.names.get("parent")
        if parent and self.key(draft) in self.circular:
            draft.refuse(parent.column, parent.raw, "An account cannot lie under itself.")

    def existing(self, keys: Sequence[str]) -> dict[str, Account]:
        rows = Account.objects.filter(name_key__in=keys).select_related("parent")
        if self.write:
            rows = rows.select_for_update(of=("self",))
        return {account.name_key: account for account in rows}

    def target(self, draft: Draft, thing: Account | None) -> dict[str, Any]:
        wanted = super().target(draft, thing)
        parent = draft.names.get("parent")
        if thing and parent and "parent" not in wanted:
            now = thing.parent.name_key if thing.parent else ""
            if now != key_of(parent.text):
                wanted["parent"] = Account(name=parent.text)  # set by finish()
        return wanted

    def create(self, wanted: list[dict[str, Any]]) -> None:
        made = [Account(**values) for values in wanted]
        for account in made:
            account.set_keys()
        Account.objects.bulk_create(made)

    def update(self, wanted: list[tuple[Account, dict[str, Any]]]) -> None:
        for account, values in wanted:
            for name, value in values.items():
                if not (name == "parent" and value.pk is None):
                    setattr(account, name, value)
            account.set_keys()
        accounts = [account for account, _ in wanted]
        overwrite(accounts, [*ATTRIBUTES, "parent", "search_text", "name_key"])

    def finish(self) -> list[ImportProblem]:
        """Put accounts under parents that came later in the file."""
        if not self.write:
            return []
        waiting = ((key, above) for key, (above, _) in self.parents.items() if above)
        while chunk := dict(islice(waiting, CHUNK)):
            self._put_under(chunk)
        return []

    def _put_under(self, above: dict[str, str]) -> None:
        keys = {key for key in above if key in self.seen and key not in self.circular}
        known = Account.objects.filter(name_key__in={*keys, *above.values()})
        by_key = {account.name_key: account for account in known}
        moved = []
        for key in keys & by_key.keys():
            parent = by_key.get(above[key])
            if parent and by_key[key].parent_id != parent.pk:
                by_key[key].parent = parent
                moved.append(by_key[key])
        Account.objects.bulk_update(moved, ["parent"], batch_size=500)


def _in_circles(above: dict[str, str]) -> set[str]:
    """The keys that would, over any number of steps, lie under themselves."""
    safe: set[str] = {""}
    circular: set[str] = set()
    for start in above:
        path: list[str] = []
        here = start
        while here not in safe and here not in path:
            path.append(here)
            here = above.get(here, "")
        if here in path:
            circular.update(path[path.index(here) :])
        safe.update(path)
    return circular
