"""One value of a file: dates, numbers and words. What is wrong is said as a ValueError."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache, partial

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email

from lib.searching import fold
from people.zones import zone_names
from pipeline.imports import kinds
from pipeline.imports.kinds import Field
from pipeline.models.opportunity import FORECAST_CATEGORIES

MISSING_WORDS = frozenset(
    [
        "null",
        "nil",
        "none",
        "n/a",
        "#n/a",
        "nan",
        "undefined",
        "\\n",
        "-1",
        "-1.0",
        "-1.00",
        "-1,0",
        "-1,00",
        "-",
        "--",
        "?",
        "#null!",
        "nat",
    ]
)
THREE = re.compile(
    r"(\d{1,4})([-/. ])(\d{1,2})\2(\d{1,4})(?:[T ][\d:.]+ ?(?:Z|[AaPp][Mm]|[+-]\d.*)?)?"
)
COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)")
NAMED = re.compile(
    r"(?:(\d{1,2})[-/. ]+([a-z]{3,9})|([a-z]{3,9})[. ]+(\d{1,2}),?)[-/., ]+(\d{4}|\d\d)"
)
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
SIGNS = re.compile(r"[\s\u00a0\u202f'’€$£¥]|(?<=[\d\s])[A-Za-z]{3}$|^[A-Za-z]{3}(?=[\d\s])")
PIVOT = 69  # two-digit years from here on are of the last century
ORDERS = [("dmy", "Day, month, year"), ("mdy", "Month, day, year"), ("ymd", "Year, month, day")]
DECIMALS = [(".", "Point: 1,054.50"), (",", "Comma: 1.054,50")]
CENTS, DIGITS = 2, 12


def stands_for_missing(text: str) -> bool:
    """Whether this is how programs write "no value"."""
    return text.casefold() in MISSING_WORDS


def three_numbers(text: str) -> tuple[str, str, str] | None:
    """`three_numbers("20-10-16") == ("20", "10", "16")`; None when it is no such date."""
    found = THREE.fullmatch(text)
    return (found[1], found[3], found[4]) if found else None


def valid(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def full_year(text: str) -> int:
    year = int(text)
    if len(text) > 2:
        return year if len(text) == 4 else 0
    return year + (1900 if year >= PIVOT else 2000)


def arranged(numbers: tuple[str, str, str], order: str) -> date | None:
    """The date these three numbers are in that order; None when there is no such day."""
    parts = dict(zip(order, numbers, strict=True))
    if len(parts["m"]) > 2 or len(parts["d"]) > 2:
        return None
    return valid(full_year(parts["y"]), int(parts["m"]), int(parts["d"]))


@lru_cache(maxsize=20_000)
def read_date(text: str, order: str) -> date:
    """A date as people and programs write it. A year of four digits in front needs no order."""
    numbers = three_numbers(text)
    if numbers:
        found = arranged(numbers, "ymd" if len(numbers[0]) == 4 else order or "dmy")
    elif compact := COMPACT.fullmatch(text):
        found = arranged((compact[1], compact[2], compact[3]), "ymd")
    else:
        found = _named(fold(text))
    if found is None or found.year < 1900:
        raise ValueError("This is no date" + (" in the order chosen." if numbers else "."))
    return found


def _named(text: str) -> date | None:
    found = NAMED.fullmatch(text)
    word = found and (found[2] or found[3])[:3]
    if not found or word not in MONTHS:
        return None
    return valid(full_year(found[5]), MONTHS.index(word) + 1, int(found[1] or found[4]))


def read_number(text: str, mark: str) -> Decimal:
    """A number with a decimal `mark` of "." or ","; signs of currencies are left away."""
    bare = SIGNS.sub("", text)
    if bare.startswith("(") and bare.endswith(")"):
        bare = "-" + bare[1:-1]
    group = "." if mark == "," else ","
    if group in bare:
        if not re.fullmatch(
            rf"[-+]?\d{{1,3}}(\{group}\d{{2,3}})*\{group}\d{{3}}(\{mark}\d*)?", bare
        ):
            raise ValueError("This is no number with the decimal mark chosen.")
        bare = bare.replace(group, "")
    try:
        number = Decimal(bare.replace(",", "."))
    except InvalidOperation:
        raise ValueError("This is no number.") from None
    if not number.is_finite():
        raise ValueError("This is no number.")
    return number


def read_amount(text: str, mark: str) -> Decimal:
    number = read_number(text, mark)
    if number < 0:
        raise ValueError("An amount is 0 or more.")
    if number.adjusted() >= DIGITS:
        raise ValueError("This amount is too large.")
    if number != round(number, CENTS):
        raise ValueError("An amount has at most two decimals.")
    return round(number, CENTS)


def read_integer(text: str, mark: str, most: int) -> int:
    number = read_number(text, mark)
    if number != number.to_integral_value() or not 0 <= number <= most:
        raise ValueError(f"This must be a whole number from 0 to {most:,}.")
    return int(number)


def read_email(text: str) -> str:
    try:
        validate_email(text)
    except ValidationError:
        raise ValueError("This is no e-mail address.") from None
    return text.lower()


def read_url(text: str) -> str:
    address = text if "://" in text else f"https://{text}"
    try:
        URLValidator(schemes=["http", "https"])(address)
    except ValidationError:
        raise ValueError("This is no web address.") from None
    return address


def read_currency(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z]{3}", text):
        raise ValueError("A currency has three letters, like EUR.")
    return text.upper()


def read_zone(text: str) -> str:
    if text not in zone_names():
        raise ValueError("This is no time zone. Use a name like Europe/Berlin.")
    return text


def read_forecast(text: str) -> str:
    known = {
        kinds.plain(word): key for pair in FORECAST_CATEGORIES for key in pair[:1] for word in pair
    }
    if kinds.plain(text) not in known:
        raise ValueError("No forecast category is called that.")
    return known[kinds.plain(text)]


def read_text(text: str) -> str:
    return text


def reader(field: Field, *, date_order: str, decimal: str) -> Callable[[str], object]:
    """How a value of this field is read, in a file of that format. Raises ValueError."""
    read: dict[str, Callable[[str], object]] = {
        kinds.DATE: partial(read_date, order=date_order),
        kinds.AMOUNT: partial(read_amount, mark=decimal),
        kinds.INTEGER: partial(read_integer, mark=decimal, most=field.most),
        kinds.EMAIL: read_email,
        kinds.URL: read_url,
        kinds.CURRENCY: read_currency,
        kinds.ZONE: read_zone,
        kinds.FORECAST: read_forecast,
    }
    return read.get(field.type, read_text)
