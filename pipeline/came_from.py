"""The board or list from which the page of a deal was opened: `?in=` and its query."""

from urllib.parse import parse_qs, urlencode, urlsplit

from django.http import HttpRequest

CAME_FROM = "in"


def came_from(query: str, layout: str) -> str:
    """What a link to a deal carries along; `query` is that of the board or list."""
    mark = "layout=board&" if layout == "board" else ""
    return urlencode({CAME_FROM: f"{mark}{query}".rstrip("&")})


def kept_place(request: HttpRequest, back: str) -> str:
    """The address of a deal's page, with the list it was opened from when that was known there."""
    came = urlsplit(request.headers.get("Referer", ""))
    said = parse_qs(came.query, keep_blank_values=True).get(CAME_FROM)
    if came.path != back or not said:
        return back
    return f"{back}?{urlencode({CAME_FROM: said[0]})}"
