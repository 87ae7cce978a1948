"""Decimal mark and order of dates, inferred from all rows; what stays open must be asked."""

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

from pipeline.imports.kinds import DATE, INTEGER, NUMBERS, Kind

POINT = re.compile(
    r"\d+(,\d{3})*\.(\d{1,2}|\d{4,})|\d{1,3}(,\d{3})+\.\d*|\d{1,3}(,\d{3}){2,}|(0|\d{4,})?\.\d+"
)
COMMA = re.compile(
    r"\d+(\.\d{3})*,(\d{1,2}|\d{4,})|\d{1,3}(\.\d{3})+,\d*|\d{1,3}(\.\d{3}){2,}|(0|\d{4,})?,\d+"
)
EITHER = re.compile(r"\d{1,3}[.,]\d{3}")
DRESS = re.compile(r"^[-+(\s]*[A-Za-z€$£¥]{0,3}\s*|\s*[A-Za-z€$£¥]{0,3}[)\s]*$")
SURE = 0.95  # share of the telling values from which the others count as mistakes


def number_hint(text: str) -> str:
    """ "." or "," when this number tells the decimal mark, else "".

    "?," and "?." for 1,234 and 1.234, which may be read either way.
    """
    if not any(mark in text for mark in ".,"):
        return ""
    bare = re.sub(r"[\s\u00a0\u202f'’]", "", DRESS.sub("", text))
    if POINT.fullmatch(bare):
        return "."
    if COMMA.fullmatch(bare):
        return ","
    return ("?," if "," in bare else "?.") if EITHER.fullmatch(bare) else ""


def infer_decimal(columns: Iterable[tuple[dict[str, Any], str]]) -> str:
    """ "." or ","; "" when the numbers could be read either way. Columns come with their type.

    In a column of whole numbers 1,234 is no riddle: its mark groups digits.
    """
    hints: Counter[str] = Counter()
    for column, kind in columns:
        found = Counter(column["numbers"])
        if kind == INTEGER:
            found = Counter({".": found["?,"], ",": found["?."]})
        hints.update(found)
    return _decided(hints["."], hints[","], (".", ",")) if hints.total() else "."


def infer_order(columns: Iterable[dict[str, Any]]) -> str:
    """dmy, mdy or ymd; "" when the dates could be read in more than one order.

    Dates that begin with a year of four digits need none and do not count. With years of two
    digits the year is where far fewer different numbers stand.
    """
    fits: Counter[frozenset[str]] = Counter()
    firsts = lasts = 0
    for column in columns:
        for orders, times in column["dates"].items():
            fits[frozenset(orders.split())] += times
        firsts, lasts = max(firsts, column["firsts"]), max(lasts, column["lasts"])
    if not fits:
        return "dmy"
    surely = SURE * fits.total()
    if sum(n for orders, n in fits.items() if "ymd" in orders) >= surely:
        if fits[frozenset({"ymd"})] >= surely or lasts > 2 * firsts:
            return "ymd"
        if firsts <= 2 * lasts:
            return ""
    day_first = sum(n for orders, n in fits.items() if "dmy" in orders and "mdy" not in orders)
    month_first = sum(n for orders, n in fits.items() if "mdy" in orders and "dmy" not in orders)
    return _decided(day_first, month_first, ("dmy", "mdy"))


def _decided(one: int, other: int, names: tuple[str, str]) -> str:
    if one and one >= SURE * (one + other):
        return names[0]
    return names[1] if other and other >= SURE * (one + other) else ""


def infer(kind: Kind, survey: dict[str, Any], mapping: dict[str, str]) -> dict[str, str]:
    """`decimal` and `date_order` of the mapped columns; "" where the user must say."""
    types = {column: kind.field(name).type for column, name in mapping.items() if name}
    columns = survey["columns"]
    return {
        "decimal": infer_decimal(
            (c, types[c["name"]]) for c in columns if types.get(c["name"]) in NUMBERS
        ),
        "date_order": infer_order(c for c in columns if types.get(c["name"]) == DATE),
    }
