"""What a page says and where it leads, read as a browser would."""

import re
from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

SILENT = {"script", "style", "title", "desc"}


@dataclass
class Seen(HTMLParser):
    """The words of a page, its links by their words, and its ids."""

    words: list[str] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    named: list[str] = field(default_factory=list)  # ids that other elements point to
    _open: list[str] = field(default_factory=list)
    _in_link: bool = False

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        self._open += [tag] if tag in SILENT else []
        self.ids += [said["id"]] if "id" in said else []
        for name in ("aria-labelledby", "aria-describedby", "for"):
            self.named += said.get(name, "").split()
        if tag == "a":
            self.links.append((said.get("href", ""), ""))
            self._in_link = True

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[-1] == tag:
            self._open.pop()
        self._in_link = self._in_link and tag != "a"

    def handle_data(self, data: str) -> None:
        if not self._open:
            self.words.append(data)
            if self._in_link:
                href, text = self.links[-1]
                self.links[-1] = (href, text + data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.words))

    @property
    def repeated(self) -> list[str]:
        """Ids that stand on it more than once, and those that lead nowhere."""
        twice = [name for name, times in Counter(self.ids).items() if times > 1]
        return twice + [name for name in self.named if name not in self.ids]


def seen(answer: Any) -> Seen:
    """What an answer shows that was served."""
    assert answer.status_code == 200, answer.status_code
    page = Seen()
    page.feed(answer.content.decode())
    return page
