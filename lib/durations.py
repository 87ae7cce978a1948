"""Spans of time as people say them."""

from datetime import timedelta


def rough(span: timedelta) -> str:
    """ "42 min", "3 h" or "5 days": the largest unit that says enough, rounded down, at least 1."""
    minutes = int(abs(span).total_seconds() // 60)
    if minutes < 60:
        return f"{max(minutes, 1)} min"
    if minutes < 48 * 60:
        return f"{minutes // 60} h"
    return f"{minutes // (24 * 60)} days"
