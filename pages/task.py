"""A row of what a person does next."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Task:
    """One row of "Do next": a shape with words, and one button that does it."""

    kind: str
    title: str
    sub: str
    chip: str
    url: str
    action: str
    posts: bool = False
