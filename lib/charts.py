"""Small charts, drawn on the server, `{% load charts %}`: lines and classes, sizes in the CSS.

A chart is one picture to whoever cannot see it, told by its sentence. Without a value there is
nothing to draw, and nothing is drawn.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()

Bar = tuple[str, Decimal | None, str, str]
SMALL, LARGE = (90, 22), (240, 40)
EDGE = 3  # keeps the line and its end dot inside
NOTHING = SafeString("")


@register.simple_tag
def spark(
    points: Sequence[Decimal | None],
    sentence: str,
    band: Decimal | None = None,
    *,
    top: Decimal | None = None,
    large: bool = False,
) -> SafeString:
    """A line over evenly spaced points, drawn from zero on; None is a gap in it.

    `band` is the target: the ground from there up is tinted. `top` is the highest there can be,
    such as 100 for percent; else the highest there is. `sentence` says what it shows.
    """
    known = [Decimal(point) for point in points if point is not None]
    if not known:
        return NOTHING
    size = LARGE if large else SMALL
    values = [*known, *(Decimal(limit) for limit in (band, top) if limit is not None), Decimal(0)]
    span = min(values), max(values)
    places = [_place(point, n, len(points), span, size) for n, point in enumerate(points)]
    last = next(place for place in reversed(places) if place)
    return format_html(
        '<svg class="spark{}" viewBox="0 0 {} {}" role="img" aria-label="{}">{}'
        '<path class="spark-line" d="{}"/><circle class="spark-dot" cx="{}" cy="{}" r="2.5"/>'
        "</svg>",
        " large" if large else "",
        *size,
        sentence,
        NOTHING if band is None else _band(Decimal(band), span, size),
        _path(places),
        *last,
    )


def _place(
    point: Decimal | None,
    n: int,
    count: int,
    span: tuple[Decimal, Decimal],
    size: tuple[int, int],
) -> tuple[float, float] | None:
    """Where the n-th of so many points lies; a single one stands at the end."""
    if point is None:
        return None
    step = n / (count - 1) if count > 1 else 1
    return round(EDGE + step * (size[0] - 2 * EDGE), 1), _height(Decimal(point), span, size)


def _height(value: Decimal, span: tuple[Decimal, Decimal], size: tuple[int, int]) -> float:
    bottom, top = span
    share = float((value - bottom) / (top - bottom)) if top > bottom else 0
    return round(size[1] - EDGE - share * (size[1] - 2 * EDGE), 1)


def _path(places: Sequence[tuple[float, float] | None]) -> str:
    """A stroke for each run of points; a point alone is a stroke without length, a dot."""
    words: list[str] = []
    for before, place in zip([None, *places], places, strict=False):
        if place:
            x, y = place
            words.append(f"L{x} {y}" if before else f"M{x} {y}h0")
    return "".join(words)


def _band(value: Decimal, span: tuple[Decimal, Decimal], size: tuple[int, int]) -> SafeString:
    height = max(_height(value, span, size), 1)
    return format_html('<rect class="spark-band" width="{}" height="{}"/>', size[0], height)


@register.simple_tag
def bars(rows: Sequence[Bar], sentence: str) -> SafeString:
    """Horizontal bars, one a row: label, value (None for no bar), its text, and its kind.

    Kinds are "rep", "goal" and "team". The longest bar fills the width; all begin at zero.
    """
    values = [Decimal(value) for _, value, _, _ in rows if value is not None]
    if not values:
        return NOTHING
    top = max(*values, Decimal(0))
    drawn = format_html_join(
        "",
        '<span class="bars-label">{}</span><svg class="bars-track" aria-hidden="true">'
        '<rect class="bars-bar {}" width="{}%" height="100%" rx="2"/></svg>'
        '<span class="bars-text">{}</span>',
        ((label, kind, _share(value, top), text) for label, value, text, kind in rows),
    )
    return format_html('<div class="bars" role="img" aria-label="{}">{}</div>', sentence, drawn)


def _share(value: Decimal | None, top: Decimal) -> float:
    """Percent of the width."""
    if value is None or top <= 0:
        return 0
    return round(max(float(Decimal(value) / top), 0) * 100, 1)


@dataclass(frozen=True)
class Series:
    """A line of a chart: its name, a value for each label (None is a gap), and its kind.

    Kinds are "own", "goal" and "team".
    """

    name: str
    values: Sequence[Decimal | None]
    kind: str


WIDTH, HEIGHT = 640, 200
LEFT, RIGHT, TOP, BOTTOM = 8, 8, 12, 24


@register.simple_tag
def lines(
    key: str,
    title: str,
    sentence: str,
    labels: Sequence[str],
    series: Sequence[Series],
    texts: Sequence[Sequence[str]],
) -> SafeString:
    """Lines over the same labels, from zero on, with their figures in a table below.

    `key` is unique on the page; `texts` are the figures as written, a row a label.
    """
    values = [Decimal(each) for one in series for each in one.values if each is not None]
    if not values:
        return NOTHING
    span = min(Decimal(0), *values), max(Decimal(0), *values)
    return format_html(
        '<figure class="lines"><svg viewBox="0 0 {} {}" role="img" '
        'aria-labelledby="{}-title {}-text"><title id="{}-title">{}</title>'
        '<desc id="{}-text">{}</desc>{}{}{}</svg>{}{}</figure>',
        WIDTH,
        HEIGHT,
        *[key] * 3,
        title,
        key,
        sentence,
        format_html('<path class="lines-base" d="M{} {}H{}"/>', LEFT, _at(0, span), WIDTH - RIGHT),
        format_html_join("", "{}", ((_line(one, span),) for one in series)),
        _ticks(labels),
        _legend(series),
        _table(title, labels, series, texts),
    )


def _at(value: Decimal | int, span: tuple[Decimal, Decimal]) -> float:
    bottom, top = span
    share = float((Decimal(value) - bottom) / (top - bottom)) if top > bottom else 0
    return round(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM), 1)


def _across(n: int, count: int) -> float:
    return round(LEFT + n * (WIDTH - LEFT - RIGHT) / max(count - 1, 1), 1)


def _line(one: Series, span: tuple[Decimal, Decimal]) -> SafeString:
    places = [
        None if value is None else (_across(n, len(one.values)), _at(Decimal(value), span))
        for n, value in enumerate(one.values)
    ]
    path = format_html('<path class="lines-line {}" d="{}"/>', one.kind, _path(places))
    last = next((place for place in reversed(places) if place), None)
    if one.kind != "own" or last is None:
        return path
    return path + format_html('<circle class="lines-dot" cx="{}" cy="{}" r="3.5"/>', *last)


def _ticks(labels: Sequence[str]) -> SafeString:
    """The first, the middle and the last label: more would not fit on a phone."""
    shown = {len(labels) // 2: "middle", len(labels) - 1: "end", 0: "start"}
    return format_html_join(
        "",
        '<text class="lines-tick" x="{}" y="{}" text-anchor="{}">{}</text>',
        (
            (_across(n, len(labels)), HEIGHT - 6, anchor, labels[n])
            for n, anchor in shown.items()
            if 0 <= n < len(labels)
        ),
    )


def _legend(series: Sequence[Series]) -> SafeString:
    named = ((one.kind, one.name) for one in series)
    items = format_html_join("", '<li class="{}">{}</li>', named)
    return format_html('<ul class="lines-legend" aria-hidden="true">{}</ul>', items)


def _table(
    title: str,
    labels: Sequence[str],
    series: Sequence[Series],
    texts: Sequence[Sequence[str]],
) -> SafeString:
    names, cell = [one.name for one in series], '<td class="num" data-label="{}">{}</td>'
    head = format_html_join("", '<th class="num" scope="col">{}</th>', ((name,) for name in names))
    rows = format_html_join(
        "",
        '<tr><th scope="row">{}</th>{}</tr>',
        (
            (label, format_html_join("", cell, zip(names, cells, strict=True)))
            for label, cells in zip(labels, texts, strict=True)
        ),
    )
    return format_html(
        '<details class="lines-table"><summary>Figures<span class="visually-hidden">: {}</span>'
        '</summary><table class="table"><thead><tr><td></td>{}</tr></thead><tbody>{}</tbody>'
        "</table></details>",
        title,
        head,
        rows,
    )
