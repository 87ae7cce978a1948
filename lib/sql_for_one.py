"""SQL that is made once for any row and run for one after another: making it takes longer."""

from collections.abc import Iterable
from typing import Any

ANY = -(2**62)  # the id of nothing: where, in the parameters, an id is to be filled in


def for_one(parameters: Iterable[Any], pk: int) -> list[Any]:
    """The parameters of SQL that was made for the id ANY, for this id."""
    return [pk if each == ANY else each for each in parameters]
