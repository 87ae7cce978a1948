"""What may stand in the URL of a board or a list of deals: names of filters, and an order.

A query string made of these is what a saved view keeps and what a link to a deal carries along.
"""

from django.http import QueryDict

from lib.sorting import Column, order_of

FILTERS = (
    "search",
    "status",
    "owner",
    "team",
    "stage",
    "stall_reason",
    "product",
    "forecast_category",
    "close_from",
    "close_to",
    "amount_from",
    "amount_to",
    "on",
)
USUAL_STATUS = "open"
USUAL_ORDER = "close_date"
BOARD_KEYS = ("stage__order", "close_date", "pk")  # its columns one after the other
COLUMNS = [
    Column("name", "Name", ("search_text",)),
    Column("account", "Account", ("account__name_key",)),
    Column("stage", "Stage", ("stage__order", "stage_since")),
    Column("age", "In stage", ("-stage_since",), numeric=True),
    Column("amount", "Amount", ("amount",), numeric=True),
    Column("close_date", "Close date", ("close_date",)),
    Column("stalled", "Stalled"),
    Column("next_step", "Next step", ("next_step_on",)),
    Column("owner", "Owner", ("owner__name",)),
]


def order_keys(wanted: str) -> tuple[str, tuple[str, ...]]:
    """The order of a list that is asked for, the usual one for any other word, and its keys."""
    return order_of(COLUMNS, wanted, default=USUAL_ORDER)


def kept(query: QueryDict) -> dict[str, str]:
    """What a query says about deals, in one order, without what goes without saying.

    Cursors and whatever else stands there are left out. A status that is said to be "" means
    deals of every status; of the other filters, "" says nothing.
    """
    said = {name: query.get(name, "").strip() for name in FILTERS if name in query}
    found = {name: text for name, text in said.items() if text or name == "status"}
    if found.get("status") == USUAL_STATUS:
        del found["status"]
    order, _ = order_keys(query.get("order", ""))
    return found if order == USUAL_ORDER else {**found, "order": order}


def written(said: dict[str, str]) -> str:
    """As it stands in a URL, after the question mark."""
    query = QueryDict(mutable=True)
    query.update(said)
    return query.urlencode()


def tidied(query: str) -> str:
    """A query string with only what `kept` keeps."""
    return written(kept(QueryDict(query.removeprefix("?"))))
