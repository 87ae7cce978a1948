"""Money as people write it. Amounts are Decimals in major units beside a currency code."""

from decimal import ROUND_HALF_UP, Decimal

MILLION = 1_000_000
SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥"}
CURRENCIES = ["EUR", "USD", "GBP", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "JPY", "CAD", "AUD"]


def money(amount: Decimal | None, currency: str) -> str:
    """`money(Decimal("48000"), "EUR") == "€48,000"`; cents only when there are any; "" for None."""
    if amount is None:
        return ""
    number = f"{amount:,.0f}" if amount == amount.to_integral_value() else f"{amount:,.2f}"
    symbol = SYMBOLS.get(currency)
    return f"{symbol}{number}" if symbol else f"{number} {currency}"


def money_in_short(amount: Decimal | None, currency: str) -> str:
    """As `money`, without cents, and from a million on in millions: "€1.24 M"."""
    if amount is None:
        return ""
    if abs(amount) < MILLION:
        return money(amount.to_integral_value(ROUND_HALF_UP), currency)
    number, symbol = f"{amount / MILLION:,.2f} M", SYMBOLS.get(currency)
    return f"{symbol}{number}" if symbol else f"{number} {currency}"
