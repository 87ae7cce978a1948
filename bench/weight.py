"""How much script and style the pages load, compressed as it is served."""

import re
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.test import Client

from bench.measure import Keys, unhurried
from bench.scenarios import Scenario

LINK = re.compile(r"/static/([^\"'?#]+\.(?:js|css))")


def page_weight(pages: Iterable[Scenario], keys: dict[str, Keys]) -> dict[str, int]:
    """Bytes of all scripts and of all styles that these pages link to, each counted once."""
    linked: set[str] = set()
    with unhurried():
        for page in pages:
            headers = keys[page.role].headers(page) | {"Accept-Encoding": "identity"}
            html = Client(headers=headers).get(page.path).content.decode()
            linked.update(LINK.findall(html))
    weight = {"js": 0, "css": 0}
    for name in linked:
        weight[name.rpartition(".")[2]] += size(Path(settings.STATIC_ROOT) / name)
    return weight


def size(path: Path) -> int:
    """Of the compressed copy; of the file itself where compression gains nothing."""
    compressed = path.with_name(f"{path.name}.gz")
    return (compressed if compressed.exists() else path).stat().st_size
