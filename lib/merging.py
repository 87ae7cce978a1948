"""Two texts in one, for those who want neither lost."""

from difflib import SequenceMatcher


def merged(saved: str, mine: str) -> str:
    r"""Both texts in one, by lines: what they share once, where they differ `saved` before `mine`.

    Every line of either is in it, in its order. When one text has all of the other, whether as it
    stands or line by line, it is the result. Lines end with `\n`.
    """
    saved, mine = saved.replace("\r\n", "\n"), mine.replace("\r\n", "\n")
    theirs, ours = saved.split("\n"), mine.split("\n")
    if mine in saved or _runs_through(ours, theirs):
        return saved
    if saved in mine or _runs_through(theirs, ours):
        return mine
    both: list[str] = []
    for tag, i, j, k, m in SequenceMatcher(None, theirs, ours, autojunk=False).get_opcodes():
        both += theirs[i:j] if tag == "equal" else theirs[i:j] + ours[k:m]
    return "\n".join(both)


def _runs_through(some: list[str], lines: list[str]) -> bool:
    """Whether all these are among the lines, in their order."""
    rest = iter(lines)
    return all(line in rest for line in some)
