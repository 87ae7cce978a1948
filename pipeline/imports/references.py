"""What names in a file stand for: found by folded name, or made when the user said so."""

from collections.abc import Collection
from typing import Any, Generic, TypeVar

from django.contrib.auth.hashers import make_password
from django.db.models import Model

from people.models import Team, User
from pipeline.imports.drafts import key_of
from pipeline.imports.kinds import plain
from pipeline.models.account import Account
from pipeline.models.catalogue import Product, Stage

M = TypeVar("M", bound=Model)
KEPT = 20_000
# How far along a sale is by the usual names of stages, to put new ones in order.
EARLIER_TO_LATER = [
    "lead",
    "new",
    "prospect",
    "target",
    "contact",
    "qualif",
    "engag",
    "interview",
    "discover",
    "analy",
    "need",
    "demo",
    "evaluat",
    "present",
    "solution",
    "prov",
    "propos",
    "quot",
    "negotia",
    "legal",
    "contract",
    "sign",
    "close",
]


class Table(Generic[M]):
    """Things by name. Those just added exist only in memory until `save_new`."""

    noun = ""
    unknown = "There is nothing of that name."

    def __init__(self) -> None:
        self.known: dict[str, M] = {}
        self.new: dict[str, M] = {}

    def load(self, texts: Collection[str]) -> None:
        """Make these names findable."""

    def names(self) -> list[str]:
        """What those that are known are called, in order."""
        return sorted(thing.name for thing in self.known.values())  # type: ignore[attr-defined]

    def find(self, text: str) -> M | None:
        """Raises ValueError when the name stands for more than one."""
        return self.known.get(key_of(text))

    def add(self, text: str) -> M:
        """A new one of that name, findable from now on."""
        made = self.make(text)
        self.known[key_of(text)] = self.new[key_of(text)] = made
        return made

    def make(self, text: str) -> M:
        raise NotImplementedError

    def save_new(self) -> int:
        """Write what was added; how many."""
        made = list(self.new.values())
        if made:
            type(made[0])._base_manager.bulk_create(made)
        self.new.clear()
        return len(made)


class People(Table[User]):
    noun, unknown = "people", "Nobody is called that."

    def __init__(self) -> None:
        super().__init__()
        self.by_email: dict[str, User] = {}
        self.twins: set[str] = set()
        for person in User.objects.get_queryset().order_by("pk"):
            self.note(person)

    def note(self, person: User) -> None:
        """Make a person findable by name and e-mail."""
        key = key_of(person.name)
        if self.known.setdefault(key, person) is not person:
            self.twins.add(key)
        if person.email:
            self.by_email[person.email] = person

    def find(self, text: str) -> User | None:
        if "@" in text:
            return self.by_email.get(text.lower())
        if key_of(text) in self.twins:
            raise ValueError("Several people are called that. Use the e-mail address.")
        return super().find(text)

    def make(self, text: str) -> User:
        return new_person(text)


def new_person(name: str) -> User:
    """A person without e-mail and password: known by name, cannot sign in."""
    return User(name=name, password=make_password(None), search_text=key_of(name))


class Teams(Table[Team]):
    noun, unknown = "teams", "No team is called that."

    def __init__(self) -> None:
        super().__init__()
        self.known = {key_of(team.name): team for team in Team.objects.order_by("-pk")}

    def make(self, text: str) -> Team:
        return Team(name=text)


class Products(Table[Product]):
    noun, unknown = "products", "No product is called that."

    def __init__(self) -> None:
        super().__init__()
        self.known = {product.name_key: product for product in Product.objects.all()}

    def make(self, text: str) -> Product:
        return Product(name=text, name_key=key_of(text))


class Stages(Table[Stage]):
    noun, unknown = "stages", "No stage is called that."

    def __init__(self) -> None:
        super().__init__()
        self.known = {stage.name_key: stage for stage in Stage.objects.all()}

    def make(self, text: str) -> Stage:
        last = max((stage.order for stage in self.known.values()), default=0)
        return Stage(name=text, name_key=key_of(text), order=last + 1)


class Accounts(Table[Account]):
    noun, unknown = "accounts", "No account is called that."

    def load(self, texts: Collection[str]) -> None:
        if len(self.known) > KEPT:
            self.known = dict(self.new)
        keys = {key_of(text) for text in texts} - self.known.keys()
        if keys:
            found = Account.objects.filter(name_key__in=keys).only("pk", "name", "name_key")
            self.known.update({account.name_key: account for account in found})

    def make(self, text: str) -> Account:
        account = Account(name=text)
        account.set_keys()
        return account


def in_order(names: Collection[str]) -> list[str]:
    """Names of stages from early to late, as far as usual words tell; else as they came."""

    def place(name: str) -> int:
        words = (n for n, word in enumerate(EARLIER_TO_LATER) if word in plain(name))
        return min(words, default=len(EARLIER_TO_LATER))

    return sorted(names, key=place)


def close_matches(text: str, names: Collection[str]) -> list[str]:
    """Up to three names that may be meant: the same letters first, then similar ones."""
    import difflib

    same = [name for name in names if plain(name) == plain(text)]
    by_key = {plain(name): name for name in names}
    similar = difflib.get_close_matches(plain(text), list(by_key), n=3, cutoff=0.75)
    return list(dict.fromkeys([*same, *(by_key[key] for key in similar)]))[:3]


TABLES: dict[str, type[Table[Any]]] = {
    "person": People,
    "team": Teams,
    "product": Products,
    "stage": Stages,
    "account": Accounts,
}
