"""What can be imported: the kinds, their fields, and the column names by which they are known."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from lib.searching import fold

TEXT, DATE, AMOUNT, INTEGER = "text", "date", "amount", "integer"
EMAIL, URL, CURRENCY, ZONE, FORECAST = "email", "url", "currency", "zone", "forecast"
PERSON, ACCOUNT, PRODUCT, STAGE, TEAM = "person", "account", "product", "stage", "team"
REFERENCES = {PERSON, ACCOUNT, PRODUCT, STAGE, TEAM}
MAKEABLE = frozenset(REFERENCES)  # a name alone is enough to make one of these
NUMBERS = (AMOUNT, INTEGER)


@dataclass(frozen=True)
class Field:
    """A field of a kind. `made` says that unknown names are made rather than refused."""

    name: str
    label: str
    type: str = TEXT
    known_as: str = ""
    required: bool = False
    most: int = 200
    made: bool = False

    @property
    def headers(self) -> tuple[str, ...]:
        """Normalised column names, the most telling first."""
        return tuple(plain(name) for name in (self.name, self.label, *self.known_as.split(",")))

    @property
    def is_makeable(self) -> bool:
        """Whether unknown names may be made into new things."""
        return self.type in MAKEABLE


@dataclass(frozen=True)
class Kind:
    """`key` is the field by which rows are known again, `help` what one must know to map them."""

    name: str
    label: str
    key: str
    fields: tuple[Field, ...]
    help: str = ""

    def field(self, name: str) -> Field:
        """The field of that name. Raises KeyError."""
        return next((field for field in self.fields if field.name == name), None) or _no(name)

    @property
    def names(self) -> list[str]:
        return [field.name for field in self.fields]


def _no(name: str) -> Field:
    raise KeyError(name)


def plain(header: str) -> str:
    """A column name without case, accents and signs: `plain("Deal_Stage ") == "dealstage"`."""
    return re.sub(r"[^a-z0-9]+", "", fold(header))


PEOPLE = Kind(
    "people",
    "People and teams",
    "name",
    (
        Field("name", "Name", required=True, known_as="sales agent,full name,person,rep,agent"),
        Field("email", "E-mail", EMAIL, "e-mail address,mail,login", most=254),
        Field("team", "Team", TEAM, "team name,group", made=True),
        Field("manager", "Manager", PERSON, "sales manager,reports to,boss", made=True),
        Field("region", "Region", TEAM, "regional office,office,parent team", made=True),
        Field("phone", "Phone", known_as="telephone,mobile", most=50),
        Field("time_zone", "Time zone", ZONE, "timezone,zone"),
        Field("joined_on", "Joined on", DATE, "joined,start date,hired,hire date"),
    ),
)
ACCOUNTS = Kind(
    "accounts",
    "Accounts",
    "name",
    (
        Field("name", "Name", required=True, known_as="account,account name,company,customer"),
        Field("parent", "Parent account", ACCOUNT, "subsidiary of,parent,parent company"),
        Field("owner", "Owner", PERSON, "account owner,sales agent,rep"),
        Field("sector", "Sector", known_as="industry", most=100),
        Field("location", "Location", known_as="office location,headquarters,city,country"),
        Field("website", "Website", URL, "url,web,homepage"),
        Field("phone", "Phone", known_as="telephone", most=50),
        Field("year_established", "Year established", INTEGER, "founded,year", most=9999),
        Field("employees", "Employees", INTEGER, "number of employees,staff", most=2_147_483_647),
        Field("annual_revenue", "Annual revenue, millions", AMOUNT, "revenue,annual revenue"),
    ),
)
PRODUCTS = Kind(
    "products",
    "Products",
    "name",
    (
        Field("name", "Name", required=True, known_as="product,product name,item,article"),
        Field("series", "Series", known_as="product series,family,line,category", most=100),
        Field("list_price", "List price", AMOUNT, "sales price,price,suggested retail price"),
    ),
)
OPPORTUNITIES = Kind(
    "opportunities",
    "Opportunities",
    "external_id",
    (
        Field(
            "external_id",
            "Id in the other system",
            required=True,
            known_as="opportunity id,deal id,external key,id,opportunity number,deal number",
            most=100,
        ),
        Field("name", "Name", known_as="opportunity name,deal name,opportunity,deal,title"),
        Field("owner", "Owner", PERSON, "sales agent,owner name,rep,rep name,agent", required=True),
        Field("account", "Account", ACCOUNT, "account name,customer,company"),
        Field("product", "Product", PRODUCT, "product name,item"),
        Field("stage", "Stage", STAGE, "deal stage,stage name,status", required=True),
        Field("amount", "Amount", AMOUNT, "close value,value,deal value,acv,revenue"),
        Field("currency", "Currency", CURRENCY, "currency code", most=3),
        Field("opened_on", "Opened on", DATE, "engage date,created date,opened,open date"),
        Field("stage_since", "In this stage since", DATE, "last stage change date"),
        Field("close_date", "Close date", DATE, "closed on,closed date,expected close date"),
        Field("lost_reason", "Lost because", known_as="loss reason,reason lost", most=500),
        Field("forecast_category", "Forecast category", FORECAST, "forecast"),
    ),
)
KINDS = {kind.name: kind for kind in (PEOPLE, ACCOUNTS, PRODUCTS, OPPORTUNITIES)}


def choices() -> list[tuple[str, str]]:
    """All kinds, those of the apps above among them once these are ready."""
    return [(kind.name, kind.label) for kind in KINDS.values()]


def guess(kind: Kind, header: Iterable[str]) -> dict[str, str]:
    """Column -> field name, "" for a column that is not known; each field once."""
    columns = list(header)
    mapping = dict.fromkeys(columns, "")
    for field in kind.fields:
        free = {plain(column): column for column in reversed(columns) if not mapping[column]}
        name = next((name for name in field.headers if name and name in free), None)
        if name is not None:
            mapping[free[name]] = field.name
    return mapping
